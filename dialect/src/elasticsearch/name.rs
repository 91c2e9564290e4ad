use certlens_core::{Name, NameAttribute};

use crate::named::{self, Names};

/// A name as `X500Principal.toString()` prints it: the last attribute first, values quoted whole.
pub fn name(name: &Name) -> String {
    let mut parts: Vec<String> = Vec::new();
    for rdn in name.attributes.chunk_by(|a, b| a.rdn == b.rdn) {
        let attributes: Vec<String> = rdn.iter().map(attribute).collect();
        parts.push(attributes.join(" + "));
    }
    parts.reverse();
    parts.join(", ")
}

fn attribute(attribute: &NameAttribute) -> String {
    let value = if is_text(attribute) {
        quoted(&attribute.value)
    } else {
        format!("#{}", attribute.der)
    };
    match keyword(&attribute.oid) {
        Some(keyword) => format!("{keyword}={value}"),
        None => format!("OID.{}={value}", attribute.oid),
    }
}

/// Java prints six string types as text, and the encoding of everything else.
fn is_text(attribute: &NameAttribute) -> bool {
    let tag = attribute.der.get(..2).unwrap_or_default();
    ["0c", "13", "14", "16", "1c", "1e"].contains(&tag)
}

/// Quotes a value as a whole where it could be misread; quotes and backslashes inside are escaped.
fn quoted(value: &str) -> String {
    let already = 1 < value.len() && value.starts_with('"') && value.ends_with('"');
    let inner = match value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if already => inner,
        _ => value,
    };
    let escaped = inner.replace('\\', "\\\\").replace('"', "\\\"");
    if already || needs_quotes(value) {
        format!("\"{escaped}\"")
    } else {
        escaped
    }
}

fn needs_quotes(value: &str) -> bool {
    value.contains([',', '+', '=', '\n', '<', '>', '#', ';', '\\', '"'])
        || value.starts_with(' ')
        || value.ends_with(' ')
        || value.contains("  ")
}

fn keyword(oid: &str) -> Option<&'static str> {
    named::name(KEYWORDS, oid)
}

/// The attribute types that Java names.
const KEYWORDS: &Names = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("2.5.4.4", "SURNAME"),
    ("2.5.4.42", "GIVENNAME"),
    ("2.5.4.43", "INITIALS"),
    ("2.5.4.44", "GENERATION"),
    ("2.5.4.46", "DNQ"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("1.2.840.113549.1.9.1", "EMAILADDRESS"),
    ("1.3.6.1.4.1.42.2.11.2.1", "IP"),
];
