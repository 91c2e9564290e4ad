//! Private keys of every plain form, of which only public facts are shown.

use std::ops::Range;

use zeroize::Zeroizing;

use super::identity::{identity, match_bits, spki};
use super::{DSA, EC, ECDH, ED25519, RSA, RSA_PSS, X25519};
use super::{algorithm, curves, describe, ec, group, named, numbers, parameters, post_quantum};
use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::oids;
use crate::origin::Origin;
use crate::report::{Algorithm, CurveForm, Finding, PublicKey, Severity};
use crate::rule::{Findings, Rule};
use crate::schema::{self, Rigour, Type, grammar};
use crate::write::{SecretKey, only_value};
use crate::x509::findings::encoding;
use crate::x509::key_findings;

pub(crate) const RULES: &[Rule] = &[
    HALVES_DIFFER,
    RSA_DISAGREES,
    CURVES_DIFFER,
    SCALAR,
    PART_LENGTH,
    INTEGER_NOT_MINIMAL,
    VERSION,
];

pub(crate) const HALVES_DIFFER: Rule = Rule {
    id: "key-halves-differ",
    severity: Severity::Error,
    title: "The public half is not that of the private one",
    why: "What is signed with this key is verified by nobody, and some programs leak the key when they use both halves together.",
    fix: "Take the key from a backup, or make a new one and have its certificates reissued.",
    citation: "RFC 5958, 2",
};

const RSA_DISAGREES: Rule = Rule {
    id: "rsa-numbers-disagree",
    severity: Severity::Error,
    title: "The numbers of this RSA key do not belong together",
    why: "Signatures made with such a key are wrong, and a wrong one can give the primes away.",
    fix: "Take the key from a backup, or make a new one and have its certificates reissued.",
    citation: "RFC 8017, 3.2",
};

const CURVES_DIFFER: Rule = Rule {
    id: "key-curves-differ",
    severity: Severity::Error,
    title: "The key names two different curves",
    why: "Programs differ in which of the two they take, and so in which public key they compute.",
    fix: "Write the key again with the tool that made it.",
    citation: "RFC 5915, 3",
};

const SCALAR: Rule = Rule {
    id: "key-scalar-out-of-range",
    severity: Severity::Error,
    title: "The private number does not lie on its curve",
    why: "It must be at least 1 and less than the order of the curve. There is no public key for it.",
    fix: "Take the key from a backup, or make a new one.",
    citation: "SEC 1, 3.2.1",
};

const PART_LENGTH: Rule = Rule {
    id: "key-part-length",
    severity: Severity::Error,
    title: "The private key is of another length than its algorithm's",
    why: "The algorithm fixes the length. This key was cut off, or is one of another parameter set.",
    fix: "Take the key from a backup, or make a new one.",
    citation: "FIPS 204, 4",
};

const INTEGER_NOT_MINIMAL: Rule = Rule {
    id: "key-integer-not-minimal",
    severity: Severity::Notice,
    title: "An integer of the key takes more bytes than it needs",
    why: "DER allows one way of writing a number. Strict programs refuse the key.",
    fix: "Write the key again with openssl pkey.",
    citation: "X.690, 8.3.2",
};

const VERSION: Rule = Rule {
    id: "key-version",
    severity: Severity::Warning,
    title: "A version that this form of key does not have",
    why: "Strict programs refuse the key: there are versions 1 and 2 of PKCS#8, encoded as 0 and 1.",
    fix: "Write the key again with openssl pkey.",
    citation: "RFC 5958, 2",
};

/// What a private key tells of its public half.
#[derive(Debug, Default)]
pub(crate) struct PrivateFacts {
    pub(crate) public_key: PublicKey,
    /// The BIT STRING that a certificate over this key carries, where it can be told.
    pub(crate) public_bits: Option<Vec<u8>>,
    /// In which form it is written.
    pub(crate) form: &'static str,
    /// What else is known, one statement a line.
    pub(crate) facts: Vec<String>,
    pub(crate) comment: Option<String>,
    /// What is odd about it. Offsets count in the key's own DER.
    pub(crate) findings: Vec<Finding>,
    /// The key itself, until [`crate::open`] drops it; [`crate::open_for_writing`] keeps it.
    pub(crate) secret: Option<SecretKey>,
}

