//! Text files of SSH keys: `id_ed25519.pub`, `authorized_keys`, `known_hosts`, and RFC 4716.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;
use std::ops::Range;

use super::certificate::CertificateItem;
use super::key::{base_type, is_key_type, public_key};
use super::wire::Wire;
use crate::container::{Container, Item, ItemKind};
use crate::error::{Error, ErrorKind};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::{Origin, Runs, TextMap};
use crate::report::{Format, PlaceForm, SshLine};

/// Lines that may come before the first key. Stops a long text of another kind from being searched.
const MAX_WORDS: usize = 256;

const BEGIN: &str = "---- BEGIN SSH2 PUBLIC KEY ----";
const END: &str = "---- END SSH2 PUBLIC KEY ----";

/// Base64 whose padding may be missing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads the keys of a text, a line each; `None` for text that holds none.
pub(crate) fn read(text: &[u8], origin: &Origin, options: &Options<'_>) -> Option<Container> {
    let text = &*plain(text)?;
    let is_key = |line: &str| line.starts_with(BEGIN) || parts(line).is_some();
    let mut first = text.lines().filter(|line| is_content(line)).take(MAX_WORDS);
    first.find(|line| is_key(line.trim()))?;
    let mut container = Container {
        format: Format::OpenSsh,
        keystore: None,
        items: Vec::new(),
        findings: Vec::new(),
    };
    let mut block: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed == BEGIN {
            block = Some(start);
            continue;
        }
        let range = match block {
            Some(begin) if trimmed == END => begin..at,
            None if is_content(line) => {
                let lead = line.len() - line.trim_start().len();
                start + lead..start + lead + trimmed.len()
            }
            _ => continue,
        };
        let held = container.items.len();
        let path = format!("ssh[{held}]");
        let room = options
            .limits
            .room_for_entry(held, figure(held).saturating_add(1), range.start);
        let whole = text.get(range.clone()).unwrap_or_default();
        let found = match (room, block.take()) {
            (Err(error), _) => {
                let rest = origin.at(range.start);
                let length = text.len() - range.start;
                container
                    .items
                    .push(Item::unreadable(path, rest, length, error));
                return Some(container);
            }
            (Ok(()), Some(_)) => rfc4716(whole),
            (Ok(()), None) => parts(whole).ok_or_else(no_key),
        };
        container.items.push(item(path, found, range, origin));
    }
    if let Some(begin) = block {
        let kind = ErrorKind::Unexpected {
            expected: "a line ---- END SSH2 PUBLIC KEY ----",
            found: "the end of the text".to_owned(),
        };
        let path = format!("ssh[{}]", container.items.len());
        let length = text.len() - begin;
        let error = Error::new(kind, length);
        let item = Item::unreadable(path, origin.at(begin), length, error);
        container.items.push(item);
    }
    Some(container)
}

/// The text, with a question mark for each octet that is no UTF-8, such as Latin-1 in a comment: offsets
/// stay what they are. `None` for what is no text.
fn plain(text: &[u8]) -> Option<Cow<'_, str>> {
    if let Ok(text) = std::str::from_utf8(text) {
        return Some(Cow::Borrowed(text));
    }
    let start = text.get(..SAMPLE).unwrap_or(text);
    let is_control = |octet: &u8| *octet < 0x20 && !octet.is_ascii_whitespace();
    if start.iter().any(is_control) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        plain.push_str(chunk.valid());
        plain.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Some(Cow::Owned(plain))
}

/// Octets that tell text from other things.
const SAMPLE: usize = 4096;

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn no_key() -> Error {
    let kind = ErrorKind::Unexpected {
        expected: "an SSH key",
        found: "other text".to_owned(),
    };
    Error::new(kind, 0)
}

/// One key as its text has it.
struct Found<'t> {
    line: SshLine,
    blob: Vec<u8>,
    /// The lines of base64, and where they begin in the text of the key.
    digits: Vec<(usize, &'t str)>,
}

fn item(path: String, found: Result<Found<'_>, Error>, at: Range<usize>, origin: &Origin) -> Item {
    let length = at.end - at.start;
    let found = match found {
        Ok(found) => found,
        Err(error) => return Item::unreadable(path, origin.at(at.start), length, error),
    };
    let mut runs = Runs::default();
    for (offset, digits) in &found.digits {
        runs.add(at.start + offset, digits.len());
    }
    let map = TextMap::new(PlaceForm::Base64, runs, (at.start, at.end), origin.clone());
    let origin = Origin::text(map);
    let length = found.blob.len();
    let certified = Wire::new(&found.blob)
        .text()
        .is_ok_and(|key_type| key_type.contains("-cert-v01@"));
    let kind = if certified {
        CertificateItem::read(&found.blob, found.line)
            .map(|certificate| ItemKind::SshCertificate(Box::new(certificate)))
    } else {
        public_key(&found.blob, found.line).map(|key| ItemKind::PublicKey(Box::new(key)))
    };
    match kind {
        Ok(kind) => Item::plain(path, origin, length, kind),
        Err(error) => Item::unreadable(path, origin, length, error.within("SSH key")),
    }
}

