//! Objects within the text of a document: base64 in JSON, YAML, XML, settings and logs; JSON Web Keys.
//!
//! The document is not parsed. Runs of digits are looked for whose first octets can be those of a
//! certificate file, and how long such a run must be says its own DER.

use zeroize::Zeroizing;

use super::archive::{placed, together, waiting};
use super::keys::Keys;
use crate::container::pem::oddity::{self, Oddity};
use crate::container::{Container, Item, ItemKind, jwk, pem, read_within};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::{Origin, Runs, TextMap};
use crate::report::{Format, PlaceForm, Whereabouts};
use certlens_hot::base64::{Class, Decoder, class};

/// Digits below which text is taken for words.
const MIN_DIGITS: usize = 64;

/// Base64 within base64, as in a Secret that holds an encoded file.
const MAX_DEPTH: u8 = 3;

/// Digits that are decoded in vain, for each octet of the text. Stops lines of which each seems to begin
/// an object of many lines.
const PATIENCE: usize = 8;

/// Finds what stands between PEM blocks; `None` where there is nothing.
pub(super) fn read(
    text: &[u8],
    gaps: &[(usize, usize)],
    origin: &Origin,
    options: &Options<'_>,
    depth: u8,
) -> Option<Container> {
    let found = digits(text, gaps, origin, options, depth);
    let held = found.as_ref().map_or(0, |found| found.items.len());
    let keys = jwk::read(text, origin, options, held);
    match found {
        Some(mut found) => {
            add(&mut found, keys);
            Some(found)
        }
        None => keys,
    }
}

fn digits(
    text: &[u8],
    gaps: &[(usize, usize)],
    origin: &Origin,
    options: &Options<'_>,
    depth: u8,
) -> Option<Container> {
    let mut keys = Keys::new(text);
    let mut found: Option<Container> = None;
    let mut search = Search::new(text, origin, options, depth);
    let mut index = 0;
    for &(start, end) in gaps {
        let mut at = start;
        while let Some(next) = search.next(at, end) {
            at = next.end;
            let begin = next.begin;
            let mut inner = next.inner;
            let (line, path) = keys.at(begin);
            let outer = Whereabouts {
                files: Vec::new(),
                object: path.as_deref().and_then(|path| keys.object(path)),
                keys: path.clone(),
                line: Some(line),
                decoded: vec!["base64".to_owned()],
            };
            for item in &mut inner.items {
                item.path = format!("base64[{index}]/{}", item.path);
                let within = item.whereabouts.take().map(|inner| *inner);
                item.whereabouts = Some(Box::new(outer.clone().around(within)));
            }
            index += 1;
            let container = found.get_or_insert_with(|| Container {
                format: Format::Text,
                keystore: None,
                items: Vec::new(),
                findings: Vec::new(),
            });
            if next.is_pem {
                container.format = Format::Pem;
            }
            // Under a key of a document that is how it is kept: kubeconfig, Secrets of Kubernetes.
            let is_kept = path.is_some();
            let is_told = inner
                .findings
                .iter()
                .any(|found| found.id == oddity::TWICE.id);
            if let Some(line) = broken_boundary(text, begin, next.end).filter(|_| !next.is_pem) {
                let odd = Oddity {
                    rule: &oddity::BOUNDARY,
                    what: format!("Beside the digits stands {line:?}.").into(),
                    at: origin.range(begin, next.end),
                };
                container.findings.push(odd.finding());
            }
            if next.is_pem && !is_kept && !is_told {
                let odd = Oddity {
                    rule: &oddity::TWICE,
                    what: "These digits decode to PEM text.".into(),
                    at: origin.range(begin, next.end),
                };
                container.findings.push(placed(odd.finding(), &outer));
            }
            let findings = inner.findings.into_iter();
            container
                .findings
                .extend(findings.map(|finding| placed(finding, &outer)));
            let store = inner.keystore.map(|store| waiting(store, &outer));
            container.keystore = together(container.keystore.take(), store);
            for item in inner.items {
                let held = container.items.len();
                let announced = figure(held).saturating_add(1);
                if let Err(error) = options.limits.room_for_entry(held, announced, begin) {
                    let path = format!("base64[{index}]");
                    let item = Item::unreadable(path, origin.clone(), 0, error);
                    container.items.push(item);
                    return found;
                }
                container.items.push(item);
            }
        }
    }
    found
}

