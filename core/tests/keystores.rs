//! Keystores of every kind: files of openssl, keytool and Bouncy Castle (`vectors/*/make` say how), and
//! files written here byte by byte for what no tool makes.

use std::fs;
use std::path::{Path, PathBuf};

use certlens_core::{
    Entry, Error, ErrorKind, Format, Integrity, Limits, Lock, Object, Options, Password, Report,
    Seal, inspect,
};
use zeroize::Zeroizing;

#[test]
fn every_seal_of_openssl_opens() {
    let files = vectors("seals", "p12");
    assert_eq!(files.len(), 32);
    for path in files {
        let report = read(&fs::read(&path).expect("is there"), &["changeit"]);
        let store = report.keystore.as_ref().expect("a keystore");
        let state = (store.lock, store.integrity);
        assert_eq!(state, (Lock::Open, Integrity::Verified), "{path:?}");
        assert!(kinds(&report).contains(&"key"), "{path:?}");
        assert!(kinds(&report).contains(&"certificate"), "{path:?}");
        for seal in &store.seals {
            assert_eq!(seal.rounds, Some(100), "{path:?} {seal:?}");
            assert!(seal.key_bits.is_some() && seal.salt_length.is_some());
        }
    }
}

#[test]
fn what_nss_sealed_before_3_30_opens_with_the_password_of_the_file() {
    for (name, said) in [
        ("aes256.p12", "The password opens it as UTF-16."),
        (
            "aes256-named-aes128.p12",
            "The password opens it as UTF-16, and PBES2, AES-128-CBC, PBKDF2 with HMAC-SHA-1 as PBES2, AES-256-CBC, PBKDF2 with HMAC-SHA-1.",
        ),
    ] {
        let file = fs::read(folder("nss").join(name)).expect("is there");
        let report = read(&file, &["another", "changeit"]);
        let store = report.keystore.as_ref().expect("a keystore");
        let state = (store.lock, store.integrity);
        assert_eq!(state, (Lock::Open, Integrity::Verified), "{name}");
        assert_eq!(kinds(&report), ["key", "certificate"], "{name}");
        let seal = store.seals.first().expect("the key's");
        assert_eq!(seal.cipher.as_deref(), Some("AES-256-CBC"), "{name}");
        let mut found = report.findings.iter();
        let found = found.find(|it| it.id == "sealed-by-old-nss");
        assert_eq!(found.expect("is said").what, said);

        let shut = read(&file, &["another"]).keystore.expect("a keystore");
        assert_eq!(shut.lock, Lock::WrongPassword, "{name}");
    }
}

#[test]
fn a_java_keystore_that_was_cut_or_changed_is_no_wrong_password() {
    for name in ["store.jks", "store.jceks"] {
        let whole = fs::read(folder("").join(name)).expect("is there");
        let state = |file: &[u8], password: &str| {
            let report = read(file, &[password]);
            let store = report.keystore.clone().expect("a keystore");
            let odd = report.findings.iter();
            let odd =
                odd.filter(|it| ["keystore-cut", "keystore-digest-differs"].contains(&&*it.id));
            let odd: Vec<String> = odd.map(|it| it.what.clone()).collect();
            (store.lock, store.integrity, odd.concat())
        };
        let end = whole.len();
        let open = |said: &str| (Lock::Open, Integrity::NotVerified, said.to_owned());
        let shut = |said: &str| (Lock::WrongPassword, Integrity::NotVerified, said.to_owned());
        let verified = (Lock::Open, Integrity::Verified, String::new());
        assert_eq!(state(&whole, "changeit"), verified, "{name}");

        let missing = "7 of the 20 bytes of the digest are missing.";
        assert_eq!(state(&whole[..end - 7], "changeit"), open(missing));
        assert_eq!(state(&whole[..end - 7], "another"), shut(missing));
        let missing = "20 of the 20 bytes of the digest are missing.";
        assert_eq!(state(&whole[..end - 20], "changeit"), open(missing));

        let mut flipped = whole.clone();
        flipped[end - 1] ^= 1;
        let differs = "A key opens, and the digest is another one.";
        assert_eq!(state(&flipped, "changeit"), open(differs), "{name}");
        assert_eq!(state(&flipped, "another"), shut(""), "{name}");
    }
}

#[test]
fn no_seal_of_openssl_opens_with_another_password() {
    for path in vectors("seals", "p12") {
        let report = read(&fs::read(&path).expect("is there"), &["changeit "]);
        let store = report.keystore.as_ref().expect("a keystore");
        let state = (store.lock, store.integrity);
        let expected = (Lock::WrongPassword, Integrity::NotVerified);
        assert_eq!(state, expected, "{path:?}");
        assert!(!kinds(&report).contains(&"key"), "{path:?}");
    }
}

#[test]
fn every_derivation_of_openssl_opens() {
    let files = vectors("seals", "pem");
    assert_eq!(files.len(), 8);
    for path in files {
        let report = read(&fs::read(&path).expect("is there"), &["changeit"]);
        assert_eq!(kinds(&report), ["key"], "{path:?}");
    }
}

