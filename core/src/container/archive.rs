//! ZIP, TAR and gzip → the files in them, each read as if it had been given alone.
//!
//! No member is written anywhere, and none is named by a path that is followed.

mod gzip;
mod tar;
mod zip;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zeroize::Zeroizing;

use zip::Sealing;

use super::{Container, Item, ItemKind, read_within};
use crate::error::{Error, ErrorKind};
use crate::limits::{Limits, figure};
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Finding, Format, Integrity, Keystore, Lock, Other, Severity, Whereabouts};
use crate::rule::Rule;
use crate::words::counted;

pub(crate) const RULES: &[Rule] = &[CHECKSUM, PASSED_OVER];

const CHECKSUM: Rule = Rule {
    id: "archive-checksum",
    severity: Severity::Warning,
    title: "A file of the archive does not match its checksum",
    why: "It was damaged after it was packed, so that what is shown of it may be wrong.",
    fix: "Get the archive anew.",
    citation: "RFC 1952, 2.3.1",
};

const PASSED_OVER: Rule = Rule {
    id: "archive-files-passed-over",
    severity: Severity::Notice,
    title: "Files of the archive were passed over",
    why: "They are of no kind that holds certificates or keys.",
    fix: "If one of them should be, unpack it and drop it alone: that says what it looks like.",
    citation: "certlens, docs/FORMATS.md",
};

/// Archives around a file. Stops one that holds itself.
const MAX_DEPTH: u8 = 4;

/// Whether an input is an archive, and which.
pub(super) fn recognise(input: &[u8]) -> Option<Format> {
    match input {
        [b'P', b'K', 3, 4, ..] => Some(Format::Zip),
        _ if input.starts_with(gzip::MAGIC) => Some(Format::Gzip),
        _ => tar::is_tar(input).then_some(Format::Tar),
    }
}

/// Reads every file of an archive.
pub(super) fn read(
    format: Format,
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut walk = Walk {
        options,
        left: options.limits,
        found: Container {
            format,
            keystore: None,
            items: Vec::new(),
            findings: Vec::new(),
        },
        depth: 0,
        next: 0,
        members: 0,
        touched: 0,
        passed_over: Vec::new(),
    };
    walk.archive(format, input, origin, &mut Vec::new())?;
    let Walk {
        mut found,
        members,
        passed_over,
        ..
    } = walk;
    if found.items.is_empty() && found.keystore.is_none() {
        let looks_like = Some("an archive without certificates or keys in it");
        return Err(Error::new(ErrorKind::Unrecognised { looks_like }, 0));
    }
    if !passed_over.is_empty() {
        let (shown, more) = passed_over.split_at(passed_over.len().min(3));
        let more = match more.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let what = format!(
            "Nothing that is read here lies in {} of {members}: {}{more}.",
            counted(i64::try_from(passed_over.len()).unwrap_or(i64::MAX), "file"),
            shown.join(", ")
        );
        found.findings.push(PASSED_OVER.found(what, None));
    }
    Ok(found)
}

/// A file of an archive.
struct Member<'a> {
    /// As the archive has it, with the folders above it.
    name: String,
    /// An error where the archive is broken there.
    content: Result<Content<'a>, Error>,
}

/// What an archive says of the content of a file.
struct Content<'a> {
    at: usize,
    /// As they stand there.
    octets: &'a [u8],
    packing: Packing,
    /// Of what is unpacked; of all but gzip, which has one in each member.
    checksum: Option<u32>,
    /// How what was packed was sealed.
    sealing: Option<Sealing>,
}

impl<'a> Content<'a> {
    fn plain(at: usize, octets: &'a [u8], packing: Packing) -> Self {
        Self {
            at,
            octets,
            packing,
            checksum: None,
            sealing: None,
        }
    }

