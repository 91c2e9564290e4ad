//! A vendor's names of object identifiers.

/// Rows of object identifiers, dotted, and what a vendor calls them.
pub(crate) type Names = [(&'static str, &'static str)];

/// The name in the table; `None` where the vendor has none.
pub(crate) fn name(table: &Names, oid: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(known, _)| *known == oid)
        .map(|(_, name)| *name)
}
