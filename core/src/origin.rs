//! From an offset in an object's own DER to an offset in the input that held it.

use std::sync::Arc;

use crate::error::Error;
use crate::limits::figure;
use crate::report::{ByteRange, Place, PlaceForm, Span};

/// Where the bytes of an object came from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    layer: Layer,
    /// Offset of the object in the layer's bytes.
    base: usize,
}

#[derive(Clone, Debug)]
enum Layer {
    /// The input itself.
    Input,
    /// What the digits of a text decode to.
    Text(Arc<TextMap>),
    /// A text in other characters than it has in the input.
    Recoded(Arc<Recoding>),
    /// Bytes that stand nowhere in the input: decrypted, or joined from chunks. The range is of what
    /// they were made from.
    Made { form: PlaceForm, from: ByteRange },
}

impl Origin {
    /// The input itself.
    pub(crate) fn input() -> Self {
        Self {
            layer: Layer::Input,
            base: 0,
        }
    }

    /// What the digits of a text decode to.
    pub(crate) fn text(map: TextMap) -> Self {
        Self {
            layer: Layer::Text(Arc::new(map)),
            base: 0,
        }
    }

    /// A text in other characters than it has in the input.
    pub(crate) fn recoded(recoding: Recoding) -> Self {
        Self {
            layer: Layer::Recoded(Arc::new(recoding)),
            base: 0,
        }
    }

    /// What was decrypted from these bytes of this origin.
    pub(crate) fn sealed(&self, start: usize, end: usize) -> Self {
        self.made(PlaceForm::Sealed, start, end)
    }

    /// What was joined from the chunks between these bytes of this origin.
    pub(crate) fn chunked(&self, start: usize, end: usize) -> Self {
        self.made(PlaceForm::Chunked, start, end)
    }

    /// What was unpacked from these bytes of this origin.
    pub(crate) fn packed(&self, start: usize, end: usize) -> Self {
        self.made(PlaceForm::Packed, start, end)
    }

    fn made(&self, form: PlaceForm, start: usize, end: usize) -> Self {
        let from = self.range(start, end).unwrap_or_else(|| self.whole(0));
        Self {
            layer: Layer::Made { form, from },
            base: 0,
        }
    }

    /// The same origin, for an object that begins at this offset.
    pub(crate) fn at(&self, offset: usize) -> Self {
        Self {
            layer: self.layer.clone(),
            base: self.base + offset,
        }
    }

    /// Where a field between these offsets of the object stands.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span {
            der: range(start, end),
            input: self.range(start, end),
        }
    }

    /// Where a range of the object stands in the input.
    pub(crate) fn input_range(&self, der: ByteRange) -> Option<ByteRange> {
        let (start, end) = (usize::try_from(der.start), usize::try_from(der.end));
        self.range(start.ok()?, end.ok()?)
    }

    /// Where an object of this length stands.
    pub(crate) fn place(&self, length: usize) -> Place {
        let form = match &self.layer {
            Layer::Input | Layer::Recoded(_) => PlaceForm::Der,
            Layer::Text(map) => map.form,
            Layer::Made { form, .. } => *form,
        };
        let whole = self.whole(length);
        Place {
            form,
            start: whole.start,
            end: whole.end,
        }
    }

    /// The same error, its offset counted in the input.
    pub(crate) fn relocate(&self, error: Error) -> Error {
        let offset = self.position(error.offset());
        error.moved_to(offset)
    }

    /// Where an octet of a recoded text stands in the text that it was made from.
    pub(crate) fn source(&self, offset: usize) -> usize {
        match &self.layer {
            Layer::Recoded(map) => map.source(self.base.saturating_add(offset)).0,
            _ => offset,
        }
    }

    /// Where an octet of the object stands in the input.
    fn position(&self, offset: usize) -> usize {
        let offset = self.base.saturating_add(offset);
        match &self.layer {
            Layer::Input => offset,
            Layer::Text(map) => map.within.position(map.text_offset(offset)),
            Layer::Recoded(map) => map.within.position(map.source(offset).0),
            Layer::Made { from, .. } => usize::try_from(from.start).unwrap_or(usize::MAX),
        }
    }

    /// Where the octets between these offsets of the object stand in the input, if they do.
    pub(crate) fn range(&self, start: usize, end: usize) -> Option<ByteRange> {
        let (start, end) = (
            self.base.saturating_add(start),
            self.base.saturating_add(end),
        );
        match &self.layer {
            Layer::Input => Some(range(start, end)),
            Layer::Text(map) => {
                let (start, end) = map.text_range(start, end);
                map.within.range(start, end)
            }
            Layer::Recoded(map) => {
                let (start, end) = map.source_range(start, end);
                map.within.range(start, end)
            }
            Layer::Made { .. } => None,
        }
    }

    fn whole(&self, length: usize) -> ByteRange {
        match &self.layer {
            Layer::Text(map) => {
                let (start, end) = map.block;
                let whole = map.within.range(start, end);
                whole.unwrap_or_else(|| map.within.whole(0))
            }
            Layer::Made { from, .. } => *from,
            Layer::Input | Layer::Recoded(_) => self.range(0, length).unwrap_or_default(),
        }
    }
}

