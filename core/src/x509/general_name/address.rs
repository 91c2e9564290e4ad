//! Internet addresses, alone and with a mask.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::report::GeneralNameDetail;

/// An address of 4 or 16 octets.
pub(super) fn host(octets: &[u8]) -> Option<String> {
    parse(octets).map(|address| address.to_string())
}

/// An address and a mask of the same length, written as `192.0.2.0/24`, or with the whole mask where
/// its ones do not all stand at its beginning.
///
/// [RFC 5280, 4.2.1.10](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10)
pub(super) fn network(octets: &[u8]) -> Option<(String, GeneralNameDetail)> {
    let (address, mask_octets) = octets.split_at_checked(octets.len() / 2)?;
    let (address, mask) = (parse(address)?, parse(mask_octets)?);
    let prefix_length = prefix_length(mask_octets);
    let text = match prefix_length {
        Some(length) => format!("{address}/{length}"),
        None => format!("{address}/{mask}"),
    };
    let detail = GeneralNameDetail::Network {
        address: address.to_string(),
        mask: mask.to_string(),
        prefix_length,
    };
    Some((text, detail))
}

fn parse(octets: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Some(Ipv4Addr::from(four).into());
    }
    let sixteen = <[u8; 16]>::try_from(octets).ok()?;
    Some(Ipv6Addr::from(sixteen).into())
}

/// The number of ones that a mask begins with, if nothing but zeros follows.
fn prefix_length(mask: &[u8]) -> Option<u8> {
    let ones: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let mut leading = 0;
    for octet in mask {
        leading += octet.leading_ones();
        if *octet != 0xff {
            break;
        }
    }
    (ones == leading).then(|| u8::try_from(ones).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_with_gaps_have_no_prefix_length() {
        assert_eq!(prefix_length(&[0xff, 0xff, 0xf0, 0]), Some(20));
        assert_eq!(prefix_length(&[0, 0, 0, 0]), Some(0));
        assert_eq!(prefix_length(&[0xff, 0, 0xff, 0]), None);
        assert_eq!(prefix_length(&[0xff, 0xff, 0xff, 0xff]), Some(32));
    }
}
