//! Host names, mail addresses and URIs, wherever they stand in a certificate.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::hidden::is_hidden;
use crate::report::Severity;
use crate::rule::Rule;

pub(crate) const RULES: &[Rule] = &[EMAIL_FORM, URI_FORM];

pub(crate) const EMAIL_FORM: Rule = Rule {
    id: "email-form",
    severity: Severity::Warning,
    title: "An e-mail address that is none",
    why: "No mail program matches it with a sender.",
    fix: "Have it reissued with the bare address: name@example.com.",
    citation: "RFC 5280, 4.2.1.6; RFC 5321, 4.1.2",
};

pub(crate) const URI_FORM: Rule = Rule {
    id: "uri-form",
    severity: Severity::Warning,
    title: "A URI that is none",
    why: "Software cannot follow it, or matches it with nothing.",
    fix: "Have it reissued with an absolute URI whose host is a full name or an address.",
    citation: "RFC 5280, 4.2.1.6; RFC 3986, 3",
};

/// Whether this is a host name of letters, digits, hyphens and dots that nothing can be wrong with, as most
/// are.
pub(crate) fn is_plain(name: &[u8]) -> bool {
    let mut length = 0;
    let mut before = b'.';
    for octet in name {
        length = match octet {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' if length < 63 => length + 1,
            // Two hyphens stand in names of other scripts, which have rules of their own.
            b'-' if length != 0 && length < 63 && before != b'-' => length + 1,
            b'.' if length != 0 && before != b'-' => 0,
            _ => return false,
        };
        before = *octet;
    }
    // What ends in a digit may be an address.
    name.len() <= 253 && name.last().is_some_and(u8::is_ascii_alphabetic)
}

/// Whether this is a URI of the web, with such a name in full, that nothing can be wrong with, as most are.
pub(crate) fn is_plain_uri(uri: &[u8]) -> bool {
    let rest = uri
        .strip_prefix(b"http://")
        .or_else(|| uri.strip_prefix(b"https://"));
    rest.is_some_and(|rest| {
        let end = rest.iter().position(|octet| *octet == b'/');
        let (host, path) = rest.split_at(end.unwrap_or(rest.len()));
        is_plain(host) && host.contains(&b'.') && path.iter().all(|octet| is_plain_in_uri(*octet))
    })
}

/// Whether this may stand in a URI by itself (RFC 3986, 2).
fn is_plain_in_uri(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b'%' && !is_written_with_percent(octet)
}

