//! PEM text (RFC 7468), as it is found in the wild.

mod boundary;
pub(crate) mod label;
pub(crate) mod oddity;
pub(crate) mod plain;
mod scan;

use std::borrow::Cow;

use memchr::memmem;
use zeroize::Zeroizing;

use self::boundary::{BEGIN, Begin, end_of_boundary, line_prefix, next_begin, next_end};
use self::label::unlike;
use self::oddity::Oddity;
use self::plain::{Manner, Plain, plain};
use self::scan::{BYTE_ORDER_MARK, Scan, stands_before, unexpected};
use super::der::TRUSTED;
use crate::container::keys::Keys;
use crate::container::{Container, Item, Root, der, embedded};
use crate::error::{Error, Problem};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::{Origin, Runs, TextMap};
use crate::report::{Format, KeystoreEntry, PlaceForm};
use certlens_hot::base64::Decoder;

/// Whether a block begins anywhere in the text.
pub(crate) fn has_block(input: &[u8]) -> bool {
    next_begin(input, 0).is_some_and(|begin| {
        // A certificate may quote such a line in a comment: binary before it means binary.
        input.first() != Some(&0x30)
            || input.get(..begin.start).is_some_and(|before| {
                before
                    .iter()
                    .all(|octet| matches!(octet, b'\t' | b'\n' | b'\r' | 0x20..0x7f))
            })
    })
}

/// Reads every block of the text, each on its own: a broken one stands beside the good ones.
pub(crate) fn read(text: &[u8], origin: &Origin, options: &Options<'_>, depth: u8) -> Container {
    let mut reading = Reading::new(text, origin, depth);
    while reading.next(options) {}
    reading.finish(options)
}

/// A text whose blocks are read one after another.
pub(crate) struct Reading<'a> {
    text: &'a [u8],
    origin: Origin,
    depth: u8,
    blocks: Blocks<'a>,
    keys: Keys<'a>,
    /// Where each block begins and ends.
    places: Vec<(usize, usize)>,
    /// Where the last one ends.
    gap: usize,
    /// Whether there is no room for more.
    is_full: bool,
    container: Container,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(text: &'a [u8], origin: &Origin, depth: u8) -> Self {
        let blocks = Blocks::within(text, origin);
        let mut container = empty();
        let mark = blocks.byte_order_mark();
        container
            .findings
            .extend(mark.map(|oddity| oddity.finding()));
        Self {
            text,
            origin: origin.clone(),
            depth,
            blocks,
            keys: Keys::new(text),
            places: Vec::new(),
            gap: 0,
            is_full: false,
            container,
        }
    }

    /// What was found so far.
    pub(crate) fn items(&self) -> &[Item] {
        &self.container.items
    }

    /// How many octets of the text were read so far.
    pub(crate) fn read_so_far(&self) -> usize {
        self.gap
    }

    /// Reads the next block; `false` once there is none.
    pub(crate) fn next(&mut self, options: &Options<'_>) -> bool {
        if self.is_full {
            return false;
        }
        let text = self.text;
        let Some(begin) = next_begin(text, self.gap).map(|begin| begin.start) else {
            return false;
        };
        let Some(block) = self.blocks.next() else {
            return false;
        };
        let path = format!("pem[{}]", self.places.len());
        let held = self.container.items.len();
        let start = match &block {
            Ok(block) => block.place.0,
            Err(broken) => broken.place.0,
        };
        let announced = figure(held).saturating_add(1);
        if let Err(error) = options.limits.room_for_entry(held, announced, start) {
            let place = (start, text.len());
            let item = Broken { place, error }.item(path, &self.origin);
            self.container.items.push(item);
            self.is_full = true;
            return false;
        }
        match block {
            Ok(block) => block.read(&path, options, &mut self.container),
            Err(broken) => self.container.items.push(broken.item(path, &self.origin)),
        }
        if let Some(found) = embedded::of_block(text, begin, &mut self.keys) {
            for item in self.container.items.get_mut(held..).unwrap_or_default() {
                item.whereabouts = Some(found.clone());
            }
        }
        self.gap = text.len() - self.blocks.rest().len();
        self.places.push((begin, self.gap));
        true
    }

    /// Everything that was found, with what stands between the blocks.
    pub(crate) fn finish(mut self, options: &Options<'_>) -> Container {
        if !self.is_full {
            let gaps = embedded::gaps_of(self.text, &self.places);
            let more = embedded::read(self.text, &gaps, &self.origin, options, self.depth);
            embedded::add(&mut self.container, more);
        }
        self.container
    }
}

/// What one block holds.
pub(crate) fn pem_items(
    block: Result<Block<'_>, Broken>,
    path: String,
    options: &Options<'_>,
) -> Vec<Item> {
    let mut container = empty();
    match block {
        Ok(block) => block.read(&path, options, &mut container),
        Err(broken) => return vec![broken.item(path, &Origin::input())],
    }
    container.items
}

