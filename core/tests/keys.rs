//! What is read of keys: `vectors/keys/make` says how the files were made.

use std::fs;

use certlens_core::{
    CurveForm, KeyIdentity, Lock, LonePublicKey, Object, Options, Password, PointForm, PrivateKey,
    PublicKey, Report, inspect,
};

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/keys/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(input: &[u8], password: Option<&str>) -> Report {
    let passwords: Vec<Password> = password.map(Password::from).into_iter().collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    inspect(input, &options, None).expect("shows something")
}

fn private_key(report: &Report) -> &PrivateKey {
    let found = report.entries.iter().find_map(|entry| match &entry.object {
        Object::PrivateKey(key) => Some(key),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no private key: {report:#?}"))
}

fn public_half(report: &Report) -> &PublicKey {
    private_key(report).public_key.as_ref().expect("is open")
}

fn public_key(report: &Report) -> &LonePublicKey {
    match &report.entries[0].object {
        Object::PublicKey(key) => key,
        other => panic!("no public key: {other:#?}"),
    }
}

fn identity(key: &PublicKey) -> &KeyIdentity {
    key.identity.as_ref().expect("its public half is known")
}

fn ids(report: &Report) -> Vec<&str> {
    let last = report.entries.last().expect("has entries");
    last.findings.iter().map(|found| &*found.id).collect()
}

/// What `openssl pkey -pubout` and SHA-256 say of a key.
fn digest(name: &str) -> String {
    let list = String::from_utf8(vector("digests")).expect("is text");
    let mut lines = list.lines().filter_map(|line| line.split_once(' '));
    let found = lines.find(|(known, _)| *known == name);
    found.expect("is listed").1.to_owned()
}

#[test]
fn private_keys_have_the_public_half_that_openssl_computes() {
    for (name, text, form) in [
        ("ed25519", "Ed25519", "PKCS#8"),
        ("x25519", "X25519", "PKCS#8"),
        ("dsa", "DSA 2048", "PKCS#8"),
        ("dh", "DH 2048", "PKCS#8"),
        ("dhx", "DH 2048", "PKCS#8"),
        ("pss", "RSA-PSS 2048", "PKCS#8"),
        ("three-primes", "RSA 2048", "PKCS#8"),
        ("ec", "EC P-384", "PKCS#8"),
        ("explicit", "EC P-256, explicit parameters", "SEC 1"),
        ("with-parameters", "EC brainpoolP256t1", "SEC 1"),
        ("sec1-without-public", "EC P-384", "SEC 1"),
    ] {
        let report = read(&vector(&format!("{name}.pem")), None);
        let key = private_key(&report);
        assert_eq!(
            (public_half(&report).text.as_str(), key.form.as_deref()),
            (text, Some(form))
        );
        assert_eq!(
            identity(public_half(&report)).spki_sha256,
            digest(name),
            "{name}"
        );
    }
}

#[test]
fn public_keys_are_the_same_alone() {
    for name in [
        "ed25519",
        "x25519",
        "dsa",
        "dh",
        "dhx",
        "pss",
        "three-primes",
        "ec",
        "explicit",
    ] {
        let file = vector(&format!("{name}.pub.pem"));
        let private = read(&vector(&format!("{name}.pem")), None);
        let report = read(&file, None);
        let key = public_key(&report);
        assert_eq!(&key.public_key, public_half(&private), "{name}");
        assert_eq!(
            key.pem.as_deref().map(str::as_bytes),
            Some(&*file),
            "{name}"
        );
    }
}

#[test]
fn curves_tell_how_they_and_their_points_are_written() {
    let report = read(&vector("explicit.pub.pem"), None);
    let key = &public_key(&report).public_key;
    assert_eq!(key.curve.as_deref(), Some("P-256"));
    assert_eq!(
        (key.curve_form, key.point),
        (Some(CurveForm::Explicit), Some(PointForm::Uncompressed))
    );
    assert_eq!(ids(&report), ["curve-spelt-out"]);
}

#[test]
fn another_generator_is_found() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let text = String::from_utf8(vector("explicit.pub.pem")).expect("is text");
    let digits: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let mut octets = engine.decode(digits).expect("decodes");
    // The first coordinate of P-256's generator begins so.
    let at = octets
        .windows(4)
        .position(|window| window == [0x6b, 0x17, 0xd1, 0xf2])
        .expect("the generator is written out");
    octets[at] ^= 1;
    let report = read(&octets, None);
    assert_eq!(ids(&report), ["curve-generator-altered"]);
    let finding = &report.entries[0].findings[0];
    assert!(finding.what.contains("P-256"), "{}", finding.what);
}

#[test]
fn the_parameters_of_pss_are_told() {
    let report = read(&vector("pss.pub.pem"), None);
    let algorithm = &public_key(&report).public_key.algorithm;
    assert_eq!(
        algorithm.text(),
        "RSASSA-PSS with SHA-256, MGF1 with SHA-1, salt 20"
    );
    let pss = algorithm.pss.as_ref().expect("has parameters");
    assert_eq!(
        (pss.hash.as_str(), pss.mask_hash.as_str()),
        ("SHA-256", "SHA-1")
    );
    assert_eq!((pss.salt_length, pss.trailer), (20, 1));
}

#[test]
fn keys_say_what_else_is_known_of_them() {
    assert_eq!(
        private_key(&read(&vector("three-primes.pem"), None)).facts,
        ["3 primes"]
    );
    let dsa = read(&vector("dsa.pem"), None);
    assert_eq!(public_half(&dsa).subgroup_bits, Some(256));
    assert_eq!(public_half(&dsa).strength, Some(112));
}

#[test]
fn a_key_meets_its_request_and_its_certificate() {
    let all = ["ec.crt", "ec.csr", "ec.pub.pem", "ec.pem"]
        .map(vector)
        .concat();
    let report = read(&all, None);
    let key = private_key(&report);
    assert_eq!(key.certificates, ["pem[0]"]);
    assert_eq!(key.public_keys, ["pem[1]", "pem[2]"]);
    let Object::PublicKey(alone) = &report.entries[2].object else {
        panic!("no public key: {report:#?}");
    };
    assert_eq!(alone.certificates, ["pem[0]"]);
    assert_eq!(alone.private_key.as_deref(), Some("pem[3]"));
}

#[test]
fn parameters_before_a_key_are_named() {
    let report = read(&vector("with-parameters.pem"), None);
    let Object::Other(other) = &report.entries[0].object else {
        panic!("no parameters: {report:#?}");
    };
    assert_eq!(other.what, "elliptic curve parameters");
    assert_eq!(other.facts, ["EC brainpoolP256t1"]);
}

#[test]
fn halves_that_differ_are_found() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let der = |name: &str| {
        let text = String::from_utf8(vector(name)).expect("is text");
        let digits: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        engine.decode(digits).expect("decodes")
    };
    let mut key = der("ec.pem");
    let scalar = key
        .windows(2)
        .position(|window| window == [4, 0x30])
        .expect("a scalar of 48 octets");
    key[scalar + 49] ^= 1;
    assert_eq!(
        ids(&read(&key, None)),
        ["key-halves-differ", "private-key-unsealed"]
    );
    // 2^384 - 1 is beyond the order of the curve.
    key[scalar + 2..scalar + 50].fill(0xff);
    assert_eq!(
        ids(&read(&key, None)),
        ["key-scalar-out-of-range", "private-key-unsealed"]
    );
    let mut key = der("three-primes.pem");
    let last = key.len() - 2;
    key[last] ^= 1;
    let report = read(&key, None);
    assert_eq!(
        ids(&report),
        ["rsa-numbers-disagree", "private-key-unsealed"]
    );
    let findings = report.entries.iter().flat_map(|entry| &entry.findings);
    let what = findings
        .clone()
        .find(|found| found.id == "rsa-numbers-disagree");
    assert_eq!(
        what.expect("is found").what,
        "Of another key, or missing: coefficient of a further prime."
    );
    key[last] ^= 1;
    assert_eq!(ids(&read(&key, None)), ["private-key-unsealed"]);
    let modulus = 40;
    key[modulus] ^= 1;
    assert!(ids(&read(&key, None)).contains(&"rsa-numbers-disagree"));
}

#[test]
fn traditional_encryption_of_every_known_cipher_opens() {
    let report = read(&vector("traditional-rc2.pem"), Some("secret"));
    assert_eq!(private_key(&report).lock, Lock::Open);
    assert_eq!(public_half(&report).text, "RSA 2048");
    let report = read(&vector("traditional-rc2.pem"), Some("wrong"));
    assert_eq!(private_key(&report).lock, Lock::WrongPassword);
}

#[test]
fn traditional_encryption_by_another_cipher_is_named() {
    for (from, to, message) in [
        ("", "", "cipher CAMELLIA-128-CBC"),
        ("CAMELLIA-128-CBC", "AES-256-CBC", ""),
        (
            "CAMELLIA-128-CBC",
            "DES-CBC",
            "private key: the initialisation vector in DEK-Info has 16 bytes, and DES-CBC takes 8",
        ),
        (
            ",",
            " ",
            "private key: the DEK-Info line holds no initialisation vector",
        ),
    ] {
        let text = String::from_utf8(vector("camellia.pem")).expect("is text");
        let text = match from {
            "," => text.replacen("CBC,", "CBC ", 1),
            from => text.replacen(from, to, 1),
        };
        let report = read(text.as_bytes(), Some("secret"));
        let found = match &report.entries[0].object {
            Object::Unreadable(problem) => problem.message.split(" (byte").next().unwrap_or(""),
            Object::PrivateKey(key) => {
                let seal = key.seal.as_ref().expect("is sealed");
                seal.unsupported.as_deref().unwrap_or("")
            }
            _ => "",
        };
        assert_eq!(found, message);
    }
}

#[test]
fn keys_sealed_under_a_stream_open() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/streams");
    let whose = |report: &Report| identity(public_half(report)).spki_sha256.clone();
    let plain = fs::read(format!("{folder}/key.pem")).expect("is there");
    let wanted = whose(&read(&plain, None));
    let mut opened = 0;
    for (path, input) in sealed_keys(folder) {
        let report = read(&input, Some("secret"));
        let key = private_key(&report);
        let seal = key.seal.as_ref().expect("is sealed");
        assert_eq!(
            (key.lock, seal.unsupported.as_deref()),
            (Lock::Open, None),
            "{path}"
        );
        assert_eq!(whose(&report), wanted, "{path}");
        assert_eq!(
            private_key(&read(&input, Some("wrong"))).lock,
            Lock::WrongPassword
        );
        assert_eq!(private_key(&read(&input, None)).lock, Lock::Locked);
        opened += 1;
    }
    assert_eq!(opened, 23);
    let store = fs::read(format!("{folder}/sealed.p12")).expect("is there");
    let report = read(&store, Some("secret"));
    assert_eq!(report.entries.len(), 2, "a key and its certificate");
    assert!(read(&store, Some("wrong")).entries.len() < 2);
}

