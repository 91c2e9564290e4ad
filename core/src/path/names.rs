//! Name constraints: which names an authority may give out.
//!
//! [RFC 5280, 4.2.1.10 and 6.1.3 (b) and (c)](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10)

use std::net::{Ipv4Addr, Ipv6Addr};

use super::certificate::{Link, NameKey, Subtree, Subtrees};
use crate::asn1::{Element, Tag, text};
use crate::x509::{attributes, general_name_text};

/// A name of a certificate, by its kind, and as it is compared; absent what cannot be.
enum Name<'a> {
    Dns(&'a [u8], Option<String>),
    /// Its local part and its host.
    Email(Vec<u8>, Option<(String, String)>),
    Uri(&'a [u8], Option<String>),
    Ip(&'a [u8]),
    Directory(NameKey),
    /// One that nobody here knows how to compare.
    Other(Element<'a>),
}

/// The base of a subtree, as names are compared with it.
pub(crate) enum Base<'a> {
    Dns(String),
    /// `.example.org`, as RFC 5280 does not have it and OpenSSL, Java and Go read it: those below.
    BelowDns(String),
    /// One mailbox: its local part and its host.
    Mailbox(String, String),
    Mail(Hosts),
    Uri(Hosts),
    /// Network and mask.
    Range(&'a [u8], &'a [u8]),
    Directory(NameKey),
    Registered(&'a [u8]),
    /// It cannot be compared with, and this is why.
    Unusable(&'static str),
}

/// Hosts of mail or of URIs.
pub(crate) enum Hosts {
    All,
    /// `.example.org`: those below.
    Below(String),
    /// `example.org`: that one alone.
    One(String),
}

/// Octets of a name that are compared at the price of one comparison.
const FAIR: usize = 256;

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
    let mut check = Check {
        constraints,
        trees,
        spend,
    };
    if !link.subject.is_empty() {
        let octets = link.spine.subject.contents.len();
        check.name(4, octets, || Some(Name::Directory(link.subject.clone())))?;
    }
    let alternative = link.alternative_names.as_deref().unwrap_or_default();
    let is_mail = |name: &Element<'_>| name.tag == Tag::context_primitive(1);
    if !alternative.iter().any(is_mail) {
        // The subject's addresses of mail count where no other is given.
        for attribute in attributes(&link.spine.subject) {
            if attribute.oid == EMAIL_ADDRESS {
                let octets = attribute.value.contents.len();
                let name = || Some(Name::email(text(&attribute.value).into_bytes()));
                check.name(1, octets, name)?;
            }
        }
    }
    for name in alternative {
        let octets = name.contents.len();
        check.name(name.tag.number, octets, || Some(Name::of(name)))?;
        if name.tag == Tag::context(0) {
            // Constraints on addresses of mail hold for these too (RFC 9598, 6).
            check.name(1, octets, || international_mailbox(name))?;
        }
    }
    Ok(())
}

struct Check<'c, 'a> {
    constraints: &'c Subtrees<'a>,
    /// How many subtrees there are of each kind of name.
    trees: [usize; 16],
    spend: &'c mut dyn FnMut(usize) -> bool,
}

impl Check<'_, '_> {
    /// Compares a name of this kind and length, which is read where there is a constraint for it.
    fn name<'n>(
        &mut self,
        number: u32,
        octets: usize,
        name: impl FnOnce() -> Option<Name<'n>>,
    ) -> Result<(), Violation> {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let count = self.trees.get(number).copied().unwrap_or(0);
        if count == 0 {
            return Ok(());
        }
        if !(self.spend)(count * (1 + octets / FAIR)) {
            return Err(Violation::TooMany);
        }
        name().map_or(Ok(()), |name| name.check(self.constraints))
    }
}

/// Why a name is refused.
pub(super) enum Violation {
    Refused(String),
    TooMany,
}

fn refused(why: String) -> Violation {
    Violation::Refused(why)
}

/// `SmtpUTF8Mailbox ::= UTF8String`, an `otherName`: an address of mail beyond ASCII (RFC 9598, 3).
fn international_mailbox<'a>(name: &Element<'a>) -> Option<Name<'a>> {
    const SMTP_UTF8_MAILBOX: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 8, 9];
    let mut fields = name.reader();
    let kind = fields.any().ok()?;
    let address = fields.any().ok()?.reader().any().ok()?;
    (kind.contents == SMTP_UTF8_MAILBOX).then(|| Name::email(address.contents.to_vec()))
}

