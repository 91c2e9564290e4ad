//! Host names: whether a certificate is one for the host that was asked for (RFC 9525).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::x509::{Spine, address, label};

/// The host that a client means to reach: what stands in its address bar, not in a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostName {
    /// A name in the letters of DNS, in lower case, without a dot at its end: `xn--bcher-kva.example`.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

/// Whether a certificate is one for a host, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HostVerdict {
    /// The host that was asked for, in the letters of DNS.
    pub host: String,
    /// Whether the certificate is one for it.
    pub matches: bool,
    /// The name in the certificate that matches.
    pub by: Option<String>,
    /// The reason, in a sentence without a full stop.
    pub why: String,
}

impl HostName {
    /// Reads a host as people write it: a name, also with letters beyond ASCII or with a dot at its end,
    /// or an address, also in brackets.
    ///
    /// Letters are put into lower case and into the form that DNS has for them (RFC 3492); nothing else
    /// of IDNA's mappings is done.
    ///
    /// # Errors
    /// A clause that says what no host has: `a part of it is empty`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(text);
        if let Ok(address) = bare.parse() {
            return Ok(Self::Ip(address));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let labels: Result<Vec<String>, String> = name.split('.').map(a_label).collect();
        let name = labels?.join(".");
        if 253 < name.len() {
            return Err("it has more than 253 characters".to_owned());
        }
        if name
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().all(|octet| octet.is_ascii_digit()))
        {
            return Err("its last part is a number, as that of an address is".to_owned());
        }
        Ok(Self::Dns(name))
    }

    /// Whether this certificate, in DER, is one for the host. Only `subjectAltName` counts; a common name
    /// never does, and is mentioned where it would have matched.
    ///
    /// [RFC 9525, 6](https://www.rfc-editor.org/rfc/rfc9525#section-6)
    ///
    /// # Errors
    /// When the bytes are no certificate.
    pub fn check(&self, certificate: &[u8]) -> Result<HostVerdict, Error> {
        Ok(self.check_spine(&Spine::read(certificate)?))
    }

    pub(crate) fn check_spine(&self, spine: &Spine<'_>) -> HostVerdict {
        let names = spine.extension(&[0x55, 0x1d, 17]).map(names);
        let host = self.to_string();
        let near = match self {
            Self::Dns(name) => dns(name, names.as_deref().unwrap_or_default()),
            Self::Ip(address) => ip(*address, names.as_deref().unwrap_or_default()),
        };
        let near = match near {
            Ok(by) => {
                let why = if by.eq_ignore_ascii_case(&host) {
                    format!("{host} is among its names")
                } else {
                    format!("its name {by} covers {host}")
                };
                return HostVerdict {
                    host,
                    matches: true,
                    by: Some(by),
                    why,
                };
            }
            Err(near) => near,
        };
        let common = label(&spine.subject);
        let why = if names.is_none() && common.eq_ignore_ascii_case(&host) {
            format!(
                "it has no alternative names; that its common name is {host} has not counted since RFC 9525"
            )
        } else if names.is_none() {
            "it has no alternative names at all".to_owned()
        } else if let Some(near) = near {
            near
        } else if common.eq_ignore_ascii_case(&host) {
            format!("{host} is its common name only, and not among its alternative names")
        } else {
            format!(
                "{host} is not among its names: {}",
                listed(names.as_deref())
            )
        };
        HostVerdict {
            host,
            matches: false,
            by: None,
            why,
        }
    }
}

impl std::fmt::Display for HostName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

/// The name that covers the host; else what comes near to it.
fn dns(host: &str, names: &[Element<'_>]) -> Result<String, Option<String>> {
    let mut near = None;
    for name in names.iter().filter(|name| name.tag == DNS) {
        let Ok(presented) = std::str::from_utf8(name.contents) else {
            continue;
        };
        match covers(presented, host) {
            Ok(true) => return Ok(presented.to_owned()),
            Ok(false) => {}
            Err(why) => near = near.or(Some(format!("its name {presented} does not count: {why}"))),
        }
    }
    Err(near)
}

/// Whether a name in a certificate covers a host (RFC 9525, 6.3); the error says why it cannot cover any.
fn covers(presented: &str, host: &str) -> Result<bool, &'static str> {
    let Some(parent) = presented.strip_prefix("*.") else {
        // A name that differs in more than a star is of no interest.
        if presented.contains('*') {
            let pattern = presented.split_once('.').map(|(_, parent)| parent);
            let near = pattern.is_some() && pattern == host.split_once('.').map(|(_, it)| it);
            return if near {
                Err("a star must be the whole of the first part")
            } else {
                Ok(false)
            };
        }
        return Ok(presented.eq_ignore_ascii_case(host));
    };
    let Some((first, rest)) = host.split_once('.') else {
        return Ok(false);
    };
    if !rest.eq_ignore_ascii_case(parent) {
        let below = host
            .len()
            .checked_sub(parent.len() + 1)
            .is_some_and(|at| host.get(at..).and_then(|end| end.strip_prefix('.')) == Some(parent));
        return if below {
            Err("a star stands for one part of a name only")
        } else {
            Ok(false)
        };
    }
    if parent.contains('*') || !parent.contains('.') {
        return Err("a star cannot stand for all of a top-level domain");
    }
    Ok(!first.is_empty())
}

