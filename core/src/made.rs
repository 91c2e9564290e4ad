//! Certificates that tests make up: right in form, and signed by nobody.

use crate::der::{integer, oid, sequence, value};
use crate::open::{Contents, Options, open};
use crate::time::UnixTime;
use crate::x509::pem_block;

const DAY: i64 = 86_400;

/// What a made-up certificate says.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: u32,
    /// The number of its key.
    pub(crate) key: u32,
    /// The number of the key that it names as the one that signed it.
    pub(crate) signed_by: Option<u32>,
    /// Whether it names its own key.
    pub(crate) identified: bool,
    pub(crate) ca: bool,
    /// Days since 1970, first and last.
    pub(crate) days: (i64, i64),
    pub(crate) names: Vec<String>,
    pub(crate) purposes: Vec<&'static str>,
    /// How many distribution points it names.
    pub(crate) points: u32,
    /// How many extensions it has that nobody knows, each with its number.
    pub(crate) unknown: u32,
}

impl Made {
    /// A leaf over key number `key`, issued by `issuer` with key number `signed_by`.
    pub(crate) fn leaf(subject: &str, key: u32, issuer: &str, signed_by: u32) -> Self {
        Self {
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            serial: key + 1000,
            key,
            signed_by: Some(signed_by),
            identified: true,
            ca: false,
            days: (20_000, 20_090),
            names: Vec::new(),
            purposes: Vec::new(),
            points: 0,
            unknown: 0,
        }
    }

    pub(crate) fn authority(subject: &str, key: u32, issuer: &str, signed_by: u32) -> Self {
        Self {
            ca: true,
            days: (19_000, 21_000),
            ..Self::leaf(subject, key, issuer, signed_by)
        }
    }

    pub(crate) fn root(subject: &str, key: u32) -> Self {
        Self::authority(subject, key, subject, key)
    }

    pub(crate) fn pem(&self) -> String {
        pem_block("CERTIFICATE", &self.der())
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
        let validity = sequence(&[&time(self.days.0), &time(self.days.1)]);
        let mut extensions = vec![extension(
            "2.5.29.19",
            &sequence(&[if self.ca { &[1, 1, 0xff] } else { &[] }]),
        )];
        if self.identified {
            extensions.push(extension("2.5.29.14", &value(4, &identifier(self.key))));
        }
        if let Some(key) = self.signed_by {
            let authority = sequence(&[&value(0x80, &identifier(key))]);
            extensions.push(extension("2.5.29.35", &authority));
        }
        if !self.names.is_empty() {
            let names: Vec<Vec<u8>> = self
                .names
                .iter()
                .map(|it| value(0x82, it.as_bytes()))
                .collect();
            extensions.push(extension("2.5.29.17", &value(0x30, &names.concat())));
        }
        if !self.purposes.is_empty() {
            let purposes: Vec<Vec<u8>> = self.purposes.iter().map(|it| oid(it)).collect();
            extensions.push(extension("2.5.29.37", &value(0x30, &purposes.concat())));
        }
        if self.points != 0 {
            let points: Vec<Vec<u8>> = (0..self.points)
                .map(|number| value(0x86, format!("http://{number}.example.org/").as_bytes()))
                .map(|name| sequence(&[&value(0xa0, &value(0xa0, &name))]))
                .collect();
            extensions.push(extension("2.5.29.31", &value(0x30, &points.concat())));
        }
        let unknown = (0..self.unknown)
            .map(|number| extension(&format!("1.3.6.1.4.1.55555.{number}"), &value(5, &[])));
        extensions.extend(unknown);
        let tbs = sequence(&[
            &value(0xa0, &integer(&[2])),
            &integer(&self.serial.to_be_bytes()),
            &algorithm,
            &name(&self.issuer),
            &validity,
            &name(&self.subject),
            &key_info(self.key),
            &value(0xa3, &value(0x30, &extensions.concat())),
        ]);
        sequence(&[&tbs, &algorithm, &value(3, &[0, 0x30, 0])])
    }
}

/// Opens certificates as one PEM file.
pub(crate) fn opened<'a>(all: impl IntoIterator<Item = &'a Made>) -> Contents {
    let text: String = all.into_iter().map(Made::pem).collect();
    open(text.as_bytes(), &Options::default()).expect("made-up certificates open")
}

/// The start of a day.
pub(crate) fn at(day: i64) -> UnixTime {
    UnixTime::from_seconds(day * DAY)
}

fn name(common_name: &str) -> Vec<u8> {
    if common_name.is_empty() {
        return sequence(&[]);
    }
    let attribute = sequence(&[&oid("2.5.4.3"), &value(12, common_name.as_bytes())]);
    sequence(&[&value(0x31, &attribute)])
}

fn time(day: i64) -> Vec<u8> {
    let (year, month, day) = at(day).date();
    let text = format!("{:02}{month:02}{day:02}000000Z", year % 100);
    value(23, text.as_bytes())
}

fn identifier(key: u32) -> Vec<u8> {
    [&[0; 16][..], &key.to_be_bytes()].concat()
}

/// A point that is on no curve; nobody computes with it.
fn key_info(key: u32) -> Vec<u8> {
    let point = [&[0, 4][..], &[0; 28], &key.to_be_bytes(), &[7; 32]].concat();
    let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.2.840.10045.3.1.7")]);
    sequence(&[&algorithm, &value(3, &point)])
}

fn extension(kind: &str, content: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &value(4, content)])
}
