//! What the rules ask about a keystore or a sealed key.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::container::findings;
use crate::report::{Entry, Format, Integrity, Keystore, Lock, Object, Report, Seal};
use crate::rule::Rule;

/// One thing about a keystore, a sealed key, or one of the seals in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SealFact {
    /// A PKCS#12 file.
    Pkcs12,
    /// A Java keystore of type JKS or JCEKS.
    JavaStore,
    /// A Bouncy Castle keystore of type BKS or UBER.
    BouncyCastle,
    /// A Bouncy Castle FIPS keystore.
    Bcfks,
    /// A sealed key in PKCS#8.
    Pkcs8Key,
    /// A key sealed as OpenSSL did: `Proc-Type: 4,ENCRYPTED`.
    TraditionalKey,
    /// A sealed key of OpenSSH.
    OpenSshKey,
    /// Written in BER.
    Ber,
    /// Octets follow the end.
    Trailing,
    /// Its parts have different passwords.
    SeveralPasswords,
    /// A part is sealed for a public key.
    SealedForKey,
    /// Certificates without a key, and without Java's mark of trust.
    InvisibleToJava,
    /// A private key that no password seals.
    UnsealedKey,
    /// A part that cannot be read.
    Broken,
    /// More than one private key.
    SeveralKeys,
    /// More than one certificate.
    SeveralCertificates,
    /// Private keys, and no certificate.
    NoCertificate,
    /// Certificates, and no private key.
    NoKey,
    /// Not two safes, one for certificates and one for keys.
    OtherThanTwoSafes,
    /// No integrity check.
    NoMac,
    /// An integrity check by signature.
    SignedMac,
    /// An integrity check that cannot be read.
    UnreadableMac,
    /// An integrity check by password, by the derivation of PKCS#12.
    Mac,
    /// An integrity check by PBMAC1.
    Pbmac1,
    /// A scheme of PKCS#12 itself, or of PKCS#5 version 1.5.
    Pbes1,
    /// The scheme of PKCS#5 version 2.
    Pbes2,
    /// A derivation of PKCS#5 version 1.5.
    Pbkdf1,
    /// Derived by scrypt.
    Scrypt,
    /// RC2 with a key of 40 bits.
    Rc2Of40Bits,
    /// RC2 with a longer key.
    Rc2,
    /// RC4.
    Rc4,
    /// DES.
    Des,
    /// 3DES with two keys.
    TwoKeyTripleDes,
    /// 3DES.
    TripleDes,
    /// AES with 128 bits, in CBC mode.
    Aes128,
    /// AES with 192 bits, in CBC mode.
    Aes192,
    /// AES with 256 bits, in CBC mode.
    Aes256,
    /// Any other cipher, or one that is not known.
    OtherCipher,
    /// A cipher in GCM or CCM mode.
    CheckedCipher,
    /// MD5 or MD2.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// Another digest of the SHA-2 family.
    OtherSha2,
    /// Any other digest.
    OtherDigest,
    /// Fewer than 1000 rounds.
    FewRounds,
    /// More than 5,000,000 rounds.
    ManyRounds,
    /// Fewer than 16 octets of salt.
    ShortSalt,
    /// Fewer than 8 octets of salt.
    VeryShortSalt,
}

impl SealFact {
    /// In words: `an integrity check by password`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pkcs12 => "PKCS#12",
            Self::JavaStore => "JKS or JCEKS",
            Self::BouncyCastle => "BKS or UBER",
            Self::Bcfks => "BCFKS",
            Self::Pkcs8Key => "sealed PKCS#8 key",
            Self::TraditionalKey => "key sealed as OpenSSL did before PKCS#8",
            Self::OpenSshKey => "sealed OpenSSH key",
            Self::Ber => "written in BER",
            Self::Trailing => "octets after the end",
            Self::SeveralPasswords => "several passwords",
            Self::SealedForKey => "a part sealed for a public key",
            Self::InvisibleToJava => "certificates without key and without Java's mark of trust",
            Self::UnsealedKey => "a private key that is not sealed",
            Self::Broken => "a part that cannot be read",
            Self::SeveralKeys => "several private keys",
            Self::SeveralCertificates => "several certificates",
            Self::NoCertificate => "no certificate",
            Self::NoKey => "no private key",
            Self::OtherThanTwoSafes => "other than two safes",
            Self::NoMac => "no integrity check",
            Self::SignedMac => "integrity check by signature",
            Self::UnreadableMac => "unreadable integrity check",
            Self::Mac => "integrity check",
            Self::Pbmac1 => "PBMAC1",
            Self::Pbes1 => "PBES1",
            Self::Pbes2 => "PBES2",
            Self::Pbkdf1 => "PBKDF1",
            Self::Scrypt => "scrypt",
            Self::Rc2Of40Bits => "RC2-40",
            Self::Rc2 => "RC2, more than 40 bits",
            Self::Rc4 => "RC4",
            Self::Des => "DES",
            Self::TwoKeyTripleDes => "3DES with two keys",
            Self::TripleDes => "3DES",
            Self::Aes128 => "AES-128-CBC",
            Self::Aes192 => "AES-192-CBC",
            Self::Aes256 => "AES-256-CBC",
            Self::OtherCipher => "another cipher",
            Self::CheckedCipher => "a cipher in GCM or CCM mode",
            Self::Md5 => "MD5 or MD2",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::OtherSha2 => "SHA-224, -384 or -512",
            Self::OtherDigest => "another digest",
            Self::FewRounds => "fewer than 1000 rounds",
            Self::ManyRounds => "more than 5,000,000 rounds",
            Self::ShortSalt => "less than 16 octets of salt",
            Self::VeryShortSalt => "less than 8 octets of salt",
        }
    }
}