    /// Unpacks what was packed, up to so many octets.
    fn unpack(&self, packed: &[u8], limit: u64) -> Result<Unpacked, Error> {
        let matches = |octets: &[u8]| self.checksum.is_none_or(|sum| sum == crc32(octets));
        let (octets, intact) = match self.packing {
            Packing::Stored => (None, matches(packed)),
            Packing::Deflate => {
                let (unpacked, _) = inflate(packed, limit)?;
                let intact = matches(&unpacked);
                (Some(unpacked), intact)
            }
            Packing::Gzip => {
                let (unpacked, intact) = gzip::unpack(packed, limit)?;
                (Some(unpacked), intact)
            }
        };
        Ok(Unpacked { octets, intact })
    }
}

/// How a file was packed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    /// It stands there as it is.
    Stored,
    Deflate,
    /// Member by member, each with its header and checksum.
    Gzip,
}

/// The content of a file.
struct Unpacked {
    /// `None` where it is what was packed.
    octets: Option<Zeroizing<Vec<u8>>>,
    /// Whether it matches the checksums that there are.
    intact: bool,
}

/// What is found on the way through an archive and the archives in it.
struct Walk<'a> {
    options: &'a Options<'a>,
    /// What the input may still cost.
    left: Limits,
    found: Container,
    /// Archives around the file that is read.
    depth: u8,
    /// Number of the next file that something was found in.
    next: usize,
    members: usize,
    /// Octets that were looked at.
    touched: u64,
    passed_over: Vec<String>,
}