impl<'a> Base<'a> {
    pub(crate) fn of(base: &Element<'a>) -> Self {
        let contents = base.contents;
        match base.tag {
            tag if tag == Tag::context_primitive(1) => Self::mail(contents),
            tag if tag == Tag::context_primitive(2) => match contents.strip_prefix(b".") {
                Some(parent) => host(parent)
                    .filter(|parent| !parent.is_empty())
                    .map_or(Self::Unusable("is no host name"), Self::BelowDns),
                None => host(contents).map_or(Self::Unusable("is no host name"), Self::Dns),
            },
            tag if tag == Tag::context_primitive(6) => {
                let hosts = ascii(contents).and_then(Hosts::of);
                hosts.map_or(Self::Unusable("is no host"), Self::Uri)
            }
            tag if tag == Tag::context_primitive(7) => {
                let (network, mask) = contents
                    .split_at_checked(contents.len() / 2)
                    .unwrap_or((contents, &[]));
                if matches!(contents.len(), 8 | 32) && is_prefix(mask) {
                    Self::Range(network, mask)
                } else {
                    Self::Unusable("is no range of addresses")
                }
            }
            tag if tag == Tag::context_primitive(8) => Self::Registered(contents),
            tag if tag == Tag::context(4) => match base.reader().any() {
                Ok(name) => Self::Directory(NameKey::of(&name)),
                Err(_) => Self::Unusable("is no name"),
            },
            _ => Self::Unusable(NOT_COMPARED),
        }
    }

    fn mail(contents: &[u8]) -> Self {
        let Some(base) = ascii(contents) else {
            return Self::Unusable("is no address");
        };
        let Some((local, at)) = base.rsplit_once('@') else {
            return Hosts::of(base).map_or(Self::Unusable("is no host"), Self::Mail);
        };
        match host(at.as_bytes()).filter(|at| !at.is_empty()) {
            Some(at) => Self::Mailbox(local.to_owned(), at),
            None => Self::Unusable("is no address"),
        }
    }
}

impl Hosts {
    fn of(base: &str) -> Option<Self> {
        if base.is_empty() {
            return Some(Self::All);
        }
        let Some(parent) = base.strip_prefix('.') else {
            return host(base.as_bytes()).map(Self::One);
        };
        let parent = host(parent.as_bytes()).filter(|parent| !parent.is_empty());
        parent.map(Self::Below)
    }

    fn cover(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Below(parent) => name
                .strip_suffix(parent.as_str())
                .and_then(|rest| rest.strip_suffix('.'))
                .is_some_and(|rest| !rest.is_empty()),
            Self::One(host) => name == host,
        }
    }
}

impl<'a> Name<'a> {
    fn of(name: &Element<'a>) -> Self {
        let contents = name.contents;
        match name.tag {
            tag if tag == Tag::context_primitive(1) => {
                let ascii = ascii(contents).is_some();
                let parts = mailbox(contents).filter(|_| ascii);
                Self::Email(contents.to_vec(), parts)
            }
            tag if tag == Tag::context_primitive(2) => Self::Dns(contents, presented(contents)),
            tag if tag == Tag::context_primitive(6) => {
                Self::Uri(contents, ascii(contents).and_then(uri_host))
            }
            tag if tag == Tag::context_primitive(7) => Self::Ip(contents),
            tag if tag == Tag::context(4) => match name.reader().any() {
                Ok(directory) => Self::Directory(NameKey::of(&directory)),
                Err(_) => Self::Other(*name),
            },
            _ => Self::Other(*name),
        }
    }

