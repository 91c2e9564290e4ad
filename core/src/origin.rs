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
    /// What text decodes to.
    Text(Arc<TextMap>),
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

    /// What text decodes to.
    pub(crate) fn text(map: TextMap) -> Self {
        Self {
            layer: Layer::Text(Arc::new(map)),
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

    fn made(&self, form: PlaceForm, start: usize, end: usize) -> Self {
        let from = self.range(start, end).unwrap_or_else(|| self.whole());
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

    /// Where an object of this length stands.
    pub(crate) fn place(&self, length: usize) -> Place {
        let form = match &self.layer {
            Layer::Input => PlaceForm::Der,
            Layer::Text(map) => map.form,
            Layer::Made { form, .. } => *form,
        };
        let whole = match &self.layer {
            Layer::Input => range(self.base, self.base + length),
            _ => self.whole(),
        };
        Place {
            form,
            start: whole.start,
            end: whole.end,
        }
    }

    /// The same error, its offset counted in the input.
    pub(crate) fn relocate(&self, error: Error) -> Error {
        let inner = error.offset();
        let offset = match &self.layer {
            Layer::Input => self.base + inner,
            Layer::Text(map) => map.text_offset(self.base + inner),
            Layer::Made { from, .. } => usize::try_from(from.start).unwrap_or(usize::MAX),
        };
        error.moved_to(offset)
    }

    fn range(&self, start: usize, end: usize) -> Option<ByteRange> {
        match &self.layer {
            Layer::Input => Some(range(self.base + start, self.base + end)),
            Layer::Text(map) => Some(map.text_range(self.base + start, self.base + end)),
            Layer::Made { .. } => None,
        }
    }

    fn whole(&self) -> ByteRange {
        match &self.layer {
            Layer::Input => range(self.base, self.base),
            Layer::Text(map) => range(map.block.0, map.block.1),
            Layer::Made { from, .. } => *from,
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
    /// Runs of digits: how many came before, and where the run begins in the text.
    /// Equally long lines in a row are one run with a `stride`.
    runs: Vec<Run>,
}

#[derive(Clone, Copy, Debug)]
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

impl TextMap {
    /// Maps the digits of `body`, which begins at `start` of the input, in the block `block`. White
    /// space and colons stand between digits.
    pub(crate) fn new(form: PlaceForm, body: &[u8], start: usize, block: (usize, usize)) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut before = 0;
        let mut index = 0;
        while let Some(rest) = body.get(index..).filter(|rest| !rest.is_empty()) {
            let gap = rest.iter().take_while(|&&octet| is_gap(octet)).count();
            index += gap;
            let line = rest
                .iter()
                .skip(gap)
                .take_while(|&&octet| !is_gap(octet))
                .count();
            if line == 0 {
                continue;
            }
            let text = start + index;
            let continues = runs.last_mut().is_some_and(|run| {
                let lines = (before - run.before) / run.line;
                if before - run.before == run.line && line <= run.line {
                    run.stride = text - run.text;
                }
                line <= run.line
                    && (before - run.before).is_multiple_of(run.line)
                    && text == run.text + lines * run.stride
            });
            if !continues {
                runs.push(Run {
                    before,
                    text,
                    line,
                    stride: 0,
                });
            }
            before += line;
            index += line;
        }
        Self { form, block, runs }
    }

    fn text_range(&self, start: usize, end: usize) -> ByteRange {
        let digits = match self.form {
            PlaceForm::Hex => end * 2,
            _ => (end * 4).div_ceil(3),
        };
        let last = self.text_of_digit(digits.saturating_sub(1));
        range(self.text_offset(start), last + 1)
    }

    /// Where the first digit stands that carries a bit of this octet.
    fn text_offset(&self, octet: usize) -> usize {
        self.text_of_digit(match self.form {
            PlaceForm::Hex => octet * 2,
            _ => octet * 4 / 3,
        })
    }

    fn text_of_digit(&self, digit: usize) -> usize {
        let index = self
            .runs
            .partition_point(|run| run.before <= digit)
            .saturating_sub(1);
        let Some(run) = self.runs.get(index) else {
            return self.block.0;
        };
        let within = digit.saturating_sub(run.before);
        (run.text + within / run.line * run.stride + within % run.line).min(self.block.1)
    }
}

/// What stands between digits and is none.
fn is_gap(octet: u8) -> bool {
    octet.is_ascii_whitespace() || octet == b':'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character of every layout must be found where it stands.
    #[test]
    fn characters_are_found_whatever_the_line_lengths() {
        let texts = [
            "AAAABBBB\nCCCCDDDD\nEEEEFFFF\nGG==\n",
            "AAAA\r\nBBBB\r\nCC",
            "  AAAA\n  BBBB\n  CCCC",
            "A\nBB\nCCC\nDDDD\nD\n",
            "AAAA BBBBCCCC\n\n\nDDDD",
        ];
        for text in texts {
            let start = 100;
            let map = TextMap::new(PlaceForm::Pem, text.as_bytes(), start, (50, 50 + 500));
            let expected = text
                .bytes()
                .enumerate()
                .filter(|(_, octet)| !octet.is_ascii_whitespace())
                .map(|(index, _)| start + index);
            for (character, offset) in expected.enumerate() {
                assert_eq!(
                    map.text_of_digit(character),
                    offset,
                    "{character} of {text:?}"
                );
            }
        }
    }

    #[test]
    fn octets_map_to_the_characters_that_carry_them() {
        let map = TextMap::new(PlaceForm::Pem, b"QUJD\nREVG\n", 0, (0, 10));
        assert_eq!(map.text_range(0, 1), range(0, 2));
        assert_eq!(map.text_range(2, 3), range(2, 4));
        assert_eq!(map.text_range(3, 6), range(5, 9));
        let map = TextMap::new(PlaceForm::Hex, b"30:0a 31", 0, (0, 8));
        assert_eq!(map.text_range(1, 3), range(3, 8));
    }
}