fn range(start: usize, end: usize) -> ByteRange {
    ByteRange {
        start: figure(start),
        end: figure(end),
    }
}

/// Where the digits that carry octets, base64 or hexadecimal, stand in the text.
#[derive(Clone, Debug)]
pub(crate) struct TextMap {
    form: PlaceForm,
    /// The whole text; of PEM, the block with its boundary lines.
    block: (usize, usize),
    runs: Runs,
    /// Where the text itself came from.
    within: Origin,
}

impl TextMap {
    /// Maps these digits of the block `block` of a text that came from `within`.
    pub(crate) fn new(form: PlaceForm, runs: Runs, block: (usize, usize), within: Origin) -> Self {
        Self {
            form,
            block,
            runs,
            within,
        }
    }

    fn text_range(&self, start: usize, end: usize) -> (usize, usize) {
        if start == end {
            let at = self.text_offset(start);
            return (at, at);
        }
        let digits = match self.form {
            PlaceForm::Hex => end.saturating_mul(2),
            _ => end.saturating_mul(4).div_ceil(3),
        };
        let last = self.text_of_digit(digits.saturating_sub(1));
        (self.text_offset(start), last.saturating_add(1))
    }

    /// Where the first digit stands that carries a bit of this octet.
    fn text_offset(&self, octet: usize) -> usize {
        self.text_of_digit(match self.form {
            PlaceForm::Hex => octet.saturating_mul(2),
            _ => octet.saturating_mul(4) / 3,
        })
    }

    fn text_of_digit(&self, digit: usize) -> usize {
        let offset = self.runs.text_of_digit(digit);
        offset.unwrap_or(self.block.0).min(self.block.1)
    }
}

/// Runs of digits in a text, in their order. Equally long lines in a row, the last of which may be
/// shorter, are one run with a stride, so that a regular block of any length has a single one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs {
    first: Run,
    more: Vec<Run>,
    digits: usize,
    /// Whether every line of the last run is as long as its first.
    whole: bool,
    /// Where the next line of the last run is expected.
    next: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// Digits before this run.
    before: usize,
    /// Where the run begins in the text.
    text: usize,
    /// Digits in each line of the run.
    line: usize,
    /// Octets of text from one line's first character to the next line's.
    stride: usize,
}

impl Runs {
    /// Adds a line of this many digits, which begins here in the text.
    pub(crate) fn add(&mut self, text: usize, line: usize) {
        if line == 0 {
            return;
        }
        let before = self.digits;
        self.digits += line;
        let run = self.more.last_mut().unwrap_or(&mut self.first);
        let fits = self.whole && line <= run.line;
        if fits && run.stride == 0 {
            // The second line settles how far apart they are.
            run.stride = text.saturating_sub(run.text);
            self.next = text;
        }
        if fits && text == self.next {
            self.next = text.saturating_add(run.stride);
            self.whole = line == run.line;
            return;
        }
        let next = Run {
            before,
            text,
            line,
            stride: 0,
        };
        if run.line == 0 {
            self.first = next;
        } else {
            self.more.push(next);
        }
        self.whole = true;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.digits == 0
    }

    pub(crate) fn digits(&self) -> usize {
        self.digits
    }

    fn text_of_digit(&self, digit: usize) -> Option<usize> {
        let index = self.more.partition_point(|run| run.before <= digit);
        let run = match index.checked_sub(1) {
            Some(last) => self.more.get(last)?,
            None => &self.first,
        };
        let within = digit.saturating_sub(run.before);
        let lines = within.checked_div(run.line)?;
        let column = within.checked_rem(run.line)?;
        Some(
            lines
                .saturating_mul(run.stride)
                .saturating_add(run.text)
                .saturating_add(column),
        )
    }
}

/// Where the octets of a text stand in the one that it was made from, which has other characters:
/// UTF-16, or line breaks that are written out.
#[derive(Clone, Debug)]
pub(crate) struct Recoding {
    pieces: Vec<Piece>,
    /// Where the other text came from.
    within: Origin,
}

/// Octets that were taken from the other text in the same way.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where they begin.
    at: usize,
    /// Where they begin in the other text.
    from: usize,
    /// How far apart they stand there; 0 for octets that were all made from the same few.
    step: usize,
    /// How many octets each was made from.
    width: usize,
}

impl Recoding {
    pub(crate) fn new(within: Origin) -> Self {
        Self {
            pieces: Vec::new(),
            within,
        }
    }

    /// The octets from `at` on were taken one by one from there on, each from `width` octets.
    pub(crate) fn taken(&mut self, at: usize, from: usize, width: usize) {
        self.push(Piece {
            at,
            from,
            step: width,
            width,
        });
    }

