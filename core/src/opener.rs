//! Who can open a keystore or a sealed key: what is expected of each product, by a table of rules.

mod facts;
mod rules;

use serde::{Deserialize, Serialize};

pub use self::facts::SealFact;
use self::facts::{Met, Sealing, key_sealing, keystore_sealing};
pub use self::rules::{OpenerRule, opener_rules};
use crate::pile::Coverage;
use crate::report::{Lock, Object, Report};

/// A product that opens keystores and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Opener {
    /// OpenSSL 3 as it is installed.
    OpenSsl3,
    /// OpenSSL 3 with its legacy provider.
    OpenSsl3Legacy,
    /// Java 8.
    Java8,
    /// Java 11.
    Java11,
    /// Java 17 and later.
    Java17,
    /// Windows Server 2016.
    WindowsServer2016,
    /// Windows Server 2019 and later.
    WindowsServer2019,
    /// The keychain of macOS.
    Macos,
    /// Go's `golang.org/x/crypto/pkcs12`.
    GoCrypto,
    /// Go's `software.sslmate.com/src/go-pkcs12`.
    GoSslmate,
    /// Software that uses nothing but a provider in FIPS 140 mode.
    Fips140,
}

impl Opener {
    /// Every product, in the order in which they are told.
    pub const ALL: &[Self] = &[
        Self::OpenSsl3,
        Self::OpenSsl3Legacy,
        Self::Java8,
        Self::Java11,
        Self::Java17,
        Self::WindowsServer2016,
        Self::WindowsServer2019,
        Self::Macos,
        Self::GoCrypto,
        Self::GoSslmate,
        Self::Fips140,
    ];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsl3 => "OpenSSL 3 as installed",
            Self::OpenSsl3Legacy => "OpenSSL 3 with -legacy",
            Self::Java8 => "Java 8",
            Self::Java11 => "Java 11",
            Self::Java17 => "Java 17 and later",
            Self::WindowsServer2016 => "Windows Server 2016",
            Self::WindowsServer2019 => "Windows Server 2019 and later",
            Self::Macos => "macOS Keychain",
            Self::GoCrypto => "Go, x/crypto/pkcs12",
            Self::GoSslmate => "Go, sslmate go-pkcs12",
            Self::Fips140 => "FIPS 140 mode",
        }
    }
}

/// Whether a product opens a file, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// It does.
    Yes,
    /// From some release on, or not everything in it.
    Partly,
    /// Nothing that can be cited says so.
    Unknown,
    /// It does not.
    No,
}

impl Opens {
    /// In one word: `not known`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::Unknown => "not known",
            Self::No => "no",
        }
    }
}

/// Who can open one keystore or one sealed key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WhoCanOpen {
    /// [`crate::Entry::path`] of the key; absent for the keystore as a whole.
    pub entry: Option<String>,
    /// In one line: `2 of 11 are expected to refuse it`.
    pub summary: String,
    /// Product by product.
    pub verdicts: Vec<OpenerVerdict>,
    /// What this rests on.
    pub coverage: Coverage,
}

/// What is expected of one product, by its documentation. Nothing was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenerVerdict {
    /// The product.
    pub opener: Opener,
    /// What people call it.
    pub name: String,
    /// What is expected: the worst of the reasons, `yes` without any.
    pub expected: Opens,
    /// Why, the worst first.
    pub reasons: Vec<OpenerReason>,
}

/// Why a product is expected to refuse a file, or part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenerReason {
    /// What is expected for this reason alone.
    pub expected: Opens,
    /// What in the file it is about: `certificates: RC2-40 …`; absent where it is the file as a whole.
    pub seal: Option<String>,
    /// Why.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Where that is written.
    pub source: String,
}

/// Tells who can open what an input holds: the keystore, else each of its sealed keys. Empty where
/// nothing is sealed, for anybody can open that.
pub fn who_can_open(report: &Report) -> Vec<WhoCanOpen> {
    // Of the keystores of an archive it is not known whose seals are whose.
    if report.format.is_archive() {
        return Vec::new();
    }
    if let Some(keystore) = &report.keystore {
        let mut not_checked = vec!["any of the products: nothing was tried"];
        if keystore.lock != Lock::Open {
            not_checked.push("what lies in the sealed parts");
        }
        let coverage = Coverage::new(&["how the keystore is written and sealed"], &not_checked);
        return vec![told(None, &keystore_sealing(report, keystore), coverage)];
    }
    let sealed = report.entries.iter().filter_map(|entry| {
        let Object::PrivateKey(key) = &entry.object else {
            return None;
        };
        let sealing = key_sealing(key.seal.as_ref()?);
        let coverage = Coverage::new(
            &["how the key is sealed"],
            &["any of the products: nothing was tried"],
        );
        Some(told(Some(entry.path.clone()), &sealing, coverage))
    });
    sealed.collect()
}

/// Whether a product is expected to open a private key once it is written anew: in PKCS#8, under AES-256.
pub fn opens_written_key(opener: Opener) -> Opens {
    let seal = [SealFact::Pbes2, SealFact::Aes256];
    verdict(opener, &Sealing::of_key(SealFact::Pkcs8Key, &seal)).expected
}

