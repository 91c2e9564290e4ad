//! DER as bare text, base64 or hexadecimal, as people paste it.

mod hexadecimal;

use std::borrow::Cow;

use memchr::memmem;
use zeroize::Zeroizing;

use self::hexadecimal::hexadecimal;
use crate::asn1::Reader;
use crate::container::pem::oddity::{self, Oddity};
use crate::container::{Container, Root, der, pem};
use crate::error::Error;
use crate::open::Options;
use crate::origin::{Origin, Runs, TextMap};
use crate::report::PlaceForm;
use certlens_hot::base64::{Class, Decoder, class};

/// Digits below which text is taken for words. The shortest certificates have several hundred.
const MIN_DIGITS: usize = 64;

/// `-----BEGIN` in base64.
const ENCODED_BEGIN: &[u8] = b"LS0tLS1CRUdJTi";

/// Reads text that is nothing but digits and decodes to a SEQUENCE; `None` for any other input.
pub(crate) fn read(
    text: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Option<Result<Container, Error>> {
    let (octets, form, inner) = decode(text, origin)?;
    if octets.first() != Some(&0x30) {
        return None;
    }
    let odd = Oddity {
        rule: &oddity::NO_BOUNDARIES,
        what: Cow::Borrowed(match form {
            PlaceForm::Hex => "The text is hexadecimal digits.",
            _ => "The text is base64 digits.",
        }),
        at: origin.range(0, text.len()),
    };
    Some(match der::read(&octets, &inner, options) {
        Ok(mut container) => {
            container.findings.push(odd.finding());
            Ok(container)
        }
        Err(error) => Err(inner.relocate(error)),
    })
}

/// What text that is nothing but digits decodes to, and what PEM in base64 does.
pub(crate) fn roots(text: &[u8], origin: &Origin) -> Option<Vec<Root>> {
    let mut roots = Vec::new();
    for (index, (octets, inner, _)) in encoded(text, origin).enumerate() {
        roots.extend(pem::roots(&octets, &inner).into_iter().map(|mut root| {
            root.path = format!("base64[{index}]/{}", root.path);
            root
        }));
    }
    if roots.is_empty() {
        let (octets, _, inner) = decode(text, origin)?;
        let is_value = Reader::new(&octets).any().is_ok();
        roots.extend(is_value.then(|| Root::new("der".to_owned(), octets, inner)));
    }
    (!roots.is_empty()).then_some(roots)
}

/// The octets of text that is nothing but digits.
pub(crate) fn decode(
    text: &[u8],
    origin: &Origin,
) -> Option<(Zeroizing<Vec<u8>>, PlaceForm, Origin)> {
    let trimmed = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let start = text.len() - trimmed.len();
    let hexadecimal = hexadecimal(trimmed, start);
    let form = match hexadecimal {
        Some(_) => PlaceForm::Hex,
        None => PlaceForm::Base64,
    };
    let (octets, runs) = hexadecimal.or_else(|| base64(trimmed, start))?;
    let map = TextMap::new(form, runs, (0, text.len()), origin.clone());
    Some((octets, form, Origin::text(map)))
}

/// Base64 digits, as a string of a program may hold them, or a `data:` address.
fn base64(text: &[u8], start: usize) -> Option<(Zeroizing<Vec<u8>>, Runs)> {
    let marked = memmem::find(text, b";base64,").filter(|_| memmem::find(text, b"data:").is_some());
    let skipped = marked.map_or(0, |at| at + 8);
    let (decoder, runs, end) = run_of_digits(text.get(skipped..)?, start + skipped);
    let rest = text.get(skipped + end..)?;
    // Behind an address the page that holds it goes on.
    let is_all = marked.is_some() || rest.iter().all(|octet| is_gap(*octet) || *octet == b'=');
    (is_all && MIN_DIGITS <= runs.digits()).then(|| (decoder.into_octets(), runs))
}

/// Each run of digits that decodes to PEM text, what it decodes to, and where it stands.
pub(crate) fn encoded<'a>(
    text: &'a [u8],
    origin: &'a Origin,
) -> impl Iterator<Item = (Zeroizing<Vec<u8>>, Origin, (usize, usize))> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memmem::find(text.get(at..)?, ENCODED_BEGIN)?;
            let (decoder, runs, length) = run_of_digits(text.get(start..)?, start);
            at = start + length.max(1);
            let octets = decoder.into_octets();
            if pem::has_block(&octets) {
                let map = TextMap::new(PlaceForm::Base64, runs, (start, at), origin.clone());
                return Some((octets, Origin::text(map), (start, at)));
            }
        }
    })
}

/// Decodes digits up to what neither is one nor may stand among them, and says how far they went.
fn run_of_digits(text: &[u8], start: usize) -> (Decoder, Runs, usize) {
    let mut decoder = Decoder::default();
    let mut runs = Runs::default();
    decoder.restart(text.len());
    let mut at = 0;
    let mut end = 0;
    while let Some(here @ [first, ..]) = text.get(at..) {
        let is_digit = |octet: &u8| matches!(class(*octet), Class::Digit | Class::UrlSafe);
        let run = here.iter().take_while(|octet| is_digit(octet)).count();
        if run != 0 {
            runs.add(start + at, run);
            decoder.digits(here.get(..run).unwrap_or_default());
            at += run;
            end = at;
            continue;
        }
        at += match here {
            [b'\\', b'n' | b'r' | b't', ..] => 2,
            _ if is_gap(*first) => 1,
            _ => break,
        };
    }
    decoder.finish();
    (decoder, runs, end)
}

/// What may stand among digits that were copied from a program or a letter.
fn is_gap(octet: u8) -> bool {
    octet.is_ascii_whitespace() || matches!(octet, b'"' | b'\'' | b'`' | b'\\' | b',')
}
