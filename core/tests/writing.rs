//! Files that are written here, judged by openssl and keytool: both must open every one of them, and say
//! of it what it was made of.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use certlens_core::{
    Format, Integrity, JavaTrust, KeyForm, Lock, Lost, Material, NoRandomness, Object, Options,
    Part, Password, PrivateKeys, Report, SealProfile, Sealing, SecretKey, UnixTime, WriteError,
    inspect, open_for_writing, write_der, write_der_private_key_in_the_clear, write_der_sealed_key,
    write_jks, write_pem, write_pem_with_private_keys_in_the_clear, write_pem_with_sealed_keys,
    write_pkcs7, write_pkcs12,
};

const KINDS: [&str; 4] = ["rsa", "p256", "p384", "ed25519"];

#[test]
fn openssl_opens_every_pkcs12_that_is_written() {
    for kind in KINDS {
        for profile in [SealProfile::Modern, SealProfile::Legacy] {
            for password in ["changeit", "", "pä sswörd €", "пароль", "🔑🔒"] {
                let file = keystore(kind, profile, password);
                let output = openssl_pkcs12(&file, password);
                let found = facts(&read(&output, &[]));
                assert_eq!(found, made_of(kind), "{kind} {profile:?} {password:?}");
            }
        }
    }
}

#[test]
fn keytool_opens_every_pkcs12_that_is_written() {
    for kind in KINDS {
        for profile in [SealProfile::Modern, SealProfile::Legacy] {
            let file = keystore(kind, profile, "changeit");
            assert_eq!(
                keytool_list(&file, "changeit"),
                [listed("web", "PrivateKeyEntry", 2), prints(kind)].concat(),
                "{kind} {profile:?}"
            );
        }
    }
    // An empty password is one too. Java takes none that is not ASCII, from whomever the file is.
    let file = keystore("p256", SealProfile::Modern, "");
    let expected = [listed("web", "PrivateKeyEntry", 2), prints("p256")].concat();
    assert_eq!(keytool_list(&file, ""), expected);
}

#[test]
fn keys_come_out_of_java_as_they_went_in() {
    for (kind, profile) in [
        ("rsa", SealProfile::Modern),
        ("p256", SealProfile::Legacy),
        ("ed25519", SealProfile::Modern),
    ] {
        let folder = tempfile::tempdir().expect("there is room");
        for (name, written) in [
            ("a.p12", keystore(kind, profile, "changeit")),
            ("b.jks", java_keystore(kind)),
        ] {
            let (from, to) = (folder.path().join(name), folder.path().join("out.jceks"));
            fs::write(&from, written).expect("is written");
            let output = run(Command::new("keytool")
                .args(["-importkeystore", "-noprompt", "-srcstorepass", "changeit"])
                .args(["-deststorepass", "changeit", "-deststoretype", "jceks"])
                .args(["-srckeystore".as_ref(), from.as_os_str()])
                .args(["-destkeystore".as_ref(), to.as_os_str()]));
            let again = fs::read(&to).unwrap_or_else(|_| panic!("{output}"));
            fs::remove_file(&to).expect("is removed");
            let found = facts(&read(&again, &["changeit"]));
            assert_eq!(found, made_of(kind), "{kind} {name}");
        }
    }
}

#[test]
fn a_key_without_a_name_is_called_as_its_certificate_in_pkcs12() {
    let (leaf, root) = (made("rsa.der"), made("root.der"));
    let secret = key("rsa");
    // As PEM has them: nothing has a name.
    let parts = [
        Part::certificate(&leaf),
        Part::certificate(&root),
        Part::private_key(&secret),
    ];
    let file = sealed(&parts, JavaTrust::AsRead, SealProfile::Modern, "changeit");
    let list = keytool_list(&file, "changeit");
    let expected = [listed("rsa.example", "PrivateKeyEntry", 2), prints("rsa")].concat();
    assert_eq!(list, expected);
    let bags = String::from_utf8(openssl_pkcs12(&file, "changeit")).expect("is text");
    let names: Vec<&str> = bags
        .lines()
        .filter_map(|line| line.trim().strip_prefix("friendlyName: "))
        .collect();
    // That of the certificate and that of the key; the issuer has none.
    assert_eq!(names, ["rsa.example"; 2], "{bags}");
    // A name that another entry has is left to it.
    let (other, second) = (made("p256.der"), key("p256"));
    let parts = [
        Part::certificate(&leaf),
        Part::private_key(&secret),
        Part::certificate(&other),
        Part::private_key(&second).named("RSA.example"),
    ];
    let file = sealed(&parts, JavaTrust::AsRead, SealProfile::Modern, "changeit");
    let list = keytool_list(&file, "changeit");
    for alias in ["rsa.example-2", "rsa.example"] {
        let line = format!("{alias} PrivateKeyEntry 1");
        assert!(list.contains(&line), "{list:?}");
    }
}

