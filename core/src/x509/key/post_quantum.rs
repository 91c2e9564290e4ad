//! Keys of post-quantum algorithms, known by the name in the table of identifiers.

use crate::asn1::{Element, Reader, Tag};
use crate::report::PublicKey;

/// Octets that the parts of a key have, where the algorithm fixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    name: &'static str,
    pub(super) public: usize,
    pub(super) seed: Option<usize>,
    pub(super) secret: usize,
    strength: u32,
}

/// FIPS 203, table 3; FIPS 204, table 2; FIPS 205, table 2; and the submissions before them. Strength
/// is that of the category: 1 is AES-128, 2 SHA-256 collisions, 3 AES-192, 5 AES-256.
#[rustfmt::skip]
const SIZES: &[Sizes] = &[
    row("ML-DSA-44", 1312, Some(32), 2560, 128),
    row("ML-DSA-65", 1952, Some(32), 4032, 192),
    row("ML-DSA-87", 2592, Some(32), 4896, 256),
    row("ML-KEM-512", 800, Some(64), 1632, 128),
    row("ML-KEM-768", 1184, Some(64), 2400, 192),
    row("ML-KEM-1024", 1568, Some(64), 3168, 256),
    row("SLH-DSA-SHA2-128s", 32, None, 64, 128),
    row("SLH-DSA-SHA2-128f", 32, None, 64, 128),
    row("SLH-DSA-SHA2-192s", 48, None, 96, 192),
    row("SLH-DSA-SHA2-192f", 48, None, 96, 192),
    row("SLH-DSA-SHA2-256s", 64, None, 128, 256),
    row("SLH-DSA-SHA2-256f", 64, None, 128, 256),
    row("SLH-DSA-SHAKE-128s", 32, None, 64, 128),
    row("SLH-DSA-SHAKE-128f", 32, None, 64, 128),
    row("SLH-DSA-SHAKE-192s", 48, None, 96, 192),
    row("SLH-DSA-SHAKE-192f", 48, None, 96, 192),
    row("SLH-DSA-SHAKE-256s", 64, None, 128, 256),
    row("SLH-DSA-SHAKE-256f", 64, None, 128, 256),
    row("Dilithium2", 1312, None, 2528, 128),
    row("Dilithium3", 1952, None, 4000, 192),
    row("Dilithium5", 2592, None, 4864, 256),
    row("Kyber512", 800, None, 1632, 128),
    row("Kyber768", 1184, None, 2400, 192),
    row("Kyber1024", 1568, None, 3168, 256),
    row("Falcon-512", 897, None, 1281, 128),
    row("Falcon-1024", 1793, None, 2305, 256),
    row("Falcon-padded-512", 897, None, 1281, 128),
    row("Falcon-padded-1024", 1793, None, 2305, 256),
];

const fn row(
    name: &'static str,
    public: usize,
    seed: Option<usize>,
    secret: usize,
    strength: u32,
) -> Sizes {
    Sizes {
        name,
        public,
        seed,
        secret,
        strength,
    }
}

/// The sizes of an algorithm's keys. Pre-hash variants and drafts have those of what they are made from.
pub(super) fn sizes(algorithm: &str) -> Option<Sizes> {
    let name = algorithm.strip_prefix("Hash").unwrap_or(algorithm);
    let name = name.split(" with ").next().unwrap_or(name);
    let name = name.strip_suffix(" (draft)").unwrap_or(name);
    let name = name.replacen("SPHINCS+", "SLH-DSA", 1);
    SIZES.iter().copied().find(|row| row.name == name)
}

pub(super) fn describe(key: &mut PublicKey, bits: Option<&[u8]>) {
    match &*key.algorithm.name {
        "HSS/LMS" => key.algorithm.parameters = bits.and_then(hss),
        "XMSS" | "XMSS^MT" => key.algorithm.parameters = bits.and_then(xmss),
        name => key.strength = sizes(name).map(|sizes| sizes.strength),
    }
    if let Some(parameters) = &key.algorithm.parameters {
        key.text = format!("{}, {parameters}", key.algorithm.name);
    }
}

