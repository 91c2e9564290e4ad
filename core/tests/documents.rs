//! Objects within documents of other kinds: found, and told where.

use std::fs;

use certlens_core::{Format, Object, Options, Report, inspect};

fn der() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/der/leaf.der");
    fs::read(path).expect("the vector is there")
}

fn digits(octets: &[u8]) -> String {
    let block = pem::encode(&pem::Pem::new("X", octets));
    block
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect()
}

fn read(text: &str) -> Report {
    inspect(text.as_bytes(), &Options::default(), None).expect("something is found")
}

/// Path and whereabouts of each certificate.
fn told(text: &str) -> Vec<String> {
    let entries = read(text).entries.into_iter();
    let certificates = entries.filter(|entry| matches!(entry.object, Object::Certificate(_)));
    certificates
        .map(|entry| {
            let place = entry.whereabouts.map(|place| place.to_string());
            format!("{}: {}", entry.path, place.unwrap_or_default())
        })
        .collect()
}

#[test]
fn base64_in_documents_is_found_and_told_where() {
    let der = digits(&der());
    let pem_text = pem::encode(&pem::Pem::new("CERTIFICATE", self::der())).replace('\r', "");
    let once = digits(pem_text.as_bytes());
    let twice = digits(once.as_bytes());
    let lines: Vec<&str> = der
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("digits are text"))
        .collect();
    let indented = lines.join("\n      ");
    let escaped = der.replace('/', "\\/").replace('+', "\\u002b");
    let percent = pem_text
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    for (text, expected) in [
        (
            format!("kind: Secret\ndata:\n  tls.crt: {once}\n"),
            vec!["base64[0]/pem[0]: data.tls.crt, line 3, decoded from base64"],
        ),
        (
            format!("kind: Secret\ndata:\n  tls.crt: {twice}\n"),
            vec!["base64[0]/base64[0]/pem[0]: data.tls.crt, line 3, decoded from base64 of base64"],
        ),
        (
            format!("{{\"keys\":[{{\"x5c\":[\"{der}\",\"{der}\"]}}]}}"),
            vec![
                "base64[0]/der: keys[0].x5c[0], line 1, decoded from base64",
                "base64[1]/der: keys[0].x5c[1], line 1, decoded from base64",
            ],
        ),
        (
            format!("{{\"a\": \"{escaped}\"}}"),
            vec!["base64[0]/der: a, line 1, decoded from base64"],
        ),
        (
            format!(
                "<X509Data>\n <ds:X509Certificate>\n      {indented}\n </ds:X509Certificate>\n</X509Data>"
            ),
            vec!["base64[0]/der: X509Data/X509Certificate, line 3, decoded from base64"],
        ),
        (
            format!("12:00 GET / cert=\"{percent}\" 200\n"),
            // The key stands before the boundary line, which is no part of the digits.
            vec!["base64[0]/der: line 1, decoded from base64"],
        ),
        (
            format!(
                "ca: |\n  {}\ncaBundle: {der}\n",
                pem_text.replace('\n', "\n  ")
            ),
            vec![
                "pem[0]: ca, line 2",
                "base64[0]/der: caBundle, line 22, decoded from base64",
            ],
        ),
    ] {
        let mut found = told(&text);
        if let [_, last] = &mut found[..]
            && last.contains("caBundle")
        {
            let line = text.lines().position(|line| line.starts_with("caBundle"));
            let line = line.expect("the key is there") + 1;
            *last = last.replace(&format!("line {line},"), "line 22,");
        }
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn remarks_may_stand_before_the_first_block_of_what_is_encoded() {
    let pem_text = pem::encode(&pem::Pem::new("CERTIFICATE", der())).replace('\r', "");
    for remarks in [
        "# Issuer: CN=Example Root, O=Example\n# Serial: 1\n",
        "Bag Attributes\n    friendlyName: web\n",
        "\n",
        "subject=CN = www.example.org\n\n",
        "depth=0 CN = www.example.org\n",
        "Zertifikat des Servers, zuletzt erneuert im Mai\n",
        "   0 s:CN = www.example.org\n",
        "Certificate:\n    Data:\n        Version: 3 (0x2)\n",
    ] {
        let encoded = digits(format!("{remarks}{pem_text}").as_bytes());
        assert_eq!(
            told(&format!("kind: Secret\ndata:\n  ca.crt: {encoded}\n")),
            ["base64[0]/pem[0]: data.ca.crt, line 3, decoded from base64"],
            "{remarks}"
        );
        assert_eq!(told(&encoded).len(), 1, "{remarks}");
    }
}

#[test]
fn a_keystore_in_a_secret_is_found() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/jks");
    let mut files = fs::read_dir(path).expect("the vectors are there");
    let store = files
        .find_map(|file| {
            let octets = fs::read(file.ok()?.path()).ok()?;
            octets
                .starts_with(&[0xfe, 0xed, 0xfe, 0xed])
                .then_some(octets)
        })
        .expect("there is a JKS file");
    let alone = inspect(&store, &Options::default(), None).expect("it reads");
    let text = format!("data:\n  store.jks: {}\n", digits(&store));
    let report = read(&text);
    assert_eq!(report.entries.len(), alone.entries.len());
    assert_eq!(report.format, Format::Text);
    assert!(report.keystore.is_some());
}

#[test]
fn words_and_cut_off_digits_are_no_objects() {
    let half: String = digits(&der()).chars().take(300).collect();
    for text in [
        format!("data:\n  tls.crt: {half}\n"),
        "MIIword ".repeat(500),
        format!("{}\n", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n".repeat(2000)),
    ] {
        let found = inspect(text.as_bytes(), &Options::default(), None);
        let is_found = found.is_ok_and(|report| {
            report
                .entries
                .iter()
                .any(|entry| matches!(entry.object, Object::Certificate(_)))
        });
        assert!(!is_found, "{}", &text[..40]);
    }
}

/// A sealed message of a mail program holds no certificate, and is one all the same.
#[test]
fn a_sealed_letter_is_told_as_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/sealed.p7m");
    let digits = digits(&fs::read(path).expect("the vector is there"));
    let lines: Vec<&str> = digits
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("digits are text"))
        .collect();
    let letter = format!(
        "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        lines.join("\r\n")
    );
    let report = read(&letter);
    let [entry] = report.entries.as_slice() else {
        panic!("{:?}", report.entries);
    };
    let Object::Other(other) = &entry.object else {
        panic!("{entry:?}");
    };
    assert_eq!(other.what, "enveloped data");
    assert!(other.facts.iter().any(|fact| fact.contains("recipient")));
}
