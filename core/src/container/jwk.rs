//! JSON Web Keys within text of any kind: one alone, a set, or some in a larger document.
//!
//! What surrounds them is not parsed: the object around each `"kty"` is.

mod json;

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;
use zeroize::Zeroizing;

use self::json::{Member, Text, Value, object};
use super::keys::Keys;
use super::pem::oddity::Oddity;
use crate::container::{Container, Item, ItemKind, KeyItem, PublicItem};
use crate::der::{integer, oid, secret_sequence, sequence, value};
use crate::error::{Error, ErrorKind};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::{Origin, Runs, TextMap};
use crate::report::{Format, Lock, Other, PlaceForm, Severity, Whereabouts};
use crate::rule::Rule;
use crate::x509::{
    EC, ED448, ED25519, PrivateFacts, RSA, Spine, X448, X25519, match_bits, private_key,
    public_bits, spki,
};

pub(crate) const RULES: &[Rule] = &[
    CERTIFICATE_DIFFERS,
    DIGITS,
    LENGTH,
    PRIVATE_MEMBERS,
    SHARED_SECRET,
];

const CERTIFICATE_DIFFERS: Rule = Rule {
    id: "jwk-certificate-differs",
    severity: Severity::Error,
    title: "The certificate in the JWK is over another key",
    why: "Both must hold one key. Programs that take the certificate verify by another key than those that take the numbers.",
    fix: "Put the certificate of this key into x5c, or take x5c out.",
    citation: "RFC 7517, 4.7",
};

const DIGITS: Rule = Rule {
    id: "jwk-digits",
    severity: Severity::Warning,
    title: "A value of the JWK is not in plain base64url",
    why: "Strict programs refuse the key: a JWK has - and _ where base64 has + and /, and no padding.",
    fix: "Put - for each + and _ for each /, and take blanks and equals signs out.",
    citation: "RFC 7515, 2",
};

const LENGTH: Rule = Rule {
    id: "jwk-number-length",
    severity: Severity::Warning,
    title: "A number of the JWK has too few octets, or too many",
    why: "Strict programs refuse the key, and its thumbprint is another one.",
    fix: "Export the key again with a current library.",
    citation: "RFC 7518, 2 and 6",
};

const PRIVATE_MEMBERS: Rule = Rule {
    id: "jwk-private-members",
    severity: Severity::Warning,
    title: "Private numbers of the RSA key are missing in the JWK",
    why: "Most programs want the primes and what follows from them. No other form of the key can be written without.",
    fix: "Export the key again with p, q, dp, dq and qi.",
    citation: "RFC 7518, 6.3.2",
};

const SHARED_SECRET: Rule = Rule {
    id: "jwk-shared-secret",
    severity: Severity::Notice,
    title: "A shared secret stands in the text",
    why: "Whoever has the file can make what its users take for genuine, such as tokens. No certificate belongs to it.",
    fix: "Keep it where only its programs read it, and replace it if the file went elsewhere.",
    citation: "RFC 7518, 6.4",
};

/// The one member that each JWK has.
const KEY_TYPE: &[u8] = b"\"kty\"";

/// Octets of an object that may be a JWK. Stops one that goes on for a whole file.
const MAX_OBJECT: usize = 1 << 18;

/// Braces before a `"kty"` that are tried. Stops text that is nothing but braces.
const MAX_BRACES: usize = 16;

/// Octets that are parsed in vain, for each octet of the text.
const PATIENCE: usize = 8;

/// Whether there may be a JWK in a text.
pub(super) fn is_in(text: &[u8]) -> bool {
    memmem::find(text, KEY_TYPE).is_some()
}

/// Whether what has this path is a JWK.
pub(crate) fn is_of_one(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    last.starts_with("jwk[")
}

/// Finds the JWKs of a text in which so many entries were found before; `None` where there is none.
pub(super) fn read(
    text: &[u8],
    origin: &Origin,
    options: &Options<'_>,
    held: usize,
) -> Option<Container> {
    let mut items = Vec::new();
    let mut keys = Keys::new(text);
    let mut search = Search {
        text,
        at: 0,
        patience: text.len().saturating_mul(PATIENCE),
    };
    while let Some(found) = search.next() {
        let path = format!("jwk[{}]", items.len());
        let held = held.saturating_add(items.len());
        let announced = figure(held).saturating_add(1);
        if let Err(error) = options.limits.room_for_entry(held, announced, found.begin) {
            items.push(Item::unreadable(path, origin.clone(), 0, error));
            break;
        }
        let (line, way) = keys.at(found.begin);
        let whereabouts = Whereabouts {
            object: way.as_deref().and_then(|way| keys.object(way)),
            keys: way,
            line: Some(line),
            ..Whereabouts::default()
        };
        items.push(Item {
            whereabouts: Some(Box::new(whereabouts)),
            ..found.item(path, origin)
        });
    }
    (!items.is_empty()).then(|| Container {
        format: Format::Text,
        keystore: None,
        items,
        findings: Vec::new(),
    })
}