#[test]
fn keys_sealed_by_other_ciphers_name_them() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/streams/named");
    let named = sealed_keys(folder).map(|(path, input)| {
        let report = read(&input, Some("secret"));
        let key = private_key(&report);
        let unsupported = key.seal.as_ref().and_then(|seal| seal.unsupported.clone());
        unsupported.unwrap_or(path)
    });
    assert_eq!(
        named.collect::<Vec<_>>(),
        [
            "cipher AES-128-CFB1",
            "cipher AES-128-CFB8",
            "cipher ARIA-256-CBC",
            "cipher BF-CBC",
            "cipher CAST5-CBC",
            "cipher SEED-CBC",
            "cipher SM4-CBC",
        ]
    );
}

/// The keys in this folder that are sealed, by their names.
fn sealed_keys(folder: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    let files = fs::read_dir(folder).expect("is there");
    let files = files.map(|file| file.expect("is listed").path());
    let mut paths: Vec<String> = files.map(|path| path.display().to_string()).collect();
    let ends = ["/key.pem", "/make", "/named", ".p12"];
    paths.retain(|path| !ends.iter().any(|end| path.ends_with(end)));
    paths.sort();
    let input = |path: &String| fs::read(path).expect("is there");
    paths
        .into_iter()
        .map(move |path| (path.clone(), input(&path)))
}

