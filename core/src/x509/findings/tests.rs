//! One certificate with one fault for each rule, and good ones without any.

use std::collections::BTreeSet;

use super::facts::*;
use crate::asn1::Reader;
use crate::origin::Origin;
use crate::report::{Finding, Severity};
use crate::rule::{Findings, Rule};
use crate::x509::extension;
use crate::x509::spine::Spine;

/// A certificate in parts, each already encoded, so that a test can change one thing.
#[derive(Clone)]
struct Parts {
    version: Vec<u8>,
    serial: Vec<u8>,
    inner: Vec<u8>,
    issuer: Vec<u8>,
    times: Vec<u8>,
    subject: Vec<u8>,
    key: Vec<u8>,
    identifiers: Vec<u8>,
    extensions: Vec<(Vec<u8>, bool, Vec<u8>)>,
    surplus: Vec<u8>,
    outer: Vec<u8>,
    signature: Vec<u8>,
    after: Vec<u8>,
}

impl Parts {
    fn der(&self) -> Vec<u8> {
        let list: Vec<u8> = self
            .extensions
            .iter()
            .flat_map(|(oid, critical, value)| {
                let flag: &[u8] = if *critical { &[1, 1, 0xff] } else { &[] };
                let fields = [tlv(6, oid), flag.to_vec(), tlv(4, value)].concat();
                tlv(0x30, &fields)
            })
            .collect();
        let extensions = if list.is_empty() {
            Vec::new()
        } else {
            tlv(0xa3, &tlv(0x30, &list))
        };
        let fields = [
            &self.version,
            &tlv(2, &self.serial),
            &self.inner,
            &self.issuer,
            &tlv(0x30, &self.times),
            &self.subject,
            &self.key,
            &self.identifiers,
            &extensions,
            &self.surplus,
        ];
        let tbs = tlv(0x30, &fields.map(Vec::as_slice).concat());
        let whole = [tbs, self.outer.clone(), tlv(3, &self.signature)].concat();
        [tlv(0x30, &whole), self.after.clone()].concat()
    }

    /// The value of this extension, which is put there if it is not.
    fn set(&mut self, oid: &[u8], critical: bool, value: Vec<u8>) {
        self.extensions.retain(|(old, ..)| old != oid);
        self.extensions.push((oid.to_vec(), critical, value));
    }

    fn remove(&mut self, oid: &[u8]) {
        self.extensions.retain(|(old, ..)| old != oid);
    }

    fn algorithm(&mut self, identifier: &[u8]) {
        self.inner = identifier.to_vec();
        self.outer = identifier.to_vec();
    }

    /// A root of the same content.
    fn root(&mut self) {
        self.issuer = self.subject.clone();
        self.set(
            AUTHORITY_KEY_IDENTIFIER,
            false,
            tlv(0x30, &tlv(0x80, b"own")),
        );
    }
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    crate::der::push_length(&mut der, contents.len());
    der.extend_from_slice(contents);
    der
}

fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x31, &seq(&[tlv(6, oid), tlv(tag, value)]))
}

fn named(value: &str) -> Vec<u8> {
    tlv(0x30, &attribute(&[0x55, 4, 3], 0x0c, value.as_bytes()))
}

fn with_attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    let parts = [
        attribute(&[0x55, 4, 3], 0x0c, b"es1.example.com"),
        attribute(oid, tag, value),
    ];
    tlv(0x30, &parts.concat())
}

fn times(from: &str, to: &str) -> Vec<u8> {
    let time = |text: &str| tlv(if text.len() == 15 { 24 } else { 23 }, text.as_bytes());
    [time(from), time(to)].concat()
}

fn ec_key(parameters: &[u8], point: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
    seq(&[
        seq(&[oid, parameters.to_vec()]),
        tlv(3, &[&[0], point].concat()),
    ])
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
    let key = seq(&[tlv(2, modulus), tlv(2, exponent)]);
    seq(&[
        seq(&[oid, tlv(5, &[])]),
        tlv(3, &[&[0], key.as_slice()].concat()),
    ])
}

fn plain_key(oid: &[u8], length: usize) -> Vec<u8> {
    seq(&[seq(&[tlv(6, oid)]), tlv(3, &vec![0; length + 1])])
}

/// The modulus of a certificate that openssl made.
fn modulus() -> Vec<u8> {
    let der = include_bytes!("../../../tests/vectors/leaf.der");
    let spine = Spine::read(der).expect("reads");
    let bits = elements(&spine.public_key)[1].bits().expect("bits");
    let key = Reader::new(bits).any().expect("key");
    elements(&key)[0].contents.to_vec()
}

const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// The generator of P-256.
fn point() -> Vec<u8> {
    let text = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    crate::hex::unhex(text.as_bytes()).expect("hex")
}

fn ecdsa() -> Vec<u8> {
    seq(&[tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])])
}

fn rsa_algorithm(number: u8, parameters: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, number]);
    seq(&[oid, parameters.to_vec()])
}

fn good() -> Parts {
    Parts {
        version: tlv(0xa0, &[2, 1, 2]),
        serial: vec![0x5e, 0xc3],
        inner: ecdsa(),
        issuer: named("Example CA"),
        times: times("250101000000Z", "251231235959Z"),
        subject: named("es1.example.com"),
        key: ec_key(P256, &point()),
        identifiers: Vec::new(),
        extensions: vec![(
            AUTHORITY_KEY_IDENTIFIER.to_vec(),
            false,
            tlv(0x30, &tlv(0x80, b"issuer")),
        )],
        surplus: Vec::new(),
        outer: ecdsa(),
        signature: [&[0], seq(&[tlv(2, &[1]), tlv(2, &[1])]).as_slice()].concat(),
        after: Vec::new(),
    }
}

