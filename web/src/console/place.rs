//! Which certificate is open, in the address bar: by its number, never by anything it says.

use gloo::utils::window;

use crate::rows::RowId;

/// The table.
pub(super) const TABLE: &str = "#/console";

/// The certificate that the address names.
pub(super) fn open() -> Option<RowId> {
    read(&window().location().hash().unwrap_or_default())
}

/// Opens a certificate, so that the browser's back button leads back to the table.
pub(super) fn go(id: RowId) {
    window().location().set_hash(&href(id)).ok();
}

/// Goes to the table.
pub(super) fn go_to_table() {
    window().location().set_hash(TABLE).ok();
}

/// The address of a certificate, relative to the page.
pub(super) fn href(id: RowId) -> String {
    format!("{TABLE}/{id}")
}

fn read(hash: &str) -> Option<RowId> {
    hash.strip_prefix(TABLE)?.strip_prefix('/')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_survives_the_address_bar() {
        let id = RowId {
            group: 3,
            entry: 14,
        };
        assert_eq!(read(&href(id)), Some(id));
        for other in [
            "#/console",
            "#/console/",
            "#/console/x-1",
            "#/entry/1-2",
            "",
        ] {
            assert_eq!(read(other), None);
        }
    }
}
