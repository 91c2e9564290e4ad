//! What is read from files that openssl and keytool made: `vectors/make` says how.

use certlens_core::{
    Algorithm, ByteRange, Certificate, ErrorKind, Format, Integrity, KeyProof, Limits, Lock,
    Object, Opening, Options, Password, PlaceForm, Report, Row, Span, Text, UnixTime, inspect,
    open,
};

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(input: &[u8], password: Option<&str>) -> Report {
    let passwords: Vec<Password> = password.map(Password::from).into_iter().collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    inspect(input, &options, UnixTime::parse("2026-11-22T09:41:00Z")).expect("shows something")
}

fn refused(input: &[u8]) -> String {
    inspect(input, &Options::default(), None)
        .expect_err("must be refused")
        .to_string()
}

fn certificates(report: &Report) -> Vec<&Certificate> {
    let mut found = Vec::new();
    for entry in &report.entries {
        if let Object::Certificate(certificate) = &entry.object {
            found.push(&**certificate);
        }
    }
    found
}

fn kinds(report: &Report) -> Vec<&'static str> {
    let kind = |object: &Object| match object {
        Object::Certificate(_) => "certificate",
        Object::PrivateKey(key) if key.public_key.is_some() => "key",
        Object::PrivateKey(_) => "sealed key",
        Object::Other(_) => "other",
        _ => "unreadable",
    };
    report
        .entries
        .iter()
        .map(|entry| kind(&entry.object))
        .collect()
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("fits")
}

fn slice(input: &[u8], range: ByteRange) -> &[u8] {
    &input[index(range.start)..index(range.end)]
}

fn spans(certificate: &Certificate) -> Vec<(&'static str, Span)> {
    let at = &certificate.at;
    let mut spans = vec![
        ("certificate", at.certificate),
        ("tbsCertificate", at.tbs_certificate),
        ("serial", at.serial),
        ("issuer", at.issuer),
        ("notBefore", at.not_before),
        ("notAfter", at.not_after),
        ("subject", at.subject),
        ("publicKey", at.public_key),
        ("signatureAlgorithm", at.signature_algorithm),
        ("signature", at.signature),
    ];
    spans.extend(at.version.map(|span| ("version", span)));
    spans.extend(at.subject_alternative_names.map(|span| ("names", span)));
    spans.extend(
        certificate
            .extensions
            .iter()
            .map(|one| ("extension", one.at)),
    );
    spans.extend(
        certificate
            .subject_alternative_names
            .iter()
            .map(|one| ("name", one.at)),
    );
    spans.extend(
        certificate
            .subject
            .attributes
            .iter()
            .map(|one| ("attribute", one.at)),
    );
    spans
}

const VECTORS: [&str; 13] = [
    "chain.pem",
    "leaf.der",
    "modern.p12",
    "legacy.p12",
    "open-certificates.p12",
    "empty-password.p12",
    "bundle.p7b",
    "store.jks",
    "store.jceks",
    "sealed-key.pem",
    "traditional-key.pem",
    "bare-key.p12",
    "two-keys.jks",
];