fn good_leaf() -> Parts {
    let mut parts = good();
    parts.set(KEY_USAGE, true, vec![3, 2, 7, 0x80]);
    parts.set(
        EXTENDED_KEY_USAGE,
        false,
        tlv(0x30, &tlv(6, SERVER_AUTHENTICATION)),
    );
    parts.set(
        SUBJECT_ALT_NAME,
        false,
        tlv(0x30, &tlv(0x82, b"es1.example.com")),
    );
    parts
}

fn good_ca() -> Parts {
    let mut parts = good();
    parts.subject = named("Example Issuing CA");
    parts.set(BASIC_CONSTRAINTS, true, tlv(0x30, &[1, 1, 0xff]));
    parts.set(KEY_USAGE, true, vec![3, 2, 1, 6]);
    parts.set(SUBJECT_KEY_IDENTIFIER, false, tlv(4, b"own"));
    parts
}

/// Of a value with a short length.
fn contents(value: &[u8]) -> &[u8] {
    &value[2..]
}

fn leaf(change: impl Fn(&mut Parts)) -> Vec<u8> {
    let mut parts = good_leaf();
    change(&mut parts);
    parts.der()
}

fn ca(change: impl Fn(&mut Parts)) -> Vec<u8> {
    let mut parts = good_ca();
    change(&mut parts);
    parts.der()
}

fn subject(name: Vec<u8>) -> Vec<u8> {
    leaf(move |parts| parts.subject.clone_from(&name))
}

/// A leaf with this among its alternative names.
fn alternative(tag: u8, value: &[u8]) -> Vec<u8> {
    leaf(|parts| {
        let names = [tlv(0x82, b"es1.example.com"), tlv(tag, value)].concat();
        parts.set(SUBJECT_ALT_NAME, false, tlv(0x30, &names));
    })
}

fn key(key: Vec<u8>) -> Vec<u8> {
    leaf(move |parts| parts.key.clone_from(&key))
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    key(rsa_key(modulus, exponent))
}

/// A leaf with one policy of these qualifiers.
fn qualified(policy: &[u8], qualifiers: &[u8]) -> Vec<u8> {
    let policy = seq(&[tlv(6, policy), tlv(0x30, qualifiers)]);
    leaf(|parts| parts.set(CERTIFICATE_POLICIES, false, tlv(0x30, &policy)))
}

fn user_notice(contents: &[u8]) -> Vec<u8> {
    let kind = tlv(6, &[0x2b, 6, 1, 5, 5, 7, 2, 2]);
    qualified(&[0x2a, 3, 4], &seq(&[kind, tlv(0x30, contents)]))
}

/// An authority that permits names below this base.
fn permitted(base: &[u8], range: &[u8]) -> Vec<u8> {
    let subtree = tlv(0x30, &[base, range].concat());
    ca(|parts| {
        let value = tlv(0x30, &tlv(0xa0, &subtree));
        parts.set(NAME_CONSTRAINTS, true, value);
    })
}

fn found(der: &[u8]) -> Vec<Finding> {
    let spine = Spine::read(der).expect("reads");
    let origin = Origin::input();
    let mut all = Findings::new(&origin);
    extension::look(&spine.extensions, &origin, &mut all);
    super::look(&spine, der, &mut all);
    let found = all.into_sorted();
    let worst = found.iter().map(|finding| finding.severity).min();
    assert_eq!(
        super::worst(&spine, der),
        worst,
        "the list's word is another"
    );
    found
}

fn ids(der: &[u8]) -> Vec<String> {
    found(der)
        .into_iter()
        .map(|finding| finding.id.into_owned())
        .collect()
}

/// A product of two neighbours without small factors.
fn close_product() -> Vec<u8> {
    use crypto_bigint::{BoxedUint, Limb, NonZero};
    let mut low = BoxedUint::one_with_precision(2048)
        .shl_vartime(1023)
        .expect("fits");
    low = low.wrapping_add(BoxedUint::one_with_precision(2048));
    let two = BoxedUint::from(2u64);
    let prime_enough = |number: &BoxedUint| {
        (3u32..752)
            .step_by(2)
            .all(|small| number.rem_limb(NonZero::new(Limb::from(small)).unwrap()).0 != 0)
    };
    let mut next = || {
        loop {
            low = low.wrapping_add(&two);
            if prime_enough(&low) {
                return low.clone();
            }
        }
    };
    let (one, other) = (next(), next());
    let product = one.wrapping_mul(&other).to_be_bytes();
    let start = product
        .iter()
        .position(|octet| *octet != 0)
        .expect("not zero");
    product[start..].to_vec()
}

/// 65537 to the power of 127, which leaves the remainders of Infineon's keys.
fn infineon() -> Vec<u8> {
    use crypto_bigint::BoxedUint;
    let base = BoxedUint::from(65_537u64);
    let mut power = BoxedUint::one_with_precision(2112);
    for _ in 0..127 {
        power = power.wrapping_mul(&base);
    }
    power
        .to_be_bytes()
        .iter()
        .copied()
        .skip_while(|octet| *octet == 0)
        .collect()
}