#[test]
fn keytool_lists_trusted_certificates_and_hides_others() {
    let (root, other) = (made("root.der"), made("rsa.der"));
    let parts = [
        Part::certificate(&root).named("Wurzel").trusted(),
        Part::certificate(&other),
    ];
    let as_read = sealed(&parts, JavaTrust::AsRead, SealProfile::Modern, "changeit");
    let list = keytool_list(&as_read, "changeit");
    assert_eq!(
        list.first().map(String::as_str),
        Some("wurzel trustedCertEntry 0")
    );
    assert_eq!(list.len(), 2, "{list:?}");
    let every = sealed(&parts, JavaTrust::Every, SealProfile::Modern, "changeit");
    let list = keytool_list(&every, "changeit");
    assert_eq!(list.len(), 4, "{list:?}");
    assert!(
        list.contains(&"rsa.example trustedCertEntry 0".to_owned()),
        "{list:?}"
    );
}

#[test]
fn keytool_opens_every_jks_that_is_written() {
    for kind in KINDS {
        let list = keytool_list(&java_keystore(kind), "changeit");
        let expected = [listed("web", "PrivateKeyEntry", 2), prints(kind)].concat();
        assert_eq!(list, expected, "{kind}");
    }
}

#[test]
fn a_jks_of_trusted_certificates_keeps_names_and_dates() {
    let (root, leaf) = (made("root.der"), made("rsa.der"));
    let then = UnixTime::parse("2020-02-29T12:00:00Z").expect("is a time");
    let parts = [
        Part::certificate(&root).named("Größe").created(then),
        Part::certificate(&leaf),
    ];
    let password = Password::from("changeit");
    let written = write_jks(&parts, &password, now(), &mut counter()).expect("is written");
    assert_eq!(written.private_keys, PrivateKeys::None);
    assert_eq!(
        words(&written.lost),
        ["certificate: the capitals of the name \"Größe\""]
    );
    let report = read(&written.bytes, &["changeit"]);
    let dates: Vec<_> = report
        .entries
        .iter()
        .map(|entry| entry.keystore.as_ref().and_then(|entry| entry.created))
        .collect();
    assert_eq!(dates, [Some(then), Some(now())]);
    let list = keytool_list(&written.bytes, "changeit");
    assert_eq!(list.len(), 4, "{list:?}");
    assert!(
        list.contains(&"größe trustedCertEntry 0".to_owned()),
        "{list:?}"
    );
}

#[test]
fn several_keys_keep_their_names_and_certificates() {
    let keys = ["rsa", "p256", "ed25519"].map(key);
    let leaves = ["rsa.der", "p256.der", "ed25519.der"].map(made);
    let root = made("root.der");
    let mut parts = Vec::new();
    for ((key, leaf), name) in keys.iter().zip(&leaves).zip(["eins", "zwei", "drei"]) {
        parts.push(Part::private_key(key).named(name));
        parts.push(Part::certificate(leaf).named(name));
    }
    parts.push(Part::certificate(&root));
    let store = sealed(&parts, JavaTrust::AsRead, SealProfile::Modern, "changeit");
    let jks = write_jks(&parts, &Password::from("changeit"), now(), &mut counter());
    let jks = jks.expect("is written");
    for file in [&store, &*jks.bytes] {
        let list = keytool_list(file, "changeit");
        for name in ["eins", "zwei", "drei"] {
            assert!(
                list.contains(&format!("{name} PrivateKeyEntry 2")),
                "{list:?}"
            );
        }
    }
}