/// The line right before these digits, or after them, if it is meant to be a boundary line of PEM.
fn broken_boundary(text: &[u8], begin: usize, end: usize) -> Option<String> {
    let before = text.get(..begin)?.trim_ascii_end();
    let before = before.rsplit(|octet| *octet == b'\n').next();
    let after = text.get(end..)?.trim_ascii_start();
    let after = after.split(|octet| *octet == b'\n').next();
    let is_meant = |line: &&[u8]| {
        let line = line.to_ascii_lowercase();
        let is_word = |word: &[u8]| memchr::memmem::find(&line, word).is_some();
        line.contains(&b'-') && (is_word(b"begin ") || is_word(b"end "))
    };
    let lines = before.into_iter().chain(after);
    let mut short = lines.filter(|line| line.len() < MAX_BOUNDARY);
    let found = short.find(is_meant)?;
    Some(String::from_utf8_lossy(found.trim_ascii()).into_owned())
}

/// Octets of a line that may be meant to be a boundary line.
const MAX_BOUNDARY: usize = 128;

/// Looks for digits in a text that decode to objects.
pub(crate) struct Search<'a> {
    pub(crate) text: &'a [u8],
    origin: &'a Origin,
    options: &'a Options<'a>,
    /// How many layers of base64 lie around the text.
    pub(crate) depth: u8,
    patience: usize,
}

/// Digits that were found, and what is in them.
pub(crate) struct Found {
    /// Where they begin and end in the text, with their padding.
    pub(crate) begin: usize,
    pub(crate) end: usize,
    /// What they decode to.
    pub(crate) octets: Zeroizing<Vec<u8>>,
    /// Whether that is PEM text.
    pub(crate) is_pem: bool,
    inner: Container,
}

impl Found {
    /// Whether that is JSON Web Keys and nothing else.
    pub(crate) fn holds_jwks_alone(&self) -> bool {
        let mut items = self.inner.items.iter();
        items.all(|item| jwk::is_of_one(&item.path))
    }
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        text: &'a [u8],
        origin: &'a Origin,
        options: &'a Options<'a>,
        depth: u8,
    ) -> Self {
        Self {
            text,
            origin,
            options,
            depth,
            patience: text.len().saturating_mul(PATIENCE),
        }
    }

    /// The next ones that begin between these offsets.
    pub(crate) fn next(&mut self, from: usize, end: usize) -> Option<Found> {
        if MAX_DEPTH <= self.depth {
            return None;
        }
        let mut at = from;
        while let Some(begin) = next_start(self.text, at, end) {
            let Some(looks) = Looks::of(self.text, begin) else {
                at = end_of_digits(self.text, begin);
                continue;
            };
            let run = Run::read(self.text, begin, looks.digits());
            let found = run.is_enough(&looks).then(|| {
                let octets = Zeroizing::new(run.octets().to_vec());
                let before = self.text.get(..begin)?;
                let inner = run.contents(&octets, before, self.origin, self.options, self.depth)?;
                Some((octets, inner))
            });
            let Some((octets, inner)) = found.flatten() else {
                at = match self.patience.checked_sub(run.runs.digits()) {
                    Some(left) => {
                        self.patience = left;
                        end_of_digits(self.text, begin)
                    }
                    None => run.end.max(begin + 1),
                };
                continue;
            };
            return Some(Found {
                begin,
                end: run.end.max(begin + 1),
                octets,
                is_pem: matches!(looks, Looks::Text | Looks::Remarks)
                    && inner.format == Format::Pem,
                inner,
            });
        }
        None
    }
}

/// Where an object of PEM text stands that is part of a document; `None` for a block that begins its line.
pub(super) fn of_block(text: &[u8], begin: usize, keys: &mut Keys<'_>) -> Option<Box<Whereabouts>> {
    let before = begin.checked_sub(1).and_then(|last| text.get(last));
    if before.is_none_or(|octet| matches!(octet, b'\n' | b'\r')) {
        return None;
    }
    let (line, path) = keys.at(begin);
    let path = path?;
    Some(Box::new(Whereabouts {
        files: Vec::new(),
        object: keys.object(&path),
        keys: Some(path),
        line: Some(line),
        decoded: Vec::new(),
    }))
}

/// What digits seem to decode to, by the first of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// A SEQUENCE of so many octets.
    Sequence(usize),
    /// A Java keystore, which does not say how long it is.
    Store,
    /// PEM text, or digits once more.
    Text,
    /// Text of another beginning, such as remarks before the first block. Without a block and a JWK it is
    /// nothing.
    Remarks,
}