#[expect(clippy::too_many_lines, reason = "one row a rule")]
fn cases() -> Vec<(&'static str, Vec<u8>)> {
    let common = [0x55, 4, 3];
    let country = [0x55, 4, 6];
    let organization = [0x55, 4, 10];
    let email = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
    let dns = |name: &str| alternative(0x82, name.as_bytes());
    let critical = |oid: &'static [u8]| {
        ca(move |parts| {
            let old = parts
                .extensions
                .iter()
                .find(|(old, ..)| old == oid)
                .cloned();
            let (_, mark, value) = old.unwrap_or((Vec::new(), false, tlv(0x30, &[5, 0])));
            parts.set(oid, !mark, value);
        })
    };
    let purposes = |list: &[&[u8]]| {
        let value: Vec<u8> = list.iter().flat_map(|oid| tlv(6, oid)).collect();
        leaf(|parts| parts.set(EXTENDED_KEY_USAGE, false, tlv(0x30, &value)))
    };
    let usage = |bits: &[u8]| leaf(|parts| parts.set(KEY_USAGE, true, tlv(3, bits)));
    let good_modulus = modulus();
    let changed = |last: u8| {
        let mut modulus = modulus();
        *modulus.last_mut().unwrap() = last;
        modulus
    };
    let divisible = (1..=255u8)
        .step_by(2)
        .map(changed)
        .find(|modulus| ids(&rsa(modulus, &[1, 0, 1])).contains(&"rsa-small-factor".to_owned()))
        .expect("one of them can be divided");
    let e = [1, 0, 1];
    vec![
        (
            "bit-list-encoding",
            leaf(|parts| {
                let name = tlv(0xa0, &tlv(0xa0, &tlv(0x86, b"http://x.example/c")));
                let point = tlv(0x30, &[name, vec![0x81, 2, 0, 0x40]].concat());
                parts.set(CRL_DISTRIBUTION_POINTS, false, tlv(0x30, &point));
            }),
        ),
        (
            "tag-not-minimal",
            leaf(|parts| parts.surplus = vec![0x9f, 1, 0]),
        ),
        (
            "boolean-encoding",
            leaf(|parts| parts.set(BASIC_CONSTRAINTS, true, vec![0x30, 3, 1, 1, 1])),
        ),
        (
            "integer-not-minimal",
            ca(|parts| {
                parts.set(
                    BASIC_CONSTRAINTS,
                    true,
                    vec![0x30, 7, 1, 1, 0xff, 2, 2, 0, 1],
                );
            }),
        ),
        (
            "identifier-encoding",
            subject(with_attribute(&[0x80, 0x55, 4, 10], 0x0c, b"x")),
        ),
        (
            "set-order",
            subject(tlv(
                0x30,
                &tlv(
                    0x31,
                    &[
                        seq(&[tlv(6, &[0x55, 4, 10]), tlv(0x0c, b"b")]),
                        seq(&[tlv(6, &[0x55, 4, 3]), tlv(0x0c, b"a")]),
                    ]
                    .concat(),
                ),
            )),
        ),
        (
            "key-of-small-order",
            key(plain_key(&[0x2b, 0x65, 0x6e], 32)),
        ),
        // encoding
        ("trailing-bytes", leaf(|parts| parts.after = vec![0, 0])),
        (
            "length-indefinite",
            leaf(|parts| parts.outer = [&[0x30, 0x80], contents(&parts.outer), &[0, 0]].concat()),
        ),
        (
            "length-not-minimal",
            leaf(|parts| {
                let length = u8::try_from(contents(&parts.outer).len()).unwrap();
                parts.outer = [&[0x30, 0x81, length], contents(&parts.outer)].concat();
            }),
        ),
        (
            "unknown-field",
            leaf(|parts| parts.surplus = tlv(0xa5, &[])),
        ),
        ("unknown-field", leaf(|parts| parts.times.extend([5, 0]))),
        (
            "version-1-written",
            leaf(|parts| parts.version = tlv(0xa0, &[2, 1, 0])),
        ),
        (
            "version-unknown",
            leaf(|parts| parts.version = tlv(0xa0, &[2, 1, 3])),
        ),
        (
            "version-unknown",
            leaf(|parts| parts.version = tlv(0xa0, &[2, 1, 0xff])),
        ),
        (
            "unique-identifier",
            leaf(|parts| parts.identifiers = vec![0x81, 2, 0, 1]),
        ),
        (
            "unique-identifier-in-version-1",
            leaf(|parts| {
                parts.version = Vec::new();
                parts.identifiers = vec![0x82, 2, 0, 1];
            }),
        ),
        // serial
        ("serial-negative", leaf(|parts| parts.serial = vec![0x80])),
        ("serial-zero", leaf(|parts| parts.serial = vec![0])),
        ("serial-too-long", leaf(|parts| parts.serial = vec![1; 21])),
        (
            "serial-not-minimal",
            leaf(|parts| parts.serial = vec![0, 1]),
        ),
        // validity
        (
            "time-unreadable",
            leaf(|parts| parts.times = times("251301000000Z", "261231235959Z")),
        ),
        (
            "time-form",
            leaf(|parts| parts.times = times("2501010000Z", "251231235959Z")),
        ),
        (
            "time-form",
            leaf(|parts| parts.times = times("250101000000+0100", "251231235959Z")),
        ),
        (
            "time-type",
            leaf(|parts| parts.times = times("20250101000000Z", "251231235959Z")),
        ),
        (
            "validity-reversed",
            leaf(|parts| parts.times = times("260101000000Z", "251231235959Z")),
        ),
        (
            "validity-long",
            leaf(|parts| parts.times = times("250101000000Z", "301231235959Z")),
        ),
        // names
        (
            "no-name",
            leaf(|parts| {
                parts.subject = tlv(0x30, &[]);
                parts.remove(SUBJECT_ALT_NAME);
            }),
        ),
        ("no-issuer", leaf(|parts| parts.issuer = tlv(0x30, &[]))),
        (
            "authority-without-name",
            ca(|parts| parts.subject = tlv(0x30, &[])),
        ),
        ("name-malformed", subject(tlv(0x30, &tlv(0x30, &[])))),
        ("name-part-empty", subject(tlv(0x30, &tlv(0x31, &[])))),
        (
            "name-attribute-empty",
            subject(with_attribute(&organization, 0x0c, b"")),
        ),
        (
            "name-attribute-too-long",
            subject(with_attribute(&organization, 0x0c, &[b'a'; 65])),
        ),
        (
            "name-attribute-type",
            subject(with_attribute(&organization, 0x16, b"Example")),
        ),
        (
            "name-attribute-type",
            subject(with_attribute(&country, 0x0c, b"DE")),
        ),
        (
            "name-attribute-old-type",
            subject(with_attribute(&organization, 0x14, b"Example")),
        ),
        (
            "name-characters",
            subject(with_attribute(&organization, 0x13, b"a@b")),
        ),
        (
            "name-characters",
            subject(with_attribute(&organization, 0x0c, &[0xff])),
        ),
        (
            "name-hidden-characters",
            subject(with_attribute(&organization, 0x0c, b"a\0b")),
        ),
        (
            "name-padded",
            subject(with_attribute(&organization, 0x0c, b"Example ")),
        ),
        (
            "name-encoded-twice",
            subject(with_attribute(&organization, 0x0c, "Ã¼".as_bytes())),
        ),
        (
            "country-code",
            subject(with_attribute(&country, 0x13, b"de")),
        ),
        (
            "country-code",
            subject(with_attribute(&country, 0x13, b"DEU")),
        ),
        (
            "name-attribute-repeated",
            subject(with_attribute(&common, 0x0c, b"es1.example.com")),
        ),
        (
            "email-only-in-subject",
            subject(with_attribute(&email, 0x16, b"a@example.com")),
        ),
        // hosts and alternative names
        ("email-form", alternative(0x81, b"Ops <ops@example.com>")),
        ("email-form", alternative(0x81, b"example.com")),
        ("uri-form", alternative(0x86, b"/relative")),
        ("uri-form", alternative(0x86, b"http://host/")),
        ("general-name-empty", dns("")),
        ("general-name-unknown", alternative(0x89, b"a")),
        ("dns-name-form", dns("a b.example.com")),
        ("dns-name-form", dns(".example.com")),
        ("dns-name-form", dns("example.com.")),
        ("dns-name-form", dns("a..example.com")),
        ("dns-name-form", dns("-a.example.com")),
        (
            "dns-name-form",
            dns(&format!("{}.example.com", "a".repeat(64))),
        ),
        (
            "dns-name-form",
            dns(&"a.".repeat(130).replace("a.a.a.a", "aaa.aaa")),
        ),
        ("name-not-ascii", dns("bücher.example.com")),
        ("name-cut-off", dns("bank.example\0.example.com")),
        ("dns-name-underscore", dns("a_b.example.com")),
        ("dns-name-wildcard", dns("*")),
        ("dns-name-wildcard", dns("*.com")),
        ("dns-name-wildcard", dns("a*.example.com")),
        ("dns-name-wildcard", dns("a.*.example.com")),
        ("address-as-dns-name", dns("192.0.2.1")),
        ("dns-name-a-label", dns("xn--a.example.com")),
        ("dns-name-a-label", dns("xn--99999999.example.com")),
        // Cyrillic а, and Greek ο twice.
        ("dns-name-mixed-scripts", dns("xn--pypal-4ve.example.com")),
        (
            "dns-name-mixed-scripts",
            dns("www.xn--ggle-0nda.example.com"),
        ),
        ("dns-name-reserved-label", dns("ab--cd.example.com")),
        ("address-length", alternative(0x87, &[192, 0, 2, 1, 0])),
        ("name-repeated", dns("ES1.example.com")),
        (
            "internal-name",
            leaf(|parts| {
                let policy = tlv(6, &[0x67, 0x81, 0x0c, 1, 2, 1]);
                parts.set(CERTIFICATE_POLICIES, false, tlv(0x30, &tlv(0x30, &policy)));
                let names = [tlv(0x82, b"es1.example.com"), tlv(0x82, b"es1.corp")].concat();
                parts.set(SUBJECT_ALT_NAME, false, tlv(0x30, &names));
            }),
        ),
        (
            "common-name-not-among-names",
            subject(named("es2.example.com")),
        ),
        // extensions
        (
            "extension-repeated",
            leaf(|parts| {
                let first = parts.extensions[0].clone();
                parts.extensions.push(first);
            }),
        ),
        (
            "extensions-without-version-3",
            leaf(|parts| parts.version = tlv(0xa0, &[2, 1, 1])),
        ),
        (
            "unknown-critical-extension",
            leaf(|parts| parts.set(&[0x2a, 3, 4], true, vec![5, 0])),
        ),
        ("extension-must-be-critical", critical(BASIC_CONSTRAINTS)),
        (
            "extension-must-be-critical",
            ca(|parts| {
                parts.set(POLICY_CONSTRAINTS, false, tlv(0x30, &[0x80, 1, 0]));
            }),
        ),
        (
            "extension-must-be-critical",
            leaf(|parts| parts.subject = tlv(0x30, &[])),
        ),
        (
            "extension-must-not-be-critical",
            critical(SUBJECT_KEY_IDENTIFIER),
        ),
        (
            "extension-must-not-be-critical",
            critical(AUTHORITY_KEY_IDENTIFIER),
        ),
        ("extension-must-not-be-critical", critical(FRESHEST_CRL)),
        (
            "extension-must-not-be-critical",
            critical(AUTHORITY_INFO_ACCESS),
        ),
        ("extension-should-be-critical", critical(KEY_USAGE)),
        (
            "extension-should-not-be-critical",
            leaf(|parts| {
                parts.set(
                    SUBJECT_ALT_NAME,
                    true,
                    tlv(0x30, &tlv(0x82, b"es1.example.com")),
                );
            }),
        ),
        (
            "extensions-empty",
            leaf(|parts| {
                parts.extensions = Vec::new();
                parts.identifiers = tlv(0xa3, &tlv(0x30, &[]));
            }),
        ),
        (
            "extension-empty",
            leaf(|parts| parts.set(CERTIFICATE_POLICIES, false, tlv(0x30, &[]))),
        ),
        (
            "extension-malformed",
            leaf(|parts| parts.set(EXTENDED_KEY_USAGE, false, Vec::new())),
        ),
        (
            "extension-trailing-bytes",
            leaf(|parts| parts.set(KEY_USAGE, true, vec![3, 2, 7, 0x80, 5, 0])),
        ),
        (
            "authority-extension-in-leaf",
            leaf(|parts| {
                parts.set(INHIBIT_ANY_POLICY, true, vec![2, 1, 0]);
            }),
        ),
        ("key-usage-empty", usage(&[0, 0])),
        ("key-usage-encoding", usage(&[0, 0x80])),
        (
            "path-length-without-ca",
            ca(|parts| {
                parts.set(BASIC_CONSTRAINTS, true, tlv(0x30, &[2, 1, 0]));
            }),
        ),
        (
            "path-length-negative",
            ca(|parts| {
                parts.set(
                    BASIC_CONSTRAINTS,
                    true,
                    tlv(0x30, &[1, 1, 0xff, 2, 1, 0xff]),
                );
            }),
        ),
        (
            "key-identifier-missing",
            ca(|parts| parts.remove(SUBJECT_KEY_IDENTIFIER)),
        ),
        (
            "issuer-key-identifier-missing",
            leaf(|parts| parts.remove(AUTHORITY_KEY_IDENTIFIER)),
        ),
        (
            "issuer-key-identifier-incomplete",
            leaf(|parts| {
                let value = tlv(0x30, &[tlv(0x80, b"issuer"), tlv(0x82, &[1])].concat());
                parts.set(AUTHORITY_KEY_IDENTIFIER, false, value);
            }),
        ),
        (
            "distribution-point-incomplete",
            leaf(|parts| {
                parts.set(
                    CRL_DISTRIBUTION_POINTS,
                    false,
                    tlv(0x30, &tlv(0x30, &[0x81, 2, 1, 6])),
                );
            }),
        ),
        (
            "access-location-no-uri",
            leaf(|parts| {
                let method = tlv(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1]);
                let one = seq(&[method, tlv(0x82, b"ocsp.example.com")]);
                parts.set(AUTHORITY_INFO_ACCESS, false, tlv(0x30, &one));
            }),
        ),
        (
            "precertificate",
            leaf(|parts| parts.set(POISON, true, vec![5, 0])),
        ),
        (
            "poison-and-timestamps",
            leaf(|parts| {
                parts.set(POISON, true, vec![5, 0]);
                parts.set(TIMESTAMPS, false, vec![4, 2, 0, 0]);
            }),
        ),
        (
            "qualified-statement-obsolete",
            leaf(|parts| {
                let statement = tlv(0x30, &tlv(6, &[0x2b, 6, 1, 5, 5, 7, 11, 1]));
                let oid = [0x2b, 6, 1, 5, 5, 7, 1, 3];
                parts.set(&oid, false, tlv(0x30, &statement));
            }),
        ),
        (
            "authority-signs-digests-only",
            ca(|parts| {
                let algorithm = tlv(0x30, &tlv(6, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 32]));
                parts.key = seq(&[algorithm, tlv(3, &[0; 1313])]);
            }),
        ),
        // policies
        (
            "policy-repeated",
            leaf(|parts| {
                let policy = tlv(0x30, &tlv(6, &[0x2a, 3, 4]));
                parts.set(
                    CERTIFICATE_POLICIES,
                    false,
                    tlv(0x30, &[policy.clone(), policy].concat()),
                );
            }),
        ),
        (
            "any-policy-qualifier",
            qualified(
                &[0x55, 0x1d, 32, 0],
                &seq(&[tlv(6, &[0x2a, 3, 4]), tlv(5, &[])]),
            ),
        ),
        ("policy-qualifiers-empty", qualified(&[0x2a, 3, 4], &[])),
        ("policy-text-type", user_notice(&tlv(0x16, b"text"))),
        ("policy-text-old-type", user_notice(&tlv(0x1a, b"text"))),
        (
            "policy-text-too-long",
            user_notice(&tlv(0x0c, &[b'a'; 201])),
        ),
        ("policy-text-characters", user_notice(&tlv(0x0c, b"a\x07b"))),
        (
            "policy-notice-reference",
            user_notice(&seq(&[tlv(0x0c, b"Example"), tlv(0x30, &[2, 1, 1])])),
        ),
        (
            "policy-count-negative",
            ca(|parts| {
                parts.set(INHIBIT_ANY_POLICY, true, vec![2, 1, 0xff]);
            }),
        ),
        (
            "any-policy-mapped",
            ca(|parts| {
                let pair = seq(&[tlv(6, &[0x55, 0x1d, 32, 0]), tlv(6, &[0x2a, 3, 4])]);
                parts.set(POLICY_MAPPINGS, true, tlv(0x30, &pair));
            }),
        ),
        (
            "policy-mapped-but-not-asserted",
            ca(|parts| {
                let pair = seq(&[tlv(6, &[0x2a, 3, 5]), tlv(6, &[0x2a, 3, 4])]);
                parts.set(POLICY_MAPPINGS, true, tlv(0x30, &pair));
            }),
        ),
        // name constraints
        (
            "name-constraint-range",
            permitted(&tlv(0x82, b"example.com"), &tlv(0x80, &[1])),
        ),
        (
            "name-constraint-range",
            permitted(&tlv(0x82, b"example.com"), &tlv(0x81, &[1])),
        ),
        (
            "name-constraint-form",
            permitted(&tlv(0x82, b"*.example.com"), &[]),
        ),
        (
            "name-constraint-form",
            permitted(&tlv(0x86, b"https://example.com"), &[]),
        ),
        (
            "name-constraint-kind",
            permitted(&tlv(0x88, &[0x2a, 3, 4]), &[]),
        ),
        (
            "name-constraint-address",
            permitted(&tlv(0x87, &[192, 0, 2, 0]), &[]),
        ),
        (
            "name-constraint-address",
            permitted(&tlv(0x87, &[192, 0, 2, 0, 255, 0, 255, 0]), &[]),
        ),
        (
            "name-constraint-list-empty",
            ca(|parts| {
                parts.set(NAME_CONSTRAINTS, true, tlv(0x30, &tlv(0xa1, &[])));
            }),
        ),
        // keys
        (
            "weak-key",
            rsa(&[&[0x7f], &good_modulus[129..]].concat(), &e),
        ),
        (
            "dsa-key",
            key(plain_key(&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], 20)),
        ),
        (
            "weak-curve",
            key(ec_key(&tlv(6, &[0x2b, 0x81, 4, 0, 8]), &[4; 41])),
        ),
        (
            "curve-spelt-out",
            key(ec_key(&tlv(0x30, &[2, 1, 1]), &point())),
        ),
        ("curve-missing", key(ec_key(&[], &point()))),
        (
            "key-parameters",
            key(seq(&[
                seq(&[tlv(6, &[0x2b, 0x65, 0x70]), tlv(5, &[])]),
                tlv(3, &[0; 33]),
            ])),
        ),
        ("key-malformed", key(ec_key(P256, &[]))),
        ("key-malformed", key(tlv(0x30, &tlv(5, &[])))),
        (
            "key-malformed",
            rsa(&[&[0], good_modulus.as_slice()].concat(), &e),
        ),
        (
            "key-unused-bits",
            leaf(|parts| {
                let key = good_leaf().key;
                let at = key.len() - point().len() - 1;
                parts.key = key;
                parts.key[at] = 1;
            }),
        ),
        ("point-not-on-curve", key(ec_key(P256, &[4; 65]))),
        ("point-form", key(ec_key(&tlv(6, &[0x2a, 3, 4]), &[7; 65]))),
        ("key-length", key(plain_key(&[0x2b, 0x65, 0x70], 31))),
        ("rsa-modulus", rsa(&changed(2), &e)),
        ("rsa-modulus", rsa(&[0x80, 1], &e)),
        (
            "rsa-odd-size",
            rsa(&[&[1], good_modulus.as_slice().split_at(1).1].concat(), &e),
        ),
        (
            "key-of-draft",
            key(plain_key(&[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 7, 4, 4], 9)),
        ),
        ("rsa-exponent", rsa(&good_modulus, &[1])),
        ("rsa-exponent", rsa(&good_modulus, &[1, 0, 0])),
        ("rsa-exponent-small", rsa(&good_modulus, &[3])),
        ("rsa-exponent-large", rsa(&good_modulus, &[1; 9])),
        ("rsa-small-factor", rsa(&divisible, &e)),
        ("rsa-roca", rsa(&infineon(), &e)),
        ("rsa-close-primes", rsa(&close_product(), &e)),
        // signature
        (
            "signature-algorithms-differ",
            leaf(|parts| parts.inner = rsa_algorithm(11, &[5, 0])),
        ),
        (
            "weak-signature",
            leaf(|parts| parts.algorithm(&rsa_algorithm(5, &[5, 0]))),
        ),
        (
            "weak-signature",
            leaf(|parts| parts.algorithm(&rsa_algorithm(10, &[0x30, 0]))),
        ),
        (
            "signature-parameters",
            leaf(|parts| parts.algorithm(&rsa_algorithm(11, &[]))),
        ),
        (
            "signature-unused-bits",
            leaf(|parts| parts.signature[0] = 1),
        ),
        (
            "signature-malformed",
            leaf(|parts| parts.signature = vec![0, 1, 2, 3]),
        ),
        // usage
        (
            "server-without-names",
            leaf(|parts| parts.remove(SUBJECT_ALT_NAME)),
        ),
        ("signs-without-being-ca", usage(&[2, 0x84])),
        (
            "authority-without-key-usage",
            ca(|parts| parts.remove(KEY_USAGE)),
        ),
        (
            "authority-may-not-sign",
            ca(|parts| parts.set(KEY_USAGE, true, vec![3, 2, 1, 2])),
        ),
        (
            "authority-of-version-1",
            leaf(|parts| {
                parts.version = Vec::new();
                parts.extensions = Vec::new();
                parts.issuer = parts.subject.clone();
            }),
        ),
        (
            "self-issued-leaf",
            leaf(|parts| parts.issuer = parts.subject.clone()),
        ),
        (
            "self-issued-other-key",
            ca(|parts| parts.issuer = parts.subject.clone()),
        ),
        ("key-usage-against-key", usage(&[5, 0xa0])),
        ("key-usage-against-purpose", usage(&[6, 0x40])),
        ("key-usage-only-without-agreement", usage(&[0, 0x81])),
        (
            "purpose-repeated",
            purposes(&[SERVER_AUTHENTICATION, SERVER_AUTHENTICATION]),
        ),
        (
            "time-stamping-not-alone",
            purposes(&[SERVER_AUTHENTICATION, TIME_STAMPING]),
        ),
    ]
}