/// `hss_public_key: u32 levels, then u32 lms_type, u32 lmots_type, I, T[1]` (RFC 8554, 6.1).
/// Certificates before RFC 9708 wrap it in an OCTET STRING.
fn hss(bits: &[u8]) -> Option<String> {
    let wrapped = Reader::new(bits)
        .expect(Tag::OCTET_STRING, "OCTET STRING")
        .ok();
    let key = wrapped.map_or(bits, |octets: Element<'_>| octets.contents);
    let (numbers, _) = key.as_chunks::<4>();
    let mut numbers = numbers.iter().map(|octets| u32::from_be_bytes(*octets));
    let (levels, tree, one_time) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let family = match tree {
        5..=9 => "SHA-256",
        10..=14 => "SHA-256/192",
        15..=19 => "SHAKE256",
        20..=24 => "SHAKE256/192",
        _ => return None,
    };
    let height = (tree - 5) % 5 * 5 + 5;
    let width = match one_time.checked_sub(1).map(|kind| kind % 4) {
        Some(step) if one_time <= 16 => 1 << step,
        _ => return None,
    };
    let levels = match levels {
        1 => "1 level".to_owned(),
        more => format!("{more} levels"),
    };
    Some(format!("{levels}, {family}, height {height}, W{width}"))
}

/// The parameter set, by the number that an XMSS key begins with (RFC 8391, 5.3; SP 800-208, 5).
fn xmss(bits: &[u8]) -> Option<String> {
    let (number, _) = bits.split_first_chunk::<4>()?;
    Some(format!(
        "parameter set 0x{:08x}",
        u32::from_be_bytes(*number)
    ))
}

/// What the private part holds, and the public half where that stands in it.
pub(super) struct Secret {
    pub(super) holds: String,
    pub(super) public: Option<Vec<u8>>,
    /// Octets of a part that has another length than the algorithm's.
    pub(super) odd: Option<(usize, usize)>,
}

/// The forms that post-quantum keys take inside PKCS#8: raw octets (SLH-DSA, RFC 9909), or a choice of
/// seed and expanded key (ML-DSA, RFC 9881; ML-KEM, RFC 9935).
///
/// ```text
/// PrivateKey ::= CHOICE { seed [0] OCTET STRING, expandedKey OCTET STRING,
///                         both SEQUENCE { seed OCTET STRING, expandedKey OCTET STRING } }
/// ```
pub(super) fn secret(algorithm: &str, octets: &[u8]) -> Option<Secret> {
    let sizes = sizes(algorithm)?;
    if sizes.name.starts_with("SLH") {
        let half = octets.get(sizes.public..sizes.secret);
        return Some(Secret {
            holds: "expanded key".to_owned(),
            public: half.map(<[u8]>::to_vec),
            odd: (octets.len() != sizes.secret).then_some((octets.len(), sizes.secret)),
        });
    }
    let (seed, expanded) = parts(octets, sizes);
    let holds = match (seed, expanded) {
        (Some(_), Some(_)) => "seed and expanded key",
        (Some(_), None) => "seed",
        (None, _) => "expanded key",
    };
    let differs = |part: Option<&[u8]>, size: Option<usize>| {
        let (length, size) = (part?.len(), size?);
        (length != size).then_some((length, size))
    };
    Some(Secret {
        holds: holds.to_owned(),
        public: expanded
            .filter(|key| sizes.name.starts_with("ML-KEM") && key.len() == sizes.secret)
            .and_then(|key| encapsulation_key(key, sizes)),
        odd: differs(seed, sizes.seed).or_else(|| differs(expanded, Some(sizes.secret))),
    })
}

/// Seed and expanded key.
fn parts(octets: &[u8], sizes: Sizes) -> (Option<&[u8]>, Option<&[u8]>) {
    // Raw octets, as programs wrote before the forms were settled.
    if Some(octets.len()) == sizes.seed {
        return (Some(octets), None);
    }
    if octets.len() == sizes.secret {
        return (None, Some(octets));
    }
    let Ok(choice) = Reader::new(octets).any() else {
        return (None, Some(octets));
    };
    match choice.tag {
        tag if tag == Tag::context_primitive(0) => (Some(choice.contents), None),
        Tag::OCTET_STRING => (None, Some(choice.contents)),
        Tag::SEQUENCE => {
            let mut fields = choice.reader();
            let mut next = || fields.any().ok().map(|field| field.contents);
            (next(), next())
        }
        _ => (None, Some(octets)),
    }
}

/// `dk = dk_PKE ‖ ek ‖ H(ek) ‖ z`: the public key stands in the private one (FIPS 203, 6.1).
fn encapsulation_key(expanded: &[u8], sizes: Sizes) -> Option<Vec<u8>> {
    let end = sizes.secret.checked_sub(64)?;
    let start = end.checked_sub(sizes.public)?;
    expanded.get(start..end).map(<[u8]>::to_vec)
}