#[test]
fn seals_tell_all_that_stands_beside_them() {
    let seals = |name: &str| -> Vec<Seal> {
        let path = folder("seals").join(name);
        let report = read(&fs::read(path).expect("is there"), &[]);
        report.keystore.expect("a keystore").seals
    };
    let line = |seal: &Seal| {
        let numbers = (seal.rounds, seal.salt_length, seal.key_bits);
        format!("{}: {} {numbers:?}", seal.what, seal.algorithm)
    };
    let lines: Vec<String> = seals("mac-sha512.p12").iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "certificates: PBE with SHA-1 and 40-bit RC2 (Some(100), Some(8), Some(40))",
            "key: PBE with SHA-1 and 3-key 3DES (Some(100), Some(8), Some(192))",
            "integrity: HMAC-SHA-512 (Some(100), Some(8), Some(512))",
        ]
    );
}

#[test]
fn attributes_of_windows_are_shown() {
    let path = folder("seals").join("attributes.p12");
    let report = read(&fs::read(path).expect("is there"), &["changeit"]);
    let key = entry(&report, "key");
    let store = key.keystore.as_ref().expect("is in a keystore");
    assert_eq!(key.alias.as_deref(), Some("leaf"));
    let provider = store.provider.as_deref();
    assert_eq!(provider, Some("Microsoft Software Key Storage Provider"));
    assert!(store.local_machine && store.attributes.is_empty());
    assert_eq!(store.local_key_id.as_ref().map(String::len), Some(40));
}

#[test]
fn keystores_of_bouncy_castle_open() {
    for (file, format, key_password) in [
        ("store.bks", Format::Bks, "changeit"),
        ("store-1.bks", Format::Bks, "changeit"),
        ("store-key-password.bks", Format::Bks, "key-password"),
        ("store.uber", Format::Uber, "changeit"),
        ("store.bcfks", Format::Bcfks, "changeit"),
    ] {
        let input = fs::read(folder("bouncy-castle").join(file)).expect("is there");
        let report = read(&input, &["changeit", key_password]);
        assert_eq!(report.format, format, "{file}");
        let store = report.keystore.as_ref().expect("a keystore");
        let state = (store.lock, store.integrity);
        assert_eq!(state, (Lock::Open, Integrity::Verified), "{file}");
        let mut found = kinds(&report);
        found.sort_unstable();
        let expected = ["certificate", "certificate", "key", "other"];
        assert_eq!(found, expected, "{file}");
        let key = entry(&report, "key");
        assert_eq!(key.alias.as_deref(), Some("Java"));
        let Object::PrivateKey(private) = &key.object else {
            panic!("a key")
        };
        let public = private.public_key.as_ref().expect("is open");
        assert_eq!(public.text, "EC P-256", "{file}");
        assert_eq!(private.certificates.len(), 1, "{file}: key and chain match");
        let Object::Other(secret) = &entry(&report, "other").object else {
            panic!("a secret")
        };
        assert_eq!(secret.what, "secret key", "{file}");
        let facts = secret.facts.join(", ");
        assert!(
            facts.contains("AES") && facts.contains("128 bits"),
            "{facts}"
        );
        let created = key.keystore.as_ref().and_then(|entry| entry.created);
        assert!(
            created.is_some_and(|at| 1_700_000_000 < at.seconds()),
            "{file}"
        );
    }
}

#[test]
fn keystores_of_bouncy_castle_tell_what_they_can_without_a_password() {
    let locked = |file: &str| {
        let input = fs::read(folder("bouncy-castle").join(file)).expect("is there");
        let report = read(&input, &[]);
        let store = report.keystore.clone().expect("a keystore");
        assert_eq!(store.lock, Lock::Locked, "{file}");
        (kinds(&report).join(" "), store.seals)
    };
    let (found, _) = locked("store.bks");
    assert_eq!(found.matches("certificate").count(), 2, "{found}");
    let (found, seals) = locked("store.uber");
    assert_eq!(found, "");
    assert_eq!(seals[0].algorithm, "PBE with SHA-1 and Twofish-CBC");
    let (found, seals) = locked("store.bcfks");
    assert_eq!(found, "");
    let algorithm = "PBES2, AES-256-CCM, PBKDF2 with HMAC-SHA-512";
    assert_eq!(seals[0].algorithm, algorithm);
}

#[test]
fn an_integrity_key_of_16_bits_is_found() {
    let ids = |file: &str| {
        let input = fs::read(folder("bouncy-castle").join(file)).expect("is there");
        ids(&read(&input, &["changeit"]))
    };
    assert!(ids("store-1.bks").contains(&"bks-16-bit-check".to_owned()));
    assert!(!ids("store.bks").contains(&"bks-16-bit-check".to_owned()));
}

#[test]
fn secret_keys_of_java_are_walked_and_told() {
    let path = format!("{}/tests/vectors/store.jceks", env!("CARGO_MANIFEST_DIR"));
    let input = fs::read(path).expect("is there");
    let secret = |passwords: &[&str]| {
        let report = read(&input, passwords);
        let Object::Other(other) = &entry(&report, "other").object else {
            panic!("a secret")
        };
        other.facts.clone()
    };
    let sealed = "sealed by PBEWithMD5AndTripleDES";
    assert_eq!(secret(&[]), [sealed]);
    assert_eq!(secret(&["changeit"]), [sealed, "AES", "128 bits"]);
}

// ---- files written here ----