impl Looks {
    fn of(text: &[u8], begin: usize) -> Option<Self> {
        let start = Run::read(text, begin, Some(24));
        let octets = start.octets();
        match octets {
            [0x30, 0x82, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                Some(Self::Sequence(length + 4))
            }
            [0x30, 0x81, length @ 0x80..=0xff, ..] => {
                Some(Self::Sequence(usize::from(*length) + 3))
            }
            [0x30, length @ 0x20..=0x7f, ..] => Some(Self::Sequence(usize::from(*length) + 2)),
            [0x30, 0x83, high, middle, low, ..] => {
                let length = u32::from_be_bytes([0, *high, *middle, *low]);
                Some(Self::Sequence(usize::try_from(length).ok()? + 5))
            }
            // The last is BER of unknown length: PKCS#12 files of old programs.
            [0xfe, 0xed, 0xfe, 0xed, ..]
            | [0xce, 0xce, 0xce, 0xce, ..]
            | [0x30, 0x80, 0x02, 0x01, 0x03, 0x30, ..] => Some(Self::Store),
            _ if octets.starts_with(b"-----BEGIN") => Some(Self::Text),
            _ => {
                let is_digit = |octet: &u8| class(*octet) == Class::Digit;
                let is_text = |octet: &u8| octet.is_ascii_graphic() || octet.is_ascii_whitespace();
                match octets {
                    _ if octets.len() < 16 => None,
                    _ if octets.iter().all(is_digit) => Some(Self::Text),
                    _ => octets.iter().all(is_text).then_some(Self::Remarks),
                }
            }
        }
    }

    /// How many digits it has, where its beginning says so.
    fn digits(self) -> Option<usize> {
        match self {
            Self::Sequence(octets) => Some(octets.saturating_mul(4).div_ceil(3)),
            Self::Store | Self::Text | Self::Remarks => None,
        }
    }
}

/// Digits that belong together.
struct Run {
    decoder: Decoder,
    runs: Runs,
    /// Where the text goes on after them.
    end: usize,
}

impl Run {
    /// Takes digits from here on, over escapes and line ends, up to so many.
    fn read(text: &[u8], begin: usize, wanted: Option<usize>) -> Self {
        let mut run = Self {
            decoder: Decoder::default(),
            runs: Runs::default(),
            end: begin,
        };
        // What is announced may be far more than there is.
        let room = text.len().saturating_sub(begin);
        run.decoder.restart(wanted.unwrap_or(0).min(room));
        let mut at = begin;
        while let Some(rest) = text.get(at..) {
            let left = wanted.map_or(usize::MAX, |wanted| {
                wanted.saturating_sub(run.runs.digits())
            });
            if left == 0 {
                break;
            }
            let digits = rest.iter().take(left).take_while(|octet| is_digit(**octet));
            let count = digits.count();
            if count != 0 {
                run.runs.add(at, count);
                run.decoder.digits(rest.get(..count).unwrap_or_default());
                at += count;
                run.end = at;
                continue;
            }
            if let Some((digit, width)) = escaped_digit(rest) {
                run.runs.add(at, 1);
                run.decoder.digits(&[digit]);
                at += width;
                run.end = at;
                continue;
            }
            match gap(rest) {
                0 => break,
                width => at += width,
            }
        }
        run.decoder.finish();
        let padding = text.get(run.end..).unwrap_or_default().iter();
        run.end += padding.take(2).take_while(|&&octet| octet == b'=').count();
        run
    }

    fn octets(&self) -> &[u8] {
        self.decoder.octets()
    }

    fn is_enough(&self, looks: &Looks) -> bool {
        let octets = self.octets().len();
        let is_whole = match looks {
            Looks::Sequence(length) => octets == *length,
            Looks::Store | Looks::Text => true,
            Looks::Remarks => pem::has_block(self.octets()) || jwk::is_in(self.octets()),
        };
        is_whole && MIN_DIGITS <= self.runs.digits()
    }

    /// The objects in what the digits decode to, if there are any.
    fn contents(
        &self,
        octets: &[u8],
        before: &[u8],
        origin: &Origin,
        options: &Options<'_>,
        depth: u8,
    ) -> Option<Container> {
        let block = (before.len(), self.end);
        let map = TextMap::new(PlaceForm::Base64, self.runs.clone(), block, origin.clone());
        let inner = read_within(octets, &Origin::text(map), options, depth + 1).ok()?;
        // What `openssl spkac` writes, and `openssl ca -spkac` reads.
        let is_named = before.ends_with(b"SPKAC=");
        let is_object = |item: &Item| {
            !matches!(item.kind, ItemKind::Unreadable(_) | ItemKind::Other(_))
                || is_named && matches!(item.kind, ItemKind::Other(_))
                || inner.keystore.is_some()
                || matches!(inner.format, Format::Pem | Format::Pkcs7)
        };
        let is_locked = inner.items.is_empty() && inner.keystore.is_some();
        (is_locked || inner.items.iter().any(is_object)).then_some(inner)
    }
}