#[test]
fn a_leaf_is_read_in_full() {
    let report = read(&vector("leaf.der"), None);
    let [leaf] = certificates(&report)[..] else {
        panic!("one certificate")
    };
    assert_eq!(report.format, Format::Der);
    assert_eq!(
        leaf.subject.text,
        "CN=es1.corp.example, O=Größe\\, Licht \\+ Co, C=DE"
    );
    assert_eq!(leaf.issuer.text, "CN=Corp Issuing CA 2, O=Corp GmbH, C=DE");
    assert_eq!(leaf.serial, "4f8a11c07e529b36d10ae47725b8936c");
    assert_eq!(
        (leaf.version, leaf.is_ca(), leaf.self_issued),
        (3, false, false)
    );
    assert_eq!(leaf.public_key.text, "RSA 2048");
    assert_eq!(leaf.public_key.exponent.as_deref(), Some("65537"));
    assert_eq!(leaf.signature_algorithm.name, "ECDSA with SHA-256");
    let names: Vec<String> = leaf
        .subject_alternative_names
        .iter()
        .map(|name| format!("{:?} {}", name.kind, name.value))
        .collect();
    let expected = [
        "Dns es1.corp.example",
        "Dns *.search.corp.example",
        "Ip 192.0.2.21",
        "Ip 2001:db8::21",
        "Email ops@corp.example",
        "Uri spiffe://corp.example/es1",
        "UserPrincipalName es1@corp.example",
        "Directory CN=es1, O=Corp",
    ];
    assert_eq!(names, expected);
    let usage = ["digital signature", "key encipherment"].map(Text::from);
    assert_eq!(leaf.key_usage.as_deref(), Some(&usage[..]));
    let purposes: Vec<&str> = leaf
        .extended_key_usage
        .iter()
        .flatten()
        .map(|purpose| &*purpose.name)
        .collect();
    assert_eq!(purposes, ["server authentication", "client authentication"]);
    let unknown = leaf
        .extensions
        .iter()
        .find(|one| one.oid == "1.2.3.4.5")
        .expect("is listed");
    assert_eq!(
        (unknown.name.as_deref(), unknown.bytes.as_str()),
        (None, "0c0568656c6c6f")
    );
    let said: Vec<&str> = leaf
        .extensions
        .iter()
        .filter_map(|one| one.text.as_ref())
        .flatten()
        .map(String::as_str)
        .collect();
    for line in [
        "OCSP http://ocsp.corp.example",
        "CA issuers http://corp.example/issuing.cer",
        "http://corp.example/issuing.crl",
        "organisation validated (2.23.140.1.2.2)",
    ] {
        assert!(said.contains(&line), "{line} is missing in {said:?}");
    }
}

/// openssl's own words for the same file.
#[test]
fn fingerprints_are_those_that_openssl_prints() {
    let path = format!("{}/tests/vectors/leaf.der", env!("CARGO_MANIFEST_DIR"));
    let report = read(&vector("leaf.der"), None);
    let prints = &certificates(&report)[0].fingerprints;
    for (digest, ours) in [("-sha1", &prints.sha1), ("-sha256", &prints.sha256)] {
        let output = std::process::Command::new("openssl")
            .args([
                "x509",
                "-inform",
                "DER",
                "-in",
                &path,
                "-noout",
                "-fingerprint",
                digest,
            ])
            .output()
            .expect("openssl runs");
        let text = String::from_utf8(output.stdout).expect("is text");
        let theirs = text.trim().rsplit('=').next().unwrap_or_default();
        assert_eq!(&theirs.replace(':', "").to_lowercase(), ours);
    }
}

#[test]
fn fields_of_der_stand_in_the_input_where_the_report_says() {
    let input = vector("leaf.der");
    let report = read(&input, None);
    let leaf = certificates(&report)[0];
    for (name, span) in spans(leaf) {
        assert_eq!(span.input, Some(span.der), "{name}");
    }
    let text = |span: Span| slice(&input, span.der);
    assert_eq!(text(leaf.at.serial)[..2], [2, 16]);
    assert_eq!(text(leaf.at.not_after)[..2], [0x17, 13]);
    assert_eq!(text(leaf.at.certificate).len(), input.len());
    assert!(text(leaf.subject_alternative_names[0].at).ends_with(b"es1.corp.example"));
    assert!(text(leaf.subject.attributes[0].at).ends_with(b"DE"));
}

/// The characters named for a field in PEM text are those that carry its octets: put back on the
/// four-character grid of base64 they decode to a run that holds it, and hardly anything else.
#[test]
fn fields_of_pem_stand_in_the_text_where_the_report_says() {
    let input = vector("chain.pem");
    let der = vector("leaf.der");
    let report = read(&input, None);
    for (name, span) in spans(certificates(&report)[0]) {
        let range = span.input.expect("stands in the text");
        let text = slice(&input, range);
        let characters = text.iter().filter(|octet| !octet.is_ascii_whitespace());
        let lead = index(span.der.start) * 4 / 3 % 4;
        let mut grid: String = std::iter::repeat_n('A', lead)
            .chain(
                characters
                    .map(|&octet| char::from(octet))
                    .filter(|&c| c != '='),
            )
            .collect();
        grid.extend(std::iter::repeat_n('A', (4 - grid.len() % 4) % 4));
        let block = format!("-----BEGIN X-----\n{grid}\n-----END X-----\n");
        let decoded = pem::parse(block).expect("decodes").into_contents();
        let start = index(span.der.start) % 3;
        let expected = slice(&der, span.der);
        assert_eq!(
            decoded.get(start..start + expected.len()),
            Some(expected),
            "{name}"
        );
        assert!(
            decoded.len() <= start + expected.len() + 3,
            "{name} is too wide"
        );
    }
}

