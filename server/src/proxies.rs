//! Whom a request comes from, where proxies stand in between.
//!
//! A proxy writes the address of its client behind what that client said itself. So the line of addresses
//! is read from its right end: each that is a trusted proxy vouches for the one to its left, and the first
//! that is none is the client. Nothing that stands further left is believed, and nothing at all of a
//! connection that comes from elsewhere.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, header};
use serde::Deserialize;

/// The proxies whose word is taken, and the header that they give it in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    trusted: Vec<Network>,
    header: ProxyHeader,
}

/// Where a proxy tells of its client. Only one is read: a proxy that writes one of them may pass on the
/// other as the client sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For: 192.0.2.1, 10.0.0.2`
    #[default]
    XForwardedFor,
    /// `Forwarded: for=192.0.2.1, for="[2001:db8::1]:4711"`
    /// ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239))
    Forwarded,
}

impl Proxies {
    pub(crate) fn new(trusted: Vec<Network>, header: ProxyHeader) -> Self {
        Self { trusted, header }
    }

    /// Whether this address is that of a trusted proxy.
    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.has(address))
    }

    /// The client of a request that came over a connection with this peer.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        for hop in self.hops(headers).into_iter().rev() {
            if !self.trust(client) {
                break;
            }
            // `unknown`, and names that a proxy makes up: who told is the last that is known.
            let Some(address) = hop else {
                break;
            };
            client = address;
        }
        client
    }

    /// The addresses in the order in which they were written, over all lines of the header.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        if self.trusted.is_empty() {
            return Vec::new();
        }
        let (name, read): (HeaderName, fn(&str) -> Option<IpAddr>) = match self.header {
            ProxyHeader::XForwardedFor => (X_FORWARDED_FOR, address),
            ProxyHeader::Forwarded => (header::FORWARDED, forwarded_for),
        };
        let lines = headers.get_all(name).into_iter();
        lines
            .flat_map(|line| match line.to_str() {
                Ok(line) => parts(line, ',').map(read).collect(),
                Err(_) => vec![None],
            })
            .collect()
    }
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    parts(element, ';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = value.trim();
        let is_for = name.trim().eq_ignore_ascii_case("for");
        let unquoted = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'));
        is_for.then(|| address(unquoted.unwrap_or(value)))?
    })
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
    };
    host.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

/// What a separator parts, but for where it stands in quotation marks. One that is never closed quotes
/// nothing: a client that opens one does not swallow what its proxy writes behind it.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let are_paired = text.matches('"').count().is_multiple_of(2);
    let mut is_quoted = false;
    text.split(move |character| {
        is_quoted ^= are_paired && character == '"';
        character == separator && !is_quoted
    })
}

/// Addresses that begin alike: `10.0.0.0/8`, `2001:db8::/32`, or one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    /// How many bits of it count.
    bits: u8,
}

impl Network {
    fn has(self, address: IpAddr) -> bool {
        let differ = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                u128::from(ours.to_bits() ^ theirs.to_bits()) << 96
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => ours.to_bits() ^ theirs.to_bits(),
            _ => return false,
        };
        u32::from(self.bits) <= differ.leading_zeros()
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("expected an address or a network such as 10.0.0.0/8, found `{text}`");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        let network = Self { address, bits };
        let beyond = match address {
            IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
            IpAddr::V6(address) => address.to_bits(),
        };
        // What stands behind the bits that count is a slip of whoever wrote it.
        if most < bits || beyond.checked_shl(u32::from(bits)).unwrap_or(0) != 0 {
            return Err(wrong());
        }
        Ok(network)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(proxies: &Proxies, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let client = proxies.client(peer.parse().unwrap(), &headers);
        client.to_string()
    }

