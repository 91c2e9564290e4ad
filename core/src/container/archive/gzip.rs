//! gzip. [RFC 1952, 2.3](https://www.rfc-editor.org/rfc/rfc1952#section-2.3)

use zeroize::Zeroizing;

use super::{Content, Member, Packing, crc32, inflate, little, truncated};
use crate::error::Error;
use crate::limits::figure;

/// What a member of a file begins with.
pub(super) const MAGIC: &[u8] = &[0x1f, 0x8b, 8];

/// Hands the one file to `take`, under the name that it had, if that stands there.
pub(super) fn each(
    input: &[u8],
    take: &mut dyn FnMut(Member<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (_, name) = header(input)?;
    let content = Ok(Content::plain(0, input, Packing::Gzip));
    take(Member { name, content })
}

/// Unpacks all members, which are one file together, up to so many octets. The flag tells whether each
/// matches its checksum.
pub(super) fn unpack(input: &[u8], limit: u64) -> Result<(Zeroizing<Vec<u8>>, bool), Error> {
    let (mut at, mut intact) = (0, true);
    let mut whole: Option<Zeroizing<Vec<u8>>> = None;
    // Whatever else follows the last member is none of it.
    while let Some(member) = input.get(at..).filter(|rest| rest.starts_with(MAGIC)) {
        let moved = |error: Error| {
            let offset = error.offset();
            error.moved_to(at + offset)
        };
        let (data, _) = header(member).map_err(moved)?;
        let packed = member.get(data..).unwrap_or_default();
        let left = limit.saturating_sub(whole.as_deref().map_or(0, |whole| figure(whole.len())));
        let (unpacked, length) = inflate(packed, left).map_err(moved)?;
        let checksum = little(packed, length, 4).and_then(|sum| u32::try_from(sum).ok());
        intact &= checksum == Some(crc32(&unpacked));
        at = at.saturating_add(data + length + 8);
        whole = Some(match whole {
            Some(first) => Zeroizing::new([&first[..], &unpacked].concat()),
            None => unpacked,
        });
    }
    Ok((whole.unwrap_or_default(), intact))
}

/// Where the data of a member begins, and the name that its file had.
///
/// ```text
/// member := 1f 8b method(1) flags(1) time(4) more(1) system(1) [extra] [name] [comment] [check(2)]
///           data crc32(4) size(4)
/// ```
fn header(input: &[u8]) -> Result<(usize, String), Error> {
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
    Ok((at, name))
}