#[test]
fn a_chain_is_ordered_and_its_key_found() {
    let report = read(&vector("chain.pem"), None);
    assert_eq!(
        kinds(&report),
        ["certificate", "certificate", "certificate", "key"]
    );
    let chain = certificates(&report);
    let places: Vec<_> = chain
        .iter()
        .map(|one| {
            one.chain
                .as_ref()
                .map(|place| (place.position, place.length, place.complete))
        })
        .collect();
    assert_eq!(
        places,
        [Some((1, 3, true)), Some((2, 3, true)), Some((3, 3, true))]
    );
    assert_eq!(
        chain[0]
            .chain
            .as_ref()
            .and_then(|place| place.issuer.as_deref()),
        Some("pem[1]")
    );
    let key = chain[0].private_key.as_ref().expect("is found");
    assert_eq!(
        (key.entry.as_str(), key.proof),
        ("pem[3]", KeyProof::PublicKey)
    );
    assert!(chain[1].private_key.is_none() && chain[2].private_key.is_none());
}

#[test]
fn keystores_open_with_their_password() {
    for (name, sealed_by) in [
        ("modern.p12", "PBES2, AES-256-CBC, PBKDF2 with HMAC-SHA-256"),
        ("legacy.p12", "PBE with SHA-1 and 40-bit RC2"),
    ] {
        let report = read(&vector(name), Some("changeit"));
        let store = report.keystore.as_ref().expect("is a keystore");
        assert_eq!(
            (store.lock, store.integrity),
            (Lock::Open, Integrity::Verified),
            "{name}"
        );
        assert_eq!(store.seals[0].algorithm, sealed_by, "{name}");
        assert_eq!(
            kinds(&report),
            ["certificate", "certificate", "key"],
            "{name}"
        );
        assert_eq!(report.entries[0].alias.as_deref(), Some("es1"));
        assert_eq!(report.entries[0].place.form, PlaceForm::Sealed);
        let leaf = certificates(&report)[0];
        let proof = leaf.private_key.as_ref().map(|key| key.proof);
        assert_eq!(proof, Some(KeyProof::PublicKey));
        assert_eq!(
            leaf.at.serial.input, None,
            "what was sealed stands nowhere in the input"
        );
    }
}

#[test]
fn the_old_cipher_is_found() {
    let ids = |name| -> Vec<Text> {
        let report = read(&vector(name), Some("changeit"));
        report
            .findings
            .into_iter()
            .map(|finding| finding.id)
            .collect()
    };
    assert_eq!(
        ids("legacy.p12"),
        ["legacy-seal", "very-few-rounds", "seal-3des", "mac-sha1"]
    );
    assert_eq!(ids("modern.p12"), ["very-few-rounds"]);
}

#[test]
fn locked_keystores_tell_what_they_can() {
    for (password, lock) in [(None, Lock::Locked), (Some("wrong"), Lock::WrongPassword)] {
        let report = read(&vector("modern.p12"), password);
        let store = report.keystore.as_ref().expect("is a keystore");
        assert_eq!(
            (store.lock, store.integrity),
            (lock, Integrity::NotVerified)
        );
        assert_eq!(store.seals.len(), 3);
        assert_eq!(kinds(&report), ["sealed key"]);

        let report = read(&vector("open-certificates.p12"), password);
        assert_eq!(report.keystore.as_ref().map(|store| store.lock), Some(lock));
        assert_eq!(kinds(&report), ["certificate", "certificate", "sealed key"]);
        let leaf = certificates(&report)[0];
        let proof = leaf.private_key.as_ref().map(|key| key.proof);
        assert_eq!(proof, Some(KeyProof::Keystore));

        let report = read(&vector("store.jks"), password);
        assert_eq!(report.keystore.as_ref().map(|store| store.lock), Some(lock));
        assert_eq!(
            kinds(&report),
            ["certificate", "sealed key", "certificate", "certificate"]
        );
    }
}