#[test]
fn bags_of_every_kind_are_shown() {
    let nested = bag(
        "1.6",
        &sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]),
        &[],
    );
    let sdsi = bag(
        "1.3",
        &typed("1.2.840.113549.1.9.22.2", &ia5("(sdsi)")),
        &[],
    );
    let list = bag(
        "1.4",
        &typed("1.2.840.113549.1.9.23.1", &octets(&revocation_list())),
        &[],
    );
    let secret = bag("1.5", &typed("1.2.3.4", &octets(b"hidden")), &[]);
    let unknown = bag("1.9", &sequence(&[]), &[]);
    let report = read(&open_store(&[nested, sdsi, list, secret, unknown]), &[]);
    let paths: Vec<&str> = report.entries.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "pkcs12/safe[0]/bag[0]/bag[0]",
            "pkcs12/safe[0]/bag[1]",
            "pkcs12/safe[0]/bag[2]",
            "pkcs12/safe[0]/bag[3]",
            "pkcs12/safe[0]/bag[4]",
        ]
    );
    assert_eq!(kinds(&report)[0], "certificate");
    let what = |index: usize| match &report.entries[index].object {
        Object::Other(other) => other.what.clone(),
        _ => String::new(),
    };
    assert_eq!(what(1), "SDSI certificate");
    assert_eq!(what(3), "secret");
    assert_eq!(what(4), "bag of type 1.2.840.113549.1.12.10.1.9");
    assert!(!matches!(report.entries[2].object, Object::Unreadable(_)));
    let json = serde_json::to_string(&report).expect("is written");
    assert!(!json.contains("68696464656e"), "the secret is not told");
}

/// A safe within a safe may have a name of its own, which is none of its bags.
#[test]
fn the_name_of_a_nested_safe_is_told() {
    let name = |name: &str| attribute(FRIENDLY_NAME, &bmp(name));
    let leaf = bag("1.3", &certificate_bag(LEAF), &[name("leaf")]);
    let bare = bag("1.3", &certificate_bag(LEAF), &[]);
    let inner = bag("1.6", &sequence(&[leaf, bare]), &[name("inner")]);
    let nameless = bag("1.6", &sequence(&[inner]), &[]);
    let outer = bag("1.6", &sequence(&[nameless]), &[name("außen")]);
    let report = read(&open_store(&[outer]), &[]);
    let told = report.entries.iter().map(|entry| {
        let what = match &entry.object {
            Object::Other(other) => other.what.as_str(),
            _ => kind(entry),
        };
        (entry.path.as_str(), what, entry.alias.as_deref())
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("pkcs12/safe[0]/bag[0]", "safe within a safe", Some("außen")),
            (
                "pkcs12/safe[0]/bag[0]/bag[0]/bag[0]",
                "safe within a safe",
                Some("inner")
            ),
            (
                "pkcs12/safe[0]/bag[0]/bag[0]/bag[0]/bag[0]",
                "certificate",
                Some("leaf")
            ),
            (
                "pkcs12/safe[0]/bag[0]/bag[0]/bag[0]/bag[1]",
                "certificate",
                None
            ),
        ]
    );
}

#[test]
fn safes_that_are_nested_too_deeply_are_told() {
    let leaf = bag("1.3", &certificate_bag(LEAF), &[]);
    let wrap = |inner: Vec<u8>, _| bag("1.6", &sequence(&[inner]), &[]);
    let of = |depth| read(&open_store(&[(0..depth).fold(leaf.clone(), wrap)]), &[]);
    assert_eq!(kinds(&of(8)), ["certificate"]);
    let report = of(9);
    let Object::Other(other) = &report.entries[0].object else {
        panic!("{:?}", report.entries);
    };
    assert!(other.what.ends_with("nested too deeply"), "{}", other.what);
}

/// Cut at the beginning and the end of each of its fields, a Java keystore shows the entries before the cut,
/// and says which field is missing and how much of it.
#[test]
fn java_keystores_cut_short_show_what_was_before_the_cut() {
    for (name, with_secret) in [("store.jks", false), ("store.jceks", true)] {
        let input = fs::read(folder("").join(name)).expect("is there");
        let whole = read(&input, &["changeit"]);
        let (fields, ends) = java_fields(&input);
        assert_eq!(*ends.last().expect("has entries") + 20, input.len());
        assert_eq!(ends.len(), if with_secret { 3 } else { 2 });
        for (at, field) in &fields {
            for cut in [*at, at + 1] {
                let cut = &input[..cut.min(input.len())];
                let passwords = [Password::from("changeit")];
                let options = Options {
                    passwords: &passwords,
                    ..Options::default()
                };
                if *at < 12 {
                    let error = inspect(cut, &options, None).expect_err("holds nothing");
                    assert!(error.offset() <= cut.len());
                    continue;
                }
                let report = inspect(cut, &options, None).expect("shows something");
                let store = report.keystore.as_ref().expect("a keystore");
                assert_eq!(store.integrity, Integrity::NotVerified, "{name} {field}");
                if *field == "digest" {
                    assert_eq!(kinds(&report), kinds(&whole));
                    continue;
                }
                let before = ends.iter().filter(|end| **end <= *at).count();
                let (last, others) = report.entries.split_last().expect("has some");
                let Object::Unreadable(problem) = &last.object else {
                    panic!("{name} {field}: {last:?}");
                };
                assert_eq!(problem.code, "truncated", "{name} {field}: {problem:?}");
                assert!(problem.message.contains("entry"), "{}", problem.message);
                assert!(
                    problem.message.contains(field),
                    "{field}: {}",
                    problem.message
                );
                let count = |entries: &[Entry]| {
                    let of = |it: &&Entry| {
                        it.keystore.as_ref().and_then(|it| it.entry) < u32::try_from(before).ok()
                    };
                    entries.iter().filter(of).count()
                };
                assert_eq!(count(others), count(&whole.entries), "{name} {field}");
            }
        }
    }
}