/// Looks for objects with a `"kty"`.
struct Search<'a> {
    text: &'a [u8],
    at: usize,
    patience: usize,
}

impl Search<'_> {
    fn next(&mut self) -> Option<Found> {
        while self.patience != 0 {
            let rest = self.text.get(self.at..)?;
            let name = self.at + memmem::find(rest, KEY_TYPE)?;
            self.at = name + KEY_TYPE.len();
            if let Some(found) = self.around(name) {
                self.at = found.end.max(self.at);
                return Some(found);
            }
        }
        None
    }

    /// The innermost object of which this is the name of a member, if its value is text.
    fn around(&mut self, name: usize) -> Option<Found> {
        let first = name.saturating_sub(MAX_OBJECT);
        let before = self.text.get(first..name)?;
        let braces = memchr::memrchr_iter(b'{', before).take(MAX_BRACES);
        for begin in braces.map(|at| first + at) {
            let limit = self.text.len().min(begin.saturating_add(MAX_OBJECT));
            let (read, end) = object(self.text.get(..limit)?, begin);
            let is_here = |member: &&Member| member.at == name;
            if let Some(members) = read
                && let Some(key_type) = members.iter().find(is_here)
            {
                let is_text = matches!(key_type.value, Value::Text(_));
                return is_text.then_some(Found {
                    begin,
                    end,
                    members,
                });
            }
            self.patience = self.patience.saturating_sub(end.saturating_sub(begin));
        }
        self.patience = self.patience.saturating_sub(before.len());
        None
    }
}

/// An object that says to be a JWK.
struct Found {
    begin: usize,
    end: usize,
    members: Vec<Member>,
}

impl Found {
    fn item(&self, path: String, origin: &Origin) -> Item {
        let length = self.end.saturating_sub(self.begin);
        let mut jwk = Jwk {
            found: self,
            origin,
            oddities: Vec::new(),
        };
        let item = match jwk.read() {
            Ok(kind) => {
                let runs = jwk.digits();
                let map = TextMap::new(
                    PlaceForm::Base64,
                    runs,
                    (self.begin, self.end),
                    origin.clone(),
                );
                Item::plain(path, Origin::text(map), length, kind)
            }
            Err(error) => {
                let offset = error.offset().saturating_sub(self.begin);
                let error = error.moved_to(offset).within("JWK");
                Item::unreadable(path, origin.at(self.begin), length, error)
            }
        };
        let named = jwk.text("kid").map(|kid| kid.chars().take(MAX_NAME));
        Item {
            alias: named
                .map(Iterator::collect)
                .filter(|it: &String| !it.is_empty()),
            oddities: jwk.oddities,
            ..item
        }
    }
}

/// What a private RSA key has besides `d`.
const OTHERS: [&str; 5] = ["p", "q", "dp", "dq", "qi"];

/// Characters of a name that are told.
const MAX_NAME: usize = 256;

/// A JWK while it is read.
struct Jwk<'a> {
    found: &'a Found,
    origin: &'a Origin,
    oddities: Vec<Oddity>,
}

/// Octets of a key that may be secret.
type Octets = Zeroizing<Vec<u8>>;

