//! ZIP, by its directory at the end. [APPNOTE.TXT, 4.3](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)

use super::{Content, Member, little, truncated};
use crate::error::{Error, ErrorKind};

const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";

/// Longest comment behind the directory.
const MAX_COMMENT: usize = 65_535;

/// Hands every file to `take`, folders left out.
///
/// ```text
/// end of central directory := "PK56" disks(2) disk(2) entries(2) total(2) size(4) offset(4) comment
/// central directory header := "PK12" made-by(2) needed(2) flags(2) method(2) time(4) crc32(4) packed(4)
///                             unpacked(4) name(2) extra(2) comment(2) disk(2) internal(2) external(4)
///                             offset(4) name extra comment
/// local file header        := "PK34" … name(2) extra(2) name extra data
/// ```
pub(super) fn each(
    input: &[u8],
    take: &mut dyn FnMut(Member<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    // Where something is said to stand may be far behind the end.
    let short = |at: usize| truncated(at.min(input.len()));
    let (count, mut at) = directory(input)?;
    for _ in 0..count {
        let header = input.get(at..).unwrap_or_default();
        if !header.starts_with(ENTRY) {
            return Err(short(at));
        }
        let field = |at, width| little(header, at, width).ok_or_else(|| short(input.len()));
        let (name, extra, comment) = (field(28, 2)?, field(30, 2)?, field(32, 2)?);
        let text = header.get(46..46 + name).ok_or_else(|| short(at))?;
        let text = String::from_utf8_lossy(text).into_owned();
        at += 46 + name + extra + comment;
        if text.ends_with('/') {
            continue;
        }
        take(Member {
            name: text,
            content: content(input, header),
        })?;
    }
    Ok(())
}

/// How many entries the directory has, and where it begins.
fn directory(input: &[u8]) -> Result<(usize, usize), Error> {
    let start = input.len().saturating_sub(MAX_COMMENT + 22);
    let tail = input.get(start..).unwrap_or_default();
    let end = memchr::memmem::rfind(tail, END).ok_or_else(|| truncated(input.len()))?;
    let end = tail.get(end..).unwrap_or_default();
    let count = little(end, 10, 2).ok_or_else(|| truncated(input.len()))?;
    let offset = little(end, 16, 4).ok_or_else(|| truncated(input.len()))?;
    Ok((count, offset))
}

fn content<'a>(input: &'a [u8], header: &[u8]) -> Content<'a> {
    let read = || -> Result<Content<'a>, Error> {
        let field = |at, width| little(header, at, width).ok_or_else(|| truncated(0));
        let (flags, method, packed) = (field(8, 2)?, field(10, 2)?, field(20, 4)?);
        let (checksum, local) = (field(16, 4)?, field(42, 4)?);
        if flags & 1 != 0 {
            return Ok(Content::Sealed(
                "ZIP's own encryption is not read here; unpack it first",
            ));
        }
        let beside = |at, width| {
            let at = local.checked_add(at)?;
            little(input, at, width)
        };
        let lengths = beside(26, 2).zip(beside(28, 2));
        let (name, extra) = lengths.ok_or_else(|| truncated(local.min(input.len())))?;
        let at = local.saturating_add(30 + name + extra);
        let octets = input.get(at..at.saturating_add(packed));
        let octets = octets.ok_or_else(|| truncated(at.min(input.len())))?;
        let checksum = u32::try_from(checksum).ok();
        match method {
            0 => Ok(Content::Stored {
                at,
                octets,
                checksum,
            }),
            8 => Ok(Content::Deflated {
                at,
                octets,
                checksum,
            }),
            other => {
                let what = format!("ZIP's method {other}");
                Err(Error::new(ErrorKind::Unsupported { what }, at))
            }
        }
    };
    read().unwrap_or_else(Content::Broken)
}