/// What each block decodes to.
pub(crate) fn roots(text: &[u8], origin: &Origin) -> Vec<Root> {
    let mut roots = Vec::new();
    let mut blocks = Blocks::within(text, origin);
    while let Some(block) = blocks.next() {
        let path = format!("pem[{}]", roots.len());
        roots.push(match block {
            Ok(block) => Root {
                path,
                label: Some(block.label.to_owned()),
                octets: Zeroizing::new(block.octets.to_vec()),
                origin: block.origin(),
                problem: None,
            },
            Err(broken) => Root {
                path,
                label: None,
                octets: Zeroizing::default(),
                origin: origin.clone(),
                problem: Some(Problem::from(&origin.relocate(broken.error))),
            },
        });
    }
    roots
}

fn empty() -> Container {
    Container {
        format: Format::Pem,
        keystore: None,
        items: Vec::new(),
        findings: Vec::new(),
    }
}

/// The blocks of a text, one after another, decoded into one buffer.
pub(crate) struct Blocks<'a> {
    text: &'a [u8],
    origin: Origin,
    /// Where the next block is looked for.
    from: usize,
    decoder: Decoder,
    /// The block that was written anew before it was read.
    rewritten: Zeroizing<Vec<u8>>,
}

/// One block, decoded.
pub(crate) struct Block<'b> {
    pub(crate) label: &'b str,
    /// The lines of its header.
    pub(crate) header: &'b [u8],
    /// What its digits decode to.
    pub(crate) octets: &'b [u8],
    /// The text between the block before and this one.
    pub(crate) before: &'b [u8],
    /// The block with its boundary lines.
    place: (usize, usize),
    runs: Runs,
    /// Where the text came from that `place` and `runs` count in.
    origin: Origin,
    pub(crate) oddities: Vec<Oddity>,
}

/// A block that could not be read.
pub(crate) struct Broken {
    pub(crate) place: (usize, usize),
    /// Its offset counts in the text.
    pub(crate) error: Error,
}

impl<'a> Blocks<'a> {
    /// The blocks of a text that is the input itself.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self::within(text, &Origin::input())
    }

    fn within(text: &'a [u8], origin: &Origin) -> Self {
        Self {
            text,
            origin: origin.clone(),
            from: 0,
            decoder: Decoder::default(),
            rewritten: Zeroizing::default(),
        }
    }

    /// What comes after the blocks so far.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.get(self.from..).unwrap_or_default()
    }

    /// That the text begins with a byte order mark.
    pub(crate) fn byte_order_mark(&self) -> Option<Oddity> {
        self.text.starts_with(BYTE_ORDER_MARK).then(|| Oddity {
            rule: &oddity::BYTE_ORDER_MARK,
            what: Cow::Borrowed("The octets EF BB BF stand before the text."),
            at: self.origin.range(0, BYTE_ORDER_MARK.len()),
        })
    }

    /// The next block.
    pub(crate) fn next(&mut self) -> Option<Result<Block<'_>, Broken>> {
        let begin = next_begin(self.text, self.from)?;
        let before = self.text.get(self.from..begin.start).unwrap_or_default();
        let line = line_prefix(before, self.from == 0);
        let prefix = before
            .get(before.len().saturating_sub(line)..)
            .unwrap_or_default();
        let manner = self.manner(&begin, prefix);
        if let Some(manner) = manner {
            return Some(self.rewrite(&begin, before, prefix, manner));
        }
        let mut scan = Scan::new(self.text, &self.origin, &mut self.decoder);
        let result = scan.block(&begin, prefix);
        self.from = scan.at.max(begin.after);
        let (runs, oddities) = (scan.runs, scan.oddities);
        Some(match result {
            Ok(parts) => Ok(Block {
                label: parts.label,
                header: parts.header,
                octets: self.decoder.octets(),
                before,
                place: (begin.start, self.from),
                runs,
                origin: self.origin.clone(),
                oddities,
            }),
            Err(error) => Err(Broken {
                place: (begin.start, self.from),
                error: error.within("pem"),
            }),
        })
    }

    /// How a block is written that is not in plain lines; `None` for one that is.
    fn manner(&self, begin: &Begin, prefix: &[u8]) -> Option<Manner> {
        let visible =
            prefix.iter().any(|octet| !octet.is_ascii_whitespace()) && prefix != BYTE_ORDER_MARK;
        let escaped = begin.next(self.text) == Some(b'\\');
        if begin.is_plain && !visible && !escaped {
            return None;
        }
        let stop = next_begin(self.text, begin.after).map_or(self.text.len(), |next| next.start);
        let quote = prefix
            .last()
            .copied()
            .filter(|octet| matches!(octet, b'"' | b'\'' | b'`'));
        let mut manner = Manner { prefix: 0, quote };
        // What stands before the last line as well stands before each.
        let region = self.text.get(..stop).unwrap_or(self.text);
        if visible
            && quote.is_none()
            && let Some(end) = next_end(region, begin.after)
        {
            let between = region.get(begin.after..end).unwrap_or_default();
            let column = line_prefix(between, false);
            if column == prefix.len() && column < between.len() {
                manner.prefix = column;
            }
        }
        Some(manner)
    }

    /// Writes the block anew in plain lines, and reads that.
    fn rewrite(
        &mut self,
        begin: &Begin,
        before: &'a [u8],
        prefix: &[u8],
        manner: Manner,
    ) -> Result<Block<'_>, Broken> {
        let stop = next_begin(self.text, begin.after).map_or(self.text.len(), |next| next.start);
        let region = self.text.get(..stop).unwrap_or(self.text);
        let after = next_end(region, begin.after).map_or(stop, |end| end_of_boundary(region, end));
        self.from = after;
        let Plain {
            text,
            map,
            written_out,
            dashes,
        } = plain(self.text, (begin.start, after), manner, &self.origin);
        self.rewritten = text;
        let origin = Origin::recoded(map);
        let place = (begin.start, after);
        let mut scan = Scan::new(&self.rewritten, &origin, &mut self.decoder);
        if !prefix.is_empty() {
            let what = stands_before(prefix);
            let start = begin.start.saturating_sub(prefix.len());
            let at = self.origin.range(start, begin.start);
            scan.oddities.push(Oddity {
                rule: &oddity::LINE_PREFIX,
                what: what.into(),
                at,
            });
        }
        if let Some((start, end)) = written_out {
            scan.oddities.push(Oddity {
                rule: &oddity::WRITTEN_OUT,
                what: Cow::Borrowed("The lines end in a backslash and a letter."),
                at: self.origin.range(start, end),
            });
        }
        if let Some((start, end)) = dashes {
            scan.oddities.push(Oddity {
                rule: &oddity::DASHES,
                what: Cow::Borrowed("Some dashes are longer than a hyphen."),
                at: self.origin.range(start, end),
            });
        }
        let Some(inner) = next_begin(&self.rewritten, 0) else {
            let error = unexpected(begin.start, "a -----BEGIN line", "something like one");
            let error = error.within("pem");
            return Err(Broken { place, error });
        };
        let result = scan.block(&inner, b"");
        let end = scan.at;
        let (runs, oddities) = (scan.runs, scan.oddities);
        match result {
            Ok(parts) => Ok(Block {
                label: parts.label,
                header: parts.header,
                octets: self.decoder.octets(),
                before,
                place: (inner.start, end),
                runs,
                origin,
                oddities,
            }),
            Err(error) => {
                let offset = origin.source(error.offset());
                let error = error.moved_to(offset).within("pem");
                Err(Broken { place, error })
            }
        }
    }
}