/// PKCS#8 has versions 1 and 2, encoded as 0 and 1; whatever else stands there hides nothing.
#[test]
fn a_version_that_no_key_has_is_found() {
    let block = pem::parse(vector("ed25519.pem")).expect("is PEM");
    let der = block.contents();
    assert_eq!(der[2..5], [2, 1, 0], "the version");
    for (version, said) in [(2, "2"), (4, "4"), (5, "5"), (0x7f, "127"), (0xff, "-1")] {
        let mut other = der.to_vec();
        other[4] = version;
        let report = read(&other, None);
        let found = report.entries[0].findings.iter();
        let found = found.filter(|finding| finding.id == "key-version");
        let what: Vec<&str> = found.map(|finding| finding.what.as_str()).collect();
        assert_eq!(what, [format!("The version is {said}.")]);
        let plain = read(der, None);
        assert_eq!(public_half(&report), public_half(&plain));
    }
    assert!(!ids(&read(der, None)).contains(&"key-version"));
}

/// `DSA PUBLIC KEY`: public number, p, q and g in a row, a form of OpenSSL's own.
#[test]
fn a_public_key_of_dsa_in_openssls_form_is_the_same_key() {
    let block = pem::parse(vector("dsa.pub.pem")).expect("is PEM");
    let [algorithm, bits] = values(inside(block.contents())).try_into().expect("two");
    let [_, parameters] = values(inside(algorithm)).try_into().expect("two");
    let [p, q, g] = values(inside(parameters)).try_into().expect("three");
    let public = &inside(bits)[1..];
    let of = |numbers: [&[u8]; 4]| {
        let contents = numbers.concat();
        let length = u16::try_from(contents.len()).expect("fits").to_be_bytes();
        let der = [&[0x30, 0x82][..], &length, &contents].concat();
        pem::encode(&pem::Pem::new("DSA PUBLIC KEY", der))
    };
    let report = read(of([public, p, q, g]).as_bytes(), None);
    let key = public_key(&report);
    assert_eq!(key.public_key.text, "DSA 2048");
    assert_eq!(identity(&key.public_key).spki_sha256, digest("dsa"));
    assert!(!ids(&report).contains(&"pem-label"), "{:?}", ids(&report));
    // Other things are four numbers too.
    let other = read(of([p, g, q, public]).as_bytes(), None);
    let Object::Unreadable(problem) = &other.entries[0].object else {
        panic!("{:?}", other.entries);
    };
    assert!(
        problem.message.contains("no DSA key"),
        "{}",
        problem.message
    );
}