#[test]
fn an_empty_password_needs_no_asking() {
    let report = read(&vector("empty-password.p12"), None);
    assert_eq!(
        report.keystore.as_ref().map(|store| store.lock),
        Some(Lock::Open)
    );
    let name = certificates(&report)[0].subject.common_name.as_deref();
    assert_eq!(name, Some("Corp Root CA"));
}

#[test]
fn java_keystores_open_with_their_password() {
    let report = read(&vector("store.jks"), Some("changeit"));
    let store = report.keystore.as_ref().expect("is a keystore");
    assert_eq!(
        (store.lock, store.integrity),
        (Lock::Open, Integrity::Verified)
    );
    let aliases: Vec<_> = report
        .entries
        .iter()
        .filter_map(|entry| entry.alias.as_deref())
        .collect();
    assert_eq!(aliases, ["root", "es1", "es1", "es1"]);
    assert!(
        report.entries[0]
            .keystore
            .as_ref()
            .is_some_and(|entry| entry.trusted)
    );
    let leaf = certificates(&report)[1];
    assert_eq!(
        leaf.private_key.as_ref().map(|key| key.entry.as_str()),
        Some("jks[1]/key")
    );

    let report = read(&vector("store.jceks"), Some("changeit"));
    assert_eq!(report.format, Format::Jceks);
    assert_eq!(
        kinds(&report),
        ["other", "certificate", "key", "certificate", "certificate"]
    );
}

#[test]
fn pkcs7_keeps_the_order_of_its_certificates() {
    let report = read(&vector("bundle.p7b"), None);
    let names: Vec<_> = certificates(&report)
        .iter()
        .map(|one| one.subject.common_name.as_deref().unwrap_or_default())
        .collect();
    assert_eq!(names, ["es1.corp.example", "Corp Issuing CA 2"]);
}

#[test]
fn an_encrypted_key_tells_how_it_is_sealed() {
    let seal = |password| {
        let report = read(&vector("sealed-key.pem"), password);
        let Object::PrivateKey(key) = report.entries[0].object.clone() else {
            panic!("is a key");
        };
        (
            key.lock,
            key.seal.map(|seal| seal.algorithm),
            key.public_key.map(|key| key.text),
        )
    };
    let scheme = Some("PBES2, AES-256-CBC, PBKDF2 with HMAC-SHA-256".to_owned());
    assert_eq!(seal(None), (Lock::Locked, scheme.clone(), None));
    assert_eq!(
        seal(Some("nonsense")),
        (Lock::WrongPassword, scheme.clone(), None)
    );
    assert_eq!(
        seal(Some("changeit")),
        (Lock::Open, scheme, Some("EC P-256".to_owned()))
    );
}

#[test]
fn a_traditionally_encrypted_key_opens() {
    let read_with = |password| {
        let report = read(&vector("traditional-key.pem"), password);
        let Object::PrivateKey(key) = report.entries[0].object.clone() else {
            panic!("is a key");
        };
        (key.lock, key.public_key.map(|key| key.text))
    };
    assert_eq!(read_with(None), (Lock::Locked, None));
    assert_eq!(read_with(Some("nonsense")), (Lock::WrongPassword, None));
    assert_eq!(
        read_with(Some("changeit")),
        (Lock::Open, Some("EC P-256".to_owned()))
    );
}

#[test]
fn a_key_that_fits_no_certificate_is_found() {
    let chain = String::from_utf8(vector("chain.pem")).expect("is text");
    let (certificates, _) = chain
        .split_once("-----BEGIN PRIVATE KEY")
        .expect("holds a key");
    let other = String::from_utf8(vector("traditional-key.pem")).expect("is text");
    let ids = |text: &str| -> Vec<Text> {
        let report = read(text.as_bytes(), Some("changeit"));
        let last = report.entries.last().expect("has entries");
        last.findings
            .iter()
            .map(|finding| finding.id.clone())
            .collect()
    };
    let leaf_only = certificates
        .split_inclusive("-----END CERTIFICATE-----\n")
        .next()
        .expect("a leaf");
    assert_eq!(
        ids(&format!("{leaf_only}{other}")),
        ["key-sealed-in-few-rounds", "key-fits-nothing"]
    );
    assert_eq!(ids(&chain), [""; 0]);
}