impl Block<'_> {
    /// The DER and the alias of a block that says to be a certificate and nothing else.
    pub(crate) fn plain_certificate(&self) -> Option<(&[u8], Option<String>)> {
        let is_plain =
            self.label.ends_with("CERTIFICATE") && self.label != TRUSTED && self.header.is_empty();
        is_plain.then(|| (self.octets, Attributes::read(self.before).friendly_name))
    }

    /// Where its octets came from.
    fn origin(&self) -> Origin {
        let (runs, text) = (self.runs.clone(), self.origin.clone());
        Origin::text(TextMap::new(PlaceForm::Pem, runs, self.place, text))
    }

    /// Reads what the block holds into the container.
    pub(crate) fn read(mut self, path: &str, options: &Options<'_>, container: &mut Container) {
        let origin = self.origin();
        let held = container.items.len();
        if self.header.is_empty()
            && let Some((rule, what)) = unlike(self.label, self.octets)
        {
            let start = self.place.0 + BEGIN.len();
            let at = self.origin.range(start, start + self.label.len());
            self.oddities.push(Oddity { rule, what, at });
        }
        der::read_labelled(
            path,
            self.label,
            self.header,
            self.octets.to_vec(),
            &origin,
            options,
            container,
        );
        let attributes = Attributes::read(self.before);
        if let Some(first) = container.items.get_mut(held) {
            first.oddities = self.oddities;
            if first.alias.is_none() {
                first.alias = attributes.friendly_name;
            }
            if first.keystore.is_none() && attributes.local_key_id.is_some() {
                first.keystore = Some(KeystoreEntry {
                    local_key_id: attributes.local_key_id,
                    ..KeystoreEntry::default()
                });
            }
        }
    }
}

impl Broken {
    pub(crate) fn item(self, path: String, origin: &Origin) -> Item {
        let (start, end) = self.place;
        let offset = self.error.offset().saturating_sub(start);
        let length = end.saturating_sub(start);
        Item::unreadable(path, origin.at(start), length, self.error.moved_to(offset))
    }
}

/// What `openssl pkcs12` prints before a block.
#[derive(Default)]
struct Attributes {
    friendly_name: Option<String>,
    /// Hexadecimal.
    local_key_id: Option<String>,
}

impl Attributes {
    fn read(before: &[u8]) -> Self {
        let mut found = Self::default();
        if before.len() < 16 || memmem::find(before, b"Bag Attributes").is_none() {
            return found;
        }
        for line in String::from_utf8_lossy(before).lines() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix("friendlyName:") {
                found.friendly_name = Some(name.trim().to_owned());
            }
            if let Some(digits) = line.strip_prefix("localKeyID:") {
                let digits = digits.replace(' ', "").to_lowercase();
                found.local_key_id = Some(digits).filter(|digits| !digits.is_empty());
            }
        }
        found
    }
}