/// Reads a private key of any of the plain forms.
///
/// ```text
/// PrivateKeyInfo ::= SEQUENCE { version INTEGER, AlgorithmIdentifier, privateKey OCTET STRING, … }
/// RSAPrivateKey  ::= SEQUENCE { version INTEGER, modulus INTEGER, publicExponent INTEGER, … }
/// ECPrivateKey   ::= SEQUENCE { version INTEGER, privateKey OCTET STRING,
///                               [0] parameters OPTIONAL, [1] publicKey BIT STRING OPTIONAL }
/// ```
///
/// RFC 5958, 2; RFC 8017, A.1.2; RFC 5915, 3
pub(crate) fn private_key(der: &[u8]) -> Result<PrivateFacts, Error> {
    let mut facts = read(der).map_err(|error| error.within("private key"))?;
    facts.secret = Some(SecretKey::kept(only_value(der)));
    Ok(facts)
}

fn read(der: &[u8]) -> Result<PrivateFacts, Error> {
    let whole = Reader::new(der).sequence("private key")?;
    let mut fields = whole.reader();
    let version = fields.expect(Tag::INTEGER, "version")?;
    let next = fields.any()?;
    let origin = Origin::input();
    let mut key = Key {
        whole,
        built: match next.tag {
            Tag::SEQUENCE => (grammar::PRIVATE_KEY, Rigour::Der),
            Tag::INTEGER if is_dsa(&whole) => (grammar::DSA_PRIVATE, Rigour::Alone),
            Tag::INTEGER => (grammar::RSA_PRIVATE, Rigour::Alone),
            _ => (grammar::EC_PRIVATE, Rigour::Alone),
        },
        form: "PKCS#8",
        facts: Vec::new(),
        findings: Findings::new(&origin),
    };
    key.version(&whole, &version);
    match next.tag {
        Tag::SEQUENCE => key.pkcs8(&version, &next, fields),
        Tag::INTEGER if is_dsa(&whole) => Ok(key.dsa(&whole)),
        Tag::INTEGER => {
            key.form = "PKCS#1";
            let null = Reader::new(&[5, 0]).any()?;
            let public = key.rsa(&whole);
            Ok(key.done(named(RSA.to_owned()), Some(&null), public))
        }
        tag if tag.is_universal() && tag.number == Tag::OCTET_STRING.number => {
            key.form = "SEC 1";
            let (parameters, public) = key.sec1(&next, fields, None);
            Ok(key.done(named(EC.to_owned()), parameters.as_ref(), public))
        }
        _ => Err(next.unexpected("PKCS#8, PKCS#1 or SEC1 private key")),
    }
}

/// A key while it is read.
struct Key<'o> {
    whole: Element<'o>,
    /// What it must be made of.
    built: (Type, Rigour),
    form: &'static str,
    facts: Vec<String>,
    findings: Findings<'o>,
}

