//! The boundary lines of PEM blocks, `-----BEGIN LABEL-----` and `-----END LABEL-----`.

use memchr::{memchr2, memmem};

use super::plain::dash;

pub(super) const BEGIN: &[u8] = b"-----BEGIN ";
pub(super) const END: &[u8] = b"-----END ";
pub(super) const DASHES: &[u8] = b"-----";

/// Octets in which the dashes after a label are looked for. Stops a text of a million such lines
/// without an end from being searched a million times.
pub(super) const MAX_LABEL: usize = 128;

/// Octets in which the start of a boundary line's line is looked for, for the same reason.
const MAX_PREFIX: usize = 256;

/// A boundary line that begins a block.
pub(super) struct Begin {
    /// Where its dashes begin.
    pub(super) start: usize,
    /// Where its label begins.
    pub(super) label: usize,
    /// Where the text goes on after the line.
    pub(super) after: usize,
    /// Where the label ends.
    pub(super) label_end: usize,
    /// Whether its dashes are those of ASCII.
    pub(super) is_plain: bool,
    /// Whether there are five of them after the label.
    pub(super) is_closed: bool,
}

impl Begin {
    pub(super) fn next(&self, text: &[u8]) -> Option<u8> {
        text.get(self.after).copied()
    }
}

/// The next boundary line that begins a block, `-----BEGIN LABEL-----`, or something that was one.
pub(super) fn next_begin(text: &[u8], from: usize) -> Option<Begin> {
    let mut at = from;
    loop {
        let found = at + memmem::find(text.get(at..)?, b"BEGIN ")?;
        at = found + 6;
        let before = text.get(from..found)?;
        if before.ends_with(DASHES) {
            let (label_end, after) = label_end(text, at, false).unwrap_or((at, at));
            return Some(Begin {
                start: found - DASHES.len(),
                label: at,
                after,
                label_end,
                is_plain: true,
                is_closed: after == label_end + DASHES.len(),
            });
        }
        if let Some(width) = dashes_before(before)
            && let Some((label_end, after)) = label_end(text, at, true)
        {
            return Some(Begin {
                start: found - width,
                label: at,
                after,
                label_end,
                is_plain: false,
                is_closed: true,
            });
        }
    }
}

/// The octets of dashes, not all of them plain, that these octets end in; a blank may follow them.
fn dashes_before(before: &[u8]) -> Option<usize> {
    let trimmed = before.strip_suffix(b" ").unwrap_or(before);
    let mut rest = trimmed;
    let (mut plain, mut long) = (0, 0);
    while plain + long < 8 {
        if let Some(shorter) = rest.strip_suffix(b"-") {
            rest = shorter;
            plain += 1;
        } else if let Some((shorter, last)) = rest.split_last_chunk::<3>()
            && dash(last).is_some_and(|width| width == 3)
        {
            rest = shorter;
            long += 1;
        } else {
            break;
        }
    }
    (0 < long || 5 <= plain).then_some(before.len() - rest.len())
}

/// Where a label ends, and where the dashes after it do. Longer dashes count where `long`.
pub(super) fn label_end(text: &[u8], start: usize, long: bool) -> Option<(usize, usize)> {
    let rest = text.get(start..)?;
    let rest = rest.get(..MAX_LABEL).unwrap_or(rest);
    let line = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    let line = rest.get(..line)?;
    let first = if long {
        (0..line.len()).find(|&at| {
            let here = line.get(at..).unwrap_or_default();
            dash(here).is_some_and(|width| 1 < width) || here.starts_with(b"--")
        })?
    } else {
        memmem::find(line, b"--")?
    };
    let mut end = first;
    let mut count = 0;
    while count < 5
        && let Some(width) = line
            .get(end..)
            .and_then(dash)
            .filter(|width| long || *width == 1)
    {
        end += width;
        count += 1;
    }
    let label = line.get(..first)?;
    let first = if long {
        label.trim_ascii_end().len()
    } else {
        first
    };
    Some((start + first, start + end))
}

/// Where the next line stands that ends a block, or was one.
pub(super) fn next_end(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memmem::find(text.get(at..)?, b"END ")?;
        at = found + 4;
        let before = text.get(from..found)?;
        if before.ends_with(DASHES) {
            return Some(found - DASHES.len());
        }
        if let Some(width) = dashes_before(before) {
            return Some(found - width);
        }
    }
}

/// Where the boundary line ends that begins here.
pub(super) fn end_of_boundary(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let label = start + memmem::find(rest, b"END ").map_or(0, |at| at + 4);
    label_end(text, label, true).map_or_else(
        || label + memchr2(b'\n', b'\r', text.get(label..).unwrap_or_default()).unwrap_or(0),
        |(_, end)| end,
    )
}

/// Octets between the start of the line and here. `whole` says that the text begins here, and does
/// not go on from a boundary line.
pub(super) fn line_prefix(before: &[u8], whole: bool) -> usize {
    let length = before
        .iter()
        .rev()
        .take(MAX_PREFIX)
        .take_while(|octet| !matches!(octet, b'\n' | b'\r'))
        .count();
    // In text without lines there is no telling where one begins.
    if length == MAX_PREFIX && MAX_PREFIX < before.len() || !whole && length == before.len() {
        let shown = before.iter().rev().take(1);
        return shown
            .take_while(|octet| matches!(octet, b'"' | b'\'' | b'`'))
            .count();
    }
    length
}
