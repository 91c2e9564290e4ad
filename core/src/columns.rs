//! Many lines of a list at once, as columns: the shape in which they cross a boundary cheaply.

use crate::asn1::time;
use crate::container::{self, Item, ItemKind, PemBlocks};
use crate::error::Error;
use crate::limits::figure;
use crate::open::Options;
use crate::row::{RowKind, row};
use crate::time::UnixTime;
use crate::x509::{Brief, Spine, push_key, push_label, push_names, push_serial};

/// The fields of a [`ColumnRow`] that are text, in the order in which [`Columns::ends`] counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    /// The name that a person would call it by.
    Name,
    /// The name that the keystore gives it, or what `openssl pkcs12` prints before a PEM block.
    Alias,
    /// The whole subject, as RFC 4514 writes it with a blank after each comma.
    Subject,
    /// The whole issuer.
    Issuer,
    /// Lower-case hexadecimal, as in [`crate::Certificate::serial`].
    Serial,
    /// The key in words: `EC P-256`.
    Key,
    /// The alternative names that are text, a line each. A line feed within one is written as ␤.
    Names,
    /// What could not be read, or what is known of something that is no certificate.
    Note,
}

impl TextField {
    /// How many there are.
    pub const COUNT: usize = 8;

    fn index(self) -> usize {
        match self {
            Self::Name => 0,
            Self::Alias => 1,
            Self::Subject => 2,
            Self::Issuer => 3,
            Self::Serial => 4,
            Self::Key => 5,
            Self::Names => 6,
            Self::Note => 7,
        }
    }
}

/// Lines of a list, one an entry, in the order of the input, made in one pass.
///
/// Text that is ASCII, which is nearly all, stands in [`Self::text`]; offsets into it are offsets into
/// a JavaScript string too. Other text stands apart in [`Self::wide`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    text: Vec<u8>,
    ends: Vec<u32>,
    wide: Vec<u8>,
    wide_fields: Vec<u32>,
    wide_ends: Vec<u32>,
    kinds: Vec<u8>,
    flags: Vec<u8>,
    not_before: Vec<f64>,
    not_after: Vec<f64>,
}

/// One line of [`Columns`].
#[derive(Clone, Copy, Debug)]
pub struct ColumnRow<'a> {
    columns: &'a Columns,
    index: usize,
}

/// Bit of [`Columns::flags`]: it may issue certificates.
const CA: u8 = 1;

/// Bit of [`Columns::flags`]: subject and issuer are the same.
const SELF_ISSUED: u8 = 2;

/// Reads the lines of a list from an input of any kind. What belongs to what is not looked for; see
/// [`crate::Contents::rows`] for that.
///
/// # Errors
/// As [`crate::open`].
pub fn columns(input: &[u8], options: &Options<'_>) -> Result<Columns, Error> {
    let mut maker = Maker::default();
    if let Some(blocks) = container::pem_blocks(input, options)? {
        maker.blocks(blocks, options);
    } else {
        for item in &container::read(input, options)?.items {
            maker.item(item);
        }
    }
    Ok(maker.columns)
}

impl Columns {
    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none, as in a locked keystore.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// One line.
    pub fn row(&self, index: usize) -> Option<ColumnRow<'_>> {
        let columns = self;
        (index < self.len()).then_some(ColumnRow { columns, index })
    }

    /// All lines.
    pub fn iter(&self) -> impl Iterator<Item = ColumnRow<'_>> {
        (0..self.len()).filter_map(|index| self.row(index))
    }

    /// All text that is ASCII, field after field.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where each field ends in [`Self::text`], [`TextField::COUNT`] of them a line. A field begins
    /// where the one before it ends.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// All other text, field after field, in UTF-8.
    pub fn wide(&self) -> &[u8] {
        &self.wide
    }

    /// Which fields stand in [`Self::wide`], as indices into [`Self::ends`], ascending.
    pub fn wide_fields(&self) -> &[u32] {
        &self.wide_fields
    }

    /// Where each of those ends in [`Self::wide`].
    pub fn wide_ends(&self) -> &[u32] {
        &self.wide_ends
    }

    /// What each line is of, by its place in [`RowKind::ALL`].
    pub fn kinds(&self) -> &[u8] {
        &self.kinds
    }

    /// Bits of each line: 1 for an authority, 2 where subject and issuer are the same.
    pub fn flags(&self) -> &[u8] {
        &self.flags
    }

    /// First instants of validity, in milliseconds since 1970; not a number where there is none.
    pub fn not_before(&self) -> &[f64] {
        &self.not_before
    }

    /// Last instants of validity, likewise.
    pub fn not_after(&self) -> &[f64] {
        &self.not_after
    }

    fn field(&self, index: usize) -> &str {
        let wide = u32::try_from(index)
            .ok()
            .and_then(|index| self.wide_fields.binary_search(&index).ok());
        let octets = match wide {
            Some(place) => piece(&self.wide, &self.wide_ends, place),
            None => piece(&self.text, &self.ends, index),
        };
        std::str::from_utf8(octets.unwrap_or_default()).unwrap_or_default()
    }
}