/// Where each field of a Java keystore begins, by the name under which its end is missed, and where each
/// entry ends. The fields of a serialised object are not listed.
fn java_fields(input: &[u8]) -> (Vec<(usize, &'static str)>, Vec<usize>) {
    struct Walk<'a> {
        input: &'a [u8],
        at: usize,
        fields: Vec<(usize, &'static str)>,
    }
    impl Walk<'_> {
        fn number(&mut self, octets: usize, name: &'static str) -> usize {
            self.fields.push((self.at, name));
            let digits = &self.input[self.at..self.at + octets];
            self.at += octets;
            digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit))
        }

        /// A length of so many octets, and what it is the length of.
        fn block(&mut self, octets: usize, name: &'static str) {
            let length = self.number(octets, name);
            self.fields.push((self.at, name));
            self.at += length;
        }

        fn certificate(&mut self) {
            self.block(2, "certificate type");
            self.block(4, "certificate");
        }
    }
    let mut walk = Walk {
        input,
        at: 0,
        fields: Vec::new(),
    };
    walk.number(4, "magic number");
    walk.number(4, "version");
    let count = walk.number(4, "entry count");
    let mut ends = Vec::new();
    for _ in 0..count {
        let tag = walk.number(4, "entry tag");
        walk.block(2, "alias");
        walk.number(8, "creation date");
        match tag {
            1 => {
                walk.block(4, "private key");
                for _ in 0..walk.number(4, "chain length") {
                    walk.certificate();
                }
            }
            2 => walk.certificate(),
            _ => {
                walk.fields.push((walk.at, "secret key"));
                // A serialised object: it ends where the next entry begins.
                let next = [&b"\0\0\0\x02\0\x04root"[..], b"\0\0\0\x01\0\x03es1"];
                let rest = &input[walk.at..];
                let starts =
                    (0..rest.len()).find(|at| next.iter().any(|it| rest[*at..].starts_with(it)));
                walk.at += starts.expect("another entry follows");
            }
        }
        ends.push(walk.at);
    }
    walk.fields.push((walk.at, "digest"));
    (walk.fields, ends)
}

#[test]
fn attributes_are_typed_and_unknown_ones_listed() {
    let attributes = [
        attribute("1.2.840.113549.1.9.20", &bmp("größe 🔒")),
        attribute("1.2.840.113549.1.9.21", &octets(&[1, 2])),
        attribute(
            "2.16.840.1.113894.746875.1.1",
            &[oid("2.5.29.37.0"), oid("1.3.6.1.5.5.7.3.1")].concat(),
        ),
        attribute("1.2.3.4", &utf8("of my own")),
        attribute("1.2.3.5", &[5, 0]),
    ];
    let report = read(
        &open_store(&[bag("1.3", &certificate_bag(LEAF), &attributes)]),
        &[],
    );
    let entry = &report.entries[0];
    let store = entry.keystore.as_ref().expect("is in a keystore");
    assert_eq!(entry.alias.as_deref(), Some("größe 🔒"));
    assert_eq!(store.local_key_id.as_deref(), Some("0102"));
    let usages: Vec<&str> = store.trusted_for.iter().map(|it| &*it.oid).collect();
    assert!(store.trusted);
    assert_eq!(usages, ["2.5.29.37.0", "1.3.6.1.5.5.7.3.1"]);
    let others: Vec<_> = store
        .attributes
        .iter()
        .map(|it| (&*it.oid, it.text.as_deref(), it.bytes.as_str()))
        .collect();
    let text = ("1.2.3.4", Some("of my own"), "0c096f66206d79206f776e");
    assert_eq!(others, [text, ("1.2.3.5", None, "0500")]);
}

#[test]
fn lengths_left_open_and_strings_in_chunks_are_read() {
    let contents = sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    let (front, back) = contents.split_at(100);
    let chunks = open_length(0x24, &[octets(front), open_length(0x24, &[octets(back)])]);
    let info = open_length(0x30, &[oid(DATA), open_length(0xa0, &[chunks])]);
    let safe = open_length(0x30, &[info]);
    let (front, back) = safe.split_at(7);
    let chunks = open_length(0x24, &[octets(front), octets(back)]);
    let auth_safe = open_length(0x30, &[oid(DATA), open_length(0xa0, &[chunks])]);
    let file = open_length(0x30, &[integer(3), auth_safe]);
    let report = read(&file, &[]);
    assert_eq!(kinds(&report), ["certificate"]);
    assert!(
        ids(&report).contains(&"keystore-ber".to_owned()),
        "{:?}",
        ids(&report)
    );
}