#[test]
fn good_certificates_have_no_findings() {
    let mut root = good_ca();
    root.root();
    let rsa = rsa(&modulus(), &[1, 0, 1]);
    for der in [good_leaf().der(), good_ca().der(), root.der(), rsa] {
        assert_eq!(found(&der), []);
    }
    for (tag, name) in [
        (0x82, "*.example.com"),
        (0x82, "xn--bcher-kva.example.com"),
        // One script alone, and Japanese beside Latin.
        (0x82, "xn--80ak6aa92e.example.com"),
        (0x82, "xn--abc-4k4bocn.example.com"),
        (0x81, "ops@example.com"),
        (0x86, "spiffe://example.com/es1"),
        (0x86, "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"),
        (0x86, "https://[2001:db8::1]:8443/"),
    ] {
        assert_eq!(found(&alternative(tag, name.as_bytes())), [], "{name}");
    }
    for base in [
        tlv(0x82, b"example.com"),
        tlv(0x87, &[192, 0, 2, 0, 255, 255, 255, 0]),
    ] {
        assert_eq!(found(&permitted(&base, &[])), []);
    }
}

#[test]
fn each_fault_is_found_by_its_rule() {
    let mut missed = Vec::new();
    for (id, der) in cases() {
        let found = ids(&der);
        if !found.contains(&id.to_owned()) {
            missed.push((id, found));
        }
    }
    assert_eq!(missed, []);
}

