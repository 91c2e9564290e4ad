//! The integrity check of a PKCS#12 file.

use subtle::ConstantTimeEq as _;

use crate::asn1::{Element, Tag};
use crate::container::pbe::kdf::{DigestName, Kdf, MAX_KEY, digest_named};
use crate::container::pbe::{Form, unknown_seal};
use crate::error::Error;
use crate::limits::figure;
use crate::report::Seal;

/// Octets that a PBMAC1 key has at the least: shorter ones must be refused (RFC 9879, 5).
const MIN_KEY: usize = 20;

/// A check value with what it was computed by.
pub(crate) struct Check {
    digest: DigestName,
    kdf: Kdf,
    key_length: usize,
    value: Vec<u8>,
    forms: &'static [Form],
    start: usize,
}

/// The integrity check of a BCFKS has a key of its own.
const BCFKS_FORMS: &[Form] = &[Form::BmpWith("INTEGRITY_CHECK")];
const PBMAC1_FORMS: &[Form] = &[Form::Utf8, Form::Latin1];
const PKCS12_FORMS: &[Form] = &[Form::Bmp, Form::BmpOfOctets];

impl Check {
    /// HMAC with SHA-1, as Bouncy Castle's keystores have it.
    pub(crate) fn new(kdf: Kdf, key_length: usize, value: &[u8], start: usize) -> Self {
        Self {
            digest: DigestName::Sha1,
            kdf,
            key_length,
            value: value.to_vec(),
            forms: PKCS12_FORMS,
            start,
        }
    }

    /// `PbkdMacIntegrityCheck ::= SEQUENCE { macAlgorithm, pbkdAlgorithm, mac OCTET STRING }`, the check of
    /// a BCFKS.
    pub(crate) fn read_bcfks(check: &Element<'_>) -> Result<Self, Error> {
        if check.tag != Tag::SEQUENCE {
            return Err(check.unexpected("an integrity check by password"));
        }
        let mut fields = check.reader();
        let digest = digest_named(&fields.sequence("macAlgorithm")?)?;
        let (kdf, length) = Kdf::read(&fields.sequence("pbkdAlgorithm")?)?;
        let key_length = length
            .map_or(Some(digest.length()), |length| usize::try_from(length).ok())
            .filter(|length| (1..=MAX_KEY).contains(length))
            .ok_or_else(|| check.malformed("the key of an integrity check has 1 to 1024 bytes"))?;
        let value = fields.expect(Tag::OCTET_STRING, "mac")?.octets()?.0;
        Ok(Self {
            digest,
            kdf,
            key_length,
            value: value.into_owned(),
            forms: BCFKS_FORMS,
            start: check.start,
        })
    }

    /// Reads the check of a PKCS#12 file, by RFC 7292 or by RFC 9579.
    ///
    /// ```text
    /// MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
    /// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
    /// PBMAC1-params ::= SEQUENCE { keyDerivationFunc, messageAuthScheme }
    /// ```
    ///
    /// RFC 7292, 4; [RFC 9579, 4](https://www.rfc-editor.org/rfc/rfc9579#section-4)
    pub(crate) fn read(mac_data: &Element<'_>) -> Result<Self, Error> {
        let mut fields = mac_data.reader();
        let mut info = fields.sequence("DigestInfo")?.reader();
        let algorithm = info.sequence("AlgorithmIdentifier")?;
        let value = info.expect(Tag::OCTET_STRING, "digest")?.octets()?.0;
        let value = value.into_owned();
        let start = mac_data.start;
        let mut identifier = algorithm.reader();
        if identifier.oid()? == "1.2.840.113549.1.5.14" {
            let mut parameters = identifier.sequence("PBMAC1 parameters")?.reader();
            let derivation = parameters.sequence("key derivation function")?;
            let digest = digest_named(&parameters.sequence("message authentication scheme")?)?;
            let (kdf, length) = Kdf::read(&derivation)?;
            let length =
                length.ok_or_else(|| derivation.malformed("PBMAC1 needs the length of its key"))?;
            let key_length = usize::try_from(length)
                .ok()
                .filter(|length| (MIN_KEY..=MAX_KEY).contains(length))
                .ok_or_else(|| derivation.malformed("a PBMAC1 key has 20 to 1024 bytes"))?;
            return Ok(Self {
                digest,
                kdf,
                key_length,
                value,
                forms: PBMAC1_FORMS,
                start,
            });
        }
        let digest = digest_named(&algorithm)?;
        let salt = fields.expect(Tag::OCTET_STRING, "salt")?.octets()?.0;
        let rounds = match fields.optional(Tag::INTEGER)? {
            Some(rounds) => rounds.unsigned()?,
            None => 1,
        };
        let kdf = Kdf::Pkcs12 {
            digest,
            salt: salt.into_owned(),
            rounds,
        };
        Ok(Self {
            digest,
            kdf,
            key_length: digest.length(),
            value,
            forms: PKCS12_FORMS,
            start,
        })
    }

    pub(crate) fn digest(&self) -> DigestName {
        self.digest
    }

    pub(crate) fn kdf(&self) -> &Kdf {
        &self.kdf
    }

    /// Octets of the key.
    pub(crate) fn key_length(&self) -> usize {
        self.key_length
    }

    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Whether it is the newer one of RFC 9579.
    pub(crate) fn is_pbmac1(&self) -> bool {
        self.forms == PBMAC1_FORMS
    }

    pub(crate) fn forms(&self) -> &'static [Form] {
        self.forms
    }

    /// The check in words.
    pub(crate) fn seal(&self) -> Seal {
        let digest = self.digest.name();
        let algorithm = match self.kdf {
            Kdf::Pkcs12 { .. } => format!("HMAC-{digest}"),
            _ if self.is_pbmac1() => format!("PBMAC1 with HMAC-{digest}, {}", self.kdf.name()),
            _ => format!("HMAC-{digest}, {}", self.kdf.name()),
        };
        Seal {
            what: "integrity".to_owned(),
            algorithm,
            rounds: self.kdf.rounds(),
            salt_length: Some(figure(self.kdf.salt().len())),
            key_bits: Some(figure(self.key_length).saturating_mul(8)),
            derivation: Some(self.kdf.short_name().to_owned()),
            digest: Some(digest.to_owned()),
            cipher: None,
            unsupported: None,
        }
    }

    /// Whether this key makes the check value of this content.
    pub(crate) fn confirms(&self, key: &[u8], content: &[u8]) -> bool {
        self.digest
            .hmac(key, content)
            .as_slice()
            .ct_eq(&self.value)
            .into()
    }
}

/// What is known of a check that could not be read: the name of its algorithm.
pub(crate) fn unreadable_check(check: &Element<'_>) -> Seal {
    // Of a PKCS#12 file it stands one level further in.
    let first = check.reader().sequence("").ok();
    let inner = first.and_then(|first| first.reader().sequence("").ok());
    let seal = match inner.or(first) {
        Some(identifier) => unknown_seal(&identifier, "integrity", None),
        None => Seal {
            what: "integrity".to_owned(),
            algorithm: "unreadable".to_owned(),
            ..Seal::default()
        },
    };
    let algorithm = match seal.algorithm.as_str() {
        name @ ("PBMAC1" | "unreadable") => name.to_owned(),
        name => format!("HMAC-{name}"),
    };
    Seal { algorithm, ..seal }
}