#[test]
fn a_safe_for_a_public_key_names_its_recipient() {
    let name = sequence(&[set(&[sequence(&[oid("2.5.4.3"), utf8("Issuer")])])]);
    let recipient = sequence(&[
        integer(0),
        sequence(&[name, integer(77)]),
        sequence(&[oid("1.2.840.113549.1.1.1")]),
        octets(&[0; 8]),
    ]);
    let content = sequence(&[
        oid(DATA),
        sequence(&[oid("2.16.840.1.101.3.4.1.42"), octets(&[0; 16])]),
    ]);
    let envelope = sequence(&[integer(0), set(&[recipient]), content]);
    let plain = data_safe(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    let report = read(
        &store(&[content_info(ENVELOPED, &envelope), plain], None),
        &[],
    );
    assert_eq!(kinds(&report), ["other", "certificate"]);
    let Object::Other(other) = &report.entries[0].object else {
        panic!("is told")
    };
    assert_eq!(other.what, "safe sealed for a public key");
    assert_eq!(other.facts[0], "for the certificate 4d of CN=Issuer");
    assert_eq!(
        report.keystore.expect("one").lock,
        Lock::Open,
        "no password helps"
    );
}

#[test]
fn a_signed_keystore_is_read_and_not_called_verified() {
    let contents = sequence(&[data_safe(&[bag("1.3", &certificate_bag(LEAF), &[])])]);
    let inner = content_info(DATA, &octets(&contents));
    let signed = sequence(&[integer(1), set(&[]), inner, set(&[])]);
    let file = sequence(&[integer(3), content_info("1.2.840.113549.1.7.2", &signed)]);
    let report = read(&file, &[]);
    assert_eq!(kinds(&report), ["certificate"]);
    let store = report.keystore.as_ref().expect("one");
    assert_eq!(
        (store.lock, store.integrity),
        (Lock::Open, Integrity::NotVerified)
    );
    assert!(ids(&report).contains(&"integrity-not-verified".to_owned()));
}

#[test]
fn an_unknown_seal_hides_nothing_beside_it() {
    let sealed = sequence(&[
        oid(DATA),
        sequence(&[oid("1.2.3.4.5"), sequence(&[])]),
        [vec![0x80, 4], vec![0; 4]].concat(),
    ]);
    let sealed = content_info(ENCRYPTED, &sequence(&[integer(0), sealed]));
    let key = sequence(&[sequence(&[oid("1.2.3.4.6")]), octets(&[0; 8])]);
    let plain = data_safe(&[
        bag("1.3", &certificate_bag(LEAF), &[]),
        bag("1.2", &key, &[]),
    ]);
    let report = read(&store(&[sealed, plain], None), &["x"]);
    assert_eq!(kinds(&report), ["unreadable", "certificate", "sealed key"]);
    let seals = report.keystore.expect("one").seals;
    let algorithms: Vec<&str> = seals.iter().map(|it| it.algorithm.as_str()).collect();
    assert_eq!(algorithms, ["1.2.3.4.5", "1.2.3.4.6"]);
}

/// How passwords become octets, with everything else the same.
#[test]
fn passwords_of_every_alphabet_and_age_open() {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().chain([0]);
        units.flat_map(u16::to_be_bytes).collect()
    };
    let as_latin1 = |octets: &[u8]| -> Vec<u8> {
        let units = octets.iter().copied().map(u16::from).chain([0]);
        units.flat_map(u16::to_be_bytes).collect()
    };
    let password = "größe";
    for (typed, mac, safe, is_old) in [
        (
            "пароль 🔒",
            utf16("пароль 🔒"),
            "пароль 🔒".as_bytes(),
            false,
        ),
        (
            password,
            as_latin1(password.as_bytes()),
            password.as_bytes(),
            true,
        ),
        (password, utf16(password), &b"gr\xf6\xdfe"[..], true),
        ("", vec![0, 0], &[], false),
        ("", Vec::new(), &[], false),
    ] {
        let bags = sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]);
        let file = store(&[sealed_safe(&bags, safe, b"saltsalt", 2)], Some((&mac, 3)));
        let report = read(&file, &[typed]);
        let state = report.keystore.as_ref().expect("one");
        assert_eq!(state.integrity, Integrity::Verified, "{typed:?}");
        assert_eq!(kinds(&report), ["certificate"], "{typed:?}");
        let found = ids(&report).contains(&"password-latin1".to_owned());
        assert_eq!(found, is_old, "{typed:?}");
    }
}

#[test]
fn two_passwords_are_found() {
    let bags = sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    let mac = [0, b'a', 0, 0];
    let file = store(&[sealed_safe(&bags, b"b", b"saltsalt", 2)], Some((&mac, 3)));
    let report = read(&file, &["b", "a"]);
    assert_eq!(kinds(&report), ["certificate"]);
    assert!(ids(&report).contains(&"several-passwords".to_owned()));
    assert_eq!(
        read(&file, &["a"]).keystore.expect("one").lock,
        Lock::WrongPassword
    );
}

