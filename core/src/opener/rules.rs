//! What is known of each product, and where that is written.
//!
//! `docs/WHO-CAN-OPEN.md` is this table; a test holds the two together. What can be tried, is: another
//! test opens keystores with OpenSSL 3 and with Java 17 and compares.

use super::SealFact::{
    self, Aes128, Aes192, Bcfks, Ber, BouncyCastle, Broken, CheckedCipher, Des, FewRounds,
    InvisibleToJava, JavaStore, Mac, ManyRounds, Md5, NoCertificate, NoKey, NoMac, OpenSshKey,
    OtherCipher, OtherDigest, OtherSha2, OtherThanTwoSafes, Pbes1, Pbes2, Pbkdf1, Pbmac1, Pkcs8Key,
    Pkcs12, Rc2, Rc2Of40Bits, Rc4, Scrypt, SealedForKey, SeveralCertificates, SeveralKeys,
    SeveralPasswords, Sha1, Sha256, ShortSalt, SignedMac, TraditionalKey, Trailing, TripleDes,
    TwoKeyTripleDes, UnreadableMac, UnsealedKey, VeryShortSalt,
};
use super::{Opener, Opens};

/// One row of the table: what these products do with files of which all these facts are so. A file that
/// no rule is about is expected to open.
#[derive(Clone, Copy, Debug)]
pub struct OpenerRule {
    /// The products.
    pub opener: &'static [Opener],
    /// What must be so, of one seal and the file together.
    pub facts: &'static [SealFact],
    /// What is expected then.
    pub expected: Opens,
    /// Why.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

impl OpenerRule {
    /// What to do about it in a file of which these facts are so.
    pub(super) fn fix_where(&self, has: impl Fn(SealFact) -> bool) -> &'static str {
        let is_legacy = [Rc2Of40Bits, Rc2, Rc4, Des].into_iter().any(&has);
        let is_of_openssl = has(SealFact::Pkcs8Key) || has(SealFact::TraditionalKey);
        let of_keystore = self.fix == ADD_LEGACY || self.fix.starts_with(WRITE_KEYSTORE);
        match self.fix {
            // A key that stands alone is no keystore.
            _ if of_keystore && has(SealFact::OpenSshKey) => FROM_OPENSSH,
            fix if (of_keystore || fix == TO_PKCS8) && is_of_openssl => {
                if is_legacy {
                    LEGACY_TO_PKCS8
                } else {
                    TO_PKCS8
                }
            }
            WRITE_AGAIN if is_legacy => WRITE_LEGACY_AGAIN,
            fix => fix,
        }
    }
}

/// Every row of the table, product by product.
pub fn opener_rules() -> &'static [OpenerRule] {
    RULES
}

const OPENSSL: &[Opener] = &[Opener::OpenSsl3, Opener::OpenSsl3Legacy];
const JAVA: &[Opener] = &[Opener::Java8, Opener::Java11, Opener::Java17];
const WINDOWS: &[Opener] = &[Opener::WindowsServer2016, Opener::WindowsServer2019];
const GO: &[Opener] = &[Opener::GoCrypto, Opener::GoSslmate];

const ADD_LEGACY: &str =
    "Give -legacy to openssl, or write the keystore again with a current cipher.";
const WRITE_AGAIN: &str = "Write the keystore again: openssl pkcs12 -in old.p12 -out all.pem && openssl pkcs12 -export -in all.pem -out new.p12";
/// The same where OpenSSL 3 opens the old one by its legacy provider alone.
const WRITE_LEGACY_AGAIN: &str = "Write the keystore again: openssl pkcs12 -legacy -in old.p12 -out all.pem && openssl pkcs12 -export -in all.pem -out new.p12";
const WRITE_AES: &str = "Write the keystore again with AES-256: openssl pkcs12 -export -keypbe AES-256-CBC -certpbe AES-256-CBC.";
const WRITE_OLD: &str = "Write a copy for it with 3DES and SHA-1: openssl pkcs12 -export -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1.";
const MAC_SHA256: &str = "Write the keystore again with -macalg sha256.";
const UPDATE_JAVA: &str = "Update Java, or write a copy with 3DES and SHA-1.";
const KEYTOOL_TO_P12: &str = "Convert it: keytool -importkeystore -srckeystore old.jks -destkeystore new.p12 -deststoretype PKCS12.";
const ONE_PASSWORD: &str = "Write the keystore again with one password for all of it.";
const TO_PFX: &str = "Put key and certificate into a keystore: openssl pkcs12 -export.";
/// How what speaks of a keystore begins.
const WRITE_KEYSTORE: &str = "Write the keystore again";
const TO_PKCS8: &str = "Convert it: openssl pkcs8 -topk8 -in old.pem -out new.pem.";
/// The same where OpenSSL 3 opens the old one by its legacy provider alone.
const LEGACY_TO_PKCS8: &str =
    "Convert it: openssl pkcs8 -topk8 -provider default -provider legacy -in old.pem -out new.pem.";