impl Key<'_> {
    fn version(&mut self, whole: &Element<'_>, version: &Element<'_>) {
        let is_pkcs8 = whole
            .values()
            .nth(1)
            .is_some_and(|it| it.tag == Tag::SEQUENCE);
        let known: &[&[u8]] = if is_pkcs8 {
            &[&[0], &[1]]
        } else {
            &[&[0], &[1], &[2]]
        };
        if !known.contains(&version.contents) {
            self.findings.add(&VERSION, version.range(), || {
                format!(
                    "The version is {}.",
                    numbers::signed_decimal(version.contents)
                )
            });
        }
    }

    fn done(
        mut self,
        algorithm: Algorithm,
        parameters: Option<&Element<'_>>,
        public_bits: Option<Vec<u8>>,
    ) -> PrivateFacts {
        let encoded = parameters.map_or(&[][..], |parameters| parameters.raw);
        let info = public_bits
            .as_deref()
            .map(|bits| (spki(&algorithm.oid, encoded, bits), bits));
        let identity = info
            .as_ref()
            .map(|(info, bits)| identity(info, &algorithm.oid, parameters, bits));
        let (built, rigour) = self.built;
        let found = &mut self.findings;
        match rigour {
            Rigour::Der => encoding::of_object("key", &self.whole, built, &[], found),
            _ => schema::look("key", &self.whole, built, rigour, found),
        }
        let mut findings = self.findings.into_sorted();
        if let Some((info, _)) = &info {
            findings.extend(of_public_half(info));
        }
        let mut public_key = describe(algorithm, parameters, public_bits.as_deref());
        public_key.identity = identity;
        PrivateFacts {
            public_key,
            public_bits,
            form: self.form,
            facts: self.facts,
            comment: None,
            findings,
            secret: None,
        }
    }

    /// ```text
    /// OneAsymmetricKey ::= SEQUENCE {
    ///     version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, privateKey OCTET STRING,
    ///     attributes [0] Attributes OPTIONAL, publicKey [1] BIT STRING OPTIONAL }
    /// ```
    ///
    /// [RFC 5958, 2](https://www.rfc-editor.org/rfc/rfc5958#section-2)
    fn pkcs8(
        mut self,
        version: &Element<'_>,
        identifier: &Element<'_>,
        mut fields: Reader<'_>,
    ) -> Result<PrivateFacts, Error> {
        let secret = fields.expect(Tag::OCTET_STRING, "OCTET STRING")?;
        if version.contents == [1] {
            self.form = "PKCS#8 version 2";
        }
        let algorithm = algorithm(identifier)?;
        let mut parameters = parameters(identifier);
        let carried = self.rest(fields);
        let (octets, _) = secret.octets()?;
        let octets = Zeroizing::new(octets.into_owned());
        // Where it stands in one piece, its offsets are those of the key.
        let inner = || {
            if secret.tag.constructed {
                Reader::new(&octets).any()
            } else {
                secret.reader().any()
            }
        };
        let at = secret.range();
        let computed = match &*algorithm.oid {
            RSA | RSA_PSS => {
                let inner = inner()?;
                self.rsa(&inner)
            }
            EC | ECDH | "1.2.156.10197.1.301" => {
                let inner = inner()?;
                let mut fields = inner.reader();
                fields.any()?;
                let scalar = fields.any()?;
                let (own, public) = self.sec1(&scalar, fields, parameters);
                if let (None, Some(own)) = (parameters, own) {
                    parameters = Some(own);
                }
                public
            }
            ED25519 | X25519 if seed(&octets).is_none() => {
                let length = inner().map_or(octets.len(), |inner| inner.contents.len());
                self.findings.add(&PART_LENGTH, at.clone(), || {
                    format!(
                        "The private key has {length} octets, {} takes 32.",
                        algorithm.name
                    )
                });
                None
            }
            ED25519 => seed(&octets).map(|seed| {
                ed25519_dalek::SigningKey::from_bytes(&seed)
                    .verifying_key()
                    .to_bytes()
                    .to_vec()
            }),
            X25519 => seed(&octets).map(|seed| {
                curve25519_dalek::MontgomeryPoint::mul_base_clamped(*seed)
                    .to_bytes()
                    .to_vec()
            }),
            DSA | super::DH_PKCS3 | super::DH_X942 => inner()
                .ok()
                .filter(|exponent| exponent.tag == Tag::INTEGER)
                .and_then(|exponent| finite_field(&algorithm.oid, &exponent, parameters.as_ref())),
            _ => self.post_quantum(&algorithm.name, &octets, &at),
        };
        self.compare(carried.as_deref(), computed.as_deref(), &at);
        let public = computed.or(carried);
        Ok(self.done(algorithm, parameters.as_ref(), public))
    }

    /// Attributes and public half after the private key.
    fn rest(&mut self, mut fields: Reader<'_>) -> Option<Vec<u8>> {
        let mut carried = None;
        while let Some(field) = fields.next() {
            match field.tag.number {
                0 if field.tag.is_context() => self.attributes(&field),
                1 if field.tag.is_context() => carried = bits_of(&field).map(<[u8]>::to_vec),
                _ => {}
            }
        }
        carried
    }

    /// `Attributes ::= SET OF Attribute`, by name.
    fn attributes(&mut self, set: &Element<'_>) {
        let mut attributes = set.reader();
        while let Some(attribute) = attributes.next()
            && self.facts.len() < MAX_ATTRIBUTES
        {
            let Ok(oid) = attribute.reader().oid() else {
                continue;
            };
            let name = oids::name(&oid).unwrap_or(&oid);
            self.facts.push(format!("attribute {name}"));
        }
    }

    /// ```text
    /// RSAPrivateKey ::= SEQUENCE {
    ///     version INTEGER, modulus INTEGER, publicExponent INTEGER, privateExponent INTEGER,
    ///     prime1 INTEGER, prime2 INTEGER, exponent1 INTEGER, exponent2 INTEGER, coefficient INTEGER,
    ///     otherPrimeInfos SEQUENCE OF SEQUENCE {
    ///         prime INTEGER, exponent INTEGER, coefficient INTEGER } OPTIONAL }
    /// ```
    ///
    /// [RFC 8017, A.1.2](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2)
    fn rsa(&mut self, key: &Element<'_>) -> Option<Vec<u8>> {
        let mut fields = key.reader();
        fields.any().ok()?;
        let mut number = || {
            let number = fields.any().ok()?;
            (number.tag == Tag::INTEGER).then_some(number)
        };
        let (modulus, exponent) = (number()?, number()?);
        let rest = [number(), number(), number()];
        let [Some(private), Some(p), Some(q)] = rest else {
            return Some(rsa_bits(&modulus, &exponent));
        };
        let [dp, dq, coefficient] = [fields.any().ok(), fields.any().ok(), fields.any().ok()]
            .map(|number| number.filter(|number| number.tag == Tag::INTEGER));
        let mut primes = vec![p.contents, q.contents];
        let mut further = Vec::new();
        if let Ok(Some(others)) = fields.optional(Tag::SEQUENCE) {
            let mut others = others.reader();
            while let Some(other) = others.next()
                && primes.len() < MAX_PRIMES
            {
                let mut parts = other.reader();
                let mut number = || parts.any().ok().filter(|it| it.tag == Tag::INTEGER);
                if let Some(prime) = number() {
                    primes.push(prime.contents);
                    further.push((prime, number(), number()));
                }
            }
            self.facts.push(format!("{} primes", primes.len()));
        }
        let all = [modulus, exponent, private, p, q].into_iter();
        for number in all.chain([dp, dq, coefficient].into_iter().flatten()) {
            self.minimal(&number);
        }
        let agrees = self.check_rsa(key, &modulus, &exponent, &private, &primes);
        if agrees {
            self.check_remainders(key, &exponent, (&p, &q), [dp, dq, coefficient], &further);
        }
        Some(rsa_bits(&modulus, &exponent))
    }

    /// `e · dP = 1` modulo `p - 1`, the same of `q`, and `q · qInv = 1` modulo `p`; of each further prime the same,
    /// where all primes before it take the place of `q`.
    fn check_remainders(
        &mut self,
        key: &Element<'_>,
        exponent: &Element<'_>,
        (p, q): (&Element<'_>, &Element<'_>),
        [dp, dq, coefficient]: [Option<Element<'_>>; 3],
        further: &[(Element<'_>, Option<Element<'_>>, Option<Element<'_>>)],
    ) {
        let mut wrong = Vec::new();
        for (name, part, prime) in [("exponent1", dp, p), ("exponent2", dq, q)] {
            if numbers::are_inverse(exponent.contents, contents(part), prime.contents)
                == Some(false)
            {
                wrong.push(name);
            }
        }
        let product = numbers::product_modulo(q.contents, contents(coefficient), p.contents);
        if product.is_some_and(|product| numbers::significant(&product) != [1]) {
            wrong.push("coefficient");
        }
        let mut before = vec![p.contents, q.contents];
        for (prime, part, coefficient) in further {
            let number = prime.contents;
            if numbers::are_inverse(exponent.contents, contents(*part), number) == Some(false) {
                wrong.push("exponent of a further prime");
            }
            let product = before.iter().try_fold(vec![1], |product, factor| {
                numbers::product_modulo(&product, factor, number)
            });
            let product = product.and_then(|product| {
                numbers::product_modulo(&product, contents(*coefficient), number)
            });
            if product.is_some_and(|product| numbers::significant(&product) != [1]) {
                wrong.push("coefficient of a further prime");
            }
            before.push(number);
        }
        wrong.dedup();
        if !wrong.is_empty() {
            self.findings.add(&RSA_DISAGREES, key.range(), || {
                format!("Of another key, or missing: {}.", wrong.join(", "))
            });
        }
    }

    /// `n = p · q · …`, and `e · d = 1` modulo each prime less one.
    fn check_rsa(
        &mut self,
        key: &Element<'_>,
        modulus: &Element<'_>,
        exponent: &Element<'_>,
        private: &Element<'_>,
        primes: &[&[u8]],
    ) -> bool {
        if numbers::product_is(primes, modulus.contents) == Some(false) {
            self.findings.add(&RSA_DISAGREES, key.range(), || {
                "The modulus is not the product of the primes.".to_owned()
            });
            return false;
        }
        let inverse = |prime: &&[u8]| {
            numbers::are_inverse(exponent.contents, private.contents, prime) == Some(false)
        };
        let disagrees = primes.iter().any(inverse);
        if disagrees {
            self.findings.add(&RSA_DISAGREES, key.range(), || {
                "The private exponent does not undo the public one.".to_owned()
            });
        }
        !disagrees
    }

    fn minimal(&mut self, number: &Element<'_>) {
        let padded = matches!(number.contents, [0, second, ..] if *second < 0x80);
        if padded {
            self.findings.add(&INTEGER_NOT_MINIMAL, number.range(), || {
                "It begins with a zero byte that carries no value.".to_owned()
            });
        }
    }

    /// Parameters and public half of an `ECPrivateKey` from its second field on.
    fn sec1<'a>(
        &mut self,
        scalar: &Element<'a>,
        mut fields: Reader<'a>,
        outer: Option<Element<'a>>,
    ) -> (Option<Element<'a>>, Option<Vec<u8>>) {
        let mut own = None;
        let mut carried = None;
        while let Some(field) = fields.next() {
            match field.tag.number {
                0 if field.tag.is_context() => own = field.reader().any().ok(),
                1 if field.tag.is_context() => carried = bits_of(&field).map(<[u8]>::to_vec),
                _ => {}
            }
        }
        let outer = outer.filter(|outer| outer.tag == Tag::OID || outer.tag == Tag::SEQUENCE);
        if let (Some(outer), Some(own)) = (outer, own) {
            self.same_curve(&outer, &own);
        }
        let parameters = outer.or(own);
        let curve = ec::curve_description(parameters.as_ref());
        let public = scalar.octets().ok().and_then(|(octets, _)| {
            let secret = Zeroizing::new(octets.into_owned());
            point(curve.name.as_deref()?, &secret)
        });
        let computable = curve.name.as_deref().is_some_and(has_points);
        if computable && public.is_none() {
            self.findings.add(&SCALAR, scalar.range(), || {
                format!(
                    "No point of {} belongs to it.",
                    curve.name.unwrap_or_default()
                )
            });
        }
        self.compare(carried.as_deref(), public.as_deref(), &scalar.range());
        (parameters, carried.or(public))
    }

    fn same_curve(&mut self, outer: &Element<'_>, own: &Element<'_>) {
        let name = |parameters: &Element<'_>| {
            let curve = ec::curve_description(Some(parameters));
            (curve.form != CurveForm::Absent)
                .then_some(curve.name)
                .flatten()
        };
        let (Some(outer_name), Some(own_name)) = (name(outer), name(own)) else {
            return;
        };
        if outer_name != own_name {
            self.findings.add(&CURVES_DIFFER, outer.range(), || {
                format!("Outside stands {outer_name}, inside {own_name}.")
            });
        }
    }

    /// The form that OpenSSL gives DSA keys: version, p, q, g, y, x.
    fn dsa(mut self, whole: &Element<'_>) -> PrivateFacts {
        self.form = "OpenSSL DSA";
        let mut fields = whole.reader();
        let numbers: Vec<Element<'_>> = std::iter::from_fn(|| fields.any().ok()).collect();
        let encoded: Vec<&[u8]> = numbers.iter().map(|number| number.raw).collect();
        let (parameters, public) = match (encoded.as_slice(), numbers.as_slice()) {
            ([_, p, q, g, y, _], [_, prime, _, base, _, exponent]) => {
                let computed = numbers::power(base.contents, exponent.contents, prime.contents);
                self.compare(Some(y), computed.as_deref(), &exponent.range());
                // What it signs is checked by the half that follows from the secret one.
                let public = computed.unwrap_or_else(|| y.to_vec());
                (crate::der::sequence(&[p, q, g]), Some(public))
            }
            _ => (Vec::new(), None),
        };
        let element = Reader::new(&parameters).any().ok();
        self.done(named(DSA.to_owned()), element.as_ref(), public)
    }

    fn post_quantum(
        &mut self,
        algorithm: &str,
        octets: &[u8],
        at: &Range<usize>,
    ) -> Option<Vec<u8>> {
        let secret = post_quantum::secret(algorithm, octets)?;
        self.facts.push(secret.holds);
        if let Some((found, expected)) = secret.odd {
            self.findings.add(&PART_LENGTH, at.clone(), || {
                format!("It has {found} bytes, and {algorithm} has {expected}.")
            });
        }
        secret.public
    }

    /// The public half that is carried against the one that was computed.
    fn compare(&mut self, carried: Option<&[u8]>, computed: Option<&[u8]>, at: &Range<usize>) {
        let (Some(carried), Some(computed)) = (carried, computed) else {
            return;
        };
        if match_bits(carried) != match_bits(computed) {
            let whole = self.whole.range();
            let at = if at.end <= whole.end {
                at.clone()
            } else {
                whole
            };
            self.findings.add(&HALVES_DIFFER, at, || {
                "The public key that stands beside it is another one.".to_owned()
            });
        }
    }
}