    fn email(address: Vec<u8>) -> Self {
        let parts = mailbox(&address);
        Self::Email(address, parts)
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
            Self::Email(..) => 1,
            Self::Dns(..) => 2,
            Self::Directory(_) => 4,
            Self::Uri(..) => 6,
            Self::Ip(_) => 7,
            Self::Other(name) => name.tag.number,
        }
    }

    fn is_of_kind(&self, tree: &Subtree<'_>) -> bool {
        tree.base.tag.is_context() && tree.base.tag.number == self.number()
    }

    /// Whether the subtree covers the name; the error says what cannot be compared.
    fn covered_by(&self, tree: &Subtree<'_>, side: Side) -> Result<bool, Violation> {
        let unusable = |what: &str| {
            let tree = general_name_text(&tree.base);
            refused(format!(
                "{} is under the constraint {tree}, which {what}",
                self.text()
            ))
        };
        let broken = |what: &str| refused(format!("{} {what}", self.text()));
        if tree.ranged {
            return Err(unusable("has a minimum or a maximum"));
        }
        Ok(match (self, &tree.shape) {
            (_, Base::Unusable(what)) => return Err(unusable(what)),
            (Self::Directory(name), Base::Directory(base)) => name.is_within(base),
            (Self::Dns(_, name), Base::Dns(base)) => {
                let name = name.as_ref().ok_or_else(|| broken("is no host name"))?;
                dns_covers(base, name, side)
            }
            (Self::Dns(_, name), Base::BelowDns(base)) => {
                let name = name.as_ref().ok_or_else(|| broken("is no host name"))?;
                name != base && dns_covers(base, name, Side::Permitted)
            }
            (Self::Email(_, name), base) => {
                let (local, at) = name.as_ref().ok_or_else(|| broken("is no address"))?;
                match base {
                    Base::Mailbox(wanted, host) => local == wanted && at == host,
                    Base::Mail(hosts) => hosts.cover(at),
                    _ => return Err(unusable(NOT_COMPARED)),
                }
            }
            (Self::Uri(_, name), Base::Uri(hosts)) => {
                let name = name.as_ref();
                hosts.cover(name.ok_or_else(|| broken("names no host to compare"))?)
            }
            (Self::Ip(name), Base::Range(network, mask)) => {
                if !matches!(name.len(), 4 | 16) {
                    return Err(broken("is no address"));
                }
                let octets = network.iter().zip(*name).zip(*mask);
                network.len() == name.len()
                    && octets
                        .map(|((a, b), m)| (a ^ b) & m)
                        .all(|differ| differ == 0)
            }
            (Self::Other(name), Base::Registered(base)) => name.contents == *base,
            _ => return Err(unusable(NOT_COMPARED)),
        })
    }

    fn text(&self) -> String {
        match self {
            Self::Dns(name, _) | Self::Uri(name, _) => String::from_utf8_lossy(name).into_owned(),
            Self::Email(name, _) => String::from_utf8_lossy(name).into_owned(),
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

/// A host name in lower case, or nothing at all; `None` for what is neither.
fn host(name: &[u8]) -> Option<String> {
    let name = ascii(name).filter(|name| name.len() <= MAX_HOST)?;
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

/// Local part and host of an address of mail.
fn mailbox(address: &[u8]) -> Option<(String, String)> {
    let (local, domain) = std::str::from_utf8(address).ok()?.rsplit_once('@')?;
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    let plain = !local.is_empty() && !local.contains(['@', ' ', '"', '(', ')', '<', '>', ',', ';']);
    if !quoted && !plain {
        return None;
    }
    Some((
        local.to_owned(),
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

const NOT_COMPARED: &str = "is of a kind that is not compared here";

/// Characters of a host name at most (RFC 1035, 2.3.4).
const MAX_HOST: usize = 253;

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
        let covers = |base: &str, name: &str| Hosts::of(base).map(|hosts| hosts.cover(name));
        assert_eq!(covers("example.org", "example.org"), Some(true));
        assert_eq!(covers("example.org", "a.example.org"), Some(false));
        assert_eq!(covers(".example.org", "a.example.org"), Some(true));
        assert_eq!(covers(".example.org", "example.org"), Some(false));
        assert_eq!(covers("*.example.org", "a.example.org"), None);
    }

    #[test]
    fn hosts_of_uris_are_found() {
        let found = uri_host("https://user@WWW.Example.org:443/a?b");
        assert_eq!(found.as_deref(), Some("www.example.org"));
        assert_eq!(uri_host("http://192.0.2.1/"), None);
        assert_eq!(uri_host("urn:isbn:1"), None);
    }

    /// Whether one name is within one permitted base, both as general names in DER.
    fn allows(base: &[u8], name: &[u8]) -> bool {
        let base = crate::asn1::Reader::new(base).any().expect("reads");
        let name = crate::asn1::Reader::new(name).any().expect("reads");
        let tree = Subtree {
            base,
            shape: Base::of(&base),
            ranged: false,
        };
        let constraints = Subtrees {
            permitted: vec![tree],
            excluded: Vec::new(),
        };
        let made = crate::made::Made::leaf("", 5, "authority", 1).der();
        let mut link = Link::read(&made).expect("reads");
        link.alternative_names = Some(vec![name]);
        within(&link, &constraints, &mut |_| true).is_ok()
    }

    #[test]
    fn a_leading_dot_covers_the_hosts_below() {
        let allows = |base: &[u8], name: &[u8]| {
            allows(
                &crate::der::value(0x82, base),
                &crate::der::value(0x82, name),
            )
        };
        assert!(allows(b".example.org", b"a.example.org"));
        assert!(allows(b".example.org", b"*.example.org"));
        assert!(!allows(b".example.org", b"example.org"));
        assert!(!allows(b".example.org", b"badexample.org"));
        assert!(!allows(b".", b"example.org"));
        assert!(!allows(b"..example.org", b"a.example.org"));
    }

    #[test]
    fn addresses_of_mail_beyond_ascii_meet_the_constraints_on_mail() {
        use crate::der::{oid, value};
        let mailbox = |address: &str| {
            let text = value(0xa0, &value(12, address.as_bytes()));
            value(0xa0, &[oid("1.3.6.1.5.5.7.8.9"), text].concat())
        };
        let allows = |base: &[u8], name: &str| allows(&value(0x81, base), &mailbox(name));
        assert!(allows(b"example.org", "m\u{fc}ller@example.org"));
        assert!(!allows(b"example.org", "m\u{fc}ller@example.net"));
        assert!(!allows(b"muller@example.org", "m\u{fc}ller@example.org"));
        assert!(!allows(
            b"example.org",
            "m\u{fc}ller@m\u{fc}ller.example.org"
        ));
    }

    #[test]
    fn long_names_cost_more_than_short_ones() {
        let base = crate::der::value(0x86, b"example.org");
        let base = crate::asn1::Reader::new(&base).any().expect("reads");
        let tree = Subtree {
            base,
            shape: Base::of(&base),
            ranged: false,
        };
        let constraints = Subtrees {
            permitted: vec![tree],
            excluded: Vec::new(),
        };
        let path = "a".repeat(100 * FAIR);
        let name = crate::der::value(0x86, format!("https://example.org/{path}").as_bytes());
        let made = crate::made::Made::leaf("", 5, "authority", 1).der();
        let mut link = Link::read(&made).expect("reads");
        link.alternative_names = Some(vec![crate::asn1::Reader::new(&name).any().expect("reads")]);
        let mut spent = 0;
        let within = within(&link, &constraints, &mut |count| {
            spent += count;
            true
        });
        assert!(within.is_ok());
        assert_eq!(spent, 101);
    }
}
