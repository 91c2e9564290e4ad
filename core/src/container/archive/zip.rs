//! ZIP, by its directory at the end. [APPNOTE.TXT, 4.3](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)

mod seal;

use super::{Content, Member, Packing, little, truncated};
use crate::error::{Error, ErrorKind};

pub(super) use seal::Sealing;

const END: &[u8] = b"PK\x05\x06";
const LARGE_END: &[u8] = b"PK\x06\x06";
const LOCATOR: &[u8] = b"PK\x06\x07";
const ENTRY: &[u8] = b"PK\x01\x02";

/// The extra field that holds what four octets have no room for.
const LARGE: usize = 1;

/// Four octets that have no room for a figure.
const FULL: usize = 0xffff_ffff;

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
///
/// ZIP64 writes all ones where a figure has no room, and the figure itself in records of its own:
///
/// ```text
/// zip64 end of central directory := "PK66" size(8) made-by(2) needed(2) disks(4) disk(4) entries(8)
///                                   total(8) size(8) offset(8)
/// zip64 locator                  := "PK67" disk(4) offset(8) disks(4)
/// zip64 extra field              := id(2) length(2) [unpacked(8)] [packed(8)] [offset(8)] [disk(4)]
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
            content: content(input, header, header.get(46 + name..46 + name + extra)),
        })?;
    }
    Ok(())
}

/// How many entries the directory has, and where it begins.
fn directory(input: &[u8]) -> Result<(usize, usize), Error> {
    let short = || truncated(input.len());
    let start = input.len().saturating_sub(MAX_COMMENT + 22);
    let tail = input.get(start..).unwrap_or_default();
    let found = memchr::memmem::rfind(tail, END).ok_or_else(short)?;
    let end = tail.get(found..).unwrap_or_default();
    let figures = little(end, 10, 2).zip(little(end, 16, 4));
    let large = (start + found).checked_sub(20).and_then(|at| {
        let locator = input.get(at..)?.strip_prefix(LOCATOR)?;
        let end = input.get(little(locator, 4, 8)?..)?;
        let figures = little(end, 32, 8).zip(little(end, 48, 8));
        figures.filter(|_| end.starts_with(LARGE_END))
    });
    large.or(figures).ok_or_else(short)
}

/// The file that an entry of the directory tells of; beside it the entry's extra fields.
fn content<'a>(input: &'a [u8], header: &[u8], extra: Option<&[u8]>) -> Result<Content<'a>, Error> {
    let field = |at, width| little(header, at, width).ok_or_else(|| truncated(0));
    let (flags, method, checksum) = (field(8, 2)?, field(10, 2)?, field(16, 4)?);
    let extra = extra.unwrap_or_default();
    let mut large = extra_field(extra, LARGE).unwrap_or_default();
    let mut figure = |at| match field(at, 4)? {
        FULL => {
            let (figure, rest) = large.split_at_checked(8).ok_or_else(|| truncated(0))?;
            large = rest;
            little(figure, 0, 8).ok_or_else(|| truncated(0))
        }
        figure => Ok(figure),
    };
    let (_unpacked, packed, local) = (figure(24)?, figure(20)?, figure(42)?);
    let beside = |at, width| {
        let at = local.checked_add(at)?;
        little(input, at, width)
    };
    let lengths = beside(26, 2).zip(beside(28, 2));
    let (name, local_extra) = lengths.ok_or_else(|| truncated(local.min(input.len())))?;
    let at = local.saturating_add(30 + name + local_extra);
    let octets = input.get(at..at.saturating_add(packed));
    let octets = octets.ok_or_else(|| truncated(at.min(input.len())))?;
    let unsupported = |method| {
        let what = format!("ZIP's method {method}");
        Error::new(ErrorKind::Unsupported { what }, at)
    };
    let (sealing, method) = if flags & 1 == 0 {
        (None, method)
    } else {
        let sealed = Sealing::of(header, extra_field(extra, Sealing::FIELD), method);
        let (sealing, method) = sealed.ok_or_else(|| unsupported(method))?;
        (Some(sealing), method)
    };
    let packing = match method {
        0 => Packing::Stored,
        8 => Packing::Deflate,
        other => return Err(unsupported(other)),
    };
    // Where AES seals with a code of its own, none stands there.
    let is_left_out = checksum == 0 && matches!(sealing, Some(Sealing::Aes { .. }));
    let checksum = u32::try_from(checksum).ok().filter(|_| !is_left_out);
    Ok(Content {
        at,
        octets,
        packing,
        checksum,
        sealing,
    })
}

/// What the extra field of this number holds.
fn extra_field(mut extra: &[u8], number: usize) -> Option<&[u8]> {
    loop {
        let (id, length) = little(extra, 0, 2).zip(little(extra, 2, 2))?;
        if id == number {
            return extra.get(4..4 + length);
        }
        extra = extra.get(4 + length..)?;
    }
}
