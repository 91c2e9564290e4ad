//! Name constraints: which names an authority may give out.
//!
//! [RFC 5280, 4.2.1.10 and 6.1.3 (b) and (c)](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10)

use std::net::{Ipv4Addr, Ipv6Addr};

use super::certificate::{Link, NameKey, Subtree, Subtrees, elements};
use crate::asn1::{Element, Tag, text};
use crate::x509::{attributes, general_name_text};

/// A name of a certificate, by its kind.
enum Name<'a> {
    Dns(&'a [u8]),
    Email(Vec<u8>),
    Uri(&'a [u8]),
    Ip(&'a [u8]),
    Directory(NameKey),
    /// One that nobody here knows how to compare.
    Other(Element<'a>),
}

/// Whether every name of `link` lies within these constraints; the error names the first that does not.
/// `spend` counts comparisons and says when there have been too many.
pub(super) fn within(
    link: &Link<'_>,
    constraints: &Subtrees<'_>,
    spend: &mut dyn FnMut(usize) -> bool,
) -> Result<(), Violation> {
    // How many subtrees there are of each kind of name.
    let mut trees = [0; 16];
    for tree in constraints.permitted.iter().chain(&constraints.excluded) {
        let number = usize::try_from(tree.base.tag.number).unwrap_or(usize::MAX);
        if let Some(count) = trees.get_mut(number) {
            *count += 1;
        }
    }
    for name in names(link) {
        let number = usize::try_from(name.number()).unwrap_or(usize::MAX);
        let count = trees.get(number).copied().unwrap_or(0);
        if count == 0 {
            continue;
        }
        if !spend(count) {
            return Err(Violation::TooMany);
        }
        name.check(constraints)?;
    }
    Ok(())
}

/// Why a name is refused.
pub(super) enum Violation {
    Refused(String),
    TooMany,
}

fn refused(why: String) -> Violation {
    Violation::Refused(why)
}

/// The subject, its addresses of mail where no other is given, and the alternative names.
fn names<'a>(link: &Link<'a>) -> Vec<Name<'a>> {
    let alternative = link.alternative_names.as_deref().unwrap_or_default();
    let mut found: Vec<Name<'a>> = Vec::new();
    if !link.subject.is_empty() {
        found.push(Name::Directory(link.subject.clone()));
    }
    if !alternative
        .iter()
        .any(|name| name.tag == Tag::context_primitive(1))
    {
        let mail = attributes(&link.spine.subject)
            .into_iter()
            .filter(|attribute| attribute.oid == EMAIL_ADDRESS);
        found.extend(mail.map(|attribute| Name::Email(text(&attribute.value).into_bytes())));
    }
    found.extend(alternative.iter().map(Name::of));
    found
}

impl<'a> Name<'a> {
    fn of(name: &Element<'a>) -> Self {
        match name.tag {
            tag if tag == Tag::context_primitive(1) => Self::Email(name.contents.to_vec()),
            tag if tag == Tag::context_primitive(2) => Self::Dns(name.contents),
            tag if tag == Tag::context_primitive(6) => Self::Uri(name.contents),
            tag if tag == Tag::context_primitive(7) => Self::Ip(name.contents),
            tag if tag == Tag::context(4) => match name.reader().any() {
                Ok(directory) => Self::Directory(NameKey::of(&directory)),
                Err(_) => Self::Other(*name),
            },
            _ => Self::Other(*name),
        }
    }

    fn check(&self, constraints: &Subtrees<'_>) -> Result<(), Violation> {
        let mut allowed = None;
        for tree in constraints
            .permitted
            .iter()
            .filter(|tree| self.is_of_kind(tree))
        {
            let covers = self.covered_by(tree, Side::Permitted)?;
            allowed = Some(allowed.unwrap_or(false) || covers);
        }
        if allowed == Some(false) {
            return Err(refused(format!(
                "{} is not among the names permitted",
                self.text()
            )));
        }
        for tree in constraints
            .excluded
            .iter()
            .filter(|tree| self.is_of_kind(tree))
        {
            if self.covered_by(tree, Side::Excluded)? {
                let base = general_name_text(&tree.base);
                return Err(refused(format!(
                    "{} lies within what is excluded, {base}",
                    self.text()
                )));
            }
        }
        Ok(())
    }

    /// The number of its kind among general names.
    fn number(&self) -> u32 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Directory(_) => 4,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
            Self::Other(name) => name.tag.number,
        }
    }

    fn is_of_kind(&self, tree: &Subtree<'_>) -> bool {
        tree.base.tag.is_context() && tree.base.tag.number == self.number()
    }

    /// Whether the subtree covers the name; the error says what cannot be compared.
    fn covered_by(&self, tree: &Subtree<'_>, side: Side) -> Result<bool, Violation> {
        let base = tree.base.contents;
        let unusable = |what: &str| {
            let tree = general_name_text(&tree.base);
            refused(format!(
                "{} is under the constraint {tree}, which {what}",
                self.text()
            ))
        };
        if tree.ranged {
            return Err(unusable("has a minimum or a maximum"));
        }
        match self {
            Self::Directory(name) => {
                let base = tree.base.reader().any();
                let base = base.map_err(|_| unusable("is no name"))?;
                Ok(name.is_within(&NameKey::of(&base)))
            }
            Self::Dns(name) => {
                let base = host(base).ok_or_else(|| unusable("is no host name"))?;
                let name = presented(name)
                    .ok_or_else(|| refused(format!("{} is no host name", self.text())))?;
                Ok(dns_covers(&base, &name, side))
            }
            Self::Email(name) => {
                let base = ascii(base).ok_or_else(|| unusable("is no address"))?;
                let name =
                    ascii(name).and_then(|name| mailbox(name).map(|(a, b)| (a.to_owned(), b)));
                let (local, domain) =
                    name.ok_or_else(|| refused(format!("{} is no address", self.text())))?;
                if let Some((wanted, at)) = base.rsplit_once('@') {
                    let at = host(at.as_bytes()).filter(|at| !at.is_empty());
                    let at = at.ok_or_else(|| unusable("is no address"))?;
                    return Ok(local == wanted && domain == at);
                }
                host_covers(base, &domain).ok_or_else(|| unusable("is no host"))
            }
            Self::Uri(name) => {
                let base = ascii(base).ok_or_else(|| unusable("is no host"))?;
                let host = ascii(name).and_then(uri_host);
                let host = host
                    .ok_or_else(|| refused(format!("{} names no host to compare", self.text())))?;
                host_covers(base, &host).ok_or_else(|| unusable("is no host"))
            }
            Self::Ip(name) => {
                let (network, mask) = base.split_at_checked(base.len() / 2).unwrap_or((base, &[]));
                if !matches!(base.len(), 8 | 32) || !is_prefix(mask) {
                    return Err(unusable("is no range of addresses"));
                }
                if !matches!(name.len(), 4 | 16) {
                    return Err(refused(format!("{} is no address", self.text())));
                }
                let same = network
                    .iter()
                    .zip(*name)
                    .zip(mask)
                    .all(|((a, b), m)| a & m == b & m);
                Ok(network.len() == name.len() && same)
            }
            Self::Other(name) => {
                let comparable = [Tag::context_primitive(8)];
                if comparable.contains(&name.tag) {
                    return Ok(name.contents == base);
                }
                Err(unusable("is of a kind that is not compared here"))
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Dns(name) | Self::Uri(name) => String::from_utf8_lossy(name).into_owned(),
            Self::Email(name) => String::from_utf8_lossy(name).into_owned(),
            Self::Ip(name) => crate::x509::address(name),
            Self::Directory(_) => "its subject or a directory name".to_owned(),
            Self::Other(name) => general_name_text(name),
        }
    }
}