/// What is known: of the file as a whole, and of each seal.
pub(super) struct Sealing {
    whole: BTreeSet<SealFact>,
    /// Each in words, and what is so of it.
    seals: Vec<(String, BTreeSet<SealFact>)>,
}

impl Sealing {
    /// Of a key that stands alone.
    pub(super) fn of_key(kind: SealFact, seal: &[SealFact]) -> Self {
        Self {
            whole: BTreeSet::from([kind]),
            seals: vec![("private key".to_owned(), seal.iter().copied().collect())],
        }
    }

    /// What all these facts are so of, if they are: one seal and the file together.
    pub(super) fn met_by(&self, facts: &[SealFact]) -> Option<Met<'_>> {
        let open: Vec<&SealFact> = facts
            .iter()
            .filter(|one| !self.whole.contains(one))
            .collect();
        if open.is_empty() {
            return Some(Met::ByFile);
        }
        let seal = self
            .seals
            .iter()
            .find(|(_, so)| open.iter().all(|fact| so.contains(fact)))?;
        Some(Met::BySeal(&seal.0))
    }

    /// Whether this is so of the file, or of any seal.
    pub(super) fn has(&self, fact: SealFact) -> bool {
        self.whole.contains(&fact) || self.seals.iter().any(|(_, so)| so.contains(&fact))
    }
}

/// What some facts are so of.
pub(super) enum Met<'a> {
    ByFile,
    /// In words.
    BySeal(&'a str),
}

pub(super) fn keystore_sealing(report: &Report, keystore: &Keystore) -> Sealing {
    let has = |rule: &Rule| report.findings.iter().any(|found| found.id == rule.id);
    let mut whole = BTreeSet::from([match report.format {
        Format::Jks | Format::Jceks => SealFact::JavaStore,
        Format::Bks | Format::Uber => SealFact::BouncyCastle,
        Format::Bcfks => SealFact::Bcfks,
        _ => SealFact::Pkcs12,
    }]);
    let count = |is: fn(&Object) -> bool| {
        let held = report.entries.iter().filter(|entry| is(&entry.object));
        held.count()
    };
    let is_unsealed = |entry: &Entry| match &entry.object {
        Object::PrivateKey(key) => key.seal.is_none(),
        _ => false,
    };
    let broken = count(|object| matches!(object, Object::Unreadable(_)));
    let keys = count(|object| matches!(object, Object::PrivateKey(_)));
    let certificates = count(|object| matches!(object, Object::Certificate(_)));
    let signed = |seal: &Seal| seal.algorithm.starts_with("signature");
    // What a store lacks can be told only of one that is read as a whole.
    let is_whole = keystore.lock == Lock::Open && broken == 0 && !has(&findings::SEALED_FOR_KEY);
    let told = [
        (SealFact::Ber, has(&findings::BER)),
        (SealFact::Trailing, has(&findings::TRAILING)),
        (
            SealFact::SeveralPasswords,
            has(&findings::SEVERAL_PASSWORDS),
        ),
        (SealFact::SealedForKey, has(&findings::SEALED_FOR_KEY)),
        (SealFact::InvisibleToJava, has(&findings::JAVA_SEES_NOTHING)),
        (SealFact::UnreadableMac, has(&findings::MAC_UNREADABLE)),
        (
            SealFact::UnsealedKey,
            report.entries.iter().any(is_unsealed),
        ),
        (SealFact::Broken, broken != 0),
        (SealFact::SeveralKeys, 1 < keys),
        (SealFact::SeveralCertificates, 1 < certificates),
        (
            SealFact::NoCertificate,
            is_whole && keys != 0 && certificates == 0,
        ),
        (SealFact::NoKey, is_whole && keys == 0 && certificates != 0),
        (SealFact::NoMac, keystore.integrity == Integrity::Absent),
        (SealFact::SignedMac, keystore.seals.iter().any(signed)),
        (
            SealFact::OtherThanTwoSafes,
            is_whole
                && report.format == Format::Pkcs12
                && !report.entries.is_empty()
                && safes(&report.entries) != 2,
        ),
    ];
    whole.extend(told.iter().filter(|(_, so)| *so).map(|(fact, _)| *fact));
    // How other keystores are sealed is of no account: a product knows the format, or does not.
    let seals = keystore
        .seals
        .iter()
        .filter(|_| report.format == Format::Pkcs12);
    Sealing {
        whole,
        seals: seals.map(|seal| (in_words(seal), of_seal(seal))).collect(),
    }
}

