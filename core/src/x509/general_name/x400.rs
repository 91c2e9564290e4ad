//! X.400 addresses, of mail before the Internet's.

use crate::asn1::{Element, Reader, characters, is_string, latin};
use crate::error::Error;

/// Writes an address as people did: `C=DE; ADMD=DBP; O=Corp; S=Kim`.
///
/// ```text
/// ORAddress ::= SEQUENCE { SEQUENCE { country-name [APPLICATION 1] EXPLICIT,
///     administration-domain-name [APPLICATION 2] EXPLICIT, network-address [0], terminal-identifier [1],
///     private-domain-name [2] EXPLICIT, organization-name [3], numeric-user-identifier [4],
///     personal-name [5] SET { surname [0], given-name [1], initials [2], generation-qualifier [3] },
///     organizational-unit-names [6] SEQUENCE OF }, … }
/// ```
///
/// [RFC 5280, appendix A.1](https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1)
pub(super) fn x400_address(element: &Element<'_>) -> Result<String, Error> {
    let mut fields = element
        .reader()
        .sequence("BuiltInStandardAttributes")?
        .reader();
    let mut parts = Vec::new();
    while !fields.is_empty() {
        let field = fields.any()?;
        match (field.tag.is_application(), field.tag.number) {
            (true, 1) => push(&mut parts, "C", &field)?,
            (true, 2) => push(&mut parts, "ADMD", &field)?,
            (false, 0) => push(&mut parts, "X121", &field)?,
            (false, 1) => push(&mut parts, "T-ID", &field)?,
            (false, 2) => push(&mut parts, "PRMD", &field)?,
            (false, 3) => push(&mut parts, "O", &field)?,
            (false, 4) => push(&mut parts, "UA-ID", &field)?,
            (false, 5) => personal_name(&mut parts, field.reader())?,
            (false, 6) => {
                let mut units = field.reader();
                while !units.is_empty() {
                    push(&mut parts, "OU", &units.any()?)?;
                }
            }
            _ => return Err(field.unexpected("a part of an X.400 address")),
        }
    }
    Ok(parts.join("; "))
}

fn personal_name(parts: &mut Vec<String>, mut fields: Reader<'_>) -> Result<(), Error> {
    while !fields.is_empty() {
        let field = fields.any()?;
        match field.tag.number {
            0 => push(parts, "S", &field)?,
            1 => push(parts, "G", &field)?,
            2 => push(parts, "I", &field)?,
            3 => push(parts, "Q", &field)?,
            _ => return Err(field.unexpected("a part of a personal name")),
        }
    }
    Ok(())
}

/// Adds a string, which may stand in an explicit tag.
fn push(parts: &mut Vec<String>, label: &str, field: &Element<'_>) -> Result<(), Error> {
    let value = if field.tag.constructed {
        let inner = field.reader().any()?;
        if !is_string(inner.tag) {
            return Err(inner.unexpected("a string"));
        }
        characters(&inner)
    } else {
        latin(field.contents)
    };
    parts.push(format!("{label}={value}"));
    Ok(())
}