impl Jwk<'_> {
    /// Reads the members that its type has (RFC 7518, 6; RFC 8037, 2; RFC 8812, 3).
    fn read(&mut self) -> Result<ItemKind, Error> {
        match self.text("kty").unwrap_or_default() {
            "RSA" => self.rsa(),
            "EC" => self.curve(),
            "OKP" => self.octet_key_pair(),
            "oct" => self.shared_secret(),
            other => {
                let what = format!("the key type {:?}", shortened(other));
                Err(self.unsupported("kty", what))
            }
        }
    }

    /// RFC 7518, 6.3
    fn rsa(&mut self) -> Result<ItemKind, Error> {
        let (n, e) = (self.number("n")?, self.number("e")?);
        let bits = sequence(&[&integer(&n), &integer(&e)]);
        let info = spki(RSA, &[5, 0], &bits);
        if self.member("d").is_none() {
            return self.public(&info, &bits);
        }
        let d = self.number("d")?;
        let missing = OTHERS.map(|name| self.member(name).is_none().then_some(name));
        let missing: Vec<&str> = missing.into_iter().flatten().collect();
        if !missing.is_empty() {
            let what = format!("There is no {}.", missing.join(", no "));
            self.odd(&PRIVATE_MEMBERS, what, "d");
            let item = PublicItem::made(&info, None)?;
            let facts = PrivateFacts {
                public_key: item.public_key,
                public_bits: Some(item.public_bits),
                findings: item.findings,
                ..PrivateFacts::default()
            };
            return Ok(self.private(facts, &bits));
        }
        let mut numbers = vec![n, e, d];
        for name in OTHERS {
            numbers.push(self.number(name)?);
        }
        let numbers: Vec<Octets> = numbers.iter().map(|number| unsigned(number)).collect();
        let further = self.further_primes()?;
        let version: &[u8] = if further.is_some() { &[1] } else { &[0] };
        let mut parts: Vec<(u8, &[u8])> = vec![(2, version)];
        parts.extend(numbers.iter().map(|number| (2, number.as_slice())));
        parts.extend(further.iter().map(|further| (0x30, further.as_slice())));
        let key = private_key(&secret_sequence(&parts))?;
        Ok(self.private(key, &bits))
    }

    /// `oth`: the primes after the second, as contents of `OtherPrimeInfos` (RFC 7518, 6.3.2.7).
    fn further_primes(&mut self) -> Result<Option<Octets>, Error> {
        let Some(member) = self.member("oth") else {
            return Ok(None);
        };
        let Value::List(primes) = &member.value else {
            return Err(self.unexpected("oth", "a list", &member.value));
        };
        let mut contents = Octets::default();
        for prime in primes {
            let mut numbers = Vec::new();
            for name in ["r", "d", "t"] {
                let Value::Object(members) = prime else {
                    return Err(self.unexpected("oth", "an object", prime));
                };
                let part = members.iter().rev().find(|member| member.name == name);
                let part = part.map_or(&Value::Nothing, |part| &part.value);
                numbers.push(unsigned(&self.octets_of(name, part)?));
            }
            let parts: Vec<(u8, &[u8])> = numbers.iter().map(|it| (2, it.as_slice())).collect();
            let info = secret_sequence(&parts);
            let mut longer = Zeroizing::new(Vec::with_capacity(contents.len() + info.len()));
            longer.extend_from_slice(&contents);
            longer.extend_from_slice(&info);
            contents = longer;
        }
        Ok(Some(contents))
    }

    /// RFC 7518, 6.2
    fn curve(&mut self) -> Result<ItemKind, Error> {
        let (curve, size) = match self.required("crv")? {
            "P-256" => ("1.2.840.10045.3.1.7", 32),
            "P-384" => ("1.3.132.0.34", 48),
            "P-521" => ("1.3.132.0.35", 66),
            "secp256k1" => ("1.3.132.0.10", 32),
            other => {
                let what = format!("the curve {:?}", shortened(other));
                return Err(self.unsupported("crv", what));
            }
        };
        let curve = oid(curve);
        let point = [
            &[4][..],
            self.coordinate("x", size)?.as_slice(),
            &self.coordinate("y", size)?,
        ]
        .concat();
        if self.member("d").is_none() {
            return self.public(&spki(EC, &curve, &point), &point);
        }
        let scalar = self.coordinate("d", size)?;
        let half = value(3, &[&[0], point.as_slice()].concat());
        let der = secret_sequence(&[(2, &[1]), (4, &scalar), (0xa0, &curve), (0xa1, &half)]);
        Ok(self.private(private_key(&der)?, &point))
    }

    /// RFC 8037, 2
    fn octet_key_pair(&mut self) -> Result<ItemKind, Error> {
        let (algorithm, size) = match self.required("crv")? {
            "Ed25519" => (ED25519, 32),
            "X25519" => (X25519, 32),
            "Ed448" => (ED448, 57),
            "X448" => (X448, 56),
            other => {
                let what = format!("the curve {:?}", shortened(other));
                return Err(self.unsupported("crv", what));
            }
        };
        let public = self.sized("x", size)?;
        if self.member("d").is_none() {
            return self.public(&spki(algorithm, &[], &public), &public);
        }
        let secret = self.sized("d", size)?;
        let mut inner = Zeroizing::new(Vec::with_capacity(size + 2));
        inner.extend([4, u8::try_from(size).unwrap_or_default()]);
        inner.extend_from_slice(&secret);
        let half = [&[0], public.as_slice()].concat();
        let der = secret_sequence(&[
            (2, &[1]),
            (0x30, &oid(algorithm)),
            (4, &inner),
            (0x81, &half),
        ]);
        Ok(self.private(private_key(&der)?, &public))
    }

    /// A key of two who know each other: only its size is told (RFC 7518, 6.4).
    fn shared_secret(&mut self) -> Result<ItemKind, Error> {
        let bits = self.octets("k")?.len().saturating_mul(8);
        let what = format!("It has {bits} bits.");
        self.odd(&SHARED_SECRET, what, "kty");
        let algorithm = self.text("alg").map(shortened);
        let size = Some(format!("{bits} bits"));
        Ok(ItemKind::Other(Other {
            what: "secret key".to_owned(),
            facts: algorithm.into_iter().chain(size).collect(),
        }))
    }

    fn public(&mut self, info: &[u8], bits: &[u8]) -> Result<ItemKind, Error> {
        self.compare_certificate(bits);
        let item = PublicItem::made(info, None)?;
        Ok(ItemKind::PublicKey(Box::new(PublicItem {
            form: FORM,
            ..item
        })))
    }

    fn private(&mut self, mut facts: PrivateFacts, bits: &[u8]) -> ItemKind {
        self.compare_certificate(bits);
        facts.form = FORM;
        // They count in what was made of the text.
        for finding in &mut facts.findings {
            finding.at = None;
        }
        ItemKind::PrivateKey(Box::new(KeyItem {
            facts: Some(facts),
            seal: None,
            lock: Lock::Open,
            findings: Vec::new(),
        }))
    }

    /// The first certificate of `x5c` must be over the same key (RFC 7517, 4.7).
    fn compare_certificate(&mut self, bits: &[u8]) {
        let Some(Value::List(chain)) = self.member("x5c").map(|member| &member.value) else {
            return;
        };
        let Some(Value::Text(digits)) = chain.first() else {
            return;
        };
        let Ok(der) = STANDARD.decode(digits.octets.as_slice()) else {
            return;
        };
        let Ok(spine) = Spine::read(&der) else {
            return;
        };
        let other = public_bits(&spine.public_key).filter(|it| match_bits(it) != match_bits(bits));
        if other.is_some() {
            let what = "The first certificate of x5c is over another key.";
            self.odd(&CERTIFICATE_DIFFERS, what, "x5c");
        }
    }

    /// A `Base64urlUInt`: no more octets than the number needs (RFC 7518, 2).
    fn number(&mut self, name: &'static str) -> Result<Octets, Error> {
        let octets = self.octets(name)?;
        if let [0, _, ..] = octets.as_slice() {
            let what = format!("{name} begins with a zero octet that carries no value.");
            self.odd(&LENGTH, what, name);
        }
        Ok(octets)
    }

    /// A number that has as many octets as the field of its curve (RFC 7518, 6.2.1.2).
    fn coordinate(&mut self, name: &'static str, size: usize) -> Result<Octets, Error> {
        let octets = self.octets(name)?;
        if octets.len() == size {
            return Ok(octets);
        }
        let digits = octets.iter().position(|octet| *octet != 0);
        let digits = digits.and_then(|first| octets.get(first..));
        let digits = digits.unwrap_or_default();
        let Some(zeros) = size.checked_sub(digits.len()) else {
            return Err(self.other_length(name, octets.len(), size));
        };
        let what = format!(
            "{name} has {} octets, the curve takes {size}.",
            octets.len()
        );
        self.odd(&LENGTH, what, name);
        let mut padded = Zeroizing::new(Vec::with_capacity(size));
        padded.resize(zeros, 0);
        padded.extend_from_slice(digits);
        Ok(padded)
    }

    fn sized(&mut self, name: &'static str, size: usize) -> Result<Octets, Error> {
        let octets = self.octets(name)?;
        if octets.len() == size {
            return Ok(octets);
        }
        Err(self.other_length(name, octets.len(), size))
    }

    fn octets(&mut self, name: &'static str) -> Result<Octets, Error> {
        let found = self.member(name);
        self.octets_of(name, found.map_or(&Value::Nothing, |member| &member.value))
    }

    /// What the digits of a value decode to, those of other alphabets and their padding too.
    fn octets_of(&mut self, name: &'static str, value: &Value) -> Result<Octets, Error> {
        let Value::Text(text) = value else {
            return Err(self.unexpected(name, "base64url text", value));
        };
        let found = match STRICT.decode(text.octets.as_slice()) {
            Ok(octets) => Zeroizing::new(octets),
            Err(_) => self.lenient(name, text)?,
        };
        if found.is_empty() {
            return Err(malformed(name, text.at, "it is empty"));
        }
        Ok(found)
    }

    fn lenient(&mut self, name: &'static str, text: &Text) -> Result<Octets, Error> {
        let mut digits = Zeroizing::new(Vec::with_capacity(text.octets.len()));
        digits.extend(text.octets.iter().filter_map(|octet| match octet {
            b'+' => Some(b'-'),
            b'/' => Some(b'_'),
            b'=' => None,
            octet if octet.is_ascii_whitespace() => None,
            octet => Some(*octet),
        }));
        let Ok(octets) = LENIENT.decode(digits.as_slice()) else {
            return Err(malformed(name, text.at, "it is no base64url text"));
        };
        let what = format!("{name} is not written as RFC 7515 has it.");
        self.odd(&DIGITS, what, name);
        Ok(Zeroizing::new(octets))
    }

    /// Where the longest number stands that is no secret.
    fn digits(&self) -> Runs {
        let mut runs = Runs::default();
        let member = self.member("n").or_else(|| self.member("x"));
        if let Some(Value::Text(text)) = member.map(|member| &member.value) {
            runs.add(text.at, text.octets.len());
        }
        runs
    }

    fn odd(&mut self, rule: &'static Rule, what: impl Into<Cow<'static, str>>, name: &str) {
        let at = self.member(name).map_or(self.found.begin, |it| it.at);
        self.oddities.push(Oddity {
            rule,
            what: what.into(),
            at: self.origin.range(at, self.found.end),
        });
    }

    fn unexpected(&self, name: &'static str, expected: &'static str, found: &Value) -> Error {
        let kind = ErrorKind::Unexpected {
            expected,
            found: found.what().to_owned(),
        };
        self.error(name, kind)
    }

    fn other_length(&self, name: &'static str, octets: usize, expected: usize) -> Error {
        let what = format!("it has {octets} octets, the curve takes {expected}");
        self.error(name, ErrorKind::Malformed { what })
    }

    fn unsupported(&self, name: &'static str, what: String) -> Error {
        self.error(name, ErrorKind::Unsupported { what })
    }

    fn error(&self, name: &'static str, kind: ErrorKind) -> Error {
        let at = self.member(name).map_or(self.found.begin, |it| it.at);
        Error::new(kind, at).within(name)
    }
}

