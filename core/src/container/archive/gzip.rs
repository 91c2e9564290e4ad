//! gzip. [RFC 1952, 2.3](https://www.rfc-editor.org/rfc/rfc1952#section-2.3)

use super::{Content, Member, little, truncated};
use crate::error::Error;

/// Hands the one file to `take`, under the name that it had, if that stands there.
///
/// ```text
/// member := 1f 8b method(1) flags(1) time(4) more(1) system(1) [extra] [name] [comment] [check(2)]
///           data crc32(4) size(4)
/// ```
pub(super) fn each(
    input: &[u8],
    take: &mut dyn FnMut(Member<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    const CHECK: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let [_, _, _, flags, _, _, _, _, _, _, ..] = input else {
        return Err(truncated(input.len()));
    };
    let mut at = 10;
    if flags & EXTRA != 0 {
        at += 2 + little(input, at, 2).ok_or_else(|| truncated(at))?;
    }
    let mut name = String::new();
    for flag in [NAME, COMMENT] {
        if flags & flag == 0 {
            continue;
        }
        let rest = input.get(at..).unwrap_or_default();
        let length = memchr::memchr(0, rest).ok_or_else(|| truncated(input.len()))?;
        if flag == NAME {
            let text = rest.get(..length).unwrap_or_default();
            // Latin-1, says the standard.
            name = text.iter().copied().map(char::from).collect();
        }
        at += length + 1;
    }
    if flags & CHECK != 0 {
        at += 2;
    }
    let octets = input.get(at..).ok_or_else(|| truncated(input.len()))?;
    let checksum = input.len().checked_sub(8);
    let checksum = checksum.and_then(|at| u32::try_from(little(input, at, 4)?).ok());
    let content = Content::Deflated {
        at,
        octets,
        checksum,
    };
    take(Member { name, content })
}