#[test]
fn every_rule_about_certificates_has_a_case() {
    let cases: BTreeSet<&str> = cases().into_iter().map(|(id, _)| id).collect();
    let elsewhere = ["curve-generator-altered", "default-written"];
    let files: [&[Rule]; 13] = [
        extension::RULES,
        super::encoding::RULES,
        super::serial::RULES,
        super::validity::RULES,
        super::names::RULES,
        super::hosts::RULES,
        super::alternative_names::RULES,
        super::extensions::RULES,
        super::policies::RULES,
        super::constraints::RULES,
        super::keys::RULES,
        super::signature::RULES,
        super::usage::RULES,
    ];
    for rule in files.into_iter().flatten() {
        assert!(
            cases.contains(rule.id) || elsewhere.contains(&rule.id),
            "{} has no case",
            rule.id
        );
    }
}

#[test]
fn a_default_that_is_written_out_is_found() {
    let mut parts = good_leaf();
    parts.remove(SUBJECT_ALT_NAME);
    let flagged = seq(&[
        tlv(6, SUBJECT_ALT_NAME),
        vec![1, 1, 0],
        tlv(4, &tlv(0x30, &tlv(0x82, b"es1.example.com"))),
    ]);
    let list: Vec<u8> = parts
        .extensions
        .iter()
        .flat_map(|(oid, critical, value)| {
            let flag: &[u8] = if *critical { &[1, 1, 0xff] } else { &[] };
            tlv(0x30, &[tlv(6, oid), flag.to_vec(), tlv(4, value)].concat())
        })
        .chain(flagged)
        .collect();
    parts.extensions = Vec::new();
    parts.surplus = tlv(0xa3, &tlv(0x30, &list));
    assert_eq!(ids(&parts.der()), ["default-written"]);
}