impl<'a> Jwk<'a> {
    /// The last member of this name.
    fn member(&self, name: &str) -> Option<&'a Member> {
        let mut members = self.found.members.iter().rev();
        members.find(|member| member.name == name)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        match &self.member(name)?.value {
            Value::Text(text) => std::str::from_utf8(&text.octets).ok(),
            _ => None,
        }
    }

    fn required(&self, name: &'static str) -> Result<&'a str, Error> {
        let found = self.member(name).map_or(&Value::Nothing, |it| &it.value);
        self.text(name)
            .ok_or_else(|| self.unexpected(name, "text", found))
    }
}

/// What the form of such a key is called.
pub(crate) const FORM: &str = "JWK";

const STRICT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone),
);
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// The contents of a non-negative INTEGER.
fn unsigned(octets: &[u8]) -> Octets {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let digits = octets.get(zeros..).unwrap_or_default();
    let mut contents = Zeroizing::new(Vec::with_capacity(digits.len() + 1));
    if digits.first().is_none_or(|first| 0x7f < *first) {
        contents.push(0);
    }
    contents.extend_from_slice(digits);
    contents
}

fn malformed(name: &'static str, at: usize, what: &str) -> Error {
    let what = what.to_owned();
    Error::new(ErrorKind::Malformed { what }, at).within(name)
}

/// So much of a text as fits into a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(32).collect()
}
