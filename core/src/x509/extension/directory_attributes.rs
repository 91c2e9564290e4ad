//! Attributes of the subject that are no names.

use crate::asn1::{Reader, Tag, instant, text};
use crate::error::Error;
use crate::report::{DirectoryAttribute, ExtensionValue};
use crate::x509::extension::Context;
use crate::x509::key::named;

/// ```text
/// SubjectDirectoryAttributes ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
///     type OBJECT IDENTIFIER, values SET OF ANY }
/// ```
///
/// [RFC 5280, 4.2.1.8](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.8)
pub(super) fn attributes(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = context.list(reader, "SEQUENCE of attributes")?;
    let mut attributes = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("Attribute")?.reader();
        let kind = named(fields.oid().map_err(|error| error.within("type"))?);
        let set = fields.expect(Tag::SET, "SET of values")?;
        context.not_empty(&set, "SET of values");
        let mut set = set.reader();
        let mut values = Vec::new();
        while !set.is_empty() {
            let value = set.any()?;
            values.push(match instant(&value).map(|instant| instant.time) {
                Some(Ok(time)) => time.to_string(),
                _ => text(&value),
            });
        }
        context.end(&fields);
        attributes.push(DirectoryAttribute { kind, values });
    }
    Ok(ExtensionValue::SubjectDirectoryAttributes { attributes })
}
