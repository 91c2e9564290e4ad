//! The octets of a piece of a file, and what can be told of one that cannot be read.

use certlens_core::{Asn1Tree, ByteRange, Options, Tree, remains, trees};

use crate::questions::{BytesTold, Recognised};

/// Octets of a secret, in place of their digits.
const HIDDEN: u8 = b'x';

/// The piece of a file with this path, else the one around the octet at which reading failed, else the first.
/// Digits of what is secret, or may be what is left of it, are left out.
pub fn piece(input: &[u8], path: &str, fault: Option<u64>) -> Option<BytesTold> {
    let last = path.rsplit('/').next().unwrap_or(path);
    // A key in JSON is made of text, and what lies beside it is another object.
    if last.starts_with("jwk[") {
        return None;
    }
    let grown = trees(input, &Options::default()).unwrap_or_default();
    let is_around = |tree: &&Tree| {
        let mut values = tree.values();
        fault.is_some_and(|fault| {
            values.any(|value| value.at.input.is_some_and(|at| holds(at, fault)))
        })
    };
    let of_path = grown.iter().find(|tree| tree.path() == path);
    let found = of_path.or_else(|| grown.iter().find(is_around));
    match found.or(grown.first()) {
        Some(tree) if may_hide_a_key(tree.octets()) => None,
        Some(tree) => Some(told(tree, fault)),
        None => unknown(input, fault),
    }
}

fn told(tree: &Tree, fault: Option<u64>) -> BytesTold {
    let octets = tree.octets();
    let mut hex = digits(octets);
    for place in tree.secrets() {
        let place = 2 * place.start..2 * place.end;
        if let Some(digits) = hex.get_mut(place) {
            digits.fill(HIDDEN);
        }
    }
    let remains = remains(octets);
    let report = tree.report();
    BytesTold {
        hex: String::from_utf8(hex).unwrap_or_default(),
        fault: fault.and_then(|fault| place_of(&report, octets.len(), fault)),
        tree: report,
        recognised: Recognised {
            subject: remains.subject.map(|name| name.text),
            issuer: remains.issuer.map(|name| name.text),
            serial: remains.serial,
            not_before: remains.not_before,
            not_after: remains.not_after,
        },
    }
}

/// Octets in which no value was found. Text is left to editors: keys would stand in it as they are.
fn unknown(input: &[u8], fault: Option<u64>) -> Option<BytesTold> {
    let is_text = std::str::from_utf8(input).is_ok();
    if is_text || LONGEST < input.len() || may_hide_a_key(input) {
        return None;
    }
    let tree = Asn1Tree {
        path: "file".to_owned(),
        label: None,
        values: Vec::new(),
        problem: None,
    };
    Some(BytesTold {
        hex: String::from_utf8(digits(input)).unwrap_or_default(),
        fault: fault.and_then(|fault| one_octet(input.len(), fault)),
        tree,
        recognised: Recognised::default(),
    })
}

/// Whether a private key may stand among octets that do not begin as an object: each has such a version number.
fn may_hide_a_key(octets: &[u8]) -> bool {
    let begins = octets.first() == Some(&0x30);
    let mut threes = octets.windows(3);
    !begins && threes.any(|three| matches!(three, [2, 1, 0 | 1]))
}

/// Octets of the longest file of no known kind that is shown.
const LONGEST: usize = 4_000_000;

/// Where in a piece an octet of its file stands: the octet itself, else the innermost value around it, as in
/// a text.
fn place_of(tree: &Asn1Tree, length: usize, fault: u64) -> Option<ByteRange> {
    let around =
        |value: &&certlens_core::Asn1Value| value.at.input.is_some_and(|at| holds(at, fault));
    let value = tree.values.iter().rev().find(around)?;
    let at = value.at.input.filter(|at| {
        let same = |range: ByteRange| range.end - range.start;
        same(*at) == same(value.at.der)
    });
    match at {
        Some(at) => one_octet(length, value.at.der.start + (fault - at.start)),
        None => Some(value.at.der),
    }
}