fn is_digit(octet: u8) -> bool {
    matches!(class(octet), Class::Digit | Class::UrlSafe)
}

/// Where the next run of digits begins, `end` at the latest.
fn next_start(text: &[u8], from: usize, end: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..end)?;
        at += rest.iter().position(|octet| is_digit(*octet))?;
        // The letter of an escape is no digit.
        let before = text.get(..at)?;
        let here = text.get(at..)?;
        let escape = match (before.last(), here) {
            (Some(b'\\'), [b'n' | b'r' | b't', ..]) => 1,
            (Some(b'%'), [b'0', b'A' | b'D' | b'a' | b'd', ..]) => 2,
            _ => 0,
        };
        at += escape;
        let here = text.get(at..end)?;
        let count = here.iter().take_while(|octet| is_digit(**octet)).count();
        // Words are passed over; an object has more digits in a row, unless an escape cuts them short.
        let next = here.get(count..).unwrap_or_default();
        let goes_on = escaped_digit(next).is_some() || matches!(next, [b'\\', b'/', ..]);
        let begins = here.first().is_some_and(|first| may_begin(*first));
        if begins && (16 <= count || (3 <= count && goes_on)) {
            return Some(at);
        }
        at += count.max(1);
    }
}

/// Whether what such a digit begins can be a SEQUENCE, a Java keystore or text.
fn may_begin(digit: u8) -> bool {
    matches!(
        digit,
        b'/' | b'C' | b'I' | b'L' | b'M' | b'Q'..=b'W' | b'Y' | b'Z' | b'a'..=b'e' | b'z'
    )
}

fn end_of_digits(text: &[u8], begin: usize) -> usize {
    let rest = text.get(begin..).unwrap_or_default();
    begin
        + rest
            .iter()
            .take_while(|octet| is_digit(**octet))
            .count()
            .max(1)
}

/// A digit that is written as an escape of JSON or of an address, and how long that is.
fn escaped_digit(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'\\', b'/', ..] => Some((b'/', 2)),
        [b'\\', b'u', b'0', b'0', b'2', b'b' | b'B', ..] => Some((b'+', 6)),
        [b'\\', b'u', b'0', b'0', b'2', b'f' | b'F', ..] => Some((b'/', 6)),
        [b'%', b'2', b'b' | b'B', ..] => Some((b'+', 3)),
        [b'%', b'2', b'f' | b'F', ..] => Some((b'/', 3)),
        _ => None,
    }
}

/// How many octets stand here that belong between two lines of digits; 0 where the digits end.
fn gap(text: &[u8]) -> usize {
    const WRITTEN: &[&[u8]] = &[
        b"\\r", b"\\n", b"\\t", b"%0A", b"%0a", b"%0D", b"%0d", b"&#13;", b"&#10;", b"&#xD;",
        b"&#xd;", b"&#xA;", b"&#xa;",
    ];
    if let Some(written) = WRITTEN.iter().find(|written| text.starts_with(written)) {
        return written.len();
    }
    let width = text.iter().take_while(|octet| octet.is_ascii_whitespace());
    let width = width.count();
    let (space, rest) = text.split_at_checked(width).unwrap_or((text, &[]));
    if !space.iter().any(|octet| matches!(octet, b'\n' | b'\r')) {
        return 0;
    }
    // The next line must be digits up to its end, or up to the end of the string or element.
    let digits = rest.iter().take_while(|octet| is_digit(**octet)).count();
    let mut after = rest.get(digits..).unwrap_or_default().iter();
    let ends = matches!(
        after.find(|octet| !matches!(octet, b' ' | b'\t')),
        None | Some(b'=' | b'\n' | b'\r' | b'<' | b'"' | b'\'' | b'&' | b'\\' | b'%')
    );
    if digits != 0 && ends { width } else { 0 }
}

/// The parts of a text in which there may be more than its PEM blocks.
pub(super) fn gaps_of(text: &[u8], blocks: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut from = 0;
    let mut gaps = Vec::new();
    for &(start, end) in blocks.iter().chain([&(text.len(), text.len())]) {
        if MIN_DIGITS <= start.saturating_sub(from) {
            gaps.push((from, start));
        }
        from = end;
    }
    gaps
}

/// Puts what was found between the blocks behind them.
pub(super) fn add(container: &mut Container, more: Option<Container>) {
    let Some(mut more) = more else {
        return;
    };
    container.items.append(&mut more.items);
    container.findings.append(&mut more.findings);
    container.keystore = together(container.keystore.take(), more.keystore);
}
