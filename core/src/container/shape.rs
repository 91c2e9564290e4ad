//! What kind of thing a DER value is, from its first fields.

use self::Part::{All, Exponent, In, Is, Maybe, Octets, Oid, Small, Tagged, Time};
use crate::asn1::{Element, Reader, Tag};

/// What a value is, as far as its outermost fields tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    AttributeCertificate,
    BasicOcspResponse,
    /// A keystore of Bouncy Castle's FIPS module.
    Bcfks,
    Certificate,
    CertificatePair,
    /// A `PKIMessage` of CMP.
    CmpMessage,
    /// A CMS `ContentInfo` of any content type.
    Cms,
    DhParameters,
    DsaParameters,
    DsaPublicKey,
    EcParameters,
    EncryptedKey,
    Name,
    NetscapeSequence,
    OcspRequest,
    OcspResponse,
    /// Certificates in a SEQUENCE: `PkiPath`.
    Path,
    Pkcs12,
    PrivateKey,
    PublicKey,
    Request,
    RevocationList,
    RsaPublicKey,
    /// A CMS `SignedData` without the `ContentInfo` around it.
    SignedData,
    SignedKeyAndChallenge,
    TbsCertificate,
    TbsRequest,
    TbsRevocationList,
    TimeStampRequest,
    TimeStampResponse,
    Unknown,
}

impl Shape {
    /// Whether it is read as a CMS message.
    pub(crate) fn is_message(self) -> bool {
        matches!(self, Self::Cms | Self::SignedData | Self::NetscapeSequence)
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AttributeCertificate => "attribute certificate",
            Self::BasicOcspResponse => "OCSP response without its status",
            Self::Bcfks => "BCFKS keystore",
            Self::Certificate => "certificate",
            Self::CertificatePair => "pair of cross-certificates",
            Self::CmpMessage => "CMP message",
            Self::Cms | Self::SignedData => "CMS message",
            Self::DhParameters => "Diffie-Hellman parameters",
            Self::DsaParameters => "DSA parameters",
            Self::EcParameters => "elliptic curve parameters",
            Self::EncryptedKey => "sealed private key",
            Self::Name => "distinguished name",
            Self::NetscapeSequence => "Netscape certificate sequence",
            Self::OcspRequest => "OCSP request",
            Self::OcspResponse => "OCSP response",
            Self::Path => "certification path",
            Self::Pkcs12 => "PKCS#12 keystore",
            Self::PrivateKey => "private key",
            Self::PublicKey | Self::RsaPublicKey | Self::DsaPublicKey => "public key",
            Self::Request => "certificate request",
            Self::RevocationList => "revocation list",
            Self::SignedKeyAndChallenge => "signed public key and challenge",
            Self::TbsCertificate => "certificate without a signature",
            Self::TbsRequest => "certificate request without a signature",
            Self::TbsRevocationList => "revocation list without a signature",
            Self::TimeStampRequest => "time-stamp request",
            Self::TimeStampResponse => "time-stamp response",
            Self::Unknown => "ASN.1 data",
        }
    }
}

/// Tells what a value is: the first row of [`SHAPES`] that fits.
pub(crate) fn shape(whole: &Element<'_>) -> Shape {
    SHAPES
        .iter()
        .find(|(part, _)| part.fits(whole))
        .map_or(Shape::Unknown, |(_, shape)| *shape)
}

/// Whether a value has one of the forms of a private key.
pub(crate) fn is_private_key(value: &Element<'_>) -> bool {
    let mut forms = SHAPES
        .iter()
        .filter(|(_, shape)| *shape == Shape::PrivateKey);
    forms.any(|(part, _)| part.fits(value))
}