#[test]
fn an_archive_that_is_cut_off_is_one_although_blocks_show_through() {
    let mut archive = b"PK\x03\x04 stored ".to_vec();
    archive.extend(vector("chain.pem"));
    let told = refused(&archive);
    assert!(told.contains("ends too early"), "{told}");
}

#[test]
fn a_key_without_a_password_is_found() {
    let ids = |name| -> Vec<Text> {
        let report = read(&vector(name), None);
        report
            .findings
            .into_iter()
            .map(|finding| finding.id)
            .collect()
    };
    assert_eq!(
        ids("bare-key.p12"),
        ["key-without-password", "very-few-rounds"]
    );
    assert_eq!(
        ids("empty-password.p12"),
        ["very-few-rounds", "empty-password", "invisible-to-java"],
        "it holds no key"
    );
}

#[test]
fn a_broken_block_stands_beside_good_ones() {
    const END: &str = "-----END CERTIFICATE-----\n";
    let text = String::from_utf8(vector("chain.pem")).expect("is text");
    let blocks: Vec<&str> = text.split_inclusive(END).collect();
    let [leaf, issuing, root, _] = blocks[..] else {
        panic!("three certificates and a key")
    };
    let cases = [
        (
            issuing.replacen("MII", "M!I", 1),
            "pem: expected base64 text, found '!'",
        ),
        (
            issuing.replace(END, ""),
            "pem: expected an -----END line, found another block",
        ),
        (
            issuing.replacen("MII", "NII", 1),
            "certificate: expected SEQUENCE, found",
        ),
    ];
    for (broken, message) in cases {
        let report = read(format!("{leaf}{broken}{root}").as_bytes(), None);
        assert_eq!(
            kinds(&report),
            ["certificate", "unreadable", "certificate"],
            "{message}"
        );
        let Object::Unreadable(problem) = &report.entries[1].object else {
            panic!("is broken");
        };
        assert!(problem.message.starts_with(message), "{}", problem.message);
        let place = leaf.len()..=leaf.len() + broken.len();
        assert!(
            place.contains(&index(problem.offset)),
            "{problem:?} is elsewhere"
        );
    }
}

#[test]
fn text_is_read_as_it_is_found() {
    let text = String::from_utf8(vector("chain.pem")).expect("is text");
    let prints = |text: &str| -> Vec<String> {
        let report = read(text.as_bytes(), None);
        certificates(&report)
            .iter()
            .map(|one| one.fingerprints.sha256.clone())
            .collect()
    };
    let wanted = prints(&text);
    let indented = format!("    {}", text.replace('\n', "\n    "));
    for (how, variant) in [
        ("CRLF", text.replace('\n', "\r\n")),
        ("CR", text.replace('\n', "\r")),
        ("indented", indented),
        ("byte order mark", format!("\u{feff}{text}")),
        (
            "no newline between blocks",
            text.replace("-----\n-----", "----------"),
        ),
        ("one line", text.replace('\n', " ")),
    ] {
        assert_eq!(prints(&variant), wanted, "{how}");
    }
}

#[test]
fn bare_digits_are_read_as_they_are_pasted() {
    let der = vector("leaf.der");
    let block = pem::encode(&pem::Pem::new("X", der.clone()));
    let base64: String = block
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let hex: Vec<String> = der.iter().map(|octet| format!("{octet:02X}")).collect();
    for (form, text) in [
        (PlaceForm::Base64, base64.clone()),
        (PlaceForm::Base64, format!("{base64}\n")),
        (PlaceForm::Hex, hex.join(":")),
        (PlaceForm::Hex, format!("0x{}", hex.concat())),
        (PlaceForm::Hex, hex.join(" ")),
    ] {
        let report = read(text.as_bytes(), None);
        assert_eq!(report.entries[0].place.form, form);
        let leaf = certificates(&report)[0];
        assert_eq!(leaf.serial, "4f8a11c07e529b36d10ae47725b8936c");
        let serial = slice(
            text.as_bytes(),
            leaf.at.serial.input.expect("stands in the text"),
        );
        if form == PlaceForm::Hex {
            let digits = String::from_utf8_lossy(serial).replace([':', ' '], "");
            assert_eq!(
                digits.to_lowercase(),
                "02104f8a11c07e529b36d10ae47725b8936c"
            );
        }
    }
}