#[test]
fn an_authority_that_is_none_says_so_by_silence() {
    let der = leaf(|parts| parts.set(BASIC_CONSTRAINTS, true, tlv(0x30, &[1, 1, 0])));
    assert_eq!(ids(&der), ["default-written"]);
}

#[test]
fn what_nobody_can_change_in_a_root_is_a_notice() {
    let mut root = good_ca();
    root.root();
    root.serial = vec![0];
    let found = found(&root.der());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, "serial-zero");
    assert_eq!(found[0].severity, Severity::Notice);
}

#[test]
fn findings_say_the_value_and_where_it_stands() {
    let der = alternative(0x82, b"a b.example.com");
    let found = found(&der);
    let [finding] = found.as_slice() else {
        panic!("one finding: {found:?}");
    };
    assert_eq!(
        finding.what,
        "dNSName \"a b.example.com\" of subjectAltName: it holds a blank."
    );
    let at = finding.at.expect("a place").der;
    let octets = &der[usize::try_from(at.start).unwrap()..usize::try_from(at.end).unwrap()];
    assert_eq!(octets, tlv(0x82, b"a b.example.com"));
}

/// What is said of the parameters of a signature with RSASSA-PSS.
fn pss_said(parameters: &[Vec<u8>]) -> Vec<String> {
    let der = leaf(|parts| parts.algorithm(&rsa_algorithm(10, &seq(parameters))));
    let found = found(&der).into_iter();
    let found = found.filter(|it| ["signature-parameters", "default-written"].contains(&&*it.id));
    found.map(|it| format!("{}: {}", it.id, it.what)).collect()
}