/// A pattern for one value.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// A value of this tag.
    Is(Tag),
    /// `UTCTime` or `GeneralizedTime`.
    Time,
    /// A value of a context tag.
    Tagged,
    /// An OCTET STRING, in one piece or in chunks.
    Octets,
    /// An OBJECT IDENTIFIER whose contents begin with these octets.
    Oid(&'static [u8]),
    /// An INTEGER of at most four octets.
    Small,
    /// An odd INTEGER of at most 32 octets, as RSA exponents are, and not the generator 5.
    Exponent,
    /// A constructed value of this tag that begins with these.
    In(Tag, &'static [Part]),
    /// A SEQUENCE of these and no more.
    All(&'static [Part]),
    /// One of these, or nothing.
    Maybe(&'static [Part]),
}

impl Part {
    fn fits(self, element: &Element<'_>) -> bool {
        let tag = element.tag;
        match self {
            Self::Is(wanted) => tag == wanted,
            Self::Time => tag == Tag::UTC_TIME || tag == Tag::GENERALIZED_TIME,
            Self::Tagged => tag.is_context(),
            Self::Octets => tag.is_universal() && tag.number == Tag::OCTET_STRING.number,
            Self::Oid(prefix) => tag == Tag::OID && element.contents.starts_with(prefix),
            Self::Small => tag == Tag::INTEGER && element.contents.len() <= 4,
            Self::Exponent => {
                let odd = element.contents.last().is_some_and(|octet| octet & 1 == 1);
                tag == Tag::INTEGER
                    && element.contents.len() <= 32
                    && odd
                    && element.contents != [5]
            }
            Self::In(wanted, parts) => tag == wanted && begins(element.reader(), parts).is_some(),
            Self::All(parts) => {
                let rest = || begins(element.reader(), parts);
                tag == Tag::SEQUENCE && rest().is_some_and(|rest| rest.is_empty())
            }
            Self::Maybe(choices) => choices.iter().any(|choice| choice.fits(element)),
        }
    }
}

/// What follows these parts, if the values begin with them.
fn begins<'a>(mut values: Reader<'a>, parts: &[Part]) -> Option<Reader<'a>> {
    for part in parts {
        let before = values.clone();
        match values.any() {
            Ok(value) if part.fits(&value) => {}
            _ if matches!(part, Part::Maybe(_)) => values = before,
            _ => return None,
        }
    }
    Some(values)
}

const BITS: Part = Is(Tag::BIT_STRING);
const INTEGER: Part = Is(Tag::INTEGER);
const SEQUENCE: Part = Is(Tag::SEQUENCE);
const SET: Part = Is(Tag::SET);
const ANY_OID: Part = Oid(&[]);
const ALGORITHM: Part = In(Tag::SEQUENCE, &[ANY_OID]);
const VERSION: Part = Maybe(&[INTEGER]);
const VALIDITY: Part = In(Tag::SEQUENCE, &[Time, Time]);
const KEY: Part = In(Tag::SEQUENCE, &[ALGORITHM, BITS]);
const LIST: Part = In(Tag::SEQUENCE, TBS_LIST);

const fn value(fields: &'static [Part]) -> Part {
    In(Tag::SEQUENCE, fields)
}

/// `1.2.840.113549.1.7`, PKCS#7.
const PKCS7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7];
/// `1.2.840.113549.1.9.16.1`, the content types of S/MIME.
const SMIME_CONTENT: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1];
/// `1.2.840.10045.2.1` and `1.2.840.113549.1.1.1`.
const EC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const RSA_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// `2.16.840.1.113730.2.5`.
const NETSCAPE_SEQUENCE: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 2, 5];
/// `1.2.840.10045.1`, the kinds of finite field (X9.62).
const FIELD: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 1];

/// `CertificationRequestInfo` (RFC 2986, 4.1). Some leave the attributes out altogether.
const TBS_REQUEST: &[Part] = &[INTEGER, SEQUENCE, KEY];
/// `TBSCertList` (RFC 5280, 5.1).
const TBS_LIST: &[Part] = &[VERSION, ALGORITHM, SEQUENCE, Time];
/// `AttributeCertificateInfo`: version 2 (RFC 5755, 4.1), with either form of issuer; version 1
/// (X.509 of 1997), whose version may be left out.
const AC_2: &[Part] = &[
    INTEGER,
    SEQUENCE,
    Maybe(&[Is(Tag::context(0)), SEQUENCE]),
    ALGORITHM,
    INTEGER,
    VALIDITY,
];
const AC_1: &[Part] = &[
    VERSION,
    Maybe(&[Is(Tag::context(0)), Is(Tag::context(1))]),
    SEQUENCE,
    ALGORITHM,
    INTEGER,
    VALIDITY,
];
/// `EncryptedObjectStoreData` and `ObjectStoreData` of Bouncy Castle's `ObjectStore`, and the integrity
/// check by password or by signature that follows either.
const BCFKS_SEALED: Part = value(&[ALGORITHM, Octets]);
const BCFKS_OPEN: Part = value(&[
    INTEGER,
    ALGORITHM,
    Is(Tag::GENERALIZED_TIME),
    Is(Tag::GENERALIZED_TIME),
    SEQUENCE,
]);
const BCFKS_MAC: Part = value(&[ALGORITHM, ALGORITHM, Octets]);
const BCFKS_SIGNATURE: Part = Is(Tag::context(0));
/// `ResponseData` (RFC 6960, 4.2.1).
const OCSP_DATA: &[Part] = &[
    Maybe(&[In(Tag::context(0), &[INTEGER])]),
    Maybe(&[Is(Tag::context(1)), Is(Tag::context(2))]),
    Is(Tag::GENERALIZED_TIME),
    SEQUENCE,
];
/// `CertID` in a `Request` (RFC 6960, 4.1.1).
const OCSP_ASKED: Part = value(&[value(&[value(&[ALGORITHM, Octets, Octets, INTEGER])])]);
/// `TBSCertificate` (RFC 5280, 4.1), with and without a version.
const TBS_3: &[Part] = &[
    In(Tag::context(0), &[INTEGER]),
    INTEGER,
    ALGORITHM,
    SEQUENCE,
    VALIDITY,
];
const TBS_1: &[Part] = &[INTEGER, ALGORITHM, SEQUENCE, VALIDITY, SEQUENCE, KEY];