pub(super) fn key_sealing(seal: &Seal) -> Sealing {
    let whole = match (seal.derivation.as_deref(), seal.rounds) {
        _ if seal.algorithm.starts_with("OpenSSH") => SealFact::OpenSshKey,
        (Some("MD5"), Some(1)) => SealFact::TraditionalKey,
        _ => SealFact::Pkcs8Key,
    };
    let mut so = of_seal(seal);
    if whole != SealFact::Pkcs8Key {
        // Its derivation is of its own kind, and of no version of PKCS#5 that the rules are about.
        so.retain(|fact| !matches!(fact, SealFact::Pbes1 | SealFact::Pbes2));
    }
    Sealing {
        whole: BTreeSet::from([whole]),
        seals: vec![(in_words(seal), so)],
    }
}

fn in_words(seal: &Seal) -> String {
    format!("{}: {}", seal.what, seal.algorithm)
}

/// In how many safes of a PKCS#12 file the entries stand.
fn safes(entries: &[Entry]) -> usize {
    let safes: BTreeSet<&str> = entries
        .iter()
        .filter_map(|entry| entry.path.split("/bag").next())
        .collect();
    safes.len()
}

fn of_seal(seal: &Seal) -> BTreeSet<SealFact> {
    let mut so = BTreeSet::new();
    let derivation = seal.derivation.as_deref();
    if seal.what == "integrity" {
        if seal.algorithm.starts_with("PBMAC1") {
            so.insert(SealFact::Pbmac1);
        } else {
            so.insert(SealFact::Mac);
            so.extend(seal.digest.as_deref().map(digest));
        }
    } else {
        so.insert(if seal.algorithm.starts_with("PBES2") {
            SealFact::Pbes2
        } else {
            SealFact::Pbes1
        });
        so.insert(cipher(seal));
        let name = seal.cipher.as_deref().unwrap_or("");
        if name.ends_with("-GCM") || name.ends_with("-CCM") {
            so.insert(SealFact::CheckedCipher);
        }
        // The digest of PBES2 is of no account to anybody; that of PBKDF1 is.
        if derivation == Some("PBKDF1") {
            so.insert(SealFact::Pbkdf1);
            so.extend(seal.digest.as_deref().map(digest));
        }
        if derivation == Some("scrypt") {
            so.insert(SealFact::Scrypt);
        }
    }
    let rounds = seal.rounds;
    let salt = seal.salt_length;
    let told = [
        (
            SealFact::FewRounds,
            rounds.is_some_and(|rounds| rounds < 1000),
        ),
        (
            SealFact::ManyRounds,
            rounds.is_some_and(|rounds| 5_000_000 < rounds),
        ),
        (SealFact::ShortSalt, salt.is_some_and(|salt| salt < 16)),
        (SealFact::VeryShortSalt, salt.is_some_and(|salt| salt < 8)),
    ];
    so.extend(told.iter().filter(|(_, so)| *so).map(|(fact, _)| *fact));
    so
}

fn cipher(seal: &Seal) -> SealFact {
    match (seal.cipher.as_deref(), seal.key_bits) {
        (Some("AES-128-CBC"), _) => SealFact::Aes128,
        (Some("AES-192-CBC"), _) => SealFact::Aes192,
        (Some("AES-256-CBC"), _) => SealFact::Aes256,
        (Some("3DES-CBC"), _) => SealFact::TripleDes,
        (Some("2-key 3DES-CBC"), _) => SealFact::TwoKeyTripleDes,
        (Some("DES-CBC"), _) => SealFact::Des,
        (Some("RC2-CBC"), Some(40)) => SealFact::Rc2Of40Bits,
        (Some("RC2-CBC"), _) => SealFact::Rc2,
        (Some("RC4"), _) => SealFact::Rc4,
        _ => SealFact::OtherCipher,
    }
}

fn digest(name: &str) -> SealFact {
    match name {
        "MD2" | "MD5" => SealFact::Md5,
        "SHA-1" => SealFact::Sha1,
        "SHA-256" => SealFact::Sha256,
        "SHA-224" | "SHA-384" | "SHA-512" | "SHA-512/224" | "SHA-512/256" => SealFact::OtherSha2,
        _ => SealFact::OtherDigest,
    }
}