impl Walk<'_> {
    fn archive(
        &mut self,
        format: Format,
        input: &[u8],
        origin: &Origin,
        around: &mut Vec<String>,
    ) -> Result<(), Error> {
        self.depth += 1;
        let result = match format {
            Format::Zip => zip::each(input, &mut |member| self.member(member, origin, around)),
            Format::Gzip => gzip::each(input, &mut |member| self.member(member, origin, around)),
            _ => tar::each(input, &mut |member| self.member(member, origin, around)),
        };
        self.depth -= 1;
        result
    }

    /// Takes one file of an archive in; an error ends the walk.
    fn member(
        &mut self,
        member: Member<'_>,
        origin: &Origin,
        around: &mut Vec<String>,
    ) -> Result<(), Error> {
        self.members = self.members.saturating_add(1);
        self.left
            .room_for_entry(self.members - 1, figure(self.members), 0)?;
        // What gzip does not name is no folder.
        let named = !member.name.is_empty();
        if named {
            around.push(member.name);
        }
        let taken = match &member.content {
            Ok(content) => self.content(content, origin, around),
            Err(error) => {
                self.unreadable(origin, around, error.clone());
                Ok(())
            }
        };
        if named {
            around.pop();
        }
        taken
    }

    fn content(
        &mut self,
        content: &Content<'_>,
        origin: &Origin,
        around: &mut Vec<String>,
    ) -> Result<(), Error> {
        let Content { at, octets, .. } = *content;
        self.touch(octets.len())?;
        let is_plain = content.packing == Packing::Stored && content.sealing.is_none();
        let origin = if is_plain {
            origin.at(at)
        } else {
            origin.packed(at, at.saturating_add(octets.len()))
        };
        let unpacked = match content.sealing {
            None => content.unpack(octets, self.left.output).map(Some),
            Some(sealing) => self.unseal(content, sealing),
        };
        let unpacked = match unpacked {
            Ok(Some(unpacked)) => unpacked,
            Ok(None) => {
                let other = Other {
                    what: format!("sealed file {}", around.last().map_or("", String::as_str)),
                    facts: content
                        .sealing
                        .map(|sealing| format!("sealed with {}", sealing.told().algorithm))
                        .into_iter()
                        .collect(),
                };
                self.push(&origin, around, ItemKind::Other(other));
                return Ok(());
            }
            Err(error) => {
                self.unreadable(&origin, around, error.clone());
                // Every other file would be cut short too.
                return if error.is_limit() { Err(error) } else { Ok(()) };
            }
        };
        if let Some(found) = &unpacked.octets {
            self.left.output = self.left.output.saturating_sub(figure(found.len()));
        }
        if !unpacked.intact {
            let what = format!("{} was damaged.", around.join(" › "));
            let here = Whereabouts {
                files: around.clone(),
                ..Whereabouts::default()
            };
            let found = placed(CHECKSUM.found(what, None), &here);
            self.found.findings.push(found);
        }
        let octets = unpacked.octets.as_deref().map_or(octets, Vec::as_slice);
        match recognise(octets) {
            Some(inner) if self.depth < MAX_DEPTH => {
                // One that is broken costs itself, not those around it; a limit ends all.
                match self.archive(inner, octets, &origin, around) {
                    Err(error) if !error.is_limit() => self.unreadable(&origin, around, error),
                    result => return result,
                }
            }
            Some(_) => {
                let what = format!("{MAX_DEPTH} archives lie around it already");
                let error = Error::new(ErrorKind::Malformed { what }, 0);
                self.unreadable(&origin, around, error);
            }
            None => self.file(octets, &origin, around),
        }
        Ok(())
    }

    /// Counts octets that are about to be looked at: several files of an archive may be the same.
    fn touch(&mut self, octets: usize) -> Result<(), Error> {
        self.touched = self.touched.saturating_add(figure(octets));
        let limits = self.options.limits;
        let allowed = limits.output.saturating_add(limits.input);
        if self.touched <= allowed {
            return Ok(());
        }
        let kind = ErrorKind::LimitExceeded {
            what: "bytes of files in one archive",
            found: self.touched,
            allowed,
        };
        Err(Error::new(kind, 0))
    }

    /// Tries the passwords on a file that the archive seals. `None` where it stays sealed.
    fn unseal(
        &mut self,
        content: &Content<'_>,
        sealing: Sealing,
    ) -> Result<Option<Unpacked>, Error> {
        let passwords = self.options.passwords;
        let mut found = None;
        for password in passwords {
            self.touch(content.octets.len())?;
            self.derive(sealing.rounds())?;
            let Some(packed) = sealing.open(content.octets, password) else {
                continue;
            };
            match content.unpack(&packed, self.left.output) {
                Ok(unpacked) if unpacked.intact => {
                    found = Some(Unpacked {
                        octets: unpacked.octets.or(Some(packed)),
                        intact: true,
                    });
                    break;
                }
                Err(error) if error.is_limit() => return Err(error),
                // A password that is not it may pass the first check.
                _ => {}
            }
        }
        let lock = match (&found, passwords) {
            (Some(_), _) => Lock::Open,
            (None, []) => Lock::Locked,
            (None, _) => Lock::WrongPassword,
        };
        let told = sealing.told();
        let seals = match &self.found.keystore {
            // As every other file of the archive, nearly always.
            Some(store) if store.seals.contains(&told) => Vec::new(),
            _ => vec![told],
        };
        let store = Keystore {
            lock,
            integrity: Integrity::Absent,
            seals,
            waiting: Vec::new(),
        };
        self.found.keystore = together(self.found.keystore.take(), Some(store));
        Ok(found)
    }

    /// Charges rounds of key derivation.
    fn derive(&mut self, rounds: u64) -> Result<(), Error> {
        let Some(left) = self.left.kdf_rounds.checked_sub(rounds) else {
            let allowed = self.options.limits.kdf_rounds;
            let kind = ErrorKind::LimitExceeded {
                what: "rounds of key derivation in one archive",
                found: allowed
                    .saturating_sub(self.left.kdf_rounds)
                    .saturating_add(rounds),
                allowed,
            };
            return Err(Error::new(kind, 0));
        };
        self.left.kdf_rounds = left;
        Ok(())
    }

    /// Reads a file that is no archive.
    fn file(&mut self, octets: &[u8], origin: &Origin, around: &[String]) {
        if octets.is_empty() {
            return;
        }
        let options = Options {
            passwords: self.options.passwords,
            limits: self.left,
        };
        let inner = match read_within(octets, origin, &options, 1) {
            Ok(inner) => inner,
            Err(error) => {
                let foreign = matches!(error.kind(), ErrorKind::Unrecognised { .. });
                if foreign && !is_named_like_a_certificate(around) {
                    self.passed_over.push(around.join(" › "));
                } else {
                    self.unreadable(origin, around, error);
                }
                return;
            }
        };
        let number = self.next;
        self.next += 1;
        for item in &mut self.spend(inner, around, number) {
            let held = self.found.items.len();
            let room = self.left.room_for_entry(held, figure(held) + 1, 0);
            if room.is_ok() {
                self.found.items.push(item);
            }
        }
    }

    /// Counts what reading a file took, and tells where its objects were found.
    fn spend(
        &mut self,
        inner: Container,
        around: &[String],
        number: usize,
    ) -> impl Iterator<Item = Item> + use<> {
        let keys = inner.items.iter().filter_map(|item| match &item.kind {
            ItemKind::PrivateKey(key) => key.seal.as_ref(),
            _ => None,
        });
        let seals = inner.keystore.iter().flat_map(|store| &store.seals);
        let rounds: u64 = keys.chain(seals).filter_map(|seal| seal.rounds).sum();
        let tried = figure(self.options.passwords.len().max(1));
        let spent = rounds.saturating_mul(tried);
        self.left.kdf_rounds = self.left.kdf_rounds.saturating_sub(spent);
        let files = around.to_vec();
        let here = Whereabouts {
            files: files.clone(),
            ..Whereabouts::default()
        };
        let found = inner.findings.into_iter();
        let placed = found.map(|finding| placed(finding, &here));
        self.found.findings.extend(placed);
        let store = inner.keystore.map(|store| waiting(store, &here));
        self.found.keystore = together(self.found.keystore.take(), store);
        inner.items.into_iter().map(move |mut item| {
            item.path = format!("file[{number}]/{}", item.path);
            let outer = Whereabouts {
                files: files.clone(),
                ..Whereabouts::default()
            };
            let within = item.whereabouts.take().map(|within| *within);
            item.whereabouts = Some(Box::new(outer.around(within)));
            item
        })
    }

    fn unreadable(&mut self, origin: &Origin, around: &[String], error: Error) {
        let problem = crate::error::Problem::from(&origin.relocate(error));
        self.push(origin, around, ItemKind::Unreadable(problem));
    }

    fn push(&mut self, origin: &Origin, around: &[String], kind: ItemKind) {
        let mut item = Item::plain(format!("file[{}]", self.next), origin.clone(), 0, kind);
        item.whereabouts = Some(Box::new(Whereabouts {
            files: around.to_vec(),
            ..Whereabouts::default()
        }));
        self.next += 1;
        self.found.items.push(item);
    }
}