fn is_written_with_percent(octet: u8) -> bool {
    matches!(
        octet,
        b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`'
    )
}

/// What is wrong with a host name as DNS has it, wildcards aside (RFC 1034, 3.5; RFC 1123, 2.1).
pub(crate) fn host(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("it is empty".to_owned());
    }
    if 253 < name.len() {
        let length = name.len();
        return Err(format!(
            "it has {length} characters, a name has at most 253"
        ));
    }
    if name.starts_with('.') {
        return Err("it begins with a dot".to_owned());
    }
    if name.ends_with('.') {
        return Err("it ends with a dot".to_owned());
    }
    let is_allowed =
        |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'*');
    if let Some(wrong) = first_outside(name, is_allowed) {
        return Err(if wrong.is_ascii_graphic() {
            format!("it holds {wrong:?}")
        } else if wrong == ' ' {
            "it holds a blank".to_owned()
        } else {
            format!("it holds U+{:04X}", u32::from(wrong))
        });
    }
    let mut labels = name.as_bytes().split(|octet| *octet == b'.');
    labels.try_for_each(host_label)
}

/// The first character that is none of these ASCII ones.
fn first_outside(text: &str, is_allowed: impl Fn(u8) -> bool) -> Option<char> {
    let at = text.bytes().position(|octet| !is_allowed(octet))?;
    text.get(at..)?.chars().next()
}

fn host_label(label: &[u8]) -> Result<(), String> {
    if label.is_empty() {
        Err("it has an empty part between two dots".to_owned())
    } else if 63 < label.len() {
        let length = label.len();
        Err(format!(
            "a part of it has {length} characters, at most 63 are allowed"
        ))
    } else if label.starts_with(b"-") || label.ends_with(b"-") {
        Err("a part of it begins or ends with a hyphen".to_owned())
    } else {
        Ok(())
    }
}

/// What is wrong with a mail address (RFC 5321, 4.1.2).
pub(crate) fn mailbox(address: &str) -> Result<(), String> {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Err("it has no @".to_owned());
    };
    if local.is_empty() {
        return Err("nothing stands before the @".to_owned());
    }
    if 64 < local.len() {
        return Err("more than 64 characters stand before the @".to_owned());
    }
    let quoted = 1 < local.len() && local.starts_with('"') && local.ends_with('"');
    let forbidden = |c: char| {
        c.is_control()
            || matches!(
                c,
                ' ' | '<' | '>' | '@' | '(' | ')' | ',' | ':' | ';' | '[' | ']' | '\\' | '"'
            )
    };
    if !quoted && let Some(wrong) = local.chars().find(|c| forbidden(*c)) {
        return Err(format!("{wrong:?} stands before the @"));
    }
    if !quoted && (local.starts_with('.') || local.ends_with('.') || local.contains("..")) {
        return Err("a dot stands at an end of its first part, or two together".to_owned());
    }
    if domain.starts_with('[') && domain.ends_with(']') {
        return Ok(());
    }
    host(domain).map_err(|reason| format!("of what follows the @: {reason}"))
}

/// What is wrong with an absolute URI (RFC 3986, 3).
pub(crate) fn uri(uri: &str) -> Result<(), String> {
    if uri.is_empty() {
        return Err("it is empty".to_owned());
    }
    uri_characters(uri)?;
    let Some((scheme, rest)) = uri.split_once(':') else {
        return Err("it names no scheme, as http: is".to_owned());
    };
    let mut letters = scheme.bytes();
    if !letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        || !letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
    {
        return Err("it names no scheme, as http: is".to_owned());
    }
    if rest.is_empty() {
        return Err("nothing follows its scheme".to_owned());
    }
    let Some(authority) = rest.strip_prefix("//") else {
        let needs_host = ["http", "https", "ftp"];
        return if needs_host
            .iter()
            .any(|one| scheme.eq_ignore_ascii_case(one))
        {
            Err("it names no host".to_owned())
        } else {
            Ok(())
        };
    };
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    // ldap:///cn=… asks whatever directory the reader knows; file:///… has no host.
    let hostless = ["ldap", "ldaps", "file"];
    if authority.is_empty() && hostless.iter().any(|one| scheme.eq_ignore_ascii_case(one)) {
        return Ok(());
    }
    uri_host(authority)
}

/// The characters of a URI (RFC 3986, 2).
fn uri_characters(uri: &str) -> Result<(), String> {
    if uri.bytes().all(is_plain_in_uri) {
        return Ok(());
    }
    if let Some(wrong) = first_outside(uri, |octet| octet.is_ascii_graphic()) {
        return Err(match wrong {
            ' ' => "it holds a blank".to_owned(),
            other => format!("it holds U+{:04X}", u32::from(other)),
        });
    }
    if uri.bytes().any(is_written_with_percent) {
        return Err("it holds a character that must be written with %".to_owned());
    }
    let mut rest = uri.bytes();
    while let Some(octet) = rest.next() {
        let digit = |octet: Option<u8>| octet.is_some_and(|octet| octet.is_ascii_hexdigit());
        if octet == b'%' && !(digit(rest.next()) && digit(rest.next())) {
            return Err("two digits must follow a %".to_owned());
        }
    }
    Ok(())
}

/// The host of a URI, after what may stand before an @ and before a port.
fn uri_host(authority: &str) -> Result<(), String> {
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some(address) = host_and_port.strip_prefix('[') {
        let (address, _) = address.split_once(']').unwrap_or((address, ""));
        return match address.parse::<Ipv6Addr>() {
            Ok(_) => Ok(()),
            Err(_) => Err("its host is no address of version 6".to_owned()),
        };
    }
    let (name, port) = host_and_port
        .split_once(':')
        .map_or((host_and_port, None), |(name, port)| (name, Some(port)));
    if port.is_some_and(|port| port.bytes().any(|c| !c.is_ascii_digit())) {
        return Err("its port is no number".to_owned());
    }
    if name.is_empty() {
        return Err("it names no host".to_owned());
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        return Ok(());
    }
    host(name).map_err(|reason| format!("of its host: {reason}"))?;
    if !name.contains('.') {
        return Err(format!("its host {name:?} is no full name"));
    }
    Ok(())
}

/// Whether a name cannot be reached from outside: one word, or under a suffix that nobody registers
/// (RFC 2606, RFC 6762, RFC 8375, RFC 9476).
pub(crate) fn is_internal(name: &[u8]) -> bool {
    let last = name.rsplit(|octet| *octet == b'.').next();
    let last = last.unwrap_or_default();
    let kept = [
        "local",
        "localhost",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "test",
        "example",
        "invalid",
        "alt",
    ];
    last.len() == name.len()
        || kept
            .iter()
            .any(|one| last.eq_ignore_ascii_case(one.as_bytes()))
}

/// What is wrong with a part of a name that begins with `xn--` (RFC 5890, 2.3.2.1).
pub(crate) fn a_label(label: &str) -> Result<(), &'static str> {
    let short = Some(label).filter(|label| label.len() < 60);
    let unicode = short.and_then(punycode).ok_or("it does not decode")?;
    if unicode.is_ascii() {
        return Err("it decodes to plain ASCII");
    }
    if unicode.chars().any(is_hidden) {
        return Err("it decodes to a character that is not seen");
    }
    // Letters and marks that have one character together: the whole of NFC would need tables.
    let mut before = ' ';
    for mark in unicode.chars() {
        let composes = match before {
            'A'..='Z' | 'a'..='z' => matches!(
                mark,
                '\u{300}'..='\u{304}' | '\u{306}'..='\u{30c}' | '\u{323}' | '\u{327}' | '\u{328}'
            ),
            '\u{410}'..='\u{44f}' => matches!(mark, '\u{306}' | '\u{308}'),
            _ => false,
        };
        if composes {
            return Err("it decodes to a letter and a mark that make one letter");
        }
        before = mark;
    }
    Ok(())
}

/// What a part of a name that begins with `xn--` reads as, and two scripts whose letters look alike and stand
/// together in it (UTS #39, 5.1). Words of Japanese mix theirs, which are not among these.
pub(crate) fn mixed_scripts(label: &str) -> Option<(String, &'static str, &'static str)> {
    let unicode = Some(label)
        .filter(|label| label.len() < 60)
        .and_then(punycode)?;
    let mut scripts = unicode.chars().filter_map(script);
    let first = scripts.next()?;
    let other = scripts.find(|other| *other != first)?;
    Some((unicode, first, other))
}

/// The script of a letter, of those three that have many letters alike.
fn script(letter: char) -> Option<&'static str> {
    match letter {
        'a'..='z'
        | 'A'..='Z'
        | '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{1e00}'..='\u{1eff}' => Some("Latin"),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some("Greek"),
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => Some("Cyrillic"),
        _ => None,
    }
}

/// Decodes what follows `xn--` (RFC 3492, 6.2).
fn punycode(label: &str) -> Option<String> {
    let (basic, extended) = label.rsplit_once('-').unwrap_or(("", label));
    let mut output: Vec<char> = basic.chars().collect();
    let (mut point, mut index, mut bias) = (128u32, 0u32, 72u32);
    let mut digits = extended.bytes();
    while digits.len() != 0 {
        let (before, mut weight, mut k) = (index, 1u32, 36u32);
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => letter - b'a',
                letter @ b'A'..=b'Z' => letter - b'A',
                figure @ b'0'..=b'9' => figure - b'0' + 26,
                _ => return None,
            };
            let digit = u32::from(digit);
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            k = k.checked_add(36)?;
        }
        let length = u32::try_from(output.len()).ok()?.checked_add(1)?;
        let mut delta = (index - before) / if before == 0 { 700 } else { 2 };
        delta += delta / length;
        bias = 0;
        while 455 < delta {
            delta /= 35;
            bias += 36;
        }
        bias += 36 * delta / (delta + 38);
        point = point.checked_add(index / length)?;
        index %= length;
        output.insert(usize::try_from(index).ok()?, char::from_u32(point)?);
        index += 1;
    }
    Some(output.into_iter().collect())
}