fn ip(host: IpAddr, names: &[Element<'_>]) -> Result<String, Option<String>> {
    let octets = match host {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let mut near = None;
    for name in names {
        if name.tag == IP && name.contents == octets {
            return Ok(host.to_string());
        }
        let text = std::str::from_utf8(name.contents).ok();
        if name.tag == DNS && text.and_then(|text| text.parse().ok()) == Some(host) {
            near = Some(format!(
                "{host} stands there as a host name, which no address is compared with"
            ));
        }
    }
    Err(near)
}

fn names<'a>(extension: &crate::x509::ExtensionSpine<'a>) -> Vec<Element<'a>> {
    let list = extension.value.reader().any();
    let mut reader = list.map_or_else(|_| Reader::new(&[]), |list| list.reader());
    std::iter::from_fn(|| reader.any().ok()).collect()
}

/// `www.example.org, *.example.net and 3 others`
fn listed(names: Option<&[Element<'_>]>) -> String {
    let hosts: Vec<String> = names
        .unwrap_or_default()
        .iter()
        .filter_map(|name| match name.tag {
            DNS => Some(String::from_utf8_lossy(name.contents).into_owned()),
            IP => Some(address(name.contents)),
            _ => None,
        })
        .collect();
    match hosts.as_slice() {
        [] => "there is no host among them".to_owned(),
        [first @ .., last] if hosts.len() <= SHOWN => {
            if first.is_empty() {
                last.clone()
            } else {
                format!("{} and {last}", first.join(", "))
            }
        }
        [..] => {
            let first: Vec<&str> = hosts.iter().take(SHOWN).map(String::as_str).collect();
            format!("{} and {} others", first.join(", "), hosts.len() - SHOWN)
        }
    }
}

/// One part of a name in the letters of DNS.
fn a_label(label: &str) -> Result<String, String> {
    if label.is_empty() {
        return Err("a part of it is empty".to_owned());
    }
    let lower: String = label.chars().flat_map(char::to_lowercase).collect();
    let label = if lower.is_ascii() {
        lower
    } else {
        format!("xn--{}", punycode(&lower).ok_or("it is too long")?)
    };
    if 63 < label.len() {
        return Err("a part of it has more than 63 characters".to_owned());
    }
    match label
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
    {
        Some('*') => Err("a star stands in certificates, a host has none".to_owned()),
        Some(wrong) => Err(format!("it holds {wrong:?}")),
        None => Ok(label),
    }
}

/// Writes a label in ASCII (RFC 3492, 6.3).
fn punycode(label: &str) -> Option<String> {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    if basic != 0 {
        out.push('-');
    }
    let total = u32::try_from(label.chars().count()).ok()?;
    let (mut code, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < total {
        let next = label.chars().map(u32::from).filter(|c| code <= *c).min()?;
        delta = delta.checked_add((next - code).checked_mul(handled + 1)?)?;
        code = next;
        for character in label.chars().map(u32::from) {
            if character < code {
                delta = delta.checked_add(1)?;
            }
            if character != code {
                continue;
            }
            let (mut rest, mut k) = (delta, 36);
            loop {
                let threshold = k.clamp(bias + 1, bias + 26) - bias;
                if rest < threshold {
                    break;
                }
                out.push(digit(threshold + (rest - threshold) % (36 - threshold))?);
                rest = (rest - threshold) / (36 - threshold);
                k += 36;
            }
            out.push(digit(rest)?);
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(out)
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while 455 < delta {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

fn digit(value: u32) -> Option<char> {
    char::from_digit(if value < 26 { value + 10 } else { value - 26 }, 36)
}

const DNS: Tag = Tag::context_primitive(2);
const IP: Tag = Tag::context_primitive(7);
/// Names that a sentence holds.
const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> String {
        HostName::parse(text).map_or_else(|why| format!("! {why}"), |host| host.to_string())
    }

    #[test]
    fn hosts_are_put_into_the_letters_of_dns() {
        assert_eq!(host("WWW.Example.org."), "www.example.org");
        assert_eq!(host("Bücher.example"), "xn--bcher-kva.example");
        assert_eq!(host("例え.テスト"), "xn--r8jz45g.xn--zckzah");
        assert_eq!(host("faß.de"), "xn--fa-hia.de");
        assert_eq!(host("[2001:DB8::1]"), "2001:db8::1");
        assert_eq!(host("192.0.2.1"), "192.0.2.1");
        assert_eq!(host("a..b"), "! a part of it is empty");
        assert_eq!(
            host("192.0.2"),
            "! its last part is a number, as that of an address is"
        );
    }

    #[test]
    fn stars_stand_for_one_whole_first_part() {
        assert_eq!(covers("*.example.org", "www.example.org"), Ok(true));
        assert_eq!(covers("*.Example.ORG", "www.example.org"), Ok(true));
        assert_eq!(covers("*.example.org", "example.org"), Ok(false));
        assert!(covers("*.example.org", "a.b.example.org").is_err());
        assert!(covers("w*.example.org", "www.example.org").is_err());
        assert!(covers("*.org", "example.org").is_err());
        assert_eq!(covers("www.*.org", "www.example.org"), Ok(false));
        assert_eq!(covers("www.example.org.", "www.example.org"), Ok(false));
    }
}