/// What is odd about something as a whole that stands here.
pub(super) fn placed(mut finding: Finding, here: &Whereabouts) -> Finding {
    let within = finding.whereabouts.take().map(|within| *within);
    finding.whereabouts = Some(Box::new(here.clone().around(within)));
    finding
}

/// A keystore that stands here, which says so where it waits for a password.
pub(super) fn waiting(mut store: Keystore, here: &Whereabouts) -> Keystore {
    if store.waiting.is_empty() && store.lock != Lock::Open {
        store.waiting.push(Whereabouts::default());
    }
    for within in &mut store.waiting {
        *within = here.clone().around(Some(std::mem::take(within)));
    }
    store
}

/// Two keystores of one archive: what waits in either waits in both.
pub(super) fn together(one: Option<Keystore>, other: Option<Keystore>) -> Option<Keystore> {
    match (one, other) {
        (Some(mut one), Some(mut other)) => {
            one.lock = one.lock.and(other.lock);
            one.integrity = match (one.integrity, other.integrity) {
                (Integrity::NotVerified, _) | (_, Integrity::NotVerified) => Integrity::NotVerified,
                (Integrity::Absent, _) | (_, Integrity::Absent) => Integrity::Absent,
                (Integrity::Verified, Integrity::Verified) => Integrity::Verified,
            };
            one.seals.append(&mut other.seals);
            one.waiting.append(&mut other.waiting);
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

/// Whether a file that cannot be read was meant to be: by its ending.
fn is_named_like_a_certificate(around: &[String]) -> bool {
    const ENDINGS: &[&str] = &[
        "pem", "crt", "cer", "der", "key", "csr", "crl", "p7b", "p7c", "p12", "pfx", "jks", "bks",
    ];
    let ending = around.last().and_then(|name| name.rsplit_once('.'));
    ending.is_some_and(|(_, ending)| ENDINGS.iter().any(|one| one.eq_ignore_ascii_case(ending)))
}

/// Unpacks what [RFC 1951](https://www.rfc-editor.org/rfc/rfc1951) has packed, up to so many octets, and
/// tells how many octets it was packed in.
fn inflate(packed: &[u8], limit: u64) -> Result<(Zeroizing<Vec<u8>>, usize), Error> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let first = packed.len().saturating_mul(4).clamp(1, 1 << 20).min(most);
    let mut unpacked = Zeroizing::new(vec![0; first]);
    let mut state = Box::<DecompressorOxide>::default();
    let (mut from, mut to) = (0_usize, 0_usize);
    loop {
        let rest = packed.get(from..).unwrap_or_default();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) = decompress(&mut state, rest, &mut unpacked, to, flags);
        from = from.saturating_add(read);
        to = to.saturating_add(written);
        match status {
            TINFLStatus::Done => {
                unpacked.truncate(to);
                return Ok((unpacked, from));
            }
            TINFLStatus::HasMoreOutput if unpacked.len() < most => {
                let room = unpacked.len().saturating_mul(2).min(most);
                // A vector that grows leaves what it held behind.
                let mut larger = Zeroizing::new(vec![0; room]);
                let held = larger.get_mut(..unpacked.len()).unwrap_or_default();
                held.copy_from_slice(&unpacked);
                unpacked = larger;
            }
            TINFLStatus::HasMoreOutput => {
                let kind = ErrorKind::LimitExceeded {
                    what: "bytes unpacked from one file",
                    found: figure(to).saturating_add(1),
                    allowed: limit,
                };
                return Err(Error::new(kind, 0));
            }
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                return Err(Error::new(ErrorKind::Truncated { missing: 1 }, from));
            }
            _ => {
                let what = "what is packed there cannot be unpacked".to_owned();
                return Err(Error::new(ErrorKind::Malformed { what }, from));
            }
        }
    }
}

/// The check value of ZIP and gzip. [RFC 1952, 8](https://www.rfc-editor.org/rfc/rfc1952#section-8)
fn crc32(octets: &[u8]) -> u32 {
    !octets.iter().copied().fold(u32::MAX, crc_step)
}

/// Takes one more octet into it.
fn crc_step(crc: u32, octet: u8) -> u32 {
    let [low, ..] = crc.to_le_bytes();
    let entry = TABLE.get(usize::from(low ^ octet)).copied();
    entry.unwrap_or_default() ^ (crc >> 8)
}

const TABLE: [u32; 256] = table();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "computed by the compiler, which refuses what does not fit"
)]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

/// A figure of so many octets, the least first.
fn little(octets: &[u8], at: usize, width: usize) -> Option<usize> {
    let octets = octets.get(at..at.checked_add(width)?)?;
    let value = octets
        .iter()
        .rev()
        .fold(0_u64, |value, octet| (value << 8) | u64::from(*octet));
    usize::try_from(value).ok()
}

fn truncated(at: usize) -> Error {
    Error::new(ErrorKind::Truncated { missing: 1 }, at)
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn check_value_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