#[test]
fn both_keystores_keep_a_key_with_the_certificate_that_ends_last_and_java_lists_the_others() {
    let (secret, other) = (key("rsa"), key("p384"));
    let (short, long, root) = (made("rsa.der"), made("rsa-long.der"), made("root.der"));
    let ends_last = prints_of(&["rsa-long.der", "root.der"]);
    for certificates in [[&short, &long], [&long, &short]] {
        let mut parts: Vec<Part<'_>> = certificates.map(|one| Part::certificate(one)).into();
        parts.push(Part::private_key(&secret));
        parts.push(Part::certificate(&root));
        // As another file of the pile has it.
        parts.push(Part::certificate(&root).named("ca"));
        parts.push(Part::private_key(&other));
        let password = Password::from("changeit");
        let sealing = few(&password, SealProfile::Modern);
        let store = write_pkcs12(&parts, JavaTrust::OfNoKey, &sealing, &mut counter());
        let store = store.expect("is written");
        assert_eq!(
            words(&store.lost),
            ["private key: the certificate of the private key"]
        );
        let jks = write_jks(&parts, &password, now(), &mut counter()).expect("is written");
        assert_eq!(
            words(&jks.lost),
            [
                "private key: the private key",
                "certificate: the certificate"
            ]
        );
        for (file, what) in [(&store.bytes, "PKCS#12"), (&jks.bytes, "JKS")] {
            let list = keytool_list(file, "changeit");
            let at = list.iter().position(|it| it.ends_with("PrivateKeyEntry 2"));
            let at = at.unwrap_or_else(|| panic!("{what}: {list:?}"));
            assert_eq!(list.get(at + 1..at + 3), Some(&*ends_last), "{what}");
            let trusted = list.iter().filter(|it| it.ends_with("trustedCertEntry 0"));
            assert_eq!(trusted.count(), 1, "{what}: {list:?}");
            assert!(list.contains(&prints_of(&["rsa.der"])[0]), "{what}");
        }
        // Where nothing is marked, Java still takes the right one of the two.
        let as_read = write_pkcs12(&parts, JavaTrust::AsRead, &sealing, &mut counter());
        let list = keytool_list(&as_read.expect("is written").bytes, "changeit");
        let at = list.iter().position(|it| it.ends_with("PrivateKeyEntry 2"));
        let at = at.unwrap_or_else(|| panic!("{list:?}"));
        assert_eq!(list.get(at + 1..at + 3), Some(&*ends_last));
    }
}

#[test]
fn java_sees_every_entry_whatever_the_names() {
    let (one, two) = (key("rsa"), key("p256"));
    let (first, second, root) = (made("rsa.der"), made("p256.der"), made("root.der"));
    let parts = [
        Part::certificate(&root).named("server").trusted(),
        Part::private_key(&one).named("server"),
        Part::certificate(&first).named("server"),
        Part::private_key(&two).named("Server"),
        Part::certificate(&second).named("Server"),
    ];
    let password = Password::from("changeit");
    let sealing = few(&password, SealProfile::Modern);
    let written = write_pkcs12(&parts, JavaTrust::AsRead, &sealing, &mut counter());
    let written = written.expect("is written");
    assert_eq!(
        words(&written.lost),
        [
            "private key: the name \"Server\"",
            "certificate: the name \"Server\"",
            "certificate: the name \"server\"",
        ]
    );
    let list = keytool_list(&written.bytes, "changeit");
    for expected in [
        "server PrivateKeyEntry 2",
        "server-2 PrivateKeyEntry 2",
        "server-3 trustedCertEntry 0",
    ] {
        assert!(list.contains(&expected.to_owned()), "{expected}: {list:?}");
    }
}

#[test]
fn a_key_that_is_given_twice_is_written_once() {
    let (one, leaf) = (key("p256"), made("p256.der"));
    let parts = [
        Part::private_key(&one).named("web"),
        Part::certificate(&leaf),
        Part::private_key(&one).named("again"),
    ];
    let password = Password::from("changeit");
    let sealing = few(&password, SealProfile::Modern);
    let written = write_pkcs12(&parts, JavaTrust::AsRead, &sealing, &mut counter());
    let written = written.expect("is written");
    assert_eq!(words(&written.lost), ["private key: the private key"]);
    let list = keytool_list(&written.bytes, "changeit");
    assert_eq!(
        list.first().map(String::as_str),
        Some("web PrivateKeyEntry 1")
    );
    assert_eq!(list.len(), 2, "{list:?}");
}