/// Which list a subtree stands in: a name with a star lies in what is permitted if all of it does, and in
/// what is excluded if any of it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Permitted,
    Excluded,
}

/// Whether a name lies at or below `base`; both in lower case. The empty base covers all names.
fn dns_covers(base: &str, name: &str, side: Side) -> bool {
    let at_or_below = |name: &str| {
        base.is_empty()
            || name == base
            || name
                .strip_suffix(base)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    let Some(parent) = name.strip_prefix("*.") else {
        return at_or_below(name);
    };
    // The star may stand for what makes it the base itself.
    let may_be_base = base.split_once('.').is_some_and(|(_, rest)| rest == parent);
    at_or_below(parent) || (side == Side::Excluded && may_be_base)
}

/// Whether a host lies within a constraint on hosts of mail or URIs: `.example.org` covers those below,
/// `example.org` that host alone.
fn host_covers(base: &str, name: &str) -> Option<bool> {
    if base.is_empty() {
        return Some(true);
    }
    if let Some(parent) = base.strip_prefix('.') {
        let parent = host(parent.as_bytes()).filter(|parent| !parent.is_empty())?;
        let below = name
            .strip_suffix(&parent)
            .and_then(|rest| rest.strip_suffix('.'));
        return Some(below.is_some_and(|rest| !rest.is_empty()));
    }
    Some(name == host(base.as_bytes())?)
}

/// A host name in lower case, or nothing at all; `None` for what is neither.
fn host(name: &[u8]) -> Option<String> {
    let name = ascii(name)?;
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
    };
    (name.is_empty() || name.split('.').all(label)).then(|| name.to_ascii_lowercase())
}