/// What is odd about the public half. It stands nowhere as it was looked at.
fn of_public_half(info: &[u8]) -> Vec<Finding> {
    let origin = Origin::input();
    let mut found = Findings::new(&origin);
    if let Ok(info) = Reader::new(info).any() {
        key_findings(&info, &mut found);
    }
    let mut found = found.into_sorted();
    for finding in &mut found {
        finding.at = None;
    }
    found
}

/// Attributes that are named. Stops a key that is nothing but attributes.
const MAX_ATTRIBUTES: usize = 32;

/// Primes of one RSA key that are looked at.
const MAX_PRIMES: usize = 16;

fn contents(number: Option<Element<'_>>) -> &[u8] {
    number.map_or(&[][..], |number| number.contents)
}

/// OpenSSL's DSA form holds six integers and no more.
fn is_dsa(whole: &Element<'_>) -> bool {
    let mut fields = whole.reader();
    let mut count = 0;
    while let Some(field) = fields.next() {
        if field.tag != Tag::INTEGER {
            return false;
        }
        count += 1;
    }
    count == 6
}

fn rsa_bits(modulus: &Element<'_>, exponent: &Element<'_>) -> Vec<u8> {
    crate::der::sequence(&[modulus.raw, exponent.raw])
}

/// `[1] publicKey`: a BIT STRING under an explicit tag, or its contents under an implicit one.
fn bits_of<'a>(field: &Element<'a>) -> Option<&'a [u8]> {
    if field.tag.constructed {
        return field.reader().any().ok()?.bits().ok();
    }
    field.bits().ok()
}

