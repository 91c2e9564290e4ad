//! What is odd about a keystore: how it is sealed, and what it holds.

use std::collections::{HashMap, HashSet};

use crate::container::pbe::{DigestName, Standing, Used};
use crate::container::{Container, Item, ItemKind};
use crate::origin::Origin;
use crate::report::{Finding, Format, Integrity, Keystore, Lock, Seal, Severity, Span};
use crate::rule::Rule;
use crate::x509::Spine;

/// How a part is sealed, and what that is worth.
pub(crate) struct Sealed {
    pub(crate) seal: Seal,
    /// What is thought of its cipher; absent for integrity checks and unknown ciphers.
    pub(crate) standing: Option<Standing>,
    /// The digest of an integrity check.
    pub(crate) mac: Option<DigestName>,
    /// Whether an integrity check is the newer one of RFC 9579.
    pub(crate) is_pbmac1: bool,
    /// Where the algorithm stands.
    pub(crate) at: Option<Span>,
}

impl Sealed {
    /// A seal of which no more is known.
    pub(crate) fn of(seal: Seal) -> Self {
        Self {
            seal,
            standing: None,
            mac: None,
            is_pbmac1: false,
            at: None,
        }
    }
}

/// A keystore that was read, with what is odd about it.
pub(crate) fn keystore(
    format: Format,
    (lock, integrity): (Lock, Integrity),
    sealed: Vec<Sealed>,
    items: Vec<Item>,
    mut findings: Vec<Finding>,
) -> Container {
    if format != Format::Pkcs12 {
        let what = format!("It is of type {}.", format.name());
        findings.push(JAVA_FORMAT.found(what, None));
    }
    seals(&sealed, &mut findings);
    let is_whole = lock == Lock::Open && !has_unread(&items, &findings);
    entries(format, &items, is_whole, &mut findings);
    crate::order::by_key(&mut findings, |finding| finding.severity);
    let seals = sealed.into_iter().map(|sealed| sealed.seal).collect();
    Container {
        format,
        keystore: Some(Keystore {
            lock,
            integrity,
            seals,
            waiting: Vec::new(),
        }),
        items,
        findings,
    }
}

/// Whether a rule holds for a seal.
type Holds<'a> = &'a dyn Fn(&Sealed) -> bool;