#[test]
fn the_parameters_of_pss_are_those_that_there_are() {
    let sha256 = seq(&[
        tlv(6, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]),
        tlv(5, &[]),
    ]);
    let sha1 = seq(&[tlv(6, &[0x2b, 0x0e, 3, 2, 26]), tlv(5, &[])]);
    let function = |last: u8, digest: &[u8]| {
        let oid = tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last]);
        seq(&[oid, digest.to_vec()])
    };
    let hash = tlv(0xa0, &sha256);
    let salt = tlv(0xa2, &[2, 1, 32]);
    let mask = tlv(0xa1, &function(8, &sha256));
    assert_eq!(
        pss_said(&[hash.clone(), mask.clone(), salt.clone()]),
        [""; 0]
    );

    let wrong = |parameters: &[Vec<u8>], what: &str| {
        assert_eq!(
            pss_said(parameters),
            [format!("signature-parameters: {what}")]
        );
    };
    let other = tlv(0xa1, &function(9, &sha256));
    wrong(
        &[hash.clone(), other, salt.clone()],
        "The mask generation function is 1.2.840.113549.1.1.9, and MGF1 is the only one there is.",
    );
    for broken in [tlv(4, &sha256), tlv(0x30, &[]), sha256[..8].to_vec()] {
        wrong(
            &[hash.clone(), tlv(0xa1, &function(8, &broken)), salt.clone()],
            "The mask generation function of RSASSA-PSS cannot be read.",
        );
    }
    wrong(
        &[tlv(0xa0, &tlv(4, &[]))],
        "The hash algorithm of RSASSA-PSS cannot be read.",
    );
    wrong(
        &[mask.clone(), hash.clone()],
        "The parameters of RSASSA-PSS hold [0], and no such field stands there.",
    );
    wrong(
        &[hash.clone(), mask.clone(), tlv(0x30, &[])],
        "The parameters of RSASSA-PSS hold SEQUENCE, and no such field stands there.",
    );
    let defaults = [
        (vec![tlv(0xa0, &sha1), mask.clone()], "hash algorithm"),
        (
            vec![hash.clone(), tlv(0xa1, &function(8, &sha1))],
            "mask generation function",
        ),
        (
            vec![hash.clone(), tlv(0xa2, &[2, 1, 20])],
            "length of the salt",
        ),
        (vec![hash, tlv(0xa3, &[2, 1, 1])], "trailer field"),
    ];
    for (parameters, name) in defaults {
        let told = pss_said(&parameters);
        let start = format!("default-written: The {name} of RSASSA-PSS is the one");
        assert!(
            !told.is_empty() && told.iter().all(|it| it.starts_with(&start)),
            "{told:?}"
        );
    }
}

