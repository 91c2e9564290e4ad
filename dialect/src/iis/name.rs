use certlens_core::{Name, NameAttribute};

use crate::named::{self, Names};

/// A name as .NET prints `X509Certificate2.Subject`: the last attribute first.
pub fn name(name: &Name) -> String {
    let mut parts = rdns(name);
    parts.reverse();
    parts.join(", ")
}

/// Each relative distinguished name in encoded order, printed.
pub(crate) fn rdns(name: &Name) -> Vec<String> {
    name.attributes
        .chunk_by(|a, b| a.rdn == b.rdn)
        .map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>().join(" + "))
        .collect()
}

fn attribute(attribute: &NameAttribute) -> String {
    let value = quoted(&attribute.value);
    match named::name(KEYS, &attribute.oid) {
        Some(key) => format!("{key}={value}"),
        None => format!("OID.{}={value}", attribute.oid),
    }
}

/// Puts a value into quotes where it could be misread, and doubles the quotes inside.
fn quoted(value: &str) -> String {
    let edge = [' ', '\t', '\n', '\u{b}', '\u{c}', '\r'];
    let special = [',', '+', '=', '"', '\n', '<', '>', '#', ';'];
    let needs_quotes = value.is_empty()
        || value.starts_with(edge)
        || value.ends_with(edge)
        || value.contains(special);
    if needs_quotes {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

/// The attribute types that Windows names.
const KEYS: &Names = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.11", "OU"),
    ("2.5.4.10", "O"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "S"),
    ("2.5.4.6", "C"),
    ("1.2.840.113549.1.9.1", "E"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.17", "PostalCode"),
    ("2.5.4.18", "POBox"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("2.5.4.12", "T"),
    ("2.5.4.42", "G"),
    ("2.5.4.4", "SN"),
    ("2.5.4.43", "I"),
    ("2.5.4.13", "Description"),
    ("2.5.4.20", "Phone"),
    ("2.5.4.24", "X21Address"),
    ("2.5.4.46", "dnQualifier"),
    ("2.23.133.2.1", "TPMManufacturer"),
    ("2.23.133.2.2", "TPMModel"),
    ("2.23.133.2.3", "TPMVersion"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(attributes: &[(u32, &str, &str)]) -> Name {
        let attributes = attributes
            .iter()
            .map(|&(rdn, oid, value)| NameAttribute {
                rdn,
                oid: oid.to_owned().into(),
                name: None,
                value: value.into(),
                encoding: "UTF8String".into(),
                der: String::new(),
                at: certlens_core::Span::default(),
            })
            .collect();
        Name {
            attributes,
            ..Name::default()
        }
    }

    #[test]
    fn windows_has_keys_of_its_own() {
        let subject = sample(&[
            (0, "2.5.4.6", "US"),
            (1, "2.5.4.17", "98052"),
            (2, "2.5.4.8", "Washington"),
            (3, "1.2.840.113549.1.9.1", "a@b"),
            (4, "2.5.4.15", "Private"),
        ]);
        assert_eq!(
            name(&subject),
            "OID.2.5.4.15=Private, E=a@b, S=Washington, PostalCode=98052, C=US"
        );
    }

    #[test]
    fn values_of_one_rdn_keep_their_order() {
        let subject = sample(&[(0, "2.5.4.3", "James"), (0, "2.5.4.10", "Microsoft")]);
        assert_eq!(name(&subject), "CN=James + O=Microsoft");
    }

    #[test]
    fn values_that_could_be_misread_are_quoted() {
        for (value, expected) in [
            ("RSA Data Security, Inc.", "CN=\"RSA Data Security, Inc.\""),
            ("Common\"Name", "CN=\"Common\"\"Name\""),
            ("", "CN=\"\""),
            ("ends in a blank ", "CN=\"ends in a blank \""),
            ("a\rb", "CN=a\rb"),
            ("back\\slash", "CN=back\\slash"),
            ("\u{2002}wide", "CN=\u{2002}wide"),
        ] {
            assert_eq!(name(&sample(&[(0, "2.5.4.3", value)])), expected);
        }
    }
}