/// Takes a line apart: what stands before the key, its type, its base64, its comment. `None` where the
/// base64 does not begin with the type.
fn parts(line: &str) -> Option<Found<'_>> {
    // No text: it is not looked through letter by letter, as a picture of a disk would be.
    if line.contains('\0') {
        return None;
    }
    let mut rest = line.trim();
    let mut line_facts = SshLine::default();
    if rest.starts_with('@') {
        let (marker, after) = rest.split_once([' ', '\t'])?;
        line_facts.marker = Some(marker.to_owned());
        rest = after.trim_start();
    }
    let (first, after) = first_field(rest);
    if !is_key_type(first) {
        let fields: Vec<String> = commas(first).map(str::to_owned).collect();
        if line_facts.marker.is_none() && fields.iter().all(|field| is_option(field)) {
            line_facts.options = fields;
        } else {
            line_facts.hosts = fields;
        }
        rest = after.trim_start();
    }
    let (key_type, after) = rest.split_once([' ', '\t'])?;
    let digits = after.trim_start();
    let (digits, comment) = digits.split_once([' ', '\t']).unwrap_or((digits, ""));
    let blob = LENIENT.decode(digits).ok()?;
    let announced = Wire::new(&blob).text().ok()?;
    if !is_key_type(key_type) || base_type(&announced) != base_type(key_type) {
        return None;
    }
    let comment = comment.trim();
    let alone = [key_type, digits, comment].join(" ");
    line_facts = SshLine {
        key_type: announced,
        comment: comment.to_owned(),
        line: alone.trim_end().to_owned(),
        ..line_facts
    };
    let offset = digits.as_ptr().addr().checked_sub(line.as_ptr().addr())?;
    Some(Found {
        line: line_facts,
        blob,
        digits: vec![(offset, digits)],
    })
}

/// Up to the first blank outside quotation marks.
fn first_field(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut escaped = false;
    let end = text.find(|c: char| {
        let quote = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        quoted ^= quote;
        !quoted && (c == ' ' || c == '\t')
    });
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// Between commas outside quotation marks.
fn commas(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        !quoted && c == ','
    })
}

/// Whether this is an option of `authorized_keys` and no host (sshd(8)).
fn is_option(field: &str) -> bool {
    let name = field
        .split('=')
        .next()
        .unwrap_or(field)
        .to_ascii_lowercase();
    OPTIONS.contains(&name.strip_prefix("no-").unwrap_or(&name))
}

const OPTIONS: &[&str] = &[
    "agent-forwarding",
    "cert-authority",
    "command",
    "environment",
    "expiry-time",
    "from",
    "permitlisten",
    "permitopen",
    "port-forwarding",
    "principals",
    "pty",
    "restrict",
    "touch-required",
    "tunnel",
    "user-rc",
    "verify-required",
    "x11-forwarding",
];

/// A key between its two boundary lines, after headers of which one may be a comment.
///
/// [RFC 4716, 3](https://www.rfc-editor.org/rfc/rfc4716#section-3)
fn rfc4716(text: &str) -> Result<Found<'_>, Error> {
    let mut line_facts = SshLine::default();
    let mut encoded = String::new();
    let mut digits = Vec::new();
    let mut at = 0;
    let mut header: Option<String> = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_end();
        if line == BEGIN || line == END {
            continue;
        }
        let continued = line.strip_suffix('\\');
        if let Some(open) = &mut header {
            open.push_str(continued.unwrap_or(line));
        } else if line.contains(':') {
            header = Some(continued.unwrap_or(line).to_owned());
        } else {
            encoded.push_str(line);
            digits.push((start, line));
            continue;
        }
        if continued.is_none()
            && let Some(whole) = header.take()
            && let Some((name, value)) = whole.split_once(':')
            && name.eq_ignore_ascii_case("comment")
        {
            value
                .trim()
                .trim_matches('"')
                .clone_into(&mut line_facts.comment);
        }
    }
    let blob = LENIENT.decode(&encoded).map_err(|_| {
        let what = "the base64 of the key does not decode".to_owned();
        Error::new(ErrorKind::Malformed { what }, 0)
    })?;
    Ok(Found {
        line: line_facts,
        blob,
        digits,
    })
}