#[test]
fn trailing_bytes_are_found_and_hide_nothing() {
    let mut input = vector("leaf.der");
    input.extend(b"rest");
    let report = read(&input, None);
    let finding = &report.entries[0].findings[0];
    assert_eq!(finding.id, "trailing-bytes");
    let range = finding.at.and_then(|span| span.input).expect("has a place");
    assert_eq!(slice(&input, range), b"rest");
}

#[test]
fn refusals_say_what_was_found() {
    assert_eq!(
        refused(b""),
        "expected a certificate file, found no bytes at all"
    );
    assert_eq!(
        refused(b"\x89PNG\r\n\x1a\n...."),
        "expected a certificate file, found what looks like a PNG picture (byte 0)"
    );
    assert_eq!(
        refused(b"just some words"),
        "expected a certificate file, found what looks like text without a -----BEGIN line (byte 0)"
    );
    for (start, name) in [
        (
            &b"SSHKRL\n\0\0\0\0\x01"[..],
            "OpenSSH's list of revoked keys",
        ),
        (
            b"\x1e\xf1\xb5\xb0\0\0\0\0",
            "a key of Microsoft's tools (PVK)",
        ),
        (
            b"\x07\x02\0\0\0\xa4\0\0RSA2",
            "an RSA key of Microsoft's CryptoAPI",
        ),
        (
            b"\x06\x02\0\0\0\xa4\0\0RSA1",
            "a public RSA key of Microsoft's CryptoAPI",
        ),
        (b"\xff\xfe\0\0w\0\0\0", "UTF-32 text"),
    ] {
        let said = refused(start);
        assert!(said.contains(&format!("what looks like {name}")), "{said}");
    }
    let leaf = vector("leaf.der");
    let missing = leaf.len() - 500;
    assert_eq!(
        refused(&leaf[..500]),
        format!(
            "what begins as a certificate: ends too early, {missing} more bytes are needed (byte 500)"
        )
    );
    assert_eq!(
        refused(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 9]),
        "jks: version 9 is not supported (byte 4)"
    );
    assert_eq!(
        refused(&[0x30, 3, 2, 1, 5]),
        "expected a certificate file, found what looks like ASN.1 data of another kind (byte 0)"
    );
}

#[test]
fn a_certificate_with_something_else_for_a_time_is_shown() {
    let mut der = vector("leaf.der");
    let at = certificates(&read(&der, None))[0].at.not_after;
    der[index(at.der.start)] = 0x13;
    let report = read(&der, None);
    let one = certificates(&report)[0];
    assert!(one.not_before.is_some() && one.not_after.is_none());
    let findings = &report.entries[0].findings;
    let found = findings.iter().find(|found| found.id == "time-unreadable");
    let found = found.expect("is told");
    assert_eq!(found.what, "notAfter is PrintableString, and no time.");
    assert_eq!(found.at.map(|found| found.der), Some(at.der));
}

/// The place in the error is where the wrong byte was put, in DER and in the text around it.
#[test]
fn errors_inside_a_certificate_name_the_field_and_the_byte() {
    const LINE: usize = 64;
    let input = vector("leaf.der");
    let report = read(&input, None);
    let at = certificates(&report)[0].at.clone();
    for (span, path) in [
        (at.serial, "certificate › serialNumber"),
        (at.issuer, "certificate › issuer"),
        (at.public_key, "certificate › subjectPublicKeyInfo"),
    ] {
        let offset = index(span.der.start);
        let mut der = input.clone();
        der[offset] = 0x13;
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        let block = pem::encode_config(&pem::Pem::new("CERTIFICATE", der), config);
        let report = read(format!("a note\n{block}").as_bytes(), None);
        let Object::Unreadable(problem) = &report.entries[0].object else {
            panic!("{path} is broken");
        };
        assert!(problem.message.starts_with(path), "{}", problem.message);
        assert!(
            problem.message.contains("found PrintableString"),
            "{}",
            problem.message
        );
        let body = "a note\n-----BEGIN CERTIFICATE-----\n".len();
        let character = offset * 4 / 3;
        assert_eq!(
            index(problem.offset),
            body + character + character / LINE,
            "{path}"
        );
    }
}