/// Every kind by what it begins with, the more particular before the more general.
#[rustfmt::skip]
const SHAPES: &[(Part, Shape)] = &[
    // ContentInfo (RFC 5652, 3) and what is wrapped like one
    (value(&[Oid(NETSCAPE_SEQUENCE), Is(Tag::context(0))]), Shape::NetscapeSequence),
    (value(&[Oid(PKCS7)]), Shape::Cms),
    (value(&[Oid(SMIME_CONTENT)]), Shape::Cms),
    (value(&[INTEGER, SET, ALGORITHM]), Shape::SignedData),
    // PFX (RFC 7292, 4)
    (value(&[INTEGER, value(&[Oid(PKCS7)])]), Shape::Pkcs12),
    // PKIMessage (RFC 9810, 5.1): header and body
    (value(&[value(&[INTEGER, Tagged, Tagged]), Tagged]), Shape::CmpMessage),
    // PkiPath (RFC 6066, 10.1)
    (value(&[value(&[value(TBS_3), SEQUENCE, BITS])]), Shape::Path),
    // signed things: what is signed, algorithm, signature
    (value(&[value(AC_2), SEQUENCE]), Shape::AttributeCertificate),
    (value(&[value(AC_1), SEQUENCE]), Shape::AttributeCertificate),
    (value(&[value(&[Is(Tag::context(0))]), SEQUENCE, BITS]), Shape::Certificate),
    (value(&[value(OCSP_DATA), SEQUENCE, BITS]), Shape::BasicOcspResponse),
    (value(&[LIST, SEQUENCE]), Shape::RevocationList),
    (value(&[value(TBS_REQUEST), SEQUENCE]), Shape::Request),
    (value(&[value(&[INTEGER, SEQUENCE, SEQUENCE, SEQUENCE]), SEQUENCE]), Shape::Certificate),
    (value(&[value(&[KEY, Is(Tag::universal(22))]), SEQUENCE, BITS]), Shape::SignedKeyAndChallenge),
    // keys
    (value(&[INTEGER, ALGORITHM, Octets]), Shape::PrivateKey),
    (value(&[INTEGER, Octets]), Shape::PrivateKey),
    (KEY, Shape::PublicKey),
    // a public key whose bits are in a string of another kind: its reader says so
    (value(&[value(&[Oid(EC_KEY)]), Octets]), Shape::PublicKey),
    (value(&[value(&[Oid(RSA_KEY)]), Octets]), Shape::PublicKey),
    (value(&[ALGORITHM, Octets]), Shape::EncryptedKey),
    (value(&[BCFKS_SEALED, BCFKS_MAC]), Shape::Bcfks),
    (value(&[BCFKS_SEALED, BCFKS_SIGNATURE]), Shape::Bcfks),
    (value(&[BCFKS_OPEN, BCFKS_MAC]), Shape::Bcfks),
    (value(&[BCFKS_OPEN, BCFKS_SIGNATURE]), Shape::Bcfks),
    (value(&[INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER]), Shape::PrivateKey),
    (All(&[Small, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER]), Shape::PrivateKey),
    (All(&[INTEGER, Exponent]), Shape::RsaPublicKey),
    (All(&[INTEGER, Small]), Shape::DhParameters),
    (All(&[INTEGER, INTEGER, Small]), Shape::DhParameters),
    (All(&[INTEGER, INTEGER, INTEGER]), Shape::DsaParameters),
    (All(&[INTEGER, INTEGER, INTEGER, INTEGER]), Shape::DsaPublicKey),
    (value(&[INTEGER, value(&[Oid(FIELD)]), value(&[Octets, Octets]), Octets, INTEGER]), Shape::EcParameters),
    // questions and answers
    (value(&[Is(Tag::ENUMERATED)]), Shape::OcspResponse),
    (value(&[value(&[Maybe(&[Is(Tag::context(0))]), Maybe(&[Is(Tag::context(1))]), OCSP_ASKED])]), Shape::OcspRequest),
    (value(&[INTEGER, value(&[ALGORITHM, Octets])]), Shape::TimeStampRequest),
    (value(&[value(&[Small]), value(&[Oid(PKCS7)])]), Shape::TimeStampResponse),
    (All(&[value(&[Small])]), Shape::TimeStampResponse),
    // parts of signed things, without their signature
    (value(TBS_3), Shape::TbsCertificate),
    (value(TBS_1), Shape::TbsCertificate),
    (LIST, Shape::TbsRevocationList),
    (value(TBS_REQUEST), Shape::TbsRequest),
    // signed things that are cut off or broken further in: their readers say where
    (value(&[value(&[Is(Tag::context(0))]), SEQUENCE]), Shape::Certificate),
    (value(&[value(&[INTEGER, SEQUENCE, SEQUENCE]), SEQUENCE, BITS]), Shape::Request),
    (value(&[value(&[VERSION, SEQUENCE, SEQUENCE, Time]), SEQUENCE, BITS]), Shape::RevocationList),
    // what else has a form of its own
    (value(&[In(Tag::context(0), &[value(&[SEQUENCE, SEQUENCE])])]), Shape::CertificatePair),
    (value(&[In(Tag::context(1), &[value(&[SEQUENCE, SEQUENCE])])]), Shape::CertificatePair),
    (value(&[In(Tag::SET, &[value(&[ANY_OID])])]), Shape::Name),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(der: &[u8]) -> Shape {
        shape(&Reader::new(der).any().expect("one value"))
    }

    #[test]
    fn signed_things_are_told_apart_without_their_version() {
        const TIME: [u8; 15] = *b"\x17\x0d260101000000Z";
        let sequence = |parts: &[&[u8]]| {
            let body = parts.concat();
            [&[0x30, u8::try_from(body.len()).expect("short")], &*body].concat()
        };
        let algorithm = sequence(&[&[6, 3, 0x2a, 3, 4]]);
        let name = sequence(&[]);
        let validity = sequence(&[&TIME, &TIME]);
        let key = sequence(&[&algorithm, &[3, 2, 0, 1]]);
        let signed = |fields: &[&[u8]]| sequence(&[&sequence(fields), &algorithm, &[3, 1, 0]]);
        let (number, names): (&[u8], &[u8]) = (&[2, 1, 7], &[0xa1, 0]);
        assert_eq!(
            told(&signed(&[
                number, &algorithm, &name, &validity, &name, &key
            ])),
            Shape::Certificate
        );
        assert_eq!(told(&signed(&[number, &name, &key])), Shape::Request);
        assert_eq!(
            told(&signed(&[number, &name, &key, &[0xa0, 0]])),
            Shape::Request
        );
        assert_eq!(
            told(&signed(&[&algorithm, &name, &TIME])),
            Shape::RevocationList
        );
        assert_eq!(
            told(&signed(&[number, &algorithm, &name, &TIME])),
            Shape::RevocationList
        );
        assert_eq!(
            told(&signed(&[names, &name, &algorithm, number, &validity])),
            Shape::AttributeCertificate
        );
        // The key is none, and the reader of requests says so.
        let broken = sequence(&[&key]);
        assert_eq!(told(&signed(&[number, &name, &broken])), Shape::Request);
        assert_eq!(told(&key), Shape::PublicKey);
        assert_eq!(told(&name), Shape::Unknown);
    }

    #[test]
    fn numbers_alone_are_told_apart_by_their_count_and_size() {
        assert_eq!(
            told(&[0x30, 8, 2, 1, 33, 2, 3, 1, 0, 1]),
            Shape::RsaPublicKey
        );
        assert_eq!(told(&[0x30, 6, 2, 1, 33, 2, 1, 2]), Shape::DhParameters);
        assert_eq!(told(&[0x30, 6, 2, 1, 33, 2, 1, 5]), Shape::DhParameters);
        assert_eq!(told(&[0x30, 3, 2, 1, 0]), Shape::Unknown);
    }
}