/// `CurvePrivateKey ::= OCTET STRING`, of 32 octets (RFC 8410, 7).
fn seed(octets: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let seed = Reader::new(octets)
        .expect(Tag::OCTET_STRING, "OCTET STRING")
        .ok()?;
    <[u8; 32]>::try_from(seed.contents).ok().map(Zeroizing::new)
}

/// `y = g^x mod p`, of DSA and DH.
fn finite_field(
    oid: &str,
    exponent: &Element<'_>,
    parameters: Option<&Element<'_>>,
) -> Option<Vec<u8>> {
    let mut fields = parameters?.reader();
    let (p, second, third) = (fields.any().ok()?, fields.any().ok()?, fields.any().ok());
    let base = if oid == DSA { third? } else { second };
    numbers::power(base.contents, exponent.contents, p.contents)
}

/// Whether [`point`] computes on the curve: all over prime fields whose numbers are known.
fn has_points(curve: &str) -> bool {
    matches!(curve, "P-256" | "P-384" | "P-521")
        || curves::curve(curve).is_some_and(|curve| curve.is_over_prime_field())
}

/// The uncompressed public point of a secret scalar: Java writes EC keys without theirs. A scalar may
/// lack its leading zeros, or have too many.
fn point(curve: &str, secret: &[u8]) -> Option<Vec<u8>> {
    use p256::elliptic_curve::sec1::ToSec1Point as _;
    macro_rules! compute {
        ($curve:ident, $octets:literal) => {{
            let digits = numbers::significant(secret);
            let mut scalar = Zeroizing::new(vec![0; usize::checked_sub($octets, digits.len())?]);
            scalar.extend_from_slice(digits);
            $curve::SecretKey::from_slice(&scalar)
                .ok()?
                .public_key()
                .to_sec1_point(false)
                .as_bytes()
                .to_vec()
        }};
    }
    Some(match curve {
        "P-256" => compute!(p256, 32),
        "P-384" => compute!(p384, 48),
        "P-521" => compute!(p521, 66),
        _ => return group::multiple(&curves::curve(curve)?, secret),
    })
}
