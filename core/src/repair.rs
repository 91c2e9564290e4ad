//! Broken PEM text → text that every program reads, and what was changed.
//!
//! Blocks are taken as they stand, sealed ones too, and objects without boundary lines become blocks:
//! nothing is opened, and nothing gets lost untold.

use std::collections::{HashMap, HashSet};
use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::container::embedded::{Found, Search};
use crate::container::pem::has_block;
use crate::container::pem::label::fitting;
use crate::container::pem::plain::{self, Wide};
use crate::container::{
    Oddity, PemBlocks, admit, bare, is_store, is_value, jwk, may_be_text, unrecognised,
};
use crate::error::{Error, ErrorKind};
use crate::limits::{Limits, figure};
use crate::material::open_for_writing;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::PlaceForm;
use crate::write::pem::{push, push_block, write_pem};
use crate::write::tie::Ties;
use crate::write::{Lost, Part, PrivateKeys, WriteError};
use crate::x509::Spine;

/// PEM text that was mended.
pub struct Repaired {
    /// The text, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether private keys are in it, and whether they are sealed, as they were before.
    pub private_keys: PrivateKeys,
    /// Whether text around the blocks was kept, which may hold secrets of any kind.
    pub holds_text: bool,
    /// What was changed; nothing where every program could read the text, however its lines were laid out.
    pub changes: Vec<Repair>,
}

/// Something that was changed, or could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The path of the block, in the text as it was; absent where it is about the whole of it.
    pub path: Option<String>,
    /// What was done, as a clause.
    pub what: String,
    /// Whether that is nothing: the block cannot be read, and stays as it is.
    pub stays: bool,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl fmt::Debug for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repaired")
            .field("private_keys", &self.private_keys)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}

/// Writes text with PEM blocks anew, as RFC 7468 has it: lines, labels, padding, character set; a chain in
/// its order, and each block once. Private keys stand in it as they stood before, open or sealed.
///
/// A block that cannot be read stays as it is. Text between plain blocks is kept.
///
/// # Errors
/// When there is no such text, or more of it than the limits allow.
pub fn repair_with_private_keys_as_they_are(
    input: &[u8],
    limits: &Limits,
) -> Result<Repaired, Error> {
    let options = Options {
        limits: *limits,
        ..Options::default()
    };
    admit(input, &options)?;
    let mut text = Text::new(&options);
    if may_be_text(input) {
        text.take(input, "", 0)?;
    }
    if text.blocks.is_empty() {
        if !is_value(input) {
            return Err(unrecognised(input));
        }
        let looks_like = Some("DER, which is not text");
        return Err(Error::new(ErrorKind::Unrecognised { looks_like }, 0));
    }
    if text.is_commented {
        return Ok(text.untouched(input));
    }
    if text.blocks.iter().all(Block::is_broken) {
        text.changes.retain(|change| change.stays);
        return Ok(text.as_it_was(input));
    }
    text.leave_out_foreign(input);
    text.drop_repeated();
    text.order();
    // Of two with different remarks, the one that has none may stand behind now.
    text.drop_repeated();
    Ok(text.written())
}

/// Whether [`repair_with_private_keys_as_they_are`] takes away what a finding with this identifier is
/// about.
pub fn is_mended(finding: &str) -> bool {
    const OTHERS: &[&str] = &["unordered-chain", "duplicate-certificate"];
    finding.starts_with("pem-") || finding.starts_with("text-") || OTHERS.contains(&finding)
}

/// Lines of text without their ends, wiped when dropped.
#[derive(Default, PartialEq, Eq)]
struct Lines(Vec<Zeroizing<Vec<u8>>>);

/// One block that was found.
struct Block {
    path: String,
    /// What stands before it, line by line, in whatever characters.
    before: Lines,
    content: Content,
}

impl Block {
    fn is_broken(&self) -> bool {
        matches!(self.content, Content::Broken(_))
    }

