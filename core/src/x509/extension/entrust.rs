//! The version of Entrust's software.

use crate::asn1::{Reader, Tag, text};
use crate::error::Error;
use crate::report::ExtensionValue;
use crate::x509::extension::Context;

/// ```text
/// EntrustVersInfo ::= SEQUENCE { entrustVers GeneralString OPTIONAL, entrustInfoFlags BIT STRING {
///     keyUpdateAllowed (0), newExtensions (1), pKIXCertificate (2), enterpriseCategory (3),
///     webCategory (4), sETCategory (5) } OPTIONAL }
/// ```
pub(super) fn version(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    const FLAGS: [&str; 6] = [
        "key update allowed",
        "new extensions",
        "PKIX certificate",
        "enterprise",
        "web",
        "SET",
    ];
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let version = fields.optional(Tag::universal(27))?;
    let flags = match fields.optional(Tag::BIT_STRING)? {
        Some(flags) => flags.bit_numbers()?,
        None => Vec::new(),
    };
    context.end(&fields);
    let flags = flags.iter().filter_map(|&number| FLAGS.get(number));
    Ok(ExtensionValue::EntrustVersion {
        version: version.map(|version| text(&version)).unwrap_or_default(),
        flags: flags.map(|&flag| flag.to_owned()).collect(),
    })
}