fn told(entry: Option<String>, sealing: &Sealing, coverage: Coverage) -> WhoCanOpen {
    let verdicts: Vec<OpenerVerdict> = Opener::ALL
        .iter()
        .map(|opener| verdict(*opener, sealing))
        .collect();
    let count = |wanted: Opens| verdicts.iter().filter(|one| one.expected == wanted).count();
    let all = verdicts.len();
    let summary = match (count(Opens::No), count(Opens::Yes)) {
        (_, yes) if yes == all => format!("All {all} are expected to open it"),
        (0, _) => format!("None of {all} is expected to refuse it"),
        (no, _) if no == all => format!("All {all} are expected to refuse it"),
        (1, _) => format!("1 of {all} is expected to refuse it"),
        (no, _) => format!("{no} of {all} are expected to refuse it"),
    };
    WhoCanOpen {
        entry,
        summary,
        verdicts,
        coverage,
    }
}

fn verdict(opener: Opener, sealing: &Sealing) -> OpenerVerdict {
    let mut reasons: Vec<OpenerReason> = Vec::new();
    for rule in opener_rules()
        .iter()
        .filter(|rule| rule.opener.contains(&opener))
    {
        let seal = match sealing.met_by(rule.facts) {
            Some(Met::BySeal(seal)) => Some(seal.to_owned()),
            Some(Met::ByFile) => None,
            None => continue,
        };
        reasons.push(OpenerReason {
            expected: rule.expected,
            seal,
            why: rule.why.to_owned(),
            fix: rule.fix_where(|fact| sealing.has(fact)).to_owned(),
            source: rule.source.to_owned(),
        });
    }
    crate::order::by_key(&mut reasons, |reason| std::cmp::Reverse(reason.expected));
    OpenerVerdict {
        opener,
        name: opener.name().to_owned(),
        expected: reasons.first().map_or(Opens::Yes, |reason| reason.expected),
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, inspect};

    /// Why FIPS 140 mode refuses the sealed key of a file, and what to do about it.
    fn refused(key: &[u8]) -> Vec<(String, String)> {
        let report = inspect(key, &Options::default(), None).expect("is read");
        let told = who_can_open(&report).into_iter().next().expect("is sealed");
        let mut verdicts = told.verdicts.into_iter();
        let verdict = verdicts.find(|one| one.opener == Opener::Fips140);
        let reasons = verdict.expect("is told").reasons.into_iter();
        reasons.map(|one| (one.why, one.fix)).collect()
    }

    #[test]
    fn a_sealed_key_is_not_taken_for_a_keystore() {
        let traditional = refused(include_bytes!("../tests/vectors/traditional-key.pem"));
        assert_eq!(traditional.len(), 1, "{traditional:?}");
        assert_eq!(traditional[0].0, "Its key is derived by MD5.");
        let openssh = refused(include_bytes!("../tests/vectors/ssh/sealed-aes256-ctr"));
        assert_eq!(openssh.len(), 1, "{openssh:?}");
        assert_eq!(openssh[0].0, "Its key is derived by bcrypt.");
    }

    /// What is to be done about a key of one kind and cipher, by product.
    fn fixes(kind: SealFact, seal: &[SealFact]) -> Vec<(Opener, String)> {
        let sealing = Sealing::of_key(kind, seal);
        let all = Opener::ALL.iter().flat_map(|opener| {
            let reasons = verdict(*opener, &sealing).reasons.into_iter();
            reasons.map(|reason| (*opener, reason.fix))
        });
        all.collect()
    }

    #[test]
    fn what_is_said_of_a_key_does_not_speak_of_writing_a_keystore_again() {
        use SealFact::{
            Des, FewRounds, OpenSshKey, OtherCipher, Pbes1, Pbes2, Pkcs8Key, Rc2, Rc2Of40Bits, Rc4,
            Scrypt, ShortSalt, TraditionalKey, TripleDes, TwoKeyTripleDes, VeryShortSalt,
        };
        let ciphers = [
            Rc2Of40Bits,
            Rc2,
            Rc4,
            Des,
            TripleDes,
            TwoKeyTripleDes,
            OtherCipher,
        ];
        let others = [Scrypt, FewRounds, ShortSalt, VeryShortSalt];
        for kind in [Pkcs8Key, TraditionalKey, OpenSshKey] {
            for cipher in ciphers {
                for scheme in [Pbes1, Pbes2] {
                    let seal = [&[cipher, scheme][..], &others].concat();
                    for (opener, fix) in fixes(kind, &seal) {
                        let is_of_keystore =
                            fix.contains("the keystore") || fix.contains("-legacy");
                        assert!(!is_of_keystore, "{opener:?}, {kind:?}: {fix}");
                    }
                }
            }
        }
        let of_openssl = |kind, cipher| {
            let all = fixes(kind, &[cipher, Pbes1]);
            let mut own = all.into_iter().filter(|it| it.0 == Opener::OpenSsl3);
            own.next().expect("is refused").1
        };
        // OpenSSL 3 reads what is sealed so by its legacy provider alone, and pkcs8 has no -legacy.
        let by_provider = "Convert it: openssl pkcs8 -topk8 -provider default -provider legacy -in old.pem -out new.pem.";
        assert_eq!(of_openssl(Pkcs8Key, Rc2), by_provider);
        assert_eq!(of_openssl(TraditionalKey, Des), by_provider);
    }
}