#[test]
fn our_own_reader_confirms_every_seal() {
    let seals = |profile| {
        let file = keystore("p256", profile, "pä sswörd");
        let report = read(&file, &["pä sswörd"]);
        assert_eq!(report.format, Format::Pkcs12);
        let store = report.keystore.expect("a keystore");
        assert_eq!(
            (store.lock, store.integrity),
            (Lock::Open, Integrity::Verified)
        );
        let seals = store.seals.into_iter();
        seals
            .map(|seal| format!("{}: {} {:?}", seal.what, seal.algorithm, seal.rounds))
            .collect::<Vec<_>>()
    };
    let aes = "PBES2, AES-256-CBC, PBKDF2 with HMAC-SHA-256 Some(1000)";
    let (certificates, one) = (format!("certificates: {aes}"), format!("key: {aes}"));
    assert_eq!(
        seals(SealProfile::Modern),
        [&*certificates, &one, "integrity: HMAC-SHA-256 Some(1000)"]
    );
    assert_eq!(
        seals(SealProfile::Pbmac1),
        [
            &*certificates,
            &one,
            "integrity: PBMAC1 with HMAC-SHA-256, PBKDF2 with HMAC-SHA-256 Some(1000)"
        ]
    );
    let [first, second, third] = seals(SealProfile::Legacy).try_into().expect("three seals");
    assert!(
        first.contains("3DES") && second.contains("3DES"),
        "{first} {second}"
    );
    assert_eq!(third, "integrity: HMAC-SHA-1 Some(1000)");
}

#[test]
fn another_password_opens_nothing_of_it() {
    for profile in [
        SealProfile::Modern,
        SealProfile::Legacy,
        SealProfile::Pbmac1,
    ] {
        let report = read(&keystore("p256", profile, "changeit"), &["changeit "]);
        let store = report.keystore.expect("a keystore");
        assert_eq!(store.lock, Lock::WrongPassword, "{profile:?}");
        assert_eq!(store.integrity, Integrity::NotVerified, "{profile:?}");
        assert!(
            report
                .entries
                .iter()
                .all(|entry| !is_certificate(&entry.object))
        );
    }
}

#[test]
fn openssl_reads_pkcs7_in_the_order_that_was_given() {
    let (root, leaf, list) = (made("root.der"), made("rsa.der"), made("list.der"));
    let text = format!(
        "{}{}",
        certlens_core::pem_block("CERTIFICATE", &leaf),
        certlens_core::pem_block("X509 CRL", &list)
    );
    let material = material(text.as_bytes(), &[]);
    let (mut parts, _) = material.parts(|_, _| true);
    parts.push(Part::certificate(&root).named("root"));
    let written = write_pkcs7(&parts).expect("is written");
    assert_eq!(words(&written.lost), ["certificate: the name \"root\""]);
    let file = saved(&written.bytes);
    let output = run(Command::new("openssl")
        .args(["pkcs7", "-inform", "DER", "-print_certs", "-in"])
        .arg(file.path()));
    let subjects: Vec<&str> = output
        .lines()
        .filter_map(|line| line.strip_prefix("subject="))
        .collect();
    assert_eq!(subjects, ["CN = rsa.example", "CN = Wurzel CA"]);
    let output = run(Command::new("openssl")
        .args(["pkcs7", "-inform", "DER", "-print", "-noout", "-in"])
        .arg(file.path()));
    assert!(output.contains("crl:"), "{output}");
}

#[test]
fn openssl_reads_keys_in_every_form() {
    for kind in KINDS {
        let expected = public_half(&made(&format!("{kind}.key.der")), "DER", None);
        let secret = key(kind);
        let parts = [Part::private_key(&secret)];
        let forms = match kind {
            "rsa" => &[KeyForm::Pkcs8, KeyForm::Pkcs1][..],
            "ed25519" => &[KeyForm::Pkcs8],
            _ => &[KeyForm::Pkcs8, KeyForm::Sec1],
        };
        for form in forms {
            let pem = write_pem_with_private_keys_in_the_clear(&parts, *form).expect("is written");
            assert_eq!(pem.private_keys, PrivateKeys::InTheClear);
            assert_eq!(
                public_half(&pem.bytes, "PEM", None),
                expected,
                "{kind} {form:?}"
            );
            let der = write_der_private_key_in_the_clear(&parts, *form).expect("is written");
            assert_eq!(
                public_half(&der.bytes, "DER", None),
                expected,
                "{kind} {form:?}"
            );
            // A key that was read in one form is written in each other one.
            let again = SecretKey::read(&der.bytes).expect("reads");
            let parts = [Part::private_key(&again)];
            for form in forms {
                let der = write_der_private_key_in_the_clear(&parts, *form).expect("is written");
                assert_eq!(
                    public_half(&der.bytes, "DER", None),
                    expected,
                    "{kind} {form:?}"
                );
            }
        }
        for profile in [SealProfile::Modern, SealProfile::Legacy] {
            for text in ["changeit", "pä sswörd €", "пароль"] {
                let password = Password::from(text);
                let sealing = few(&password, profile);
                let pem = write_pem_with_sealed_keys(&parts, &sealing, &mut counter());
                let der = write_der_sealed_key(&parts, &sealing, &mut counter());
                for (file, form) in [(pem, "PEM"), (der, "DER")] {
                    let file = file.expect("is written");
                    assert_eq!(file.private_keys, PrivateKeys::Sealed);
                    let found = public_half(&file.bytes, form, Some(text));
                    assert_eq!(found, expected, "{kind} {profile:?} {form}");
                }
            }
        }
    }
}