    /// Whether there is a private key in it, as far as can be told.
    fn keys(&self) -> PrivateKeys {
        match &self.content {
            Content::Read { label, header, .. } => keys_of(label, header),
            // What cannot be read may be anything, unless it says that it is something else.
            Content::Broken(raw) if says_it_is_no_key(raw) => PrivateKeys::None,
            Content::Broken(_) => PrivateKeys::InTheClear,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Content {
    Read {
        label: String,
        header: Vec<String>,
        octets: Zeroizing<Vec<u8>>,
    },
    /// As it stood.
    Broken(Zeroizing<Vec<u8>>),
}

struct Text<'o> {
    options: &'o Options<'o>,
    blocks: Vec<Block>,
    after: Lines,
    changes: Vec<Repair>,
    /// Whether the text around blocks is that of another file, such as a program.
    is_foreign: bool,
    /// Whether a block stands in a comment of another file, such as a configuration.
    is_commented: bool,
}

impl<'o> Text<'o> {
    fn new(options: &'o Options<'o>) -> Self {
        Self {
            options,
            blocks: Vec::new(),
            after: Lines::default(),
            changes: Vec::new(),
            is_foreign: false,
            is_commented: false,
        }
    }

    /// Takes what a text holds, whatever it is written in, as [`crate::open`] finds it; false where that is
    /// nothing. Its paths begin with `within`, and so many layers of base64 lay around it.
    fn take(&mut self, text: &[u8], within: &str, depth: u8) -> Result<bool, Error> {
        if has_block(text) {
            return self.blocks(text, within, depth).map(|()| true);
        }
        if is_value(text) {
            return Ok(false);
        }
        let digits = bare::decode(text, &Origin::input());
        if let Some((octets, form, _)) = &digits
            && octets.first() == Some(&0x30)
        {
            let what = match form {
                PlaceForm::Hex => "hexadecimal digits became base64 between boundary lines",
                _ => BOUNDARIES,
            };
            self.change(None, what);
            self.value(octets, format!("{within}text"));
            return Ok(true);
        }
        if self.document(text, within, depth)? {
            return Ok(true);
        }
        if let Some((plain, wide)) = plain::wide(text) {
            let what = match wide {
                Wide::Utf16 => "the text is ASCII or UTF-8 now, not UTF-16",
                Wide::Utf32 => "the text is ASCII or UTF-8 now, not UTF-32",
            };
            self.change(None, what);
            return self.take(&plain.text, within, depth);
        }
        let Some((octets, ..)) = digits else {
            return Ok(false);
        };
        self.change(None, "digits were taken off that lay around the text");
        // Each time it is a quarter shorter at least.
        self.take(&octets, within, depth)
    }

    /// Takes the objects in a text without blocks.
    fn document(&mut self, text: &[u8], within: &str, depth: u8) -> Result<bool, Error> {
        let origin = Origin::input();
        let mut search = Search::new(text, &origin, self.options, depth);
        let mut count = 0;
        let rest = self.between(&mut search, (0, text.len()), within, &mut count)?;
        if count != 0 {
            self.after.0.extend(rest.0);
        }
        Ok(count != 0)
    }

    /// Takes the objects that stand without boundary lines in a part of a text; `count` of them before it.
    /// What comes back is the text that stands behind them.
    fn between(
        &mut self,
        search: &mut Search<'_>,
        (start, end): (usize, usize),
        within: &str,
        count: &mut usize,
    ) -> Result<Lines, Error> {
        let piece = |from: usize, to: usize| {
            lines(search.text.get(from..to).unwrap_or_default(), from == 0)
        };
        let mut from = start;
        let mut before = Lines::default();
        while let Some(found) = search.next(from, end) {
            if found.holds_jwks_alone() {
                *count += 1;
                before.0.extend(piece(from, found.end).0);
                from = found.end;
                continue;
            }
            before.0.extend(piece(from, found.begin).0);
            from = found.end;
            if is_alone(search.text, found.begin, found.end) {
                before.0.pop_if(|last| is_boundary(last));
                from += boundary_after(search.text.get(from..end).unwrap_or_default());
            } else {
                self.is_foreign = true;
            }
            let path = format!("{within}base64[{count}]/");
            *count += 1;
            let held = self.blocks.len();
            self.found(&found, &path, search.depth + 1)?;
            if let Some(first) = self.blocks.get_mut(held) {
                before.0.append(&mut first.before.0);
                first.before = std::mem::take(&mut before);
            }
            before.0.append(&mut self.after.0);
        }
        before.0.extend(piece(from, end).0);
        Ok(before)
    }

    /// Takes what digits decode to.
    fn found(&mut self, found: &Found, within: &str, depth: u8) -> Result<(), Error> {
        if is_store(&found.octets) {
            return self.store(&found.octets, within, depth);
        }
        if found.is_pem {
            self.change(None, "base64 was taken off that lay around the PEM text");
        }
        if !self.take(&found.octets, within, depth)? {
            let path = format!("{within}der");
            self.change(Some(&path), BOUNDARIES);
            self.value(&found.octets, path);
        }
        Ok(())
    }

    /// Takes a keystore of Java, for which there are no blocks, apart: what it holds sealed cannot stay.
    fn store(&mut self, octets: &[u8], within: &str, depth: u8) -> Result<(), Error> {
        let material = open_for_writing(octets, self.options)?;
        let (parts, mut lost) = material.parts(|_, _| true);
        match write_pem(&parts) {
            Ok(written) => {
                let what = "the keystore became PEM text";
                self.change(Some(within.trim_end_matches('/')), what);
                self.blocks(&written.bytes, within, depth)?;
                lost.extend(written.lost);
            }
            Err(WriteError::NothingFits { lost: more, .. }) => lost.extend(more),
            Err(_) => {}
        }
        for Lost { path, what, why } in lost {
            let path = format!("{within}{path}");
            self.change(Some(&path), &format!("{what} is left out: {why}"));
        }
        Ok(())
    }

    /// Takes one value in DER.
    fn value(&mut self, octets: &[u8], path: String) {
        self.blocks.push(Block {
            path,
            before: Lines::default(),
            content: Content::Read {
                label: fitting("UNKNOWN", octets).to_owned(),
                header: Vec::new(),
                octets: Zeroizing::new(octets.to_vec()),
            },
        });
    }

    fn blocks(&mut self, text: &[u8], within: &str, depth: u8) -> Result<(), Error> {
        let mut blocks = PemBlocks::new(text);
        if blocks.byte_order_mark().is_some() {
            self.change(None, done("text-byte-order-mark"));
        }
        if text.windows(2).any(|pair| pair == b"\r\n") {
            self.change(None, "lines end in line feeds alone");
        }
        if !text.ends_with(b"\n") {
            self.change(None, LAST_LINE);
        }
        let origin = Origin::input();
        let mut search = Search::new(text, &origin, self.options, depth);
        let mut index = 0;
        let mut count = 0;
        let mut end = 0;
        while let Some(block) = blocks.next() {
            let path = format!("{within}pem[{index}]");
            index += 1;
            let limits = &self.options.limits;
            limits.room_for_entry(self.blocks.len(), figure(index), end)?;
            let start = match &block {
                Ok(block) => end + block.before.len(),
                Err(broken) => broken.place.0,
            };
            let mut before = self.between(&mut search, (end, start), within, &mut count)?;
            let block = match block {
                Ok(block) => {
                    let label = fitting(block.label, block.octets).to_owned();
                    let kept = sealed_header(block.header);
                    // Under a label of no key the header stays: without it what it seals is lost.
                    let stays = |rule: &str| rule == "pem-header" && !kept.is_empty();
                    for oddity in block.oddities.iter().filter(|it| !stays(it.rule.id)) {
                        self.is_foreign |= matches!(
                            oddity.rule.id,
                            "pem-line-prefix" | "pem-line-breaks-written-out"
                        ) && !oddity_is_blank(text, oddity);
                        self.is_commented |= oddity.rule.id == "pem-line-prefix"
                            && oddity_text(text, oddity)
                                .is_some_and(|mark| stands_in_comment(text, mark));
                        self.changes.push(Repair {
                            path: Some(path.clone()),
                            what: done(oddity.rule.id).to_owned(),
                            stays: false,
                        });
                    }
                    if label != block.label {
                        let what = format!("the label is {label} now, it was {}", block.label);
                        self.change(Some(&path), &what);
                    }
                    let octets = Zeroizing::new(block.octets.to_vec());
                    if kept.is_empty() {
                        // Such lines are no header to any program; before the block they are a remark.
                        before.0.append(&mut lines(block.header, false).0);
                    }
                    Block {
                        path,
                        before,
                        content: Content::Read {
                            label,
                            header: kept,
                            octets,
                        },
                    }
                }
                Err(broken) => {
                    let (start, stop) = broken.place;
                    let what = format!("it stays as it is: {}", broken.error);
                    self.changes.push(Repair {
                        path: Some(path.clone()),
                        what,
                        stays: true,
                    });
                    let raw = text.get(start..stop).unwrap_or_default();
                    Block {
                        path,
                        before,
                        content: Content::Broken(Zeroizing::new(raw.to_vec())),
                    }
                }
            };
            self.blocks.push(block);
            end = text.len() - blocks.rest().len();
        }
        if end == text.len() && self.blocks.last().is_some_and(Block::is_broken) {
            // Of a block that is cut there is no last line.
            self.changes.retain(|change| change.what != LAST_LINE);
        }
        let mut rest = self.between(&mut search, (end, text.len()), within, &mut count)?;
        self.after.0.append(&mut rest.0);
        Ok(())
    }

    fn change(&mut self, path: Option<&str>, what: &str) {
        let path = path.map(str::to_owned);
        let what = what.to_owned();
        let stays = false;
        let change = Repair { path, what, stays };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Drops the text around the blocks where it is that of another file.
    fn leave_out_foreign(&mut self, input: &[u8]) {
        if !self.is_foreign || !self.holds_text() {
            return;
        }
        self.name_jwks(input);
        self.change(None, "the text around the blocks is left out");
        for block in &mut self.blocks {
            block.before = Lines::default();
        }
        self.after = Lines::default();
    }

    /// Names the JSON Web Keys of the text, which no block holds.
    fn name_jwks(&mut self, input: &[u8]) {
        let Ok(material) = open_for_writing(input, self.options) else {
            return;
        };
        let (parts, lost) = material.parts(|_, path| jwk::is_of_one(path));
        let parts = parts.iter().map(|part| (&*part.path, part.what()));
        let lost = lost.iter().map(|lost| (&*lost.path, &*lost.what));
        for (path, what) in parts.chain(lost) {
            let what = format!("{what} is left out: it is a JWK, and no block");
            self.change(Some(path), &what);
        }
    }

    /// The text as it is: without its comments' marks the file that they stand in would be lost.
    fn untouched(mut self, input: &[u8]) -> Repaired {
        let what = "it stays as it is: it is a comment in another file, which would be lost";
        let path = self.blocks.first().map(|block| block.path.clone());
        self.changes = vec![Repair {
            path,
            what: what.to_owned(),
            stays: true,
        }];
        self.as_it_was(input)
    }

    fn as_it_was(self, input: &[u8]) -> Repaired {
        let keys = self.blocks.iter().map(Block::keys);
        Repaired {
            bytes: Zeroizing::new(input.to_vec()),
            private_keys: keys.fold(PrivateKeys::None, worse),
            holds_text: true,
            changes: self.changes,
        }
    }

    fn holds_text(&self) -> bool {
        let mut blocks = self.blocks.iter();
        !self.after.0.is_empty() || blocks.any(|it| !it.before.0.is_empty())
    }

    /// Drops blocks that stand there once more, and say nothing new.
    fn drop_repeated(&mut self) {
        let mut kept: Vec<Block> = Vec::with_capacity(self.blocks.len());
        let mut by_octets: HashMap<[u8; 32], Vec<usize>> = HashMap::new();
        for block in std::mem::take(&mut self.blocks) {
            let same = by_octets.entry(digest(&block.content)).or_default();
            let first = same
                .iter()
                .filter_map(|&index| kept.get(index))
                .find(|other| {
                    other.content == block.content
                        && (block.before.0.is_empty() || block.before == other.before)
                });
            if let Some(first) = first {
                let what = format!("it is left out: {} is the same", first.path);
                self.changes.push(Repair {
                    path: Some(block.path),
                    what,
                    stays: false,
                });
                continue;
            }
            same.push(kept.len());
            kept.push(block);
        }
        self.blocks = kept;
    }

    /// Puts the certificates of a server into the order in which it sends them: its own, then each issuer
    /// after what it issued. Collections of authorities stay as they are.
    fn order(&mut self) {
        let (places, certificates): (Vec<usize>, Vec<Part<'_>>) = self
            .blocks
            .iter()
            .enumerate()
            .filter_map(|(place, block)| Some((place, Part::certificate(certificate(block)?))))
            .unzip();
        let Some(order) = chain_order(&certificates) else {
            return;
        };
        let mut taken: Vec<Option<Block>> = std::mem::take(&mut self.blocks)
            .into_iter()
            .map(Some)
            .collect();
        let sorted: Vec<Option<Block>> = order
            .iter()
            .filter_map(|&index| places.get(index))
            .map(|&place| taken.get_mut(place).and_then(Option::take))
            .collect();
        let paths: Vec<&str> = sorted
            .iter()
            .flatten()
            .map(|block| block.path.as_str())
            .collect();
        let what = format!(
            "certificates stand in the order of their chain: {}",
            paths.join(", ")
        );
        self.change(None, &what);
        for (place, block) in places.into_iter().zip(sorted) {
            if let Some(slot) = taken.get_mut(place) {
                *slot = block;
            }
        }
        self.blocks = taken.into_iter().flatten().collect();
    }

    fn written(self) -> Repaired {
        let holds_text = self.holds_text();
        let mut text = Zeroizing::new(Vec::new());
        let mut private_keys = PrivateKeys::None;
        let say = |text: &mut Zeroizing<Vec<u8>>, lines: &Lines| {
            for line in &lines.0 {
                push(text, line);
                push(text, b"\n");
            }
        };
        for block in &self.blocks {
            say(&mut text, &block.before);
            private_keys = worse(private_keys, block.keys());
            match &block.content {
                Content::Broken(raw) => {
                    push(&mut text, raw);
                    if !raw.ends_with(b"\n") {
                        push(&mut text, b"\n");
                    }
                }
                Content::Read {
                    label,
                    header,
                    octets,
                } => push_block(&mut text, label, header, octets),
            }
        }
        say(&mut text, &self.after);
        Repaired {
            bytes: text,
            private_keys,
            holds_text,
            changes: self.changes,
        }
    }
}

/// Whether nothing else stands in the first and the last line of what stands here.
fn is_alone(text: &[u8], begin: usize, end: usize) -> bool {
    let is_text = |octet: &&u8| !matches!(octet, b' ' | b'\t');
    let before = text.get(..begin).unwrap_or_default().iter().rfind(is_text);
    let after = text.get(end..).unwrap_or_default().iter().find(is_text);
    let mut beside = [before, after].into_iter().flatten();
    beside.all(|octet| matches!(octet, b'\n' | b'\r'))
}

/// Whether a line is or was meant to be the boundary of a block.
fn is_boundary(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"--") && line.ends_with(b"--") && line.iter().any(u8::is_ascii_alphabetic)
}

/// How many octets the next line takes, with what is blank before it, if it is a boundary.
fn boundary_after(text: &[u8]) -> usize {
    let start = text.trim_ascii_start();
    let is_break = |octet: &u8| matches!(octet, b'\n' | b'\r');
    let line = start.split(is_break).next().unwrap_or_default();
    if is_boundary(line) {
        text.len() - start.len() + line.len()
    } else {
        0
    }
}

/// The order of certificates by index, if there is one leaf with issuers and they stand otherwise.
fn chain_order(certificates: &[Part<'_>]) -> Option<Vec<usize>> {
    let ties = Ties::find(certificates);
    let chains: Vec<Vec<usize>> = (0..certificates.len()).map(|it| ties.chain(it)).collect();
    let issuers: HashSet<usize> = chains
        .iter()
        .flat_map(|it| it.iter().skip(1).copied())
        .collect();
    let is_leaf = |index: &usize| {
        let chain = chains.get(*index).map_or(0, Vec::len);
        1 < chain && !issuers.contains(index)
    };
    let mut leaves = (0..certificates.len()).filter(is_leaf);
    let (leaf, None) = (leaves.next()?, leaves.next()) else {
        return None;
    };
    let mut order = chains.get(leaf)?.clone();
    let rest: Vec<usize> = (0..certificates.len())
        .filter(|index| !order.contains(index))
        .collect();
    order.extend(rest);
    (!order.is_sorted()).then_some(order)
}

/// The certificate that a block holds.
fn certificate(block: &Block) -> Option<&[u8]> {
    match &block.content {
        Content::Read { label, octets, .. } if label.ends_with("CERTIFICATE") => {
            Spine::read(octets).is_ok().then_some(&**octets)
        }
        _ => None,
    }
}

fn digest(content: &Content) -> [u8; 32] {
    match content {
        Content::Read { octets, .. } => Sha256::digest(octets).into(),
        Content::Broken(raw) => Sha256::digest(raw).into(),
    }
}

fn keys_of(label: &str, header: &[String]) -> PrivateKeys {
    // A keystore of another kind has no label that is settled.
    let is_sealed = matches!(label, "ENCRYPTED PRIVATE KEY" | "PKCS12" | "UNKNOWN");
    if is_sealed || !header.is_empty() {
        PrivateKeys::Sealed
    } else if label.ends_with("PRIVATE KEY") {
        PrivateKeys::InTheClear
    } else {
        PrivateKeys::None
    }
}

/// Whether the boundary lines of a block that cannot be read name what is no private key.
fn says_it_is_no_key(raw: &[u8]) -> bool {
    let text = String::from_utf8_lossy(raw);
    let names = |what: &str| text.contains(what);
    !names("PRIVATE")
        && ["CERTIFICATE", "X509 CRL", "PUBLIC KEY"]
            .into_iter()
            .any(names)
}

fn worse(a: PrivateKeys, b: PrivateKeys) -> PrivateKeys {
    use PrivateKeys::{InTheClear, None, Sealed};
    match (a, b) {
        (InTheClear, _) | (_, InTheClear) => InTheClear,
        (Sealed, _) | (_, Sealed) => Sealed,
        (None, None) => None,
    }
}

/// What stands where an oddity is.
fn oddity_text<'t>(text: &'t [u8], oddity: &Oddity) -> Option<&'t [u8]> {
    let at = oddity.at?;
    let start = usize::try_from(at.start).ok()?;
    let end = usize::try_from(at.end).ok()?;
    text.get(start..end)
}

/// Whether what stood before a boundary line is nothing but white space.
fn oddity_is_blank(text: &[u8], oddity: &Oddity) -> bool {
    oddity_text(text, oddity).is_some_and(|before| before.iter().all(u8::is_ascii_whitespace))
}

/// Whether a mark before a line is that of a comment, and the text holds lines without it.
fn stands_in_comment(text: &[u8], mark: &[u8]) -> bool {
    const MARKS: [&[u8]; 4] = [b"#", b"//", b";", b"*"];
    let Some(mark) = MARKS
        .into_iter()
        .find(|one| mark.trim_ascii().starts_with(one))
    else {
        return false;
    };
    let mut lines = text.split(|octet| matches!(octet, b'\n' | b'\r'));
    lines.any(|line| !line.trim_ascii().is_empty() && !line.trim_ascii_start().starts_with(mark))
}

/// Lines of text that are kept: those that are not blank, without white space at their ends.
fn lines(text: &[u8], first: bool) -> Lines {
    let text = if first {
        text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
    } else {
        text
    };
    let lines = text.split(|octet| matches!(octet, b'\n' | b'\r'));
    let lines = lines
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty());
    Lines(lines.map(|line| Zeroizing::new(line.to_vec())).collect())
}

/// The header of a sealed key on lines of its own (RFC 1421, 4.4), or as it stands where it says so in
/// other words; nothing for any other header.
fn sealed_header(header: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(header);
    let field = |name: &str| {
        let (_, after) = text.split_once(name)?;
        let value = after.split(['\n', '\r']).next()?;
        let value = value.split("DEK-Info:").next()?;
        Some(format!("{name} {}", value.trim()))
    };
    match (field("Proc-Type:"), field("DEK-Info:")) {
        (Some(kind), Some(info)) if kind.contains("ENCRYPTED") => vec![kind, info],
        _ if text.contains("ENCRYPTED") => {
            let lines = text.split(['\n', '\r']).map(str::trim_end);
            let lines = lines.filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// What was done about an oddity.
fn done(id: &str) -> &'static str {
    let row = DONE.iter().find(|(rule, _)| *rule == id);
    row.map_or("it is laid out anew", |(_, what)| what)
}

/// By the name of the rule in `container/pem/oddity.rs`.
const DONE: &[(&str, &str)] = &[
    (
        "pem-blank-line",
        "blank lines among its base64 are taken out",
    ),
    ("pem-carriage-returns", "its lines end in line feeds"),
    ("pem-dashes", "its boundary lines have five plain dashes"),
    (
        "pem-foreign-characters",
        "characters that are no base64 are taken out",
    ),
    ("pem-header", "the header stands before the block"),
    ("pem-header-lines", "its header has lines of its own"),
    ("pem-label", "its label says what is in it"),
    (
        "pem-label-old",
        "its label is the one that software looks for",
    ),
    ("pem-labels-differ", "both boundary lines name the same"),
    (
        "pem-line-breaks-written-out",
        "line breaks that were written out are real ones",
    ),
    ("pem-line-length", "its lines are 64 characters long"),
    ("pem-line-prefix", "its boundary lines begin their lines"),
    ("pem-line-suffix", "its boundary lines end their lines"),
    ("pem-padding", "padding is taken out that belongs nowhere"),
    ("pem-padding-missing", "its padding is filled up"),
    ("pem-url-digits", "its base64 has + and / for - and _"),
    ("text-byte-order-mark", "the byte order mark is taken off"),
];

/// What was done at the end of the text.
const LAST_LINE: &str = "the last line ends in a line feed";

/// What was done about digits of one object.
const BOUNDARIES: &str = "boundary lines were put around the digits";

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::container::oddity::RULES;
    use crate::made::Made;
    use crate::open::open;

    /// The certificates that a text holds, and the text once it is mended.
    fn mended(text: &str) -> (usize, String, Vec<String>) {
        let options = Options::default();
        let before = open(text.as_bytes(), &options).expect("opens");
        let mended = repair_with_private_keys_as_they_are(text.as_bytes(), &options.limits);
        let mended = mended.expect("is mended");
        let after = open(&mended.bytes, &options).expect("opens");
        let ders = |contents: &crate::Contents| -> Vec<Vec<u8>> {
            let mut ders: Vec<_> = contents.certificates().map(<[u8]>::to_vec).collect();
            ders.sort();
            ders
        };
        assert_eq!(ders(&before), ders(&after), "{text}");
        let again = repair_with_private_keys_as_they_are(&mended.bytes, &options.limits);
        assert_eq!(again.expect("is mended").changes, [], "{text}");
        let text = String::from_utf8(mended.bytes.to_vec()).expect("is text");
        let changes = mended.changes.iter().map(Repair::to_string).collect();
        (before.certificates().count(), text, changes)
    }

    #[test]
    fn a_block_with_a_broken_boundary_stays_beside_good_ones() {
        let (one, two) = (Made::root("One", 1).pem(), Made::root("Two", 2).pem());
        let broken = two.replace("BEGIN", "BEG$N");
        for text in [
            format!("{one}{broken}"),
            format!("{broken}{one}"),
            format!("# one\n{one}# two\n{broken}# end\n"),
        ] {
            let (count, mended, changes) = mended(&text);
            assert_eq!(count, 2);
            assert_eq!(mended, text.replace("BEG$N", "BEGIN"));
            assert_eq!(changes, [format!("base64[0]/der: {BOUNDARIES}")]);
        }
        // What stands around quoted blocks is left out, but never an object.
        let quoted = format!("{broken}x = '{}", one.replace('\n', "\\n"));
        let (count, mended, _) = mended(&quoted);
        assert_eq!((count, mended), (2, format!("{two}{one}")));
    }

    #[test]
    fn where_nothing_can_be_mended_nothing_is_changed() {
        let whole = Made::root("One", 1).pem();
        let cut = whole.get(..whole.len() / 2).expect("is there");
        let key = cut.replace("CERTIFICATE", "PRIVATE KEY");
        for (text, keys) in [
            (cut.to_owned(), PrivateKeys::None),
            (cut.replace('\n', "\r\n"), PrivateKeys::None),
            (key, PrivateKeys::InTheClear),
        ] {
            let found = repair_with_private_keys_as_they_are(text.as_bytes(), &Limits::default());
            let found = found.expect("holds a block");
            assert_eq!(found.bytes.as_slice(), text.as_bytes());
            assert!(found.changes.iter().all(|it| it.stays), "{found:?}");
            assert_eq!(found.private_keys, keys, "{text}");
        }
        // Beside a good one the end of what is cut is no change either.
        let both = format!("{whole}{cut}");
        let found = repair_with_private_keys_as_they_are(both.as_bytes(), &Limits::default());
        let found = found.expect("holds blocks");
        assert!(found.changes.iter().all(|it| it.stays), "{found:?}");
        assert_eq!(found.private_keys, PrivateKeys::None);
    }

    #[test]
    fn lines_that_every_program_reads_are_as_they_should_be() {
        let text = Made::root("One", 1).pem();
        let (_, mended, changes) = mended(&format!("\n{text}"));
        assert_eq!((mended, changes), (text, Vec::new()));
        // As ssh-keygen breaks them.
        for key in [
            &include_bytes!("../tests/vectors/ssh/ed25519")[..],
            &include_bytes!("../tests/vectors/ssh/sealed-aes256-ctr")[..],
        ] {
            let mended = repair_with_private_keys_as_they_are(key, &Limits::default());
            assert_eq!(mended.expect("is mended").changes, []);
        }
    }

    #[test]
    fn a_jwk_is_named_where_the_text_around_it_goes() {
        let key =
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let digits = STANDARD.encode(key);
        let der = STANDARD.encode(Made::root("One", 1).der());
        let text = format!("{{\"a\":\"{digits}\",\"b\":\"{der}\",\"c\":{key}}}");
        let (count, mended, changes) = mended(&text);
        assert_eq!(count, 1);
        assert_eq!(mended.matches("-----BEGIN").count(), 1, "{mended}");
        for path in ["base64[0]/jwk[0]", "jwk[0]"] {
            let told = format!("{path}: the public key is left out: it is a JWK, and no block");
            assert!(changes.contains(&told), "{changes:?}");
        }
    }

    #[test]
    fn a_block_in_a_comment_of_another_file_is_left_there() {
        let block = Made::root("One", 1).pem();
        let commented = format!("# {}\n", block.trim_end().replace('\n', "\n# "));
        let config = format!("server {{\n  listen 443 ssl;\n}}\n{commented}");
        let mended = repair_with_private_keys_as_they_are(config.as_bytes(), &Limits::default());
        let mended = mended.expect("holds a block");
        assert_eq!(mended.bytes.as_slice(), config.as_bytes());
        assert!(
            mended.changes.iter().all(|it| it.stays),
            "{:?}",
            mended.changes
        );
        assert!(mended.private_keys == PrivateKeys::None && mended.holds_text);
        // Where all is a comment, nothing is lost.
        let mended = repair_with_private_keys_as_they_are(commented.as_bytes(), &Limits::default());
        assert_eq!(
            mended.expect("is mended").bytes.as_slice(),
            block.as_bytes()
        );
    }

    #[test]
    fn digits_in_a_document_become_blocks_beside_those_that_stand_there() {
        let [one, two, three] = ["One", "Two", "Three"].map(|name| Made::root(name, 1));
        let digits = STANDARD.encode(two.der());
        let twice = STANDARD.encode(three.pem());
        let indented = one.pem().replace('\n', "\n  ");
        for text in [
            format!("a: {digits}\nb: |\n  {indented}\nc: {twice}\n"),
            format!(
                r#"{{"a": "{digits}", "b": "{}", "c": "{twice}"}}"#,
                one.pem().replace('\n', "\\n")
            ),
        ] {
            let (count, mended, changes) = mended(&text);
            assert_eq!(count, 3);
            assert_eq!(mended, two.pem() + &one.pem() + &three.pem());
            let said = "the text around the blocks is left out";
            assert!(changes.iter().any(|it| it == said), "{changes:?}");
        }
        let (count, mended, _) = mended(&format!("a: {digits}\nc: {twice}\n"));
        assert_eq!((count, mended), (2, two.pem() + &three.pem()));
    }

    #[test]
    fn a_keystore_among_text_becomes_blocks_and_its_sealed_keys_are_named() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/vectors/jks/keytool-17.jks"
        );
        let digits = STANDARD.encode(std::fs::read(path).expect("is there"));
        let (count, _, changes) =
            mended(&format!("{}store: {digits}\n", Made::root("One", 1).pem()));
        assert!(1 < count);
        let said = "the private key is left out: it is sealed, and no password was given";
        assert!(changes.iter().any(|it| it.ends_with(said)), "{changes:?}");
    }