    /// The octets from `at` on were all made from the `width` octets that stand there.
    pub(crate) fn made(&mut self, at: usize, from: usize, width: usize) {
        self.push(Piece {
            at,
            from,
            step: 0,
            width,
        });
    }

    fn push(&mut self, piece: Piece) {
        if let Some(last) = self.pieces.last() {
            let expected = last.from + (piece.at - last.at) * last.step;
            if last.step != 0 && last.step == piece.step && expected == piece.from {
                return;
            }
        }
        self.pieces.push(piece);
    }

    /// Where an octet stands in the other text, and how many it was made from there.
    fn source(&self, offset: usize) -> (usize, usize) {
        let index = self.pieces.partition_point(|piece| piece.at <= offset);
        let piece = index.checked_sub(1).and_then(|last| self.pieces.get(last));
        piece.map_or((0, 0), |piece| {
            let octets = offset.saturating_sub(piece.at);
            let from = octets.saturating_mul(piece.step).saturating_add(piece.from);
            (from, piece.width)
        })
    }

    fn source_range(&self, start: usize, end: usize) -> (usize, usize) {
        let (first, _) = self.source(start);
        if end <= start {
            return (first, first);
        }
        let (last, width) = self.source(end.saturating_sub(1));
        (first, last.saturating_add(width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs_of(text: &str, start: usize, is_gap: impl Fn(u8) -> bool) -> Runs {
        let mut runs = Runs::default();
        let mut index = 0;
        for line in text.as_bytes().split(|&octet| is_gap(octet)) {
            runs.add(start + index, line.len());
            index += line.len() + 1;
        }
        runs
    }

    /// Every character of every layout must be found where it stands.
    #[test]
    fn characters_are_found_whatever_the_line_lengths() {
        let texts = [
            "AAAABBBB\nCCCCDDDD\nEEEEFFFF\nGG==\n",
            "AAAA\r\nBBBB\r\nCC",
            "  AAAA\n  BBBB\n  CCCC",
            "A\nBB\nCCC\nDDDD\nD\n",
            "AAAA BBBBCCCC\n\n\nDDDD",
            "AAAA\nBB\nCCCC\nDDDD\nEE\nFF\nGGGG",
            "AA\n\nBB\n\nCC\nDD",
            "A",
            "",
        ];
        for text in texts {
            let start = 100;
            let runs = runs_of(text, start, |octet| octet.is_ascii_whitespace());
            let expected = text
                .bytes()
                .enumerate()
                .filter(|(_, octet)| !octet.is_ascii_whitespace())
                .map(|(index, _)| start + index);
            for (character, offset) in expected.enumerate() {
                let found = runs.text_of_digit(character);
                assert_eq!(found, Some(offset), "{character} of {text:?}");
            }
        }
    }

    #[test]
    fn a_regular_block_is_one_run() {
        let text = format!("{}\nAA==", "A".repeat(64) + "\n").repeat(1);
        let lines = "A".repeat(64) + "\n";
        let runs = runs_of(&(lines.repeat(1000) + &text), 0, |octet| octet == b'\n');
        assert!(runs.more.len() <= 1, "{runs:?}");
    }

    #[test]
    fn octets_map_to_the_characters_that_carry_them() {
        let map = |form, text: &str| {
            let runs = runs_of(text, 0, |octet| b"\n: ".contains(&octet));
            TextMap::new(form, runs, (0, text.len()), Origin::input())
        };
        let base64 = map(PlaceForm::Pem, "QUJD\nREVG\n");
        assert_eq!(base64.text_range(0, 1), (0, 2));
        assert_eq!(base64.text_range(2, 3), (2, 4));
        assert_eq!(base64.text_range(3, 6), (5, 9));
        assert_eq!(map(PlaceForm::Hex, "30:0a 31").text_range(1, 3), (3, 8));
    }

    #[test]
    fn octets_of_a_recoded_text_are_found_in_the_other_one() {
        // `a\nbc` with the line break written out, then a dash of three octets for five.
        let mut recoding = Recoding::new(Origin::input().at(1000));
        for (at, from) in [(0, 0), (2, 3), (3, 4)] {
            recoding.taken(at, from, 1);
            if at == 0 {
                recoding.made(1, 1, 2);
            }
        }
        recoding.made(4, 5, 3);
        recoding.taken(9, 8, 1);
        assert_eq!(recoding.pieces.len(), 5);
        let origin = Origin::recoded(recoding);
        for (inner, outer) in [
            ((0, 1), (0, 1)),
            ((1, 2), (1, 3)),
            ((2, 4), (3, 5)),
            ((0, 4), (0, 5)),
            ((4, 9), (5, 8)),
            ((3, 10), (4, 9)),
        ] {
            let expected = range(1000 + outer.0, 1000 + outer.1);
            assert_eq!(origin.range(inner.0, inner.1), Some(expected), "{inner:?}");
        }
        assert_eq!(origin.position(9), 1008);
    }
}