#[test]
fn rounds_beyond_the_limit_are_refused_at_once_with_the_figure() {
    let bags = sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    let sealed = sealed_safe(&bags, b"x", b"saltsalt", 1 << 31);
    let file = store(std::slice::from_ref(&sealed), None);
    let error = refused(&file, Limits::default());
    let expected = ErrorKind::LimitExceeded {
        what: "key derivation rounds",
        found: 1 << 31,
        allowed: Limits::default().kdf_rounds,
    };
    assert_eq!(error.kind(), &expected);
    assert!(error.to_string().contains("2147483648"), "{error}");
    assert!(error.hint().contains("fewer rounds"), "{}", error.hint());
    // What stands beside it in the open is shown all the same.
    let plain = data_safe(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    let report = read(&store(&[sealed, plain], None), &["x"]);
    assert_eq!(kinds(&report), ["unreadable", "certificate"]);
    assert!(ids(&report).contains(&"part-too-costly".to_owned()));
}

#[test]
fn rounds_are_summed_over_the_file_and_equal_ones_counted_once() {
    let bags = sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    let limits = Limits {
        kdf_rounds: 100,
        ..Limits::default()
    };
    let passwords = ["wrong", "x"].map(Password::from);
    let options = Options {
        passwords: &passwords,
        limits,
    };
    let safes = |salt: fn(u8) -> u8| -> Vec<Vec<u8>> {
        let salts = (0..20).map(|index| [salt(index); 8]);
        salts
            .map(|salt| sealed_safe(&bags, b"x", &salt, 10))
            .collect()
    };
    let same = inspect(&store(&safes(|_| 7), None), &options, None).expect("opens");
    assert_eq!(kinds(&same), ["certificate"; 20]);
    let different = inspect(&store(&safes(|index| index), None), &options, None).expect("opens");
    let mut expected = vec!["certificate"; 10];
    expected.extend(["unreadable"; 10]);
    assert_eq!(kinds(&different), expected);
    let Object::Unreadable(problem) = &different.entries[10].object else {
        panic!("is told")
    };
    assert!(
        problem
            .message
            .contains("at most 100 key derivation rounds, found 110"),
        "{problem:?}"
    );
}

#[test]
fn long_derivations_are_left_to_a_caller_who_makes_them() {
    let bags = sequence(&[bag("1.3", &certificate_bag(LEAF), &[])]);
    // One round makes their keys, whatever they state: only who is asked for the keys opens them.
    let safes = [b"one salt", b"another!"].map(|salt| sealed_safe(&bags, b"x", salt, 50_000));
    let asked = |input: &[u8]| {
        let passwords = ["wrong", "x"].map(|text| Password::deferring(text.to_owned()));
        let options = Options {
            passwords: &passwords,
            limits: Limits::default(),
        };
        let mut asked = Vec::new();
        loop {
            let report = inspect(input, &options, None).expect("opens");
            let before = asked.len();
            for password in &passwords {
                for wanted in password.deferred() {
                    assert_eq!((wanted.digest(), wanted.rounds()), ("SHA-1", 50_000));
                    let mut key = Zeroizing::new(vec![0; wanted.length()]);
                    let (octets, salt) = (wanted.password(), wanted.salt());
                    pbkdf2::pbkdf2_hmac::<sha1::Sha1>(octets, salt, 1, &mut key);
                    password.keep(&wanted, &key);
                    asked.push(format!("{wanted:?} of {} octets", octets.len()));
                    assert!(asked.len() < 10, "asks for ever");
                }
            }
            if asked.len() == before {
                return (kinds(&report), asked);
            }
        }
    };
    let with_mac = store(&safes, Some((&[0, b'x', 0, 0], 5)));
    let (opened, with_mac) = asked(&with_mac);
    assert_eq!(opened, ["certificate"; 2]);
    assert_eq!(
        with_mac, ["Pbkdf2(SHA-1, 50000 rounds) of 1 octets"; 2],
        "the password is known by then"
    );
    let (opened, without) = asked(&store(&safes, None));
    assert_eq!(opened, ["certificate"; 2]);
    assert_eq!(
        without[..2],
        ["Pbkdf2(SHA-1, 50000 rounds) of 5 octets"; 2],
        "both at once"
    );
    assert_eq!(without[2..], with_mac);
}

#[test]
fn memory_and_output_are_limited() {
    let path = folder("seals").join("scrypt.pem");
    let input = fs::read(path).expect("is there");
    let passwords = [Password::from("changeit")];
    let read = |input: &[u8], limits: Limits| {
        let options = Options {
            passwords: &passwords,
            limits,
        };
        let report = inspect(input, &options, None).expect("shows something");
        let problems = report
            .entries
            .iter()
            .filter_map(|entry| match &entry.object {
                Object::Unreadable(problem) => Some(problem.message.clone()),
                _ => None,
            });
        problems.collect::<Vec<String>>().join("; ")
    };
    let memory = Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    let message = read(&input, memory);
    assert!(
        message.contains("at most 1048576 bytes of memory for scrypt, found 1050624"),
        "{message}"
    );
    let input = fs::read(folder("seals").join("mac-sha256.p12")).expect("is there");
    let message = read(&input, Limits::default());
    assert_eq!(message, "");
    let smaller = Limits {
        output: 500,
        ..Limits::default()
    };
    let message = read(&input, smaller);
    assert!(
        message.contains("at most 500 bytes of decrypted content"),
        "{message}"
    );
}

#[test]
fn what_is_odd_about_entries_is_found() {
    let named = |name: &str| [attribute("1.2.840.113549.1.9.20", &bmp(name))];
    let identified = |octet: u8| [attribute("1.2.840.113549.1.9.21", &octets(&[octet]))];
    let key = {
        let pem = fs::read(folder("seals").join("prf-SHA256.pem")).expect("is there");
        let text = String::from_utf8(pem).expect("is text");
        let body: String = text.lines().filter(|it| !it.starts_with('-')).collect();
        decode(&body)
    };
    let leaf = certificate_bag(LEAF);
    let twice = open_store(&[bag("1.3", &leaf, &[]), bag("1.3", &leaf, &[])]);
    assert_eq!(
        ids(&read(&twice, &[])),
        ["no-integrity", "duplicate-certificate", "invisible-to-java"]
    );
    let alike = open_store(&[
        bag("1.2", &key, &named("One")),
        bag("1.2", &key, &named("ONE")),
    ]);
    let found = ids(&read(&alike, &["changeit"]));
    for id in [
        "duplicate-alias",
        "key-without-certificate",
        "very-few-rounds",
    ] {
        assert!(found.contains(&id.to_owned()), "{id}: {found:?}");
    }
    let same = [
        bag("1.2", &key, &identified(1)),
        bag("1.2", &key, &identified(1)),
    ];
    let found = ids(&read(&open_store(&same), &["changeit"]));
    assert!(
        found.contains(&"duplicate-local-key-id".to_owned()),
        "{found:?}"
    );
    let mut trailing = twice;
    trailing.extend(b"more");
    let report = read(&trailing, &[]);
    let finding = report
        .findings
        .iter()
        .find(|it| it.id == "keystore-trailing-bytes");
    assert_eq!(
        finding.expect("is found").what,
        "4 bytes follow the keystore."
    );
}

/// Base64 without anything around it.
fn decode(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut octets) = (0u32, 0, Vec::new());
    for digit in text.bytes().filter(|&digit| digit != b'=') {
        let value = alphabet
            .iter()
            .position(|&it| it == digit)
            .expect("a digit");
        bits = bits << 6 | u32::try_from(value).expect("fits");
        held += 6;
        if 8 <= held {
            held -= 8;
            octets.push(u8::try_from(bits >> held & 0xff).expect("fits"));
        }
    }
    octets
}