    #[test]
    fn archives_and_keystores_are_no_text() {
        let block = Made::root("One", 1).pem();
        let store = [b"\xfe\xed\xfe\xed", block.as_bytes()].concat();
        let found = repair_with_private_keys_as_they_are(&store, &Limits::default());
        assert!(found.is_err());
    }

    #[test]
    fn digits_are_taken_off_as_often_as_they_were_put_around() {
        let root = Made::root("Root", 1);
        let wanted = root.pem();
        for first in [root.der(), wanted.clone().into_bytes()] {
            let mut text = first;
            for times in 1..=5 {
                text = STANDARD.encode(&text).into_bytes();
                let mended = repair_with_private_keys_as_they_are(&text, &Limits::default());
                let mended = mended.expect("is a certificate");
                assert_eq!(
                    String::from_utf8_lossy(&mended.bytes),
                    wanted,
                    "{times} times"
                );
                assert!(!mended.changes.is_empty());
            }
        }
        let words = STANDARD.encode("no certificate, ".repeat(20));
        let found = repair_with_private_keys_as_they_are(words.as_bytes(), &Limits::default());
        assert!(found.is_err());
    }

    #[test]
    fn every_oddity_of_a_block_is_told_once_it_is_mended() {
        let elsewhere = [
            "pem-boundary-broken",
            "text-base64-twice",
            "text-utf16",
            "text-utf32",
            "text-without-boundaries",
        ];
        for rule in RULES {
            let is_told = DONE.iter().any(|(id, _)| *id == rule.id);
            assert!(is_told != elsewhere.contains(&rule.id), "{}", rule.id);
        }
    }
}