/// What is odd about the seals: each rule once, with everything that it holds for.
fn seals(sealed: &[Sealed], findings: &mut Vec<Finding>) {
    let rounds = |one: &Sealed, range: std::ops::Range<u64>| {
        one.seal
            .rounds
            .is_some_and(|rounds| range.contains(&rounds))
    };
    let rules: [(Rule, Holds<'_>); 9] = [
        (UNSUPPORTED, &|it| it.seal.unsupported.is_some()),
        (BROKEN_CIPHER, &|it| it.standing == Some(Standing::Broken)),
        (AGEING_CIPHER, &|it| it.standing == Some(Standing::Ageing)),
        (MAC_MD5, &|it| {
            matches!(it.mac, Some(DigestName::Md5 | DigestName::Md2))
        }),
        (MAC_SHA1, &|it| it.mac == Some(DigestName::Sha1)),
        (VERY_FEW_ROUNDS, &|it| rounds(it, 0..FEW)),
        (FEW_ROUNDS, &|it| rounds(it, FEW..ENOUGH)),
        (SHORT_SALT, &|it| {
            it.seal.salt_length.is_some_and(|length| length < 8)
        }),
        (PBMAC1, &|it| it.is_pbmac1),
    ];
    for (rule, holds) in rules {
        let mut seen = HashSet::new();
        let held: Vec<&Sealed> = sealed.iter().filter(|one| holds(one)).collect();
        let lines: Vec<String> = held
            .iter()
            .map(|one| described(&one.seal))
            .filter(|line| seen.insert(line.clone()))
            .collect();
        if let Some(first) = held.first() {
            let what = format!("{}.", lines.join("; "));
            findings.push(rule.found(what, first.at));
        }
    }
}

/// What is odd about the seal of a key that stands alone.
pub(crate) fn of_key(sealed: &Sealed) -> Vec<Finding> {
    let rounds = sealed.seal.rounds;
    let weak = rounds.is_some_and(|rounds| rounds < ENOUGH);
    let rules = [
        (UNSUPPORTED, sealed.seal.unsupported.is_some()),
        (KEY_BROKEN_CIPHER, sealed.standing == Some(Standing::Broken)),
        (KEY_AGEING_CIPHER, sealed.standing == Some(Standing::Ageing)),
        if rounds.is_some_and(|rounds| FEW <= rounds) {
            (KEY_FEW_ROUNDS.eased(), weak)
        } else {
            (KEY_FEW_ROUNDS, weak)
        },
    ];
    let held = rules.iter().filter(|(_, holds)| *holds);
    let found = held.map(|(rule, _)| rule.found(format!("{}.", described(&sealed.seal)), None));
    found.collect()
}

fn described(seal: &Seal) -> String {
    let mut text = format!("{}: {}", seal.what, seal.algorithm);
    if let Some(part) = &seal.unsupported {
        text = format!("{text}; the {part} is not supported");
    }
    if let Some(rounds) = seal.rounds {
        let word = if rounds == 1 { "round" } else { "rounds" };
        text = format!("{text}, {rounds} {word}");
    }
    match seal.salt_length {
        Some(length) => format!("{text}, {length} bytes of salt"),
        None => text,
    }
}

/// What is odd about the passwords that opened something.
pub(crate) fn passwords(used: &[Used<'_>], items: &[Item], findings: &mut Vec<Finding>) {
    let freely = used.iter().any(|one| one.secret.is_empty());
    let bare_keys = items.iter().filter(|item| match &item.kind {
        ItemKind::PrivateKey(key) => key.lock == Lock::Open && (freely || key.seal.is_none()),
        _ => false,
    });
    if bare_keys.count() != 0 {
        let what = "The keystore opened with an empty password, or its key is not encrypted.";
        findings.push(KEY_WITHOUT_PASSWORD.found(what, None));
    } else if freely {
        let what = "It opened without a password, or with an empty one.";
        findings.push(EMPTY_PASSWORD.found(what, None));
    }
    let different: HashSet<_> = used.iter().map(|one| one.secret).collect();
    let typed = different.iter().filter(|secret| !secret.is_empty()).count();
    if 1 < different.len() && typed != 0 {
        let what = format!("{} different passwords were needed.", different.len());
        findings.push(SEVERAL_PASSWORDS.found(what, None));
    }
    if used.iter().any(|one| one.form.is_old()) {
        let what = "The password fits only when its characters are taken for Latin-1.";
        findings.push(OLD_ENCODING.found(what, None));
    }
}

/// What stands after the file.
pub(crate) fn trailing(rest: &[u8], offset: usize, origin: &Origin, findings: &mut Vec<Finding>) {
    if !rest.is_empty() {
        let what = format!("{} bytes follow the keystore.", rest.len());
        let at = origin.span(offset, offset.saturating_add(rest.len()));
        findings.push(TRAILING.found(what, Some(at)));
    }
}

/// Whether something of a store could not be read, or is sealed for a key.
fn has_unread(items: &[Item], findings: &[Finding]) -> bool {
    let is_unread = |item: &Item| match &item.kind {
        ItemKind::Unreadable(_) => true,
        ItemKind::PrivateKey(key) => key.facts.is_none(),
        _ => false,
    };
    items.iter().any(is_unread) || findings.iter().any(|found| found.id == SEALED_FOR_KEY.id)
}

/// What is odd about the entries. What a store lacks can be told only of one that is read as a whole.
fn entries(format: Format, items: &[Item], is_whole: bool, findings: &mut Vec<Finding>) {
    same_names(format, items, findings);
    same_identifiers(items, findings);
    same_certificates(items, findings);
    unordered_chains(items, findings);
    if !is_whole {
        return;
    }
    let is_certificate = |item: &&Item| matches!(item.kind, ItemKind::Certificate(_));
    let is_key = |item: &&Item| matches!(item.kind, ItemKind::PrivateKey(_));
    let (keys, certificates) = (
        items.iter().filter(is_key).count(),
        items.iter().filter(is_certificate).count(),
    );
    if keys != 0 && certificates == 0 {
        let what = format!("{} in it, and no certificate.", count(keys, "key"));
        findings.push(KEY_ALONE.found(what, None));
    }
    let trusted = |item: &Item| item.keystore.as_ref().is_some_and(|entry| entry.trusted);
    if format == Format::Pkcs12 && certificates != 0 && keys == 0 && !items.iter().any(trusted) {
        let what = format!(
            "None of its {} carries the attribute trusted-key-usage.",
            count(certificates, "certificate")
        );
        findings.push(JAVA_SEES_NOTHING.found(what, None));
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

/// Java keeps names in lower case: of two that differ in nothing else, one is lost.
fn same_names(format: Format, items: &[Item], findings: &mut Vec<Finding>) {
    let mut seen: HashMap<(bool, String), &Item> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    for item in items {
        let (Some(alias), Some(entry)) = (item.alias.as_deref(), &item.keystore) else {
            continue;
        };
        // Of a chain, the first certificate bears its key's name; the others are called anything.
        let is_key = matches!(item.kind, ItemKind::PrivateKey(_));
        if format == Format::Pkcs12 && !is_key && !entry.trusted || entry.chain_index.is_some() {
            continue;
        }
        // A keystore of Java has one name for all kinds of entries.
        let group = format == Format::Pkcs12 && is_key;
        if seen.insert((group, alias.to_lowercase()), item).is_some() {
            names.push(alias);
        }
    }
    if !names.is_empty() {
        let what = format!("More than once: {}.", quoted(&names));
        findings.push(SAME_NAME.found(what, None));
    }
}

fn same_identifiers(items: &[Item], findings: &mut Vec<Finding>) {
    let mut seen: HashMap<(bool, &str), &Item> = HashMap::new();
    let mut twice: Vec<&str> = Vec::new();
    for item in items {
        let identifier = item
            .keystore
            .as_ref()
            .and_then(|entry| entry.local_key_id.as_deref());
        let is_key = matches!(item.kind, ItemKind::PrivateKey(_));
        if let Some(identifier) = identifier
            && let Some(before) = seen.insert((is_key, identifier), item)
            && certificate_of(before).is_none_or(|der| certificate_of(item) != Some(der))
        {
            twice.push(identifier);
        }
    }
    if !twice.is_empty() {
        let what = format!("More than once: {}.", quoted(&twice));
        findings.push(SAME_IDENTIFIER.found(what, None));
    }
}

fn same_certificates(items: &[Item], findings: &mut Vec<Finding>) {
    let mut seen: HashSet<&[u8]> = HashSet::new();
    // The same authority stands in many chains, as it must.
    let alone = items.iter().filter(|item| {
        let entry = item.keystore.as_ref();
        entry.is_none_or(|entry| entry.chain_index.is_none())
    });
    let twice: Vec<&str> = alone
        .filter(|item| certificate_of(item).is_some_and(|der| !seen.insert(der)))
        .map(|item| item.path.as_str())
        .collect();
    if !twice.is_empty() {
        let what = format!("Held before: {}.", quoted(&twice));
        findings.push(SAME_CERTIFICATE.found(what, None));
    }
}

fn certificate_of(item: &Item) -> Option<&[u8]> {
    match &item.kind {
        ItemKind::Certificate(der) => Some(der),
        _ => None,
    }
}

/// In the chain of a key, each certificate must be followed by its issuer's.
fn unordered_chains(items: &[Item], findings: &mut Vec<Finding>) {
    let place = |item: &Item| {
        let entry = item.keystore.as_ref()?;
        entry.entry.zip(entry.chain_index)
    };
    let names = |item: &Item| {
        let spine = Spine::read(certificate_of(item)?).ok()?;
        Some((spine.subject.raw.to_vec(), spine.issuer.raw.to_vec()))
    };
    let mut broken: Vec<&str> = Vec::new();
    for (item, next) in items.iter().zip(items.iter().skip(1)) {
        let (Some((entry, at)), Some((other, after))) = (place(item), place(next)) else {
            continue;
        };
        if entry != other || at.checked_add(1) != Some(after) {
            continue;
        }
        if let (Some((_, issuer)), Some((subject, _))) = (names(item), names(next))
            && issuer != subject
        {
            broken.push(&next.path);
        }
    }
    if !broken.is_empty() {
        let what = format!("Not the issuer of the one before: {}.", quoted(&broken));
        findings.push(UNORDERED_CHAIN.found(what, None));
    }
}

/// Names that are listed in one sentence.
const MAX_NAMES: usize = 10;

fn quoted(names: &[&str]) -> String {
    let listed: Vec<&str> = names.iter().take(MAX_NAMES).copied().collect();
    let more = names.len().saturating_sub(listed.len());
    if more == 0 {
        listed.join(", ")
    } else {
        format!("{} and {more} more", listed.join(", "))
    }
}

pub(crate) const RULES: &[Rule] = &[
    AGEING_CIPHER,
    BER,
    BROKEN_CIPHER,
    CHANGED,
    CUT,
    EMPTY_PASSWORD,
    FEW_ROUNDS,
    JAVA_FORMAT,
    JAVA_SEES_NOTHING,
    KEY_AGEING_CIPHER,
    KEY_ALONE,
    KEY_BROKEN_CIPHER,
    KEY_FEW_ROUNDS,
    KEY_WITHOUT_PASSWORD,
    MAC_MD5,
    MAC_SHA1,
    MAC_UNREADABLE,
    NOT_VERIFIED,
    NO_INTEGRITY,
    OLD_ENCODING,
    OLD_NSS,
    PBMAC1,
    SAME_CERTIFICATE,
    SAME_IDENTIFIER,
    SAME_NAME,
    SEALED_FOR_KEY,
    SEVERAL_PASSWORDS,
    SHORT_SALT,
    TOO_COSTLY,
    TRAILING,
    UNORDERED_CHAIN,
    UNSUPPORTED,
    VERSION,
    VERY_FEW_ROUNDS,
];

/// Rounds below which a derivation hardly slows anyone down.
const FEW: u64 = 2048;
/// Rounds that are asked for today at the least.
const ENOUGH: u64 = 10_000;

const WRITE_AGAIN: &str = "Write the keystore again with current software, as openssl pkcs12 -export and keytool -importkeystore do by default.";

const BROKEN_CIPHER: Rule = Rule {
    id: "legacy-seal",
    severity: Severity::Warning,
    title: "Sealed with a cipher that is no longer accepted everywhere",
    why: "RC2, RC4 and DES are broken or of too few bits. OpenSSL 3 refuses them unless its legacy provider is loaded; FIPS systems refuse them.",
    fix: "With openssl pkcs12 -legacy -in old.p12 -out all.pem && openssl pkcs12 -export -in all.pem -out new.p12, write the keystore again.",
    citation: "RFC 7292, C; OpenSSL 3 migration guide",
};

pub(crate) const VERSION: Rule = Rule {
    id: "pkcs12-version",
    severity: Severity::Warning,
    title: "A version that PKCS#12 files do not have",
    why: "There is version 3 alone; OpenSSL, Java and Windows refuse any other.",
    fix: WRITE_AGAIN,
    citation: "RFC 7292, 4",
};

const UNSUPPORTED: Rule = Rule {
    id: "seal-not-supported",
    severity: Severity::Warning,
    title: "Sealed in a way that is not supported here",
    why: "No password opens it here. The software that made it can read it.",
    fix: "Seal it again with AES: a key with openssl pkcs8 -topk8, a keystore with openssl pkcs12 -export.",
    citation: "RFC 8018, 6.2",
};

const SEAL_AGAIN: &str =
    "Seal the key again with openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000.";

const KEY_BROKEN_CIPHER: Rule = Rule {
    id: "key-sealed-with-broken-cipher",
    severity: Severity::Warning,
    title: "The key is sealed with a broken cipher",
    why: "DES, RC2 and RC4 are broken or of too few bits: who has the file can open it. Current software refuses them.",
    fix: SEAL_AGAIN,
    citation: "NIST SP 800-131A Rev. 2, 2",
};

const KEY_AGEING_CIPHER: Rule = Rule {
    id: "key-sealed-with-3des",
    severity: Severity::Notice,
    title: "The key is sealed with 3DES",
    why: "3DES may not be used to encrypt any more since 2024, and FIPS systems refuse it.",
    fix: SEAL_AGAIN,
    citation: "NIST SP 800-131A Rev. 2, 2",
};

const KEY_FEW_ROUNDS: Rule = Rule {
    id: "key-sealed-in-few-rounds",
    severity: Severity::Warning,
    title: "Guessing the password of the key costs little",
    why: "At least 10,000 rounds of key derivation are asked for, so that trying passwords is slow.",
    fix: SEAL_AGAIN,
    citation: "NIST SP 800-132, 5.2; NIST SP 800-63B, 5.1.1.2",
};

const AGEING_CIPHER: Rule = Rule {
    id: "seal-3des",
    severity: Severity::Notice,
    title: "Sealed with 3DES",
    why: "3DES may not be used to encrypt any more since 2024, and FIPS systems refuse it.",
    fix: WRITE_AGAIN,
    citation: "NIST SP 800-131A Rev. 2, 2",
};

const MAC_MD5: Rule = Rule {
    id: "mac-md5",
    severity: Severity::Warning,
    title: "The integrity check is made with MD5",
    why: "MD5 is broken; current software refuses it.",
    fix: WRITE_AGAIN,
    citation: "RFC 6151, 2",
};

const MAC_SHA1: Rule = Rule {
    id: "mac-sha1",
    severity: Severity::Notice,
    title: "The integrity check is made with SHA-1",
    why: "SHA-1 is on its way out; systems in FIPS mode refuse the check.",
    fix: WRITE_AGAIN,
    citation: "NIST SP 800-131A Rev. 2, 9",
};

const VERY_FEW_ROUNDS: Rule = Rule {
    id: "very-few-rounds",
    severity: Severity::Warning,
    title: "Guessing the password costs next to nothing",
    why: "Fewer than 2048 rounds of key derivation hardly slow down who tries passwords.",
    fix: WRITE_AGAIN,
    citation: "NIST SP 800-132, 5.2",
};

const FEW_ROUNDS: Rule = Rule {
    id: "few-rounds",
    severity: Severity::Notice,
    title: "The key is derived in few rounds",
    why: "At least 10,000 rounds are asked for, so that trying passwords is slow.",
    fix: "Write the keystore again with more rounds, as openssl pkcs12 -export -iter 600000 does.",
    citation: "NIST SP 800-132, 5.2; NIST SP 800-63B, 5.1.1.2",
};

const SHORT_SALT: Rule = Rule {
    id: "short-salt",
    severity: Severity::Warning,
    title: "The salt is short",
    why: "With fewer than 8 bytes of salt, passwords can be tried for many files at once.",
    fix: WRITE_AGAIN,
    citation: "RFC 8018, 4.1; NIST SP 800-132, 5.1",
};

const PBMAC1: Rule = Rule {
    id: "pbmac1",
    severity: Severity::Notice,
    title: "Older software cannot check this keystore",
    why: "Its integrity check is PBMAC1, of 2024. Software from before, such as OpenSSL before 3.4 and Java before 26, calls the password wrong.",
    fix: "Leave out -pbmac1_pbkdf2 where older software must read the file.",
    citation: "RFC 9579, 4",
};

pub(crate) const NO_INTEGRITY: Rule = Rule {
    id: "no-integrity",
    severity: Severity::Notice,
    title: "The keystore carries no integrity check",
    why: "Nothing proves that the file is whole; some software refuses it.",
    fix: "Write the file again with a MAC, as openssl pkcs12 -export does by default.",
    citation: "RFC 7292, 4",
};

pub(crate) const NOT_VERIFIED: Rule = Rule {
    id: "integrity-not-verified",
    severity: Severity::Warning,
    title: "The integrity check was not confirmed",
    why: "Nothing proves that the file is whole and unchanged.",
    fix: "Give the password of the file.",
    citation: "RFC 7292, 4",
};

pub(crate) const MAC_UNREADABLE: Rule = Rule {
    id: "mac-unreadable",
    severity: Severity::Warning,
    title: "The integrity check cannot be read",
    why: "Nothing proves that the file is whole and unchanged; other software refuses it.",
    fix: WRITE_AGAIN,
    citation: "RFC 7292, 4; RFC 9579, 4",
};

const KEY_WITHOUT_PASSWORD: Rule = Rule {
    id: "key-without-password",
    severity: Severity::Warning,
    title: "No password protects the private key",
    why: "Whoever gets hold of the file has the key.",
    fix: "Write the keystore again with a password, and keep this copy where only its owner reads it.",
    citation: "RFC 7292, 4.2",
};

const EMPTY_PASSWORD: Rule = Rule {
    id: "empty-password",
    severity: Severity::Notice,
    title: "The keystore opens without a password",
    why: "Its integrity check proves nothing: anyone can change the file and make it anew.",
    fix: "Write the keystore again with a password, where its content must be trusted.",
    citation: "RFC 7292, B.1",
};

pub(crate) const SEVERAL_PASSWORDS: Rule = Rule {
    id: "several-passwords",
    severity: Severity::Notice,
    title: "Its parts have different passwords",
    why: "OpenSSL and most servers take one password for a keystore and refuse this one.",
    fix: "Write the keystore again with one password, or set both where the software asks for a key password.",
    citation: "RFC 7292, 4",
};

const OLD_ENCODING: Rule = Rule {
    id: "password-latin1",
    severity: Severity::Warning,
    title: "The password is encoded as old software did",
    why: "Software that follows the standard calls the password wrong.",
    fix: "Write the keystore again with current software, or choose a password of ASCII characters.",
    citation: "RFC 7292, B.1; RFC 8018, 3",
};

pub(crate) const OLD_NSS: Rule = Rule {
    id: "sealed-by-old-nss",
    severity: Severity::Warning,
    title: "Sealed as NSS did before 3.30",
    why: "PBKDF2 takes the password as UTF-8, not UTF-16, and AES is as strong as its name says. Other software calls the password wrong.",
    fix: "Write the keystore again with a current Firefox or pk12util.",
    citation: "RFC 8018, 3, 6.2 and B.2.5",
};

pub(crate) const CHANGED: Rule = Rule {
    id: "keystore-digest-differs",
    severity: Severity::Warning,
    title: "The final digest does not fit the password of its key",
    why: "The file was changed after it was written, or the keystore has another password than its key. Java calls the password wrong.",
    fix: "Give the password of the keystore too; where it is the same one, take the file from its source or a backup.",
    citation: "Java SE 17, java.security.KeyStore",
};

pub(crate) const CUT: Rule = Rule {
    id: "keystore-cut",
    severity: Severity::Error,
    title: "The keystore is cut off within the digest at its end",
    why: "Nothing proves that the rest is whole, and Java refuses the file.",
    fix: "Take the file from its source or a backup, and copy it in binary mode.",
    citation: "Java SE 17, java.security.KeyStore",
};

pub(crate) const BER: Rule = Rule {
    id: "keystore-ber",
    severity: Severity::Notice,
    title: "Written in BER, not in DER",
    why: "The standard allows that; still some software, such as Go's and RustCrypto's, reads DER alone.",
    fix: "Where it is refused, write the keystore again with openssl or keytool.",
    citation: "RFC 7292, 4.1; X.690, 10.1",
};

pub(crate) const TRAILING: Rule = Rule {
    id: "keystore-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the end of the keystore",
    why: "Software differs in what it does with them; they belong to nothing.",
    fix: "Copy the file again, in binary mode.",
    citation: "RFC 7292, 4",
};

pub(crate) const SEALED_FOR_KEY: Rule = Rule {
    id: "sealed-for-public-key",
    severity: Severity::Warning,
    title: "A part is sealed for a public key, not by a password",
    why: "Only the holder of the matching private key can open it; most software passes over it in silence.",
    fix: "Ask for a keystore that is sealed by a password.",
    citation: "RFC 7292, 3.1",
};

pub(crate) const TOO_COSTLY: Rule = Rule {
    id: "part-too-costly",
    severity: Severity::Error,
    title: "A part was left sealed: opening it costs too much",
    why: "The file asks for more work than is allowed. That may be meant to stall whoever opens it.",
    fix: "Raise the limit if you trust where the file came from.",
    citation: "RFC 8018, 4.2",
};

const KEY_ALONE: Rule = Rule {
    id: "key-without-certificate",
    severity: Severity::Notice,
    title: "A private key without its certificate",
    why: "Servers need both, and Java lists no key that has no certificate.",
    fix: "Add the certificate, as openssl pkcs12 -export -inkey key.pem -in certificate.pem does.",
    citation: "RFC 7292, 4.2",
};

pub(crate) const JAVA_SEES_NOTHING: Rule = Rule {
    id: "invisible-to-java",
    severity: Severity::Notice,
    title: "Java does not list these certificates",
    why: "Java takes a certificate without a key for an entry only where an attribute marks it as trusted.",
    fix: "Where Java reads it, write it with keytool -importcert, or with openssl pkcs12 -export -jdktrust anyExtendedKeyUsage.",
    citation: "JDK-8006591; OpenSSL, openssl-pkcs12(1)",
};

const SAME_NAME: Rule = Rule {
    id: "duplicate-alias",
    severity: Severity::Warning,
    title: "Two entries bear the same name",
    why: "Java keeps names in lower case and one entry a name: it shows one of them.",
    fix: "Give each entry a name of its own.",
    citation: "Java SE 17, java.security.KeyStore",
};

const SAME_IDENTIFIER: Rule = Rule {
    id: "duplicate-local-key-id",
    severity: Severity::Warning,
    title: "Two entries carry the same local key identifier",
    why: "It ties a key to its certificate; here it ties several, and software picks any.",
    fix: "Write the keystore again, each key with its own certificate.",
    citation: "RFC 2985, 5.5.2",
};

const SAME_CERTIFICATE: Rule = Rule {
    id: "duplicate-certificate",
    severity: Severity::Notice,
    title: "A certificate is held twice",
    why: "It does no harm, and makes it easy to replace one copy and forget the other.",
    fix: "Remove one of them.",
    citation: "RFC 7292, 4.2.3",
};

const UNORDERED_CHAIN: Rule = Rule {
    id: "unordered-chain",
    severity: Severity::Warning,
    title: "A chain is out of order",
    why: "A server sends the chain as it stands here; clients expect each certificate before its issuer's.",
    fix: "Import the chain again, from the key's own certificate up.",
    citation: "RFC 8446, 4.4.2; java.security.KeyStore",
};

const JAVA_FORMAT: Rule = Rule {
    id: "java-proprietary-store",
    severity: Severity::Notice,
    title: "A format of Java's own",
    why: "Other software does not read it, and what seals its keys is old. keytool itself recommends PKCS#12.",
    fix: "Write it again with keytool -importkeystore -srckeystore old.jks -destkeystore new.p12 -deststoretype PKCS12.",
    citation: "JEP 229",
};