#[test]
fn secrets_are_told_to_nobody() {
    for path in [
        folder("seals").join("mac-sha1.p12"),
        folder("bouncy-castle").join("store.bks"),
        folder("bouncy-castle").join("store.uber"),
        folder("bouncy-castle").join("store.bcfks"),
    ] {
        let report = read(&fs::read(&path).expect("is there"), &["changeit"]);
        let told = format!(
            "{report:?} {}",
            serde_json::to_string(&report).expect("is written")
        );
        assert!(!told.contains("changeit"), "{path:?}");
        // The private half of every P-256 key begins so (RFC 5915, 3).
        assert!(!told.contains("0201010420"), "{path:?}");
    }
}

#[test]
fn broken_keystores_never_panic() {
    let passwords = [Password::from("changeit")];
    let limits = Limits {
        kdf_rounds: 3000,
        ..Limits::default()
    };
    let options = Options {
        passwords: &passwords,
        limits,
    };
    let mut files = vec![
        folder("").join("store.jceks"),
        folder("seals").join("attributes.p12"),
    ];
    files.extend(
        ["store.bks", "store.uber", "store.bcfks"].map(|it| folder("bouncy-castle").join(it)),
    );
    for path in files {
        let input = fs::read(&path).expect("is there");
        for at in (0..input.len()).step_by(7) {
            let mut flipped = input.clone();
            flipped[at] ^= 0xff;
            for broken in [&input[..at], &flipped] {
                match inspect(broken, &options, None) {
                    Ok(report) => {
                        let length = u64::try_from(broken.len()).expect("fits");
                        let mut ends = report.entries.iter().map(|entry| entry.place.end);
                        assert!(ends.all(|end| end <= length), "{path:?} {at}");
                    }
                    Err(error) => assert!(error.offset() <= broken.len(), "{path:?} {at}: {error}"),
                }
            }
        }
    }
}

// ---- what reads ----

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

fn vectors(name: &str, extension: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder(name)).expect("is there");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("is listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == extension));
    paths.sort();
    paths
}

fn read(input: &[u8], passwords: &[&str]) -> Report {
    let passwords: Vec<Password> = passwords.iter().map(|&text| Password::from(text)).collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    inspect(input, &options, None).expect("shows something")
}

fn refused(input: &[u8], limits: Limits) -> Error {
    let passwords = [Password::from("x")];
    let options = Options {
        passwords: &passwords,
        limits,
    };
    inspect(input, &options, None).expect_err("must be refused")
}

fn kind(entry: &Entry) -> &'static str {
    match &entry.object {
        Object::Certificate(_) => "certificate",
        Object::PrivateKey(key) if key.public_key.is_some() => "key",
        Object::PrivateKey(_) => "sealed key",
        Object::Unreadable(_) => "unreadable",
        _ => "other",
    }
}

fn kinds(report: &Report) -> Vec<&'static str> {
    report.entries.iter().map(kind).collect()
}

fn entry<'a>(report: &'a Report, wanted: &str) -> &'a Entry {
    let found = report.entries.iter().find(|it| kind(it) == wanted);
    found.unwrap_or_else(|| panic!("no {wanted} in {:?}", kinds(report)))
}

fn ids(report: &Report) -> Vec<String> {
    report.findings.iter().map(|it| it.id.to_string()).collect()
}

// ---- what writes ----

const LEAF: &[u8] = include_bytes!("vectors/leaf.der");
const FRIENDLY_NAME: &str = "1.2.840.113549.1.9.20";
const DATA: &str = "1.2.840.113549.1.7.1";
const ENVELOPED: &str = "1.2.840.113549.1.7.3";
const ENCRYPTED: &str = "1.2.840.113549.1.7.6";

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut der = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            let octets = u32::try_from(length).expect("is small").to_be_bytes();
            der.push(0x84);
            der.extend(octets);
        }
    }
    der.extend(contents);
    der
}

/// A value whose length is left open.
fn open_length(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    [vec![tag, 0x80], parts.concat(), vec![0, 0]].concat()
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x31, &parts.concat())
}

fn octets(contents: &[u8]) -> Vec<u8> {
    tlv(4, contents)
}