    fn proxies(header: ProxyHeader) -> Proxies {
        let networks = ["10.0.0.0/8", "127.0.0.1", "2001:db8::/32"];
        let networks = networks.map(|network| network.parse().unwrap());
        Proxies::new(networks.into(), header)
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_trusted_proxy() {
        let trusting = proxies(ProxyHeader::XForwardedFor);
        for (peer, lines, expected) in [
            ("10.0.0.1", &["192.0.2.1"][..], "192.0.2.1"),
            ("10.0.0.1", &["192.0.2.1, 10.9.9.9"], "192.0.2.1"),
            ("10.0.0.1", &["192.0.2.1", "10.9.9.9"], "192.0.2.1"),
            ("::ffff:10.0.0.1", &["192.0.2.1:4711"], "192.0.2.1"),
            ("2001:db8::5", &["[2001:470::1]:4711"], "2001:470::1"),
            ("127.0.0.1", &["2001:470::1"], "2001:470::1"),
            ("127.0.0.1", &["::ffff:192.0.2.1"], "192.0.2.1"),
            // What a client claims stands to the left of what its proxy writes.
            ("10.0.0.1", &["127.0.0.1, 192.0.2.1"], "192.0.2.1"),
            (
                "10.0.0.1",
                &["127.0.0.1, 10.3.3.3, 192.0.2.1, 10.2.2.2"],
                "192.0.2.1",
            ),
            ("10.0.0.1", &["127.0.0.1", "192.0.2.1"], "192.0.2.1"),
            // A connection from elsewhere is not asked.
            ("198.51.100.7", &["127.0.0.1"], "198.51.100.7"),
            ("198.51.100.7", &["192.0.2.1, 10.9.9.9"], "198.51.100.7"),
            // Where the line breaks, who told is the last that is known.
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.1, , 10.2.2.2"], "10.2.2.2"),
            ("10.0.0.1", &["192.0.2.1, \u{e9}"], "10.0.0.1"),
            ("10.0.0.1", &["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
        ] {
            let lines: Vec<_> = lines
                .iter()
                .map(|line| ("x-forwarded-for", *line))
                .collect();
            assert_eq!(
                client(&trusting, peer, &lines),
                expected,
                "{peer} {lines:?}"
            );
            let distrusting = client(&Proxies::default(), peer, &lines);
            assert_eq!(distrusting, peer, "nobody is trusted");
        }
    }

    #[test]
    fn forwarded_is_read_where_it_is_asked_for_and_only_there() {
        let trusting = proxies(ProxyHeader::Forwarded);
        for (line, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            (
                "for=127.0.0.1, For=192.0.2.1;proto=https;by=10.0.0.1",
                "192.0.2.1",
            ),
            ("proto=https; for=\"[2001:470::1]:4711\"", "2001:470::1"),
            ("for=\"192.0.2.1:80\", for=10.2.2.2", "192.0.2.1"),
            ("for=192.0.2.9;by=\"a,b;for=192.0.2.8\"", "192.0.2.9"),
            ("for=\"127.0.0.1, for=192.0.2.1", "192.0.2.1"),
            ("for=192.0.2.1, for=_hidden", "10.0.0.1"),
            ("for=192.0.2.1, by=10.2.2.2", "10.0.0.1"),
        ] {
            let lines = [("forwarded", line), ("x-forwarded-for", "203.0.113.5")];
            assert_eq!(client(&trusting, "10.0.0.1", &lines), expected, "{line}");
            let other = proxies(ProxyHeader::XForwardedFor);
            assert_eq!(client(&other, "10.0.0.1", &lines), "203.0.113.5", "{line}");
        }
    }

    #[test]
    fn networks_are_told_by_the_bits_that_count() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("192.0.2.128/25", "192.0.2.255", "192.0.2.127"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.0"),
            ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
            ("::/0", "::1", "127.0.0.1"),
            ("0.0.0.0/0", "203.0.113.1", "::"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.has(inside.parse().unwrap()), "{inside}");
            assert!(!network.has(outside.parse().unwrap()), "{outside}");
        }
        for wrong in [
            "",
            "proxy",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "::/129",
            "10/8",
            "10.0.0.0/-1",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