const FROM_OPENSSH: &str = "Convert it: ssh-keygen -p -m PKCS8 -f key.";

const MIGRATION: &str =
    "OpenSSL, ossl-guide-migration(7), Legacy Algorithms; openssl-pkcs12(1), -legacy";
const PBES2_PARAMETERS: &str = "OpenJDK source, com.sun.crypto.provider.PBES2Parameters";
const SUN_JCE: &str = "OpenJDK source, com.sun.crypto.provider.SunJCE";
const PKCS12_KEY_STORE: &str = "OpenJDK source, sun.security.pkcs12.PKCS12KeyStore";
const EXPORT_PFX: &str = "Microsoft Learn, Export-PfxCertificate, -CryptoAlgorithmOption";
const IMPORT_PFX: &str = "Microsoft Learn, Import-PfxCertificate";
const NO_WORD: &str = "no documentation of the vendor says so; reports of users differ";
const X_CRYPTO: &str = "golang.org/x/crypto/pkcs12, source: crypto.go, mac.go, pkcs12.go";
const SSLMATE: &str = "pkg.go.dev, software.sslmate.com/src/go-pkcs12";
const PKCS12_KDF: &str = "OpenSSL, EVP_KDF-PKCS12KDF(7); RFC 9879, 1";
const SP_800_131A: &str = "NIST SP 800-131A Rev. 2, 2";