/// A host name as certificates have it, with a star for its first part or not.
fn presented(name: &[u8]) -> Option<String> {
    match name.strip_prefix(b"*.") {
        Some(parent) => Some(format!("*.{}", host(parent).filter(|it| !it.is_empty())?)),
        None => host(name).filter(|name| !name.is_empty()),
    }
}

fn mailbox(address: &str) -> Option<(&str, String)> {
    let (local, domain) = address.rsplit_once('@')?;
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    let plain = !local.is_empty() && !local.contains(['@', ' ', '"', '(', ')', '<', '>', ',', ';']);
    if !quoted && !plain {
        return None;
    }
    Some((
        local,
        host(domain.as_bytes()).filter(|domain| !domain.is_empty())?,
    ))
}

/// The host of a URI, in lower case; addresses and URIs without a host have none (RFC 5280, 4.2.1.10).
fn uri_host(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let name = host_and_port
        .split_once(':')
        .map_or(host_and_port, |(name, _)| name);
    if name.parse::<Ipv4Addr>().is_ok() || name.parse::<Ipv6Addr>().is_ok() {
        return None;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    host(name.as_bytes()).filter(|name| !name.is_empty())
}

/// Whether nothing but zeros follows the ones that a mask begins with.
fn is_prefix(mask: &[u8]) -> bool {
    let ones: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let mut leading = 0;
    for octet in mask {
        leading += octet.leading_ones();
        if *octet != 0xff {
            break;
        }
    }
    ones == leading
}

fn ascii(octets: &[u8]) -> Option<&str> {
    std::str::from_utf8(octets)
        .ok()
        .filter(|text| text.is_ascii())
}

/// Whether two lists of general names have one in common: the same octets, or directory names that
/// compare as one.
pub(super) fn share_a_name(one: &[Element<'_>], other: &[Element<'_>]) -> bool {
    one.iter().any(|a| other.iter().any(|b| is_same(a, b)))
}

fn is_same(a: &Element<'_>, b: &Element<'_>) -> bool {
    if a.tag != b.tag {
        return false;
    }
    if a.tag == Tag::context(4) {
        let key = |name: &Element<'_>| elements(name, a.tag)?.first().map(NameKey::of);
        return key(a).is_some() && key(a) == key(b);
    }
    a.contents == b.contents
}

const EMAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lie_at_or_below_their_base() {
        let covers = |base, name| dns_covers(base, name, Side::Permitted);
        assert!(covers("example.org", "example.org"));
        assert!(covers("example.org", "a.b.example.org"));
        assert!(covers("", "example.org"));
        assert!(!covers("example.org", "badexample.org"));
        assert!(!covers("example.org", "org"));
        assert!(covers("example.org", "*.example.org"));
        assert!(!covers("www.example.org", "*.example.org"));
    }

    #[test]
    fn a_star_is_excluded_where_it_may_stand_for_what_is() {
        let covers = |base, name| dns_covers(base, name, Side::Excluded);
        assert!(covers("www.example.org", "*.example.org"));
        assert!(covers("example.org", "*.example.org"));
        assert!(!covers("a.www.example.org", "*.example.org"));
        assert!(!covers("example.net", "*.example.org"));
    }

    #[test]
    fn hosts_of_mail_are_one_host_or_those_below_a_dot() {
        assert_eq!(host_covers("example.org", "example.org"), Some(true));
        assert_eq!(host_covers("example.org", "a.example.org"), Some(false));
        assert_eq!(host_covers(".example.org", "a.example.org"), Some(true));
        assert_eq!(host_covers(".example.org", "example.org"), Some(false));
        assert_eq!(host_covers("*.example.org", "a.example.org"), None);
    }

    #[test]
    fn hosts_of_uris_are_found() {
        let found = uri_host("https://user@WWW.Example.org:443/a?b");
        assert_eq!(found.as_deref(), Some("www.example.org"));
        assert_eq!(uri_host("http://192.0.2.1/"), None);
        assert_eq!(uri_host("urn:isbn:1"), None);
    }
}
