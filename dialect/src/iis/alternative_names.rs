use certlens_core::{Certificate, GeneralName, GeneralNameKind};

use super::name::rdns;
use crate::hex;

/// The lines that Windows prints for a certificate's alternative names. Most names are one line; a user
/// principal name and a directory name are a heading with indented lines below it.
///
/// Windows has no words for X.400 addresses and EDI parties: with one of those among the names, it
/// prints the octets of the whole extension.
pub fn lines(certificate: &Certificate) -> Vec<String> {
    let names = &certificate.subject_alternative_names;
    let without_words = |name: &GeneralName| {
        matches!(
            name.kind,
            GeneralNameKind::X400 | GeneralNameKind::EdiParty | GeneralNameKind::Unknown
        )
    };
    let extensions = &certificate.extensions;
    match extensions
        .iter()
        .find(|one| one.oid == SUBJECT_ALTERNATIVE_NAMES)
    {
        Some(whole) if names.iter().any(without_words) => vec![octets(&whole.bytes)],
        _ => names.iter().flat_map(name_lines).collect(),
    }
}

fn name_lines(name: &GeneralName) -> Vec<String> {
    match name.kind {
        GeneralNameKind::Dns => vec![format!("DNS Name={}", name.value)],
        GeneralNameKind::Email => vec![format!("RFC822 Name={}", name.value)],
        GeneralNameKind::Uri => vec![url(&name.value)],
        GeneralNameKind::Ip => vec![format!("IP Address={}", address(name))],
        GeneralNameKind::RegisteredId => {
            vec![format!(
                "Registered ID={}",
                name.oid.as_deref().unwrap_or(&name.value)
            )]
        }
        GeneralNameKind::UserPrincipalName => {
            vec![
                "Other Name:".into(),
                format!("{INDENT}Principal Name={}", name.value),
            ]
        }
        GeneralNameKind::OtherName => {
            let oid = name.oid.as_deref().unwrap_or_default();
            vec![
                "Other Name:".into(),
                format!("{INDENT}{oid}={}", other_value(name)),
            ]
        }
        GeneralNameKind::Directory => directory(name),
        GeneralNameKind::X400 | GeneralNameKind::EdiParty | GeneralNameKind::Unknown => {
            vec![octets(&name.der)]
        }
    }
}

/// An address, and how it reads without its escapes where it has some.
fn url(address: &str) -> String {
    match unescaped(address) {
        Some(plain) => format!("URL={address} ({plain})"),
        None => format!("URL={address}"),
    }
}

/// `a b` for `a%20b`; `None` where nothing is escaped, or what is escaped is no text.
fn unescaped(address: &str) -> Option<String> {
    let (first, rest) = address.split_once('%')?;
    let mut plain = first.as_bytes().to_vec();
    for part in rest.split('%') {
        let (digits, text) = part.split_at_checked(2)?;
        plain.extend(hex::decode(digits)?);
        plain.extend(text.as_bytes());
    }
    String::from_utf8(plain).ok()
}

/// An address in full: IPv6 with all four digits of all eight groups.
fn address(name: &GeneralName) -> String {
    match name.value.parse::<std::net::Ipv6Addr>() {
        Ok(address) => address
            .segments()
            .map(|group| format!("{group:04x}"))
            .join(":"),
        Err(_) => name.value.clone(),
    }
}

fn directory(name: &GeneralName) -> Vec<String> {
    let parts = name.directory.as_deref().map(rdns).unwrap_or_default();
    let mut lines = vec!["Directory Address:".to_owned()];
    lines.extend(parts.iter().rev().map(|part| format!("{INDENT}{part}")));
    lines
}

/// The octets of the value inside `otherName ::= SEQUENCE { type-id, value [0] EXPLICIT }`.
fn other_value(name: &GeneralName) -> String {
    let inner = || {
        let der = hex::decode(&name.der)?;
        let (contents, _) = hex::split_der(&der)?;
        let (_type_id, wrapped) = hex::split_der(contents)?;
        let (value, _) = hex::split_der(wrapped)?;
        Some(hex::spaced(value))
    };
    inner().unwrap_or_else(|| octets(&name.der))
}

fn octets(der: &str) -> String {
    hex::decode(der).map_or_else(|| der.to_owned(), |octets| hex::spaced(&octets))
}

const INDENT: &str = "     ";

const SUBJECT_ALTERNATIVE_NAMES: &str = "2.5.29.17";

#[cfg(test)]
mod tests {
    use certlens_core::{Name, NameAttribute, Span};

    use super::*;

    fn all(names: &[GeneralName]) -> Vec<String> {
        names.iter().flat_map(name_lines).collect()
    }

    fn name(kind: GeneralNameKind, value: &str) -> GeneralName {
        GeneralName {
            kind,
            value: value.into(),
            oid: None,
            directory: None,
            detail: None,
            der: String::new(),
            at: Span::default(),
        }
    }

    #[test]
    fn each_kind_has_its_label() {
        let names = [
            name(GeneralNameKind::Dns, "localhost"),
            name(GeneralNameKind::Email, "a@b"),
            name(GeneralNameKind::Uri, "http://x/"),
            name(GeneralNameKind::Ip, "192.168.7.1"),
            name(GeneralNameKind::Ip, "::1"),
            name(GeneralNameKind::UserPrincipalName, "user@dom"),
        ];
        assert_eq!(
            all(&names),
            [
                "DNS Name=localhost",
                "RFC822 Name=a@b",
                "URL=http://x/",
                "IP Address=192.168.7.1",
                "IP Address=0000:0000:0000:0000:0000:0000:0000:0001",
                "Other Name:",
                "     Principal Name=user@dom",
            ]
        );
    }

    #[test]
    fn an_escaped_address_is_told_twice() {
        for (address, line) in [
            ("ldap:///CN=a%20b", "URL=ldap:///CN=a%20b (ldap:///CN=a b)"),
            ("http://x/%c3%bc", "URL=http://x/%c3%bc (http://x/ü)"),
            ("http://x/100%", "URL=http://x/100%"),
            ("http://x/%zz", "URL=http://x/%zz"),
            ("http://x/%ff", "URL=http://x/%ff"),
            ("http://x/%+1", "URL=http://x/%+1"),
        ] {
            assert_eq!(all(&[name(GeneralNameKind::Uri, address)]), [line]);
        }
    }

    #[test]
    fn directory_names_are_indented_and_reversed() {
        let attribute = |rdn, oid: &str, value: &str| NameAttribute {
            rdn,
            oid: oid.to_owned().into(),
            name: None,
            value: value.into(),
            encoding: "UTF8String".into(),
            der: String::new(),
            at: Span::default(),
        };
        let directory = Name {
            attributes: vec![attribute(0, "2.5.4.10", "y"), attribute(1, "2.5.4.3", "x")],
            ..Name::default()
        };
        let name = GeneralName {
            directory: Some(Box::new(directory)),
            ..name(GeneralNameKind::Directory, "")
        };
        assert_eq!(
            all(&[name]),
            ["Directory Address:", "     CN=x", "     O=y"]
        );
    }

    #[test]
    fn foreign_other_names_show_their_octets() {
        let name = GeneralName {
            oid: Some("1.2.3".into()),
            der: "a00906020102a0030c0161".into(),
            ..name(GeneralNameKind::OtherName, "")
        };
        assert_eq!(all(&[name]), ["Other Name:", "     1.2.3=0c 01 61"]);
    }
}