#[test]
fn an_organization_that_a_policy_names_may_be_any_text() {
    let notice = |tag: u8| {
        let numbers = tlv(0x30, &[2, 1, 1]);
        user_notice(&seq(&[tlv(tag, b"Example"), numbers]))
    };
    for tag in [0x16, 0x1a, 0x0c] {
        let found = ids(&notice(tag));
        assert!(found.contains(&"policy-notice-reference".to_owned()));
        assert!(
            !found.iter().any(|id| id.starts_with("policy-text")),
            "{found:?}"
        );
    }
    assert!(ids(&notice(0x13)).contains(&"policy-text-type".to_owned()));
}

#[test]
fn one_that_signed_itself_may_leave_its_key_identifier_out() {
    let with = |value: &[u8], own: bool| {
        let mut parts = good_ca();
        if own {
            parts.root();
        }
        parts.set(AUTHORITY_KEY_IDENTIFIER, false, tlv(0x30, value));
        let missing = ids(&parts.der());
        missing.contains(&"issuer-key-identifier-missing".to_owned())
    };
    let name = tlv(0xa1, &tlv(0xa4, &named("A root")));
    let by_serial = [name, tlv(0x82, &[1])].concat();
    assert!(!with(&by_serial, true));
    assert!(with(&by_serial, false));
    assert!(with(&[], true), "nothing at all says nothing");
}