/// A row for products that refuse.
const fn no(
    opener: &'static [Opener],
    facts: &'static [SealFact],
    (why, fix, source): (&'static str, &'static str, &'static str),
) -> OpenerRule {
    row(opener, facts, Opens::No, (why, fix, source))
}

const fn row(
    opener: &'static [Opener],
    facts: &'static [SealFact],
    expected: Opens,
    (why, fix, source): (&'static str, &'static str, &'static str),
) -> OpenerRule {
    OpenerRule {
        opener,
        facts,
        expected,
        why,
        fix,
        source,
    }
}

const RC2_IS_LEGACY: (&str, &str, &str) = (
    "RC2 is in the legacy provider, which is not loaded.",
    ADD_LEGACY,
    MIGRATION,
);
const DES_IS_LEGACY: (&str, &str, &str) = (
    "Single DES is in the legacy provider, which is not loaded.",
    ADD_LEGACY,
    MIGRATION,
);
const AES_ONLY: (&str, &str, &str) = (
    "Of PBES2 it reads AES with 128 or 256 bits in CBC mode only.",
    WRITE_AES,
    PBES2_PARAMETERS,
);
const PBES2_SINCE_2019: (&str, &str, &str) = (
    "AES in keystores came with Windows 10 version 1709 and Server 2019; before, it calls the password wrong.",
    WRITE_OLD,
    EXPORT_PFX,
);
const NOT_DOCUMENTED: (&str, &str, &str) = (
    "Windows writes AES-256 with SHA-256, or 3DES with SHA-1; what else it reads is not said.",
    WRITE_OLD,
    EXPORT_PFX,
);
const MAC_KEYCHAIN: (&str, &str, &str) = (
    "Some releases say that the MAC verification failed, as if the password were wrong.",
    WRITE_OLD,
    NO_WORD,
);
const TWO_CIPHERS: (&str, &str, &str) = ("It reads 3DES and RC2-40 only.", WRITE_OLD, X_CRYPTO);
const ONE_PAIR: (&str, &str, &str) = (
    "Decode wants one key and one certificate; ToPEM reads the others.",
    "Call ToPEM, or write a keystore with one key and one certificate.",
    X_CRYPTO,
);
const ONE_KEY: (&str, &str, &str) = (
    "It decodes keystores with one key and its chain, or with certificates alone.",
    "Write a keystore for each key.",
    SSLMATE,
);
const NOT_APPROVED: (&str, &str, &str) = (
    "The cipher is not approved to open what is sealed under a password.",
    WRITE_AES,
    SP_800_131A,
);

const RULES: &[OpenerRule] = &[
    no(
        Opener::ALL,
        &[Pkcs12, Broken],
        (
            "A part of it does not follow the standard, and cannot be read.",
            "Ask whoever made it for another copy.",
            "RFC 7292, 4",
        ),
    ),
    // OpenSSL 3.
    no(&[Opener::OpenSsl3], &[Rc2Of40Bits], RC2_IS_LEGACY),
    no(&[Opener::OpenSsl3], &[Rc2], RC2_IS_LEGACY),
    no(
        &[Opener::OpenSsl3],
        &[Rc4],
        (
            "RC4 is in the legacy provider, which is not loaded.",
            ADD_LEGACY,
            MIGRATION,
        ),
    ),
    no(&[Opener::OpenSsl3], &[Des], DES_IS_LEGACY),
    row(
        OPENSSL,
        &[Pbmac1],
        Opens::Partly,
        (
            "It checks PBMAC1 from release 3.4 on; before, it calls the check unreadable.",
            "Update OpenSSL, or leave -pbmac1_pbkdf2 out when the keystore is written.",
            "OpenSSL 3.4, CHANGES; RFC 9579, 4",
        ),
    ),
    no(
        OPENSSL,
        &[SignedMac],
        (
            "It reads keystores with an integrity check by password only.",
            WRITE_AGAIN,
            "OpenSSL, PKCS12_parse(3)",
        ),
    ),
    no(
        OPENSSL,
        &[UnreadableMac],
        (
            "It stops at an integrity check that it cannot read.",
            WRITE_AGAIN,
            "RFC 7292, 4; RFC 9579, 4",
        ),
    ),
    no(
        OPENSSL,
        &[Pkcs12, SeveralPasswords],
        (
            "It takes one password for all parts.",
            ONE_PASSWORD,
            "OpenSSL, openssl-pkcs12(1), -twopass",
        ),
    ),
    row(
        OPENSSL,
        &[SealedForKey],
        Opens::Partly,
        (
            "It passes over what is sealed for a public key.",
            "Ask for a keystore that is sealed by a password.",
            "RFC 7292, 3.1",
        ),
    ),
    no(
        OPENSSL,
        &[Pbes2, CheckedCipher],
        (
            "It opens PBES2 without ciphers in GCM or CCM mode.",
            WRITE_AGAIN,
            "OpenSSL, EVP_PBE_CipherInit(3); RFC 8018, 6.2",
        ),
    ),
    no(
        OPENSSL,
        &[JavaStore],
        (
            "It does not read Java's own keystores.",
            KEYTOOL_TO_P12,
            "JEP 229",
        ),
    ),
    no(
        OPENSSL,
        &[BouncyCastle],
        (
            "It does not read Bouncy Castle's keystores.",
            KEYTOOL_TO_P12,
            "Bouncy Castle, keystores: BKS, UBER",
        ),
    ),
    no(
        OPENSSL,
        &[Bcfks],
        (
            "It does not read Bouncy Castle's keystores.",
            KEYTOOL_TO_P12,
            "BC-FIPS user guide, BCFKS",
        ),
    ),
    no(
        OPENSSL,
        &[OpenSshKey],
        (
            "It does not read OpenSSH's own form of keys.",
            FROM_OPENSSH,
            "OpenSSH, PROTOCOL.key",
        ),
    ),
    // Java.
    row(
        &[Opener::Java8],
        &[Pkcs12, Pbes2],
        Opens::Partly,
        (
            "It opens keystores sealed with PBES2 from 8u301 on.",
            UPDATE_JAVA,
            "JDK 8u301 release notes, JDK-8076190; JDK-8202837",
        ),
    ),
    row(
        &[Opener::Java8],
        &[Pkcs12, Mac, Sha256],
        Opens::Partly,
        (
            "It checks HmacPBESHA256 from 8u301 on.",
            UPDATE_JAVA,
            "JDK 8u301 release notes, JDK-8076190",
        ),
    ),
    row(
        &[Opener::Java8],
        &[Pkcs12, Mac, OtherSha2],
        Opens::Partly,
        (
            "It checks HmacPBESHA384 and its like from 8u301 on.",
            UPDATE_JAVA,
            "JDK 8u301 release notes, JDK-8076190",
        ),
    ),
    row(
        &[Opener::Java11],
        &[Pkcs12, Mac, Sha256],
        Opens::Partly,
        (
            "It checks HmacPBESHA256 from 11.0.12 on.",
            UPDATE_JAVA,
            "JDK 11.0.12 release notes, JDK-8076190",
        ),
    ),
    row(
        &[Opener::Java11],
        &[Pkcs12, Mac, OtherSha2],
        Opens::Partly,
        (
            "It checks HmacPBESHA384 and its like from 11.0.12 on.",
            UPDATE_JAVA,
            "JDK 11.0.12 release notes, JDK-8076190",
        ),
    ),
    no(JAVA, &[Pbes2, Aes192], AES_ONLY),
    no(JAVA, &[Pbes2, TripleDes], AES_ONLY),
    no(JAVA, &[Pbes2, Des], AES_ONLY),
    no(JAVA, &[Pbes2, Rc2], AES_ONLY),
    no(JAVA, &[Pbes2, Rc2Of40Bits], AES_ONLY),
    no(JAVA, &[Pbes2, OtherCipher], AES_ONLY),
    no(
        JAVA,
        &[Scrypt],
        (
            "Of PBES2 it derives keys by PBKDF2 only.",
            WRITE_AGAIN,
            PBES2_PARAMETERS,
        ),
    ),
    no(
        JAVA,
        &[Pkcs12, Pbes1, TwoKeyTripleDes],
        (
            "It has no 3DES with two keys in PKCS#12.",
            WRITE_AES,
            SUN_JCE,
        ),
    ),
    no(
        JAVA,
        &[Pkcs12, Pbkdf1, Sha1],
        (
            "Of PKCS#5 version 1.5 it has MD5 with DES only.",
            WRITE_AES,
            SUN_JCE,
        ),
    ),
    no(
        JAVA,
        &[Pkcs12, Pbkdf1, Rc2],
        (
            "Of PKCS#5 version 1.5 it has MD5 with DES only.",
            WRITE_AES,
            SUN_JCE,
        ),
    ),
    no(
        JAVA,
        &[Pkcs12, Mac, Md5],
        (
            "It checks keystores with SHA-1 and SHA-2 only.",
            MAC_SHA256,
            SUN_JCE,
        ),
    ),
    no(
        JAVA,
        &[Pkcs12, Mac, OtherDigest],
        (
            "It checks keystores with SHA-1 and SHA-2 only.",
            MAC_SHA256,
            SUN_JCE,
        ),
    ),
    row(
        JAVA,
        &[Pbmac1],
        Opens::No,
        (
            "It checks PBMAC1 from Java 26 on; before, it says that the integrity check failed.",
            "Leave -pbmac1_pbkdf2 out when the keystore is written.",
            "JDK-8343232; RFC 9879",
        ),
    ),
    no(
        JAVA,
        &[ManyRounds],
        (
            "It refuses more than 5,000,000 rounds.",
            "Write the keystore again with fewer rounds: openssl pkcs12 -export -iter 600000.",
            PKCS12_KEY_STORE,
        ),
    ),
    no(
        JAVA,
        &[Pbes1, VeryShortSalt],
        (
            "It wants at least 8 octets of salt.",
            WRITE_AES,
            "OpenJDK source, com.sun.crypto.provider.PKCS12PBECipherCore",
        ),
    ),
    no(
        JAVA,
        &[Pbes2, VeryShortSalt],
        (
            "It wants at least 8 octets of salt.",
            WRITE_AES,
            "OpenJDK source, com.sun.crypto.provider.PBES2Core",
        ),
    ),
    no(
        JAVA,
        &[SignedMac],
        (
            "It reads keystores with an integrity check by password only.",
            WRITE_AGAIN,
            PKCS12_KEY_STORE,
        ),
    ),
    no(
        JAVA,
        &[UnreadableMac],
        (
            "It stops at an integrity check that it cannot read.",
            WRITE_AGAIN,
            PKCS12_KEY_STORE,
        ),
    ),
    no(
        JAVA,
        &[SealedForKey],
        (
            "It refuses a keystore with a part sealed for a public key.",
            "Ask for a keystore that is sealed by a password.",
            PKCS12_KEY_STORE,
        ),
    ),
    row(
        JAVA,
        &[InvisibleToJava],
        Opens::Partly,
        (
            "It opens the file and lists none of the certificates: they lack the mark of trust.",
            "Write them with keytool -importcert, or with openssl pkcs12 -export -jdktrust anyExtendedKeyUsage.",
            "JDK-8006591; openssl-pkcs12(1), -jdktrust",
        ),
    ),
    row(
        JAVA,
        &[NoCertificate],
        Opens::Partly,
        (
            "It opens the file and lists no key that has no certificate.",
            "Add the certificate: openssl pkcs12 -export -inkey key.pem -in certificate.pem.",
            PKCS12_KEY_STORE,
        ),
    ),
    row(
        JAVA,
        &[Pkcs12, SeveralPasswords],
        Opens::Partly,
        (
            "It opens the file; a key of another password needs that one too.",
            ONE_PASSWORD,
            "Java SE, KeyStore.getKey",
        ),
    ),
    row(
        JAVA,
        &[BouncyCastle],
        Opens::Partly,
        (
            "It needs Bouncy Castle's provider.",
            "Add -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider.",
            "Bouncy Castle, keystores: BKS, UBER",
        ),
    ),
    row(
        JAVA,
        &[Bcfks],
        Opens::Partly,
        (
            "It needs Bouncy Castle's FIPS provider, or its ordinary one.",
            "Add Bouncy Castle's provider.",
            "BC-FIPS user guide, BCFKS",
        ),
    ),
    row(
        JAVA,
        &[Pkcs8Key],
        Opens::Partly,
        (
            "Programs can open it; keytool and server settings mostly want a keystore.",
            TO_PFX,
            "Java SE, javax.crypto.EncryptedPrivateKeyInfo",
        ),
    ),
    no(
        JAVA,
        &[TraditionalKey],
        (
            "It has no reader for this form.",
            TO_PKCS8,
            "Java SE, javax.crypto.EncryptedPrivateKeyInfo",
        ),
    ),
    no(
        JAVA,
        &[OpenSshKey],
        (
            "It has no reader for this form.",
            FROM_OPENSSH,
            "OpenSSH, PROTOCOL.key",
        ),
    ),
    row(
        JAVA,
        &[Pkcs12, UnsealedKey],
        Opens::Partly,
        (
            "It opens the file and passes over keys that no password seals.",
            "Write the keystore again with a password.",
            PKCS12_KEY_STORE,
        ),
    ),
    // Windows.
    no(
        &[Opener::WindowsServer2016],
        &[Pkcs12, Pbes2],
        PBES2_SINCE_2019,
    ),
    no(
        &[Opener::WindowsServer2016],
        &[Pkcs12, Mac, Sha256],
        PBES2_SINCE_2019,
    ),
    no(
        &[Opener::WindowsServer2016],
        &[Pkcs12, Mac, OtherSha2],
        PBES2_SINCE_2019,
    ),
    row(
        &[Opener::WindowsServer2019],
        &[Pkcs12, Pbes2, Aes128],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        &[Opener::WindowsServer2019],
        &[Pkcs12, Pbes2, Aes192],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        &[Opener::WindowsServer2019],
        &[Pkcs12, Pbes2, TripleDes],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        &[Opener::WindowsServer2019],
        &[Pkcs12, Mac, OtherSha2],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        WINDOWS,
        &[Pkcs12, Pbes2, OtherCipher],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(WINDOWS, &[Pkcs12, Scrypt], Opens::Unknown, NOT_DOCUMENTED),
    row(WINDOWS, &[Pbmac1], Opens::Unknown, NOT_DOCUMENTED),
    row(WINDOWS, &[Pkcs12, NoMac], Opens::Unknown, NOT_DOCUMENTED),
    row(WINDOWS, &[Pkcs12, Mac, Md5], Opens::Unknown, NOT_DOCUMENTED),
    row(
        WINDOWS,
        &[Pkcs12, Mac, OtherDigest],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        WINDOWS,
        &[Pkcs12, Pbes1, Rc4],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        WINDOWS,
        &[Pkcs12, Pbes1, Rc2],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(
        WINDOWS,
        &[Pkcs12, Pbes1, TwoKeyTripleDes],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    row(WINDOWS, &[Pkcs12, Pbkdf1], Opens::Unknown, NOT_DOCUMENTED),
    row(
        WINDOWS,
        &[Pkcs12, SealedForKey],
        Opens::Unknown,
        NOT_DOCUMENTED,
    ),
    no(
        WINDOWS,
        &[Pkcs12, SeveralPasswords],
        ("Importing takes one password.", ONE_PASSWORD, IMPORT_PFX),
    ),
    no(
        WINDOWS,
        &[JavaStore],
        (
            "It does not read Java's own keystores.",
            KEYTOOL_TO_P12,
            IMPORT_PFX,
        ),
    ),
    no(
        WINDOWS,
        &[BouncyCastle],
        (
            "It does not read Bouncy Castle's keystores.",
            KEYTOOL_TO_P12,
            IMPORT_PFX,
        ),
    ),
    no(
        WINDOWS,
        &[Bcfks],
        (
            "It does not read Bouncy Castle's keystores.",
            KEYTOOL_TO_P12,
            IMPORT_PFX,
        ),
    ),
    no(
        WINDOWS,
        &[Pkcs8Key],
        (
            "Windows imports private keys in keystores only.",
            TO_PFX,
            IMPORT_PFX,
        ),
    ),
    no(
        WINDOWS,
        &[TraditionalKey],
        (
            "Windows imports private keys in keystores only.",
            TO_PFX,
            IMPORT_PFX,
        ),
    ),
    no(
        WINDOWS,
        &[OpenSshKey],
        (
            "The certificate store does not take OpenSSH's keys; its own ssh does.",
            FROM_OPENSSH,
            IMPORT_PFX,
        ),
    ),
    // macOS.
    row(
        &[Opener::Macos],
        &[Pkcs12, Pbes2],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, Mac, Sha256],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, Mac, OtherSha2],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, Mac, OtherDigest],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, Mac, Md5],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, NoMac],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, Pbkdf1],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[Pkcs12, SealedForKey],
        Opens::Unknown,
        MAC_KEYCHAIN,
    ),
    row(
        &[Opener::Macos],
        &[JavaStore],
        Opens::No,
        (
            "It does not read Java's own keystores.",
            KEYTOOL_TO_P12,
            "JEP 229",
        ),
    ),
    no(
        &[Opener::Macos],
        &[BouncyCastle],
        (
            "It does not read Bouncy Castle's keystores.",
            KEYTOOL_TO_P12,
            "Bouncy Castle, keystores: BKS, UBER",
        ),
    ),
    no(
        &[Opener::Macos],
        &[Bcfks],
        (
            "It does not read Bouncy Castle's keystores.",
            KEYTOOL_TO_P12,
            "BC-FIPS user guide, BCFKS",
        ),
    ),
    row(
        &[Opener::Macos],
        &[Pkcs8Key],
        Opens::Unknown,
        (
            "What forms of sealed keys it takes is not said.",
            TO_PFX,
            NO_WORD,
        ),
    ),
    row(
        &[Opener::Macos],
        &[TraditionalKey],
        Opens::Unknown,
        (
            "What forms of sealed keys it takes is not said.",
            TO_PFX,
            NO_WORD,
        ),
    ),
    row(
        &[Opener::Macos],
        &[OpenSshKey],
        Opens::Unknown,
        (
            "What forms of sealed keys it takes is not said.",
            FROM_OPENSSH,
            NO_WORD,
        ),
    ),
    // Go.
    no(&[Opener::GoCrypto], &[Pkcs12, Pbes2], TWO_CIPHERS),
    no(&[Opener::GoCrypto], &[Pkcs12, Rc2], TWO_CIPHERS),
    no(&[Opener::GoCrypto], &[Pkcs12, Rc4], TWO_CIPHERS),
    no(&[Opener::GoCrypto], &[Pkcs12, TwoKeyTripleDes], TWO_CIPHERS),
    no(&[Opener::GoCrypto], &[Pkcs12, Pbkdf1], TWO_CIPHERS),
    no(
        &[Opener::GoCrypto],
        &[Pkcs12, Mac, Sha256],
        ("It checks keystores with SHA-1 only.", WRITE_OLD, X_CRYPTO),
    ),
    no(
        &[Opener::GoCrypto],
        &[Pkcs12, Mac, OtherSha2],
        ("It checks keystores with SHA-1 only.", WRITE_OLD, X_CRYPTO),
    ),
    no(
        &[Opener::GoCrypto],
        &[Pkcs12, Mac, Md5],
        ("It checks keystores with SHA-1 only.", WRITE_OLD, X_CRYPTO),
    ),
    no(
        &[Opener::GoCrypto],
        &[Pkcs12, Mac, OtherDigest],
        ("It checks keystores with SHA-1 only.", WRITE_OLD, X_CRYPTO),
    ),
    no(
        &[Opener::GoCrypto],
        &[Pbmac1],
        ("It checks keystores with SHA-1 only.", WRITE_OLD, X_CRYPTO),
    ),
    no(
        &[Opener::GoCrypto],
        &[Pkcs12, NoMac],
        (
            "It refuses a keystore without an integrity check.",
            WRITE_OLD,
            X_CRYPTO,
        ),
    ),
    no(
        &[Opener::GoCrypto],
        &[OtherThanTwoSafes],
        (
            "It wants two safes, one for certificates and one for the key.",
            WRITE_OLD,
            X_CRYPTO,
        ),
    ),
    row(
        &[Opener::GoCrypto],
        &[Pkcs12, SeveralKeys],
        Opens::Partly,
        ONE_PAIR,
    ),
    row(
        &[Opener::GoCrypto],
        &[Pkcs12, SeveralCertificates],
        Opens::Partly,
        ONE_PAIR,
    ),
    row(
        &[Opener::GoCrypto],
        &[Pkcs12, NoKey],
        Opens::Partly,
        ONE_PAIR,
    ),
    row(
        &[Opener::GoCrypto],
        &[Pkcs12, NoCertificate],
        Opens::Partly,
        ONE_PAIR,
    ),
    no(
        GO,
        &[Ber],
        (
            "Go reads DER only.",
            "Write the keystore again with openssl or keytool.",
            X_CRYPTO,
        ),
    ),
    no(
        GO,
        &[Pkcs12, Trailing],
        (
            "It refuses octets after the end.",
            "Copy the file again, in binary mode.",
            X_CRYPTO,
        ),
    ),
    no(
        GO,
        &[Pkcs12, SeveralPasswords],
        ("It takes one password.", ONE_PASSWORD, X_CRYPTO),
    ),
    no(
        GO,
        &[SealedForKey],
        (
            "It reads parts that are open or sealed by a password only.",
            WRITE_AGAIN,
            X_CRYPTO,
        ),
    ),
    no(
        GO,
        &[SignedMac],
        (
            "It reads keystores with an integrity check by password only.",
            WRITE_AGAIN,
            X_CRYPTO,
        ),
    ),
    no(
        GO,
        &[UnreadableMac],
        (
            "It stops at an integrity check that it cannot read.",
            WRITE_AGAIN,
            X_CRYPTO,
        ),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Rc4],
        ("It reads AES, 3DES and RC2.", WRITE_AES, SSLMATE),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, TwoKeyTripleDes],
        ("It reads AES, 3DES and RC2.", WRITE_AES, SSLMATE),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Pbkdf1],
        ("It reads AES, 3DES and RC2.", WRITE_AES, SSLMATE),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Pbes2, TripleDes],
        ("Of PBES2 it reads AES in CBC mode.", WRITE_AES, SSLMATE),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Pbes2, OtherCipher],
        ("Of PBES2 it reads AES in CBC mode.", WRITE_AES, SSLMATE),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Scrypt],
        (
            "Of PBES2 it derives keys by PBKDF2 only.",
            WRITE_AGAIN,
            SSLMATE,
        ),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Mac, Md5],
        (
            "It checks keystores with SHA-1 and SHA-2.",
            MAC_SHA256,
            SSLMATE,
        ),
    ),
    no(
        &[Opener::GoSslmate],
        &[Pkcs12, Mac, OtherDigest],
        (
            "It checks keystores with SHA-1 and SHA-2.",
            MAC_SHA256,
            SSLMATE,
        ),
    ),
    row(
        &[Opener::GoSslmate],
        &[Pkcs12, Mac, OtherSha2],
        Opens::Unknown,
        (
            "Of SHA-2 its documentation names SHA-256 alone; which others it checks depends on its release.",
            MAC_SHA256,
            SSLMATE,
        ),
    ),
    row(
        &[Opener::GoSslmate],
        &[Pbmac1],
        Opens::Unknown,
        (
            "Whether it checks PBMAC1 depends on its release.",
            MAC_SHA256,
            SSLMATE,
        ),
    ),
    row(
        &[Opener::GoSslmate],
        &[Pkcs12, NoMac],
        Opens::Partly,
        (
            "It takes a keystore without an integrity check only where the password is empty.",
            WRITE_AGAIN,
            SSLMATE,
        ),
    ),
    no(&[Opener::GoSslmate], &[Pkcs12, SeveralKeys], ONE_KEY),
    no(&[Opener::GoSslmate], &[Pkcs12, NoCertificate], ONE_KEY),
    no(
        GO,
        &[JavaStore],
        ("It reads PKCS#12 only.", KEYTOOL_TO_P12, X_CRYPTO),
    ),
    no(
        GO,
        &[BouncyCastle],
        ("It reads PKCS#12 only.", KEYTOOL_TO_P12, X_CRYPTO),
    ),
    no(
        GO,
        &[Bcfks],
        ("It reads PKCS#12 only.", KEYTOOL_TO_P12, X_CRYPTO),
    ),
    no(
        GO,
        &[Pkcs8Key],
        (
            "It reads PKCS#12 only; Go's own libraries open no sealed PKCS#8 key.",
            TO_PFX,
            "pkg.go.dev, crypto/x509, ParsePKCS8PrivateKey",
        ),
    ),
    no(
        GO,
        &[TraditionalKey],
        (
            "It reads PKCS#12 only; crypto/x509 opens such keys by DecryptPEMBlock, which is deprecated.",
            TO_PFX,
            "pkg.go.dev, crypto/x509, DecryptPEMBlock",
        ),
    ),
    no(
        GO,
        &[OpenSshKey],
        (
            "It reads PKCS#12 only; golang.org/x/crypto/ssh opens such keys.",
            TO_PFX,
            "pkg.go.dev, golang.org/x/crypto/ssh, ParseRawPrivateKeyWithPassphrase",
        ),
    ),
    // FIPS 140.
    no(
        &[Opener::Fips140],
        &[Pkcs12, Mac],
        (
            "The derivation of PKCS#12 itself is not approved, so that the integrity check cannot be made; PBMAC1 can.",
            "Write the keystore again with openssl pkcs12 -export -pbmac1_pbkdf2, where the software reads that.",
            PKCS12_KDF,
        ),
    ),
    no(
        &[Opener::Fips140],
        &[Pbes1],
        (
            "The derivation of PKCS#12 and of PKCS#5 version 1.5 is not approved.",
            WRITE_AES,
            PKCS12_KDF,
        ),
    ),
    row(
        &[Opener::Fips140],
        &[Pbes2, TripleDes],
        Opens::Partly,
        (
            "3DES may open what was sealed long ago, and nothing may be sealed with it any more; newer modules leave it out.",
            WRITE_AES,
            SP_800_131A,
        ),
    ),
    no(&[Opener::Fips140], &[Pbes2, Des], NOT_APPROVED),
    no(&[Opener::Fips140], &[Pbes2, Rc2], NOT_APPROVED),
    no(&[Opener::Fips140], &[Pbes2, Rc2Of40Bits], NOT_APPROVED),
    no(
        &[Opener::Fips140],
        &[Scrypt],
        ("scrypt is not approved.", WRITE_AES, "NIST SP 800-132, 5"),
    ),
    no(
        &[Opener::Fips140],
        &[Pbes2, FewRounds],
        (
            "At least 1000 rounds are asked for.",
            "Write the keystore again with more rounds: -iter 600000.",
            "OpenSSL, EVP_KDF-PBKDF2(7), pkcs5; NIST SP 800-132, 5.2",
        ),
    ),
    no(
        &[Opener::Fips140],
        &[Pbes2, ShortSalt],
        (
            "At least 16 octets of salt are asked for.",
            "Write the keystore again with OpenSSL 3.2 or later, or keytool.",
            "OpenSSL, EVP_KDF-PBKDF2(7), pkcs5; NIST SP 800-132, 5.1",
        ),
    ),
    no(
        &[Opener::Fips140],
        &[JavaStore],
        (
            "What seals it is of Java's own making, and not approved.",
            KEYTOOL_TO_P12,
            "JEP 229; NIST SP 800-132",
        ),
    ),
    no(
        &[Opener::Fips140],
        &[BouncyCastle],
        (
            "Its ciphers and derivations are not approved.",
            KEYTOOL_TO_P12,
            "BC-FIPS user guide, BCFKS",
        ),
    ),
    row(
        &[Opener::Fips140],
        &[Bcfks],
        Opens::Partly,
        (
            "BC-FIPS opens it; other modules do not know the format.",
            KEYTOOL_TO_P12,
            "BC-FIPS user guide, BCFKS",
        ),
    ),
    no(
        &[Opener::Fips140],
        &[TraditionalKey],
        (
            "Its key is derived by MD5.",
            TO_PKCS8,
            "NIST SP 800-131A Rev. 2, 9",
        ),
    ),
    no(
        &[Opener::Fips140],
        &[OpenSshKey],
        (
            "Its key is derived by bcrypt.",
            FROM_OPENSSH,
            "NIST SP 800-132, 5",
        ),
    ),
];