#[test]
fn limits_refuse_at_once_and_name_both_figures() {
    let input = vector("modern.p12");
    let rounds = Limits {
        kdf_rounds: 0,
        ..Limits::default()
    };
    let error = open(
        &input,
        &Options {
            limits: rounds,
            ..Options::default()
        },
    );
    let error = error.expect_err("must be refused");
    let expected = ErrorKind::LimitExceeded {
        what: "key derivation rounds",
        found: 1,
        allowed: 0,
    };
    assert_eq!(error.kind(), &expected, "{error}");
    let size = Limits {
        input: 100,
        ..Limits::default()
    };
    assert!(
        open(
            &input,
            &Options {
                limits: size,
                ..Options::default()
            }
        )
        .is_err()
    );
    let entries = Limits {
        entries: 2,
        ..Limits::default()
    };
    let contents = open(
        &vector("chain.pem"),
        &Options {
            limits: entries,
            ..Options::default()
        },
    );
    assert_eq!(
        contents.map(|contents| contents.len()),
        Ok(3),
        "two, and that there are more"
    );
}

/// Every file cut at every third byte, and with that byte turned over: something is said, nothing panics, and
/// no place lies outside the input.
#[test]
fn broken_files_never_panic() {
    let passwords = [Password::from("changeit")];
    // Few rounds are allowed: a byte turned over may ask for millions.
    let limits = Limits {
        kdf_rounds: 300,
        ..Limits::default()
    };
    let options = Options {
        passwords: &passwords,
        limits,
    };
    for name in VECTORS {
        let input = vector(name);
        for at in (0..input.len()).step_by(3) {
            let mut flipped = input.clone();
            flipped[at] ^= 0xff;
            for broken in [&input[..at], &flipped] {
                match open(broken, &options) {
                    Ok(contents) => {
                        let report = contents.report(None);
                        assert_eq!(contents.rows().len(), report.entries.len());
                        for entry in &report.entries {
                            let end = index(entry.place.end);
                            assert!(end <= broken.len(), "{name} {at}: {entry:?}");
                        }
                    }
                    Err(error) => assert!(error.offset() <= broken.len(), "{name} {at}: {error}"),
                }
            }
        }
    }
}

#[test]
fn a_report_survives_its_json() {
    for name in VECTORS {
        let report = read(&vector(name), Some("changeit"));
        let json = serde_json::to_string(&report).expect("is written");
        assert_eq!(
            serde_json::from_str::<Report>(&json).expect("is read"),
            report,
            "{name}"
        );
    }
}

#[test]
fn passwords_and_keys_are_told_to_nobody() {
    let passwords = [Password::from("changeit")];
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    let contents = open(&vector("chain.pem"), &options).expect("opens");
    let report = contents.report(None);
    let json = serde_json::to_string(&report).expect("is written");
    let told = format!("{options:?} {contents:?} {report:?} {json}");
    assert!(!told.contains("changeit"), "the password is shown");
    let text = String::from_utf8(vector("chain.pem")).expect("is text");
    let key = text
        .split("PRIVATE KEY-----\n")
        .nth(1)
        .expect("holds a key");
    let line = key.lines().nth(3).expect("has lines");
    assert!(!told.contains(line), "the key is shown");
}