/// What stands in a value whose length takes two octets at most.
fn inside(value: &[u8]) -> &[u8] {
    match value {
        [_, 0x82, _, _, contents @ ..] | [_, 0x81, _, contents @ ..] | [_, _, contents @ ..] => {
            contents
        }
        _ => panic!("no value"),
    }
}

/// Values that stand one after the other.
fn values(mut octets: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !octets.is_empty() {
        let length = match octets {
            [_, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            [_, 0x81, length, ..] => 3 + usize::from(*length),
            [_, length, ..] => 2 + usize::from(*length),
            _ => panic!("no value"),
        };
        let (value, rest) = octets.split_at(length);
        found.push(value);
        octets = rest;
    }
    found
}
fn blocks(name: &str) -> Vec<Vec<u8>> {
    let blocks = pem::parse_many(vector(name)).expect("is PEM");
    blocks.into_iter().map(pem::Pem::into_contents).collect()
}

#[test]
fn keys_of_every_curve_are_computed_with() {
    let keys = blocks("curves.pem");
    assert_eq!(keys.len(), 80);
    let mut computed = 0;
    for key in keys {
        let report = read(&key, None);
        let text = public_half(&report).text.clone();
        let whole = ids(&report).into_iter();
        let wrong = |id: &&str| ["point-not-on-curve", "key-halves-differ"].contains(id);
        assert_eq!(whole.filter(wrong).count(), 0, "{text}");

        // The last octet is that of the point's second coordinate.
        let mut moved = key.clone();
        *moved.last_mut().expect("octets") ^= 2;
        let report = read(&moved, None);
        assert!(ids(&report).contains(&"point-not-on-curve"), "{text}");

        // ECPrivateKey ::= SEQUENCE { version 1, privateKey OCTET STRING, … }
        let start = key.windows(4).position(|window| window == [2, 1, 1, 4]);
        let start = start.expect("a private key");
        let mut other = key.clone();
        other[start + 4 + usize::from(key[start + 4])] ^= 1;
        let report = read(&other, None);
        computed += usize::from(ids(&report).contains(&"key-halves-differ"));
        // All octets set are beyond every order.
        let end = start + 5 + usize::from(key[start + 4]);
        other[start + 5..end].fill(0xff);
        let beyond = ids(&read(&other, None)).contains(&"key-scalar-out-of-range");
        assert_eq!(beyond, !is_binary(&text), "{text}");
    }
    assert_eq!(computed, 40, "all over prime fields");
}

/// Whether the curve of a key lies over a binary field.
fn is_binary(text: &str) -> bool {
    let over = [
        "sect", "c2", "wtls1 ", "wtls3", "wtls4", "wtls5", "wtls10", "wtls11",
    ];
    let name = format!("{} ", text.trim_start_matches("EC "));
    over.iter().any(|start| name.starts_with(start))
}

#[test]
fn points_are_looked_for_on_curves_that_are_spelt_out() {
    let mut key = blocks("explicit.pub.pem").remove(0);
    assert!(!ids(&read(&key, None)).contains(&"point-not-on-curve"));
    *key.last_mut().expect("octets") ^= 1;
    let report = read(&key, None);
    let found = report.entries[0].findings.iter();
    let found = found.clone().find(|it| it.id == "point-not-on-curve");
    assert_eq!(
        found.expect("is said").what,
        "The key is no point of P-256."
    );
}

#[test]
fn the_numbers_of_an_rsa_key_that_speed_it_up_are_checked() {
    let key = blocks("pss.pem").remove(0);
    let said = |key: &[u8]| {
        let report = read(key, None);
        let found = report.entries[0].findings.clone().into_iter();
        let found = found.filter(|it| it.id == "rsa-numbers-disagree");
        found.map(|it| it.what).collect::<String>()
    };
    assert_eq!(said(&key), "");
    // RSAPrivateKey: each of its nine integers, by where it ends.
    let head = key.windows(3).rposition(|window| window == [2, 1, 0]);
    let mut at = head.expect("a version") + 3;
    let mut ends = Vec::new();
    while at < key.len() {
        assert_eq!(key[at], 2);
        let (skipped, length) = match key[at + 1] {
            0x82 => (4, usize::from(key[at + 2]) << 8 | usize::from(key[at + 3])),
            0x81 => (3, usize::from(key[at + 2])),
            short => (2, usize::from(short)),
        };
        at += skipped + length;
        ends.push(at);
    }
    assert_eq!(ends.len(), 8);
    for (index, name) in [(5, "exponent1"), (6, "exponent2"), (7, "coefficient")] {
        let mut changed = key.clone();
        changed[ends[index] - 1] ^= 1;
        assert_eq!(
            said(&changed),
            format!("Of another key, or missing: {name}.")
        );
    }
}

#[test]
fn a_key_for_pss_has_its_parameters_or_none() {
    let key = blocks("pss.pub.pem").remove(0);
    assert_eq!(ids(&read(&key, None)), [""; 0]);
    let (start, end) = (17, 36);
    let with = |parameters: &[u8]| {
        let identifier = [&key[6..start], parameters].concat();
        let body = [
            &[0x30, u8::try_from(identifier.len()).expect("short")],
            &*identifier,
            &key[end..],
        ]
        .concat();
        let length = u16::try_from(body.len()).expect("fits").to_be_bytes();
        [&[0x30, 0x82], &length[..], &body[..]].concat()
    };
    assert_eq!(with(&key[start..end]), key);
    assert_eq!(ids(&read(&with(&[]), None)), [""; 0]);
    let report = read(&with(&[5, 0]), None);
    assert_eq!(ids(&report), ["key-parameters"]);
    let found = &report.entries[0].findings[0];
    assert_eq!(found.what, "The parameters of RSASSA-PSS are NULL.");
}

#[test]
fn a_public_key_in_a_string_of_another_kind_is_no_sealed_one() {
    let mut key = blocks("ec.pub.pem").remove(0);
    // SEQUENCE { AlgorithmIdentifier, BIT STRING }
    let bits = 2 + 2 + usize::from(key[3]);
    assert_eq!(key[bits], 3);
    key[bits] = 4;
    let report = read(&key, None);
    let Object::Unreadable(problem) = &report.entries[0].object else {
        panic!("reads: {report:#?}");
    };
    assert!(
        problem
            .message
            .contains("expected BIT STRING, found OCTET STRING"),
        "{problem:?}"
    );
    // Nothing but the label says what this is.
    key[bits] = 0x23;
    let text = pem::encode(&pem::Pem::new("PUBLIC KEY", key));
    let report = read(text.as_bytes(), None);
    let Object::Unreadable(problem) = &report.entries[0].object else {
        panic!("reads: {report:#?}");
    };
    let said = "expected BIT STRING, found BIT STRING in constructed form";
    assert!(problem.message.contains(said), "{problem:?}");
}

#[test]
fn the_label_of_openssl_for_keys_of_sm2_is_right() {
    let keys = blocks("curves.pem").into_iter();
    let sm2 = keys.filter(|key| public_half(&read(key, None)).text.contains("SM2"));
    let text: String = sm2
        .map(|key| pem::encode(&pem::Pem::new("SM2 PRIVATE KEY", key)))
        .collect();
    assert!(text.contains("BEGIN SM2"));
    let report = read(text.as_bytes(), None);
    assert!(
        report.findings.iter().all(|it| it.id != "pem-label"),
        "{:?}",
        report.findings
    );
}