fn piece<'a>(text: &'a [u8], ends: &[u32], index: usize) -> Option<&'a [u8]> {
    let start = index.checked_sub(1).and_then(|before| ends.get(before));
    let offset = |end: &u32| usize::try_from(*end).ok();
    text.get(start.and_then(offset).unwrap_or(0)..offset(ends.get(index)?)?)
}

impl<'a> ColumnRow<'a> {
    /// A field that is text; empty where there is nothing to say.
    pub fn text(&self, field: TextField) -> &'a str {
        let start = self.index * TextField::COUNT;
        self.columns.field(start + field.index())
    }

    /// What it is.
    pub fn kind(&self) -> RowKind {
        let code = self.columns.kinds.get(self.index).copied();
        code.and_then(|code| RowKind::ALL.get(usize::from(code)).copied())
            .unwrap_or(RowKind::Unreadable)
    }

    /// Alternative names, as far as they are text.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        let names = Some(self.text(TextField::Names)).filter(|names| !names.is_empty());
        names.into_iter().flat_map(|names| names.split('\n'))
    }

    /// First instant of validity.
    pub fn not_before(&self) -> Option<UnixTime> {
        instant(&self.columns.not_before, self.index)
    }

    /// Last instant of validity.
    pub fn not_after(&self) -> Option<UnixTime> {
        instant(&self.columns.not_after, self.index)
    }

    /// Whether it may issue certificates.
    pub fn is_ca(&self) -> bool {
        self.has(CA)
    }

    /// Whether subject and issuer are the same.
    pub fn is_self_issued(&self) -> bool {
        self.has(SELF_ISSUED)
    }

    fn has(&self, flag: u8) -> bool {
        let flags = self.columns.flags.get(self.index);
        flags.is_some_and(|flags| flags & flag != 0)
    }
}

/// Makes columns line by line.
#[derive(Default)]
struct Maker {
    columns: Columns,
    brief: Brief,
    subject: Vec<u8>,
    scratch: Vec<u8>,
}

impl Maker {
    fn blocks(&mut self, mut blocks: PemBlocks<'_>, options: &Options<'_>) {
        let mut index = 0;
        while let Some(block) = blocks.next() {
            let held = self.columns.len();
            let announced = figure(held).saturating_add(1);
            if let Err(error) = options.limits.room_for_entry(held, announced, 0) {
                self.unreadable("", &error.to_string());
                return;
            }
            let is_written = match &block {
                Ok(block) => block
                    .plain_certificate()
                    .is_some_and(|(der, alias)| self.certificate(der, alias.as_deref())),
                Err(_) => false,
            };
            if !is_written {
                let path = format!("pem[{index}]");
                for item in &container::pem_items(block, path, options) {
                    self.item(item);
                }
            }
            index += 1;
        }
    }

    fn item(&mut self, item: &Item) {
        if let ItemKind::Certificate(der) = &item.kind
            && self.certificate(der, item.alias.as_deref())
        {
            return;
        }
        let row = row(item);
        self.field(|out| out.extend_from_slice(row.name.as_bytes()));
        self.field(|out| out.extend_from_slice(row.alias.unwrap_or_default().as_bytes()));
        self.field(|_| ());
        self.field(|out| out.extend_from_slice(row.issuer.as_bytes()));
        self.field(|out| out.extend_from_slice(row.serial.as_bytes()));
        self.field(|out| out.extend_from_slice(row.key.as_bytes()));
        self.field(|out| out.extend_from_slice(row.names.join("\n").as_bytes()));
        self.field(|out| out.extend_from_slice(row.note.unwrap_or_default().as_bytes()));
        self.line(row.kind, 0, row.not_before, row.not_after);
    }

    fn unreadable(&mut self, name: &str, note: &str) {
        for text in [name, "", "", "", "", "", "", note] {
            self.field(|out| out.extend_from_slice(text.as_bytes()));
        }
        self.line(RowKind::Unreadable, 0, None, None);
    }