#[test]
fn what_openssl_was_told_to_trust_is_read_and_is_no_surplus() {
    let report = read(&vector("trusted.pem"), None);
    let entry = &report.entries[0];
    let trust = entry.trust.as_ref().expect("has trust settings");
    let names = |all: &[Algorithm]| all.iter().map(|one| one.oid.clone()).collect::<Vec<_>>();
    assert_eq!(names(&trust.trusted), ["1.3.6.1.5.5.7.3.1"]);
    assert_eq!(names(&trust.rejected), ["1.3.6.1.5.5.7.3.4"]);
    assert_eq!((&trust.key_id, trust.other.len()), (&None, 0));
    assert_eq!(entry.alias.as_deref(), Some("es1 of Größe"));
    let plain = read(&vector("leaf.der"), None);
    assert_eq!(entry.findings.len(), plain.entries[0].findings.len());
    let (held, alone) = (certificates(&report)[0], certificates(&plain)[0]);
    assert_eq!(held.fingerprints, alone.fingerprints);
    assert_eq!(trust.at.der.start, alone.at.certificate.der.end);

    // Under another label OpenSSL does not look for it.
    let text = String::from_utf8(vector("trusted.pem")).expect("is text");
    let other = read(text.replace("TRUSTED CERT", "CERT").as_bytes(), None);
    let ids: Vec<&str> = other.entries[0].findings.iter().map(|it| &*it.id).collect();
    assert!(
        ids.contains(&"trailing-bytes") && other.entries[0].trust.is_none(),
        "{ids:?}"
    );
}

#[test]
fn every_field_of_openssls_trust_is_read_or_all_of_it_is_surplus() {
    let leaf = vector("leaf.der");
    let after = |octets: &[u8]| {
        let pem = pem::encode(&pem::Pem::new(
            "TRUSTED CERTIFICATE",
            [&leaf[..], octets].concat(),
        ));
        read(pem.as_bytes(), None).entries.remove(0)
    };
    // keyid OCTET STRING 0102, other [1] { { sha256 } }
    let full =
        b"\x30\x13\x04\x02\x01\x02\xa1\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    let trust = after(full).trust.expect("has trust settings");
    assert_eq!(trust.key_id.as_deref(), Some("0102"));
    assert_eq!(trust.other[0].oid, "2.16.840.1.101.3.4.2.1");
    for surplus in [
        &b"\x30\x02\x05\x00"[..],
        b"\x30\x00\x00",
        b"\x30\x05\x04\x02",
    ] {
        let entry = after(surplus);
        assert_eq!(entry.trust, None);
        assert!(
            entry.findings.iter().any(|it| it.id == "trailing-bytes"),
            "{surplus:?}"
        );
    }
    assert!(after(b"").trust.is_none());
}

#[test]
fn what_is_opened_in_pieces_is_the_same_as_at_once() {
    let mut inputs: Vec<Vec<u8>> = [
        "chain.pem",
        "lists.pem",
        "modern.p12",
        "leaf.der",
        "store.jks",
    ]
    .map(vector)
    .into();
    let chain = vector("chain.pem");
    let broken = b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\nnothing\n";
    inputs.push([&broken[..], &chain, b"key: LS0t", &chain].concat());
    let passwords = [Password::from("changeit")];
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    for input in &inputs {
        let whole = open(input, &options).expect("opens");
        let mut opening = Opening::begin(input, &options).expect("begins");
        let mut seen = Vec::new();
        while opening.read_on() {
            seen.extend(opening.rows(seen.len()));
        }
        let names =
            |rows: &[Row]| -> Vec<String> { rows.iter().map(|row| row.name.clone()).collect() };
        assert!(names(&whole.rows()).starts_with(&names(&seen)));
        assert_eq!(seen.is_empty(), whole.format() != Format::Pem);
        let pieces = opening.finish().expect("opens");
        assert_eq!(pieces.report(None), whole.report(None));
        assert_eq!(pieces.rows(), whole.rows());
    }
}

#[test]
fn nothing_is_opened_of_what_is_empty_or_unknown() {
    let options = Options::default();
    assert!(Opening::begin(b"", &options).is_err());
    let mut opening = Opening::begin(b"words", &options).expect("begins");
    assert!(!opening.read_on());
    assert!(opening.rows(0).is_empty());
    let error = opening.finish().expect_err("is nothing");
    assert_eq!(error, open(b"words", &options).expect_err("is nothing"));
}

#[test]
fn entries_are_found_by_their_paths() {
    let text = vector("chain.pem").repeat(6);
    let contents = open(&text, &Options::default()).expect("opens");
    let report = contents.report(None);
    assert!(10 < report.entries.len());
    for (index, entry) in report.entries.iter().enumerate() {
        assert_eq!(
            contents.position(&entry.path),
            Some(index),
            "{}",
            entry.path
        );
    }
    assert_eq!(contents.position("pem[2]/x"), None);
    assert_eq!(contents.position(""), None);
}
