//! TAR, as ustar, GNU and pax write it.
//! [POSIX, pax](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html)

use super::{Content, Member, Packing, truncated};
use crate::error::Error;

const BLOCK: usize = 512;

/// Whether an input begins with a header that its own checksum confirms.
pub(super) fn is_tar(input: &[u8]) -> bool {
    input.get(..BLOCK).is_some_and(|header| {
        let sum = || {
            let octets = header.iter().enumerate();
            let counted = octets.map(|(at, octet)| match at {
                148..156 => u64::from(b' '),
                _ => u64::from(*octet),
            });
            counted.sum::<u64>()
        };
        let told = octal(header, 148, 8);
        header.first() != Some(&0) && told.is_some_and(|told| told == sum())
    })
}

/// Hands every file to `take`; folders, links and devices are left out.
///
/// ```text
/// header := name(100) mode(8) uid(8) gid(8) size(12) time(12) checksum(8) type(1) link(100)
///           "ustar" 00 "00" user(32) group(32) major(8) minor(8) prefix(155)
/// ```
pub(super) fn each(
    input: &[u8],
    take: &mut dyn FnMut(Member<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut at = 0;
    let mut long = None;
    while let Some(header) = input.get(at..at + BLOCK) {
        if header.iter().all(|octet| *octet == 0) {
            return Ok(());
        }
        if !is_tar(header) {
            return Err(truncated(at));
        }
        let size = octal(header, 124, 12).and_then(|size| usize::try_from(size).ok());
        let size = size.ok_or_else(|| truncated(at))?;
        let start = at + BLOCK;
        let end = start.saturating_add(size);
        let octets = input.get(start..end).ok_or_else(|| truncated(at))?;
        at = end.div_ceil(BLOCK).saturating_mul(BLOCK);
        match header.get(156) {
            // A name too long for the header comes before it.
            Some(b'L') => long = Some(text(octets)),
            Some(b'x') => long = path_record(octets).or(long),
            Some(b'0' | 0 | b'7') => {
                let name = long.take().unwrap_or_else(|| name(header));
                let content = Content::plain(start, octets, Packing::Stored);
                take(Member {
                    name,
                    content: Ok(content),
                })?;
            }
            // What holds for all that follow says nothing of names.
            Some(b'g') => {}
            _ => long = None,
        }
    }
    Ok(())
}

fn name(header: &[u8]) -> String {
    let name = text(header.get(..100).unwrap_or_default());
    let is_posix = header.get(257..265) == Some(b"ustar\x0000");
    let prefix = text(header.get(345..500).unwrap_or_default());
    if is_posix && !prefix.is_empty() {
        return format!("{prefix}/{name}");
    }
    name
}

/// Up to the first zero.
fn text(octets: &[u8]) -> String {
    let text = octets.split(|octet| *octet == 0).next();
    String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
}

/// A figure in octal digits, with spaces or zeros around them.
fn octal(header: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = header.get(at..at.checked_add(width)?)?;
    let digits = std::str::from_utf8(field).ok()?;
    let digits = digits.trim_matches([' ', '\0']);
    u64::from_str_radix(digits, 8).ok()
}

/// The record `path` of a pax header: `30 path=conf/server.crt`, each with its own length before it.
fn path_record(records: &[u8]) -> Option<String> {
    let mut rest = records;
    while let Some(space) = memchr::memchr(b' ', rest) {
        let length = std::str::from_utf8(rest.get(..space)?).ok()?.parse().ok()?;
        let record = rest.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            let path = path.strip_suffix(b"\n").unwrap_or(path);
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        rest = rest.get(length..)?;
    }
    None
}