#[test]
fn a_key_in_chunks_is_written_in_one_piece() {
    let plain = made("p256.key.der");
    let expected = public_half(&plain, "DER", None);
    let whole = |tag: u8, contents: &[u8]| {
        let length = u8::try_from(contents.len()).expect("is short");
        let header = if length < 0x80 {
            vec![tag, length]
        } else {
            vec![tag, 0x81, length]
        };
        [&header, contents].concat()
    };
    // The private number of the key, in two chunks; its public half, too.
    let scalar = plain.get(36..68).expect("is there");
    let point = plain.get(plain.len() - 65..).expect("is there");
    let chunks = [whole(4, &scalar[..16]), whole(4, &scalar[16..])].concat();
    let bits = [
        whole(3, &[&[0], &point[..32]].concat()),
        whole(3, &[&[0], &point[32..]].concat()),
    ];
    let public = whole(0xa1, &whole(0x23, &bits.concat()));
    let curve = whole(0xa0, &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let own = [&[2, 1, 1][..], &whole(0x24, &chunks), &curve, &public].concat();
    let sec1 = whole(0x30, &own);
    let identifier = plain.get(6..27).expect("is there");
    let pkcs8 = [&[2, 1, 0][..], identifier, &whole(4, &sec1)].concat();
    for der in [sec1, whole(0x30, &pkcs8)] {
        let secret = SecretKey::read(&der).expect("reads");
        let parts = [Part::private_key(&secret)];
        let der = write_der_private_key_in_the_clear(&parts, KeyForm::Sec1).expect("is written");
        assert_eq!(public_half(&der.bytes, "DER", None), expected);
        let at = der.bytes.windows(32).position(|it| it == scalar);
        assert_eq!(at, Some(7));
    }
}

#[test]
fn older_forms_say_that_attributes_are_lost() {
    let plain = made("p256.key.der");
    // `friendlyName`, empty: no program minds it.
    let attributes = [
        0xa0, 0x0f, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 20, 0x31, 0,
    ];
    let [0x30, 0x81, length, rest @ ..] = plain.as_slice() else {
        panic!("{plain:02x?}");
    };
    let more = u8::try_from(attributes.len()).expect("is short");
    let der = [&[0x30, 0x81, length + more], rest, &attributes[..]].concat();
    let secret = SecretKey::read(&der).expect("reads");
    let parts = [Part::private_key(&secret)];
    for (form, expected) in [
        (KeyForm::Pkcs8, &[][..]),
        (
            KeyForm::Sec1,
            &["private key: the attributes of its PKCS#8 form"],
        ),
    ] {
        for written in [
            write_der_private_key_in_the_clear(&parts, form),
            write_pem_with_private_keys_in_the_clear(&parts, form),
        ] {
            assert_eq!(words(&written.expect("is written").lost), expected);
        }
    }
}

#[test]
fn a_public_half_that_cannot_be_worked_out_is_said_to_be_lost() {
    let version_2 = |oid: u8, length: u8| {
        let secret = vec![7; length.into()];
        let identifier = [0x30, 5, 6, 3, 0x2b, 0x65, oid];
        let octets = [&[4, length + 2, 4, length], &secret[..]].concat();
        let public = [&[0x81, length + 1, 0], &secret[..]].concat();
        let fields = [&[2, 1, 1][..], &identifier, &octets, &public].concat();
        let size = u8::try_from(fields.len()).expect("is short");
        SecretKey::read(&[&[0x30, 0x81, size], &fields[..]].concat()).expect("reads")
    };
    let password = Password::from("changeit");
    let sealing = Sealing::new(&password, SealProfile::Modern);
    // The public half of Ed25519 is worked out by whoever reads the key, here too; that of Ed448 is not.
    for (secret, expected) in [
        (version_2(112, 32), &[][..]),
        (version_2(113, 57), &["private key: its public half"]),
    ] {
        let parts = [Part::private_key(&secret)];
        for written in [
            write_der_private_key_in_the_clear(&parts, KeyForm::Pkcs8),
            write_der_sealed_key(&parts, &sealing, &mut counter()),
            write_pem_with_private_keys_in_the_clear(&parts, KeyForm::Pkcs8),
            write_pem_with_sealed_keys(&parts, &sealing, &mut counter()),
        ] {
            assert_eq!(words(&written.expect("is written").lost), expected);
        }
        let store = write_pkcs12(&parts, JavaTrust::AsRead, &sealing, &mut counter());
        let alone = "private key: the certificate of the private key";
        let expected = [expected, &[alone]].concat();
        assert_eq!(words(&store.expect("is written").lost), expected);
        let der = write_der_private_key_in_the_clear(&parts, KeyForm::Pkcs8).expect("is written");
        assert!(!public_half(&der.bytes, "DER", None).is_empty());
    }
}

#[test]
fn a_form_that_does_not_hold_a_key_says_so() {
    let secret = key("ed25519");
    let parts = [Part::private_key(&secret)];
    for form in [KeyForm::Pkcs1, KeyForm::Sec1] {
        let error = write_der_private_key_in_the_clear(&parts, form).expect_err("has no place");
        assert!(matches!(error, WriteError::Key { .. }), "{error}");
    }
    let error = write_pem(&parts).expect_err("is nothing");
    let WriteError::NothingFits { lost, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(words(&lost), ["private key: the private key"]);
}

#[test]
fn one_object_is_written_as_der() {
    let (root, leaf) = (made("root.der"), made("rsa.der"));
    let written = write_der(&[Part::certificate(&leaf)]).expect("is written");
    assert_eq!(*written.bytes, leaf);
    let both = [Part::certificate(&leaf), Part::certificate(&root)];
    let error = write_der(&both).expect_err("are two");
    assert!(
        matches!(error, WriteError::TooMany { found: 2, .. }),
        "{error}"
    );
}

#[test]
fn nothing_is_sealed_without_randomness() {
    let secret = key("p256");
    let parts = [Part::private_key(&secret)];
    let password = Password::from("changeit");
    let sealing = few(&password, SealProfile::Modern);
    let mut none = |_: &mut [u8]| Err(NoRandomness);
    for error in [
        write_pkcs12(&parts, JavaTrust::AsRead, &sealing, &mut none),
        write_pem_with_sealed_keys(&parts, &sealing, &mut none),
        write_der_sealed_key(&parts, &sealing, &mut none),
    ] {
        assert_eq!(error.expect_err("is refused"), WriteError::NoRandomness);
    }
}

#[test]
fn a_name_cannot_pass_for_a_block() {
    let (root, leaf) = (made("root.der"), made("rsa.der"));
    let block = certlens_core::pem_block("CERTIFICATE", &leaf);
    for name in [
        format!("x\n{block}"),
        block.replace('\n', " "),
        " led by a space".to_owned(),
        "a\u{7}bell".to_owned(),
    ] {
        let written = write_pem(&[Part::certificate(&root).named(&name)]).expect("is written");
        assert_eq!(written.lost.len(), 1, "{:?}", written.lost);
        let report = read(&written.bytes, &[]);
        assert_eq!(report.entries.len(), 1);
        assert_eq!(report.entries[0].alias, None);
    }
}

#[test]
fn opening_forgets_keys_and_opening_for_writing_prints_none() {
    let file = made("p256.key.der");
    let material = material(&file, &[]);
    let (parts, _) = material.parts(|_, _| true);
    let [part] = parts.as_slice() else {
        panic!("{parts:?}");
    };
    // The private number of the key.
    let secret = hex(file.get(36..68).expect("is there"));
    for text in [format!("{material:?}"), format!("{part:?}")] {
        assert!(text.contains("SecretKey(..)"), "{text}");
        assert!(!text.contains(&secret));
    }
    let opened = certlens_core::open(&file, &Options::default()).expect("opens");
    assert!(!format!("{opened:?}").contains("SecretKey"), "{opened:?}");
}

fn keystore(kind: &str, profile: SealProfile, password: &str) -> Vec<u8> {
    let (leaf, root) = (made(&format!("{kind}.der")), made("root.der"));
    let secret = key(kind);
    let parts = [
        Part::certificate(&leaf).named("web"),
        Part::certificate(&root),
        Part::private_key(&secret).named("web"),
    ];
    sealed(&parts, JavaTrust::AsRead, profile, password)
}

fn java_keystore(kind: &str) -> Vec<u8> {
    let (leaf, root) = (made(&format!("{kind}.der")), made("root.der"));
    let secret = key(kind);
    let parts = [
        Part::certificate(&root),
        Part::certificate(&leaf),
        Part::private_key(&secret).named("web"),
    ];
    let password = Password::from("changeit");
    let written = write_jks(&parts, &password, now(), &mut counter()).expect("is written");
    assert_eq!(written.lost, []);
    written.bytes.to_vec()
}

fn sealed(parts: &[Part<'_>], trust: JavaTrust, profile: SealProfile, password: &str) -> Vec<u8> {
    let password = Password::from(password);
    let sealing = few(&password, profile);
    let written = write_pkcs12(parts, trust, &sealing, &mut counter()).expect("is written");
    assert_eq!(written.lost, []);
    written.bytes.to_vec()
}

/// Few rounds, so that the tests do not wait for them.
fn few(password: &Password, profile: SealProfile) -> Sealing<'_> {
    Sealing {
        rounds: 1000,
        ..Sealing::new(password, profile)
    }
}

fn counter() -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
    let mut next = 0u8;
    move |octets| {
        for octet in octets {
            next = next.wrapping_mul(5).wrapping_add(17);
            *octet = next;
        }
        Ok(())
    }
}

fn now() -> UnixTime {
    UnixTime::from_seconds(1_800_000_000)
}

/// A folder of keys, certificates and a revocation list that openssl made.
fn made(name: &str) -> Vec<u8> {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("there is room");
        make(folder.path());
        folder
    });
    let path = folder.path().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn make(folder: &Path) {
    let openssl = |arguments: &[&str]| {
        run(Command::new("openssl").args(arguments).current_dir(folder));
    };
    let self_signed = ["req", "-x509", "-nodes", "-days", "3650", "-newkey", "ec"];
    openssl(
        &[
            &self_signed[..],
            &[
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-subj",
                "/CN=Wurzel CA",
            ],
            &["-keyout", "root.key", "-out", "root.pem"],
        ]
        .concat(),
    );
    for (kind, options) in [
        ("rsa", &["rsa:2048"][..]),
        ("p256", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("p384", &["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("ed25519", &["ed25519"]),
    ] {
        let subject = format!("/CN={kind}.example");
        let (key, out) = (format!("{kind}.key"), format!("{kind}.pem"));
        let by = ["-CA", "root.pem", "-CAkey", "root.key", "-days", "365"];
        let rest = ["-subj", &subject, "-nodes", "-keyout", &key, "-out", &out];
        let all = [&["req", "-x509", "-newkey"], options, &by, &rest].concat();
        openssl(&all);
        let der = format!("{kind}.key.der");
        openssl(&[
            "pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", &key, "-out", &der,
        ]);
        let der = format!("{kind}.der");
        openssl(&["x509", "-in", &out, "-outform", "DER", "-out", &der]);
    }
    openssl(&[
        "x509", "-in", "root.pem", "-outform", "DER", "-out", "root.der",
    ]);
    // Of one key, and ending later.
    let renewed = [
        "req",
        "-x509",
        "-key",
        "rsa.key",
        "-subj",
        "/CN=rsa.example",
    ];
    let by = ["-CA", "root.pem", "-CAkey", "root.key", "-days", "700"];
    let out = ["-outform", "DER", "-out", "rsa-long.der"];
    openssl(&[&renewed[..], &by, &out].concat());
    let settings = "[ca]\ndefault_ca=it\n[it]\ndatabase=index\ndefault_md=sha256\n";
    fs::write(folder.join("ca.cnf"), settings).expect("is written");
    fs::write(folder.join("index"), "").expect("is written");
    let by = [
        "-keyfile", "root.key", "-cert", "root.pem", "-crldays", "30",
    ];
    let list = ["ca", "-gencrl", "-config", "ca.cnf", "-out", "list.pem"];
    openssl(&[&list[..], &by].concat());
    openssl(&[
        "crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der",
    ]);
}

fn key(kind: &str) -> SecretKey {
    SecretKey::read(&made(&format!("{kind}.key.der"))).expect("is a key")
}

fn openssl_pkcs12(file: &[u8], password: &str) -> Vec<u8> {
    let (file, password) = (saved(file), saved(format!("{password}\n").as_bytes()));
    let password = format!("file:{}", password.path().display());
    let output = run(Command::new("openssl")
        .args(["pkcs12", "-nodes", "-passin", &password, "-in"])
        .arg(file.path()));
    output.into_bytes()
}

/// The public half of a private key, as openssl prints it.
fn public_half(key: &[u8], form: &str, password: Option<&str>) -> String {
    let file = saved(key);
    let mut command = Command::new("openssl");
    command.args(["pkey", "-pubout", "-inform", form, "-in"]);
    command.arg(file.path());
    let held = password.map(|password| saved(password.as_bytes()));
    if let Some(held) = &held {
        let from = format!("file:{}", held.path().display());
        command.args(["-passin", &from]);
    }
    run(&mut command)
}

/// What keytool lists: a line an entry, `alias type length-of-chain`, each before the SHA-256 fingerprints
/// of its certificates.
fn keytool_list(file: &[u8], password: &str) -> Vec<String> {
    let file = saved(file);
    let output = run(Command::new("keytool")
        .args(["-J-Dfile.encoding=UTF-8", "-J-Dstdout.encoding=UTF-8"])
        .args([
            "-J-Duser.language=en",
            "-list",
            "-v",
            "-storepass",
            password,
        ])
        .args([OsStr::new("-keystore"), file.path().as_os_str()]));
    let mut found: Vec<String> = Vec::new();
    let (mut alias, mut kind) = ("", "");
    for line in output.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("Alias name: ") {
            alias = text;
        }
        if let Some(text) = line.strip_prefix("Entry type: ") {
            kind = text;
            if kind == "trustedCertEntry" {
                found.push(format!("{alias} {kind} 0"));
            }
        }
        if let Some(length) = line.strip_prefix("Certificate chain length: ") {
            found.push(format!("{alias} {kind} {length}"));
        }
        found.extend(line.strip_prefix("SHA256: ").map(str::to_owned));
    }
    found
}

fn listed(alias: &str, kind: &str, length: usize) -> Vec<String> {
    vec![format!("{alias} {kind} {length}")]
}

/// Fingerprints of a leaf and the root, as keytool writes them.
fn prints(kind: &str) -> Vec<String> {
    prints_of(&[&format!("{kind}.der"), "root.der"])
}

/// Fingerprints of certificates, as keytool writes them.
fn prints_of(names: &[&str]) -> Vec<String> {
    names
        .iter()
        .map(|name| {
            let report = read(&made(name), &[]);
            let Object::Certificate(certificate) = &report.entries[0].object else {
                panic!("{name} is no certificate");
            };
            let digits = certificate.fingerprints.sha256.to_uppercase();
            let pairs: Vec<&str> = (0..32).map(|at| &digits[2 * at..2 * at + 2]).collect();
            pairs.join(":")
        })
        .collect()
}

/// What a leaf, its key and the root come to.
fn made_of(kind: &str) -> BTreeSet<String> {
    let files = [
        format!("{kind}.der"),
        "root.der".into(),
        format!("{kind}.key.der"),
    ];
    files
        .iter()
        .flat_map(|name| facts(&read(&made(name), &[])))
        .collect()
}

/// Certificates by their fingerprint, keys by their public half.
fn facts(report: &Report) -> BTreeSet<String> {
    report
        .entries
        .iter()
        .map(|entry| match &entry.object {
            Object::Certificate(certificate) => certificate.fingerprints.sha256.clone(),
            Object::PrivateKey(key) => {
                let public = key
                    .public_key
                    .as_ref()
                    .and_then(|key| key.identity.as_ref());
                format!("key {}", public.expect("is open").spki_sha256)
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

fn is_certificate(object: &Object) -> bool {
    matches!(object, Object::Certificate(_))
}

fn words(lost: &[Lost]) -> Vec<String> {
    lost.iter()
        .map(|lost| format!("{}: {}", lost.path, lost.what))
        .collect()
}

fn read(input: &[u8], passwords: &[&str]) -> Report {
    let passwords: Vec<Password> = passwords.iter().map(|&text| text.into()).collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    inspect(input, &options, None).expect("something can be shown")
}

fn material(input: &[u8], passwords: &[&str]) -> Material {
    let passwords: Vec<Password> = passwords.iter().map(|&text| text.into()).collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    open_for_writing(input, &options).expect("something can be shown")
}

fn saved(octets: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("there is room");
    fs::write(file.path(), octets).expect("is written");
    file
}

/// Runs a command that must succeed, and what it prints.
fn run(command: &mut Command) -> String {
    let output = command.output().expect("openssl and keytool are there");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{text}{errors}");
    text
}

fn hex(octets: &[u8]) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    pairs.concat()
}