    /// Writes the line of a certificate; `false`, and nothing is written, where it is none.
    fn certificate(&mut self, der: &[u8], alias: Option<&str>) -> bool {
        let (mut names, mut authority) = (None, None);
        let spine = Spine::read_each(der, &mut |extension| match extension.oid {
            [0x55, 0x1d, 17] => names = names.or(Some(extension.value.contents)),
            [0x55, 0x1d, 19] => {
                authority = authority.or(Some(extension.names_an_authority()));
            }
            _ => {}
        });
        let Ok(spine) = spine else {
            return false;
        };
        let is_self_issued = spine.is_self_issued();
        let is_ca = authority.unwrap_or(spine.version_number() == 1 && is_self_issued);
        let mut brief = std::mem::take(&mut self.brief);
        let mut subject = std::mem::take(&mut self.subject);
        subject.clear();
        let common = brief.name(&spine.subject, &mut subject);
        self.field(|out| {
            push_label(&spine.subject, common, out);
            if out.is_empty() {
                let mut all = Vec::new();
                push_names(names.unwrap_or_default(), &mut all);
                let first = all.split(|octet| *octet == b'\n').next();
                let first = first.filter(|name| !name.is_empty());
                out.extend_from_slice(first.unwrap_or(b"No name"));
            }
        });
        self.field(|out| out.extend_from_slice(alias.unwrap_or_default().as_bytes()));
        self.field(|out| out.extend_from_slice(&subject));
        self.field(|out| {
            brief.name(&spine.issuer, out);
        });
        (self.brief, self.subject) = (brief, subject);
        self.field(|out| push_serial(spine.serial.contents, out));
        self.field(|out| push_key(&spine.public_key, out));
        self.field(|out| push_names(names.unwrap_or_default(), out));
        self.field(|_| ());
        let flags = if is_ca { CA } else { 0 } | if is_self_issued { SELF_ISSUED } else { 0 };
        self.line(
            RowKind::Certificate,
            flags,
            time(&spine.not_before),
            time(&spine.not_after),
        );
        true
    }
}

impl Maker {
    /// Adds the next field of the line at hand.
    fn field(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.scratch.clear();
        write(&mut self.scratch);
        let columns = &mut self.columns;
        if self.scratch.is_ascii() {
            columns.text.extend_from_slice(&self.scratch);
        } else {
            columns.wide.extend_from_slice(&self.scratch);
            columns.wide_fields.push(offset(columns.ends.len()));
            columns.wide_ends.push(offset(columns.wide.len()));
        }
        columns.ends.push(offset(columns.text.len()));
    }

    /// Ends the line at hand.
    fn line(
        &mut self,
        kind: RowKind,
        flags: u8,
        not_before: Option<UnixTime>,
        not_after: Option<UnixTime>,
    ) {
        let columns = &mut self.columns;
        columns.kinds.push(kind.code());
        columns.flags.push(flags);
        columns.not_before.push(milliseconds(not_before));
        columns.not_after.push(milliseconds(not_after));
    }
}

/// Text of more than four gigabytes comes from no input that the limits allow.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Instants are whole seconds before the year 10000, which a double holds exactly.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "there is no other conversion, and this one loses nothing"
)]
fn milliseconds(time: Option<UnixTime>) -> f64 {
    time.map_or(f64::NAN, |time| time.seconds() as f64 * 1000.0)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the other way round of `milliseconds`"
)]
fn instant(column: &[f64], index: usize) -> Option<UnixTime> {
    let milliseconds = column.get(index).filter(|time| !time.is_nan())?;
    Some(UnixTime::from_seconds((milliseconds / 1000.0) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::open;

    fn vector(name: &str) -> Vec<u8> {
        let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/");
        std::fs::read(format!("{vectors}{name}")).expect("the vector is there")
    }

    /// Every line says what the row of the same entry says, whatever the input is.
    fn agrees(input: &[u8]) -> usize {
        let options = Options::default();
        let columns = columns(input, &options).expect("opens");
        let contents = open(input, &options).expect("opens");
        assert_eq!(columns.len(), contents.len());
        for (index, (line, row)) in columns.iter().zip(contents.rows()).enumerate() {
            assert_eq!(line.kind(), row.kind);
            assert_eq!(line.text(TextField::Name), row.name);
            assert_eq!(line.text(TextField::Alias), row.alias.unwrap_or_default());
            assert_eq!(line.text(TextField::Serial), row.serial);
            assert_eq!(line.text(TextField::Key), row.key);
            assert_eq!(line.text(TextField::Note), row.note.unwrap_or_default());
            assert_eq!(line.names().collect::<Vec<_>>(), row.names);
            assert_eq!(line.not_before(), row.not_before);
            assert_eq!(line.not_after(), row.not_after);
            assert_eq!(
                (line.is_ca(), line.is_self_issued()),
                (row.ca, row.self_issued)
            );
            let entry = contents.entry(index, None).expect("is there");
            if let crate::Object::Certificate(certificate) = entry.object {
                assert_eq!(line.text(TextField::Subject), certificate.subject.text);
                assert_eq!(line.text(TextField::Issuer), certificate.issuer.text);
                assert_eq!(line.text(TextField::Serial), certificate.serial);
            }
        }
        columns.len()
    }

    #[test]
    fn lines_say_what_rows_and_reports_say() {
        for (name, lines) in [
            ("pem/leaf.pem", 1),
            ("pem/chain-and-key.pem", 3),
            ("pem/windows-lines.pem", 1),
            ("broken/bad-block-between.pem", 3),
            ("der/leaf.der", 1),
            ("jks/keytool-17.jks", 3),
            ("pkcs12/open.p12", 1),
        ] {
            assert!(lines <= agrees(&vector(name)), "{name}");
        }
    }
}