fn integer(value: u64) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let skip = octets
        .iter()
        .take(7)
        .take_while(|&&octet| octet == 0)
        .count();
    let mut digits = octets[skip..].to_vec();
    if 0x80 <= digits[0] {
        digits.insert(0, 0);
    }
    tlv(2, &digits)
}

fn utf8(text: &str) -> Vec<u8> {
    tlv(12, text.as_bytes())
}

fn ia5(text: &str) -> Vec<u8> {
    tlv(22, text.as_bytes())
}

fn bmp(text: &str) -> Vec<u8> {
    let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    tlv(30, &octets)
}

fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted
        .split('.')
        .map(|arc| arc.parse().expect("a number"))
        .collect();
    let mut contents = Vec::new();
    let first = arcs[0] * 40 + arcs[1];
    for arc in [first].iter().chain(&arcs[2..]) {
        let mut digits = vec![arc & 0x7f];
        let mut rest = arc >> 7;
        while rest != 0 {
            digits.push(rest & 0x7f | 0x80);
            rest >>= 7;
        }
        contents.extend(
            digits
                .iter()
                .rev()
                .map(|&digit| u8::try_from(digit).expect("fits")),
        );
    }
    tlv(6, &contents)
}

fn bag(kind: &str, value: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![
        oid(&format!("1.2.840.113549.1.12.10.{kind}")),
        tlv(0xa0, value),
    ];
    if !attributes.is_empty() {
        parts.push(set(attributes));
    }
    sequence(&parts)
}

fn attribute(kind: &str, values: &[u8]) -> Vec<u8> {
    sequence(&[oid(kind), tlv(0x31, values)])
}

fn typed(kind: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[oid(kind), tlv(0xa0, value)])
}

fn certificate_bag(der: &[u8]) -> Vec<u8> {
    typed("1.2.840.113549.1.9.22.1", &octets(der))
}

/// A revocation list that revokes nothing.
fn revocation_list() -> Vec<u8> {
    let algorithm = sequence(&[oid("1.2.840.10045.4.3.2")]);
    let name = sequence(&[set(&[sequence(&[oid("2.5.4.3"), utf8("Issuer")])])]);
    let time = tlv(23, b"260101000000Z");
    let list = sequence(&[integer(1), algorithm.clone(), name, time]);
    sequence(&[list, algorithm, tlv(3, &[0, 1, 2])])
}

fn content_info(kind: &str, content: &[u8]) -> Vec<u8> {
    sequence(&[oid(kind), tlv(0xa0, content)])
}

fn data_safe(bags: &[Vec<u8>]) -> Vec<u8> {
    content_info(DATA, &octets(&sequence(bags)))
}

/// A safe under PBES2 with AES-128 and PBKDF2 over HMAC-SHA-1.
fn sealed_safe(contents: &[u8], password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7};
    let mut key = [0; 16];
    // Files that nobody opens need not be made at their full cost.
    let computed = if rounds < 1000 { rounds } else { 1 };
    pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, computed, &mut key);
    let cipher = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &[0; 16].into());
    let sealed = cipher.encrypt_padded_vec::<Pkcs7>(contents);
    let derivation = sequence(&[
        oid("1.2.840.113549.1.5.12"),
        sequence(&[octets(salt), integer(rounds.into())]),
    ]);
    let encryption = sequence(&[oid("2.16.840.1.101.3.4.1.2"), octets(&[0; 16])]);
    let scheme = sequence(&[
        oid("1.2.840.113549.1.5.13"),
        sequence(&[derivation, encryption]),
    ]);
    let content = sequence(&[oid(DATA), scheme, tlv(0x80, &sealed)]);
    content_info(ENCRYPTED, &sequence(&[integer(0), content]))
}

fn open_store(bags: &[Vec<u8>]) -> Vec<u8> {
    store(&[data_safe(bags)], None)
}

/// A PKCS#12 file, with a MAC over SHA-1 for a password's octets and these rounds.
fn store(safes: &[Vec<u8>], mac: Option<(&[u8], u32)>) -> Vec<u8> {
    use hmac::{KeyInit as _, Mac as _};
    let safe = sequence(safes);
    let mut parts = vec![integer(3), content_info(DATA, &octets(&safe))];
    if let Some((password, rounds)) = mac {
        let key = mac_key(password, b"macsalt8", rounds);
        let hmac = hmac::Hmac::<sha1::Sha1>::new_from_slice(&key).expect("any key");
        let value = hmac.chain_update(&safe).finalize().into_bytes();
        let digest = sequence(&[
            sequence(&[oid("1.3.14.3.2.26"), vec![5, 0]]),
            octets(&value),
        ]);
        parts.push(sequence(&[
            digest,
            octets(b"macsalt8"),
            integer(rounds.into()),
        ]));
    }
    sequence(&parts)
}

/// The first block of RFC 7292, B.2 with SHA-1, which is all that a key for a MAC takes.
fn mac_key(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    use sha1::Digest as _;
    let fill = |source: &[u8]| -> Vec<u8> {
        let length = source.len().div_ceil(64) * 64;
        source.iter().copied().cycle().take(length).collect()
    };
    let mut digest = sha1::Sha1::new()
        .chain_update([3; 64])
        .chain_update(fill(salt))
        .chain_update(fill(password))
        .finalize();
    for _ in 1..rounds {
        digest = sha1::Sha1::digest(digest);
    }
    digest.to_vec()
}