/// The octet at an offset; the last one where all of them end too early.
fn one_octet(length: usize, offset: u64) -> Option<ByteRange> {
    let last = u64::try_from(length).ok()?.checked_sub(1)?;
    let start = offset.min(last);
    Some(ByteRange {
        start,
        end: start + 1,
    })
}

/// Whether an octet stands there, or just behind the end.
fn holds(at: ByteRange, octet: u64) -> bool {
    at.start <= octet && octet <= at.end
}

fn digits(octets: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pair = |octet: &u8| {
        [
            DIGITS[usize::from(octet >> 4)],
            DIGITS[usize::from(octet & 15)],
        ]
    };
    octets.iter().flat_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(name: &str) -> Vec<u8> {
        let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/");
        std::fs::read(format!("{vectors}{name}")).expect("the vector is there")
    }

    #[test]
    fn a_file_that_ends_too_early_tells_what_stands_before() {
        let der = vector("broken/truncated.der");
        let error = certlens_core::open(&der, &Options::default()).unwrap_err();
        let offset = u64::try_from(error.offset()).unwrap();
        let told = piece(&der, "", Some(offset)).unwrap();
        assert_eq!(told.hex.len(), 2 * der.len());
        let last = u64::try_from(der.len()).unwrap() - 1;
        assert_eq!(told.fault.unwrap().start, last.min(offset));
        assert!(
            told.recognised
                .subject
                .unwrap()
                .contains("leaf.example.org")
        );
        assert!(told.recognised.issuer.unwrap().contains("Vector Root"));
        assert!(told.recognised.not_after.is_some());
    }

    #[test]
    fn a_broken_block_of_a_text_is_found_by_its_path() {
        let text = vector("broken/bad-block-between.pem");
        let contents = certlens_core::open(&text, &Options::default()).unwrap();
        for (path, problem) in contents.unreadable() {
            let told = piece(&text, path, Some(problem.offset)).unwrap();
            assert_eq!(told.tree.path, path);
        }
    }

    #[test]
    fn of_a_private_key_its_kind_is_shown_and_its_value_is_not() {
        let text = vector("pem/chain-and-key.pem");
        let told = piece(&text, "pem[2]", None).unwrap();
        assert!(told.hex.starts_with("30"));
        assert!(told.hex.contains("xxxxxxxx"));
        let key = trees(&text, &Options::default()).unwrap();
        let key = key.iter().find(|tree| tree.path() == "pem[2]").unwrap();
        let bare = String::from_utf8(digits(key.octets())).unwrap();
        let scalar = bare.find("0420").unwrap() + 4;
        assert!(
            told.hex[scalar..scalar + 64]
                .bytes()
                .all(|digit| digit == HIDDEN)
        );
    }

    #[test]
    fn a_locked_store_shows_how_it_is_built() {
        let told = piece(&vector("pkcs12/openssl-3.p12"), "", None).unwrap();
        let named = told
            .tree
            .values
            .iter()
            .filter_map(|one| one.meaning.as_deref());
        assert!(named.count() > 2);
        assert!(!told.hex.contains('x'));
    }

    #[test]
    fn a_picture_is_octets_and_a_text_is_none() {
        let told = piece(&vector("broken/picture.png"), "", Some(0)).unwrap();
        assert!(told.hex.starts_with("89504e47"));
        assert!(piece(b"no certificate, only words", "", Some(0)).is_none());
        let leaf = String::from_utf8(vector("pem/leaf.pem")).unwrap();
        let keys = format!("{leaf}{{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}}");
        assert!(piece(keys.as_bytes(), "jwk[0]", None).is_none());
        // A key behind an octet that does not belong there.
        let text = vector("pem/chain-and-key.pem");
        let key = trees(&text, &Options::default()).unwrap();
        let key = key.iter().find(|tree| tree.path() == "pem[2]").unwrap();
        for before in [0x0a, 0x04, 0xff] {
            let file = [&[before], key.octets()].concat();
            assert_eq!(piece(&file, "", Some(0)), None);
        }
    }
}
