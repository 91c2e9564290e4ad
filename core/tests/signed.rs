//! What is read from requests, revocation lists and CMS messages: `vectors/make-signed` says how they
//! were made.

use certlens_core::{
    CertificationRequest, Contents, Format, Freshness, GeneralNameKind, KeyProof, Object, Options,
    Report, RevocationList, RevocationReason, RowKind, Severity, Signer, UnixTime, open,
};

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn opened(input: &[u8]) -> Contents {
    open(input, &Options::default()).expect("opens")
}

fn report(input: &[u8]) -> Report {
    opened(input).report(UnixTime::parse("2026-11-22T09:41:00Z"))
}

fn requests(report: &Report) -> Vec<&CertificationRequest> {
    let entries = report.entries.iter();
    entries
        .filter_map(|entry| match &entry.object {
            Object::CertificationRequest(request) => Some(&**request),
            _ => None,
        })
        .collect()
}

fn lists(report: &Report) -> Vec<&RevocationList> {
    let entries = report.entries.iter();
    entries
        .filter_map(|entry| match &entry.object {
            Object::RevocationList(list) => Some(&**list),
            _ => None,
        })
        .collect()
}

fn signers(report: &Report) -> Vec<&Signer> {
    let entries = report.entries.iter();
    entries
        .filter_map(|entry| match &entry.object {
            Object::Signer(signer) => Some(&**signer),
            _ => None,
        })
        .collect()
}

fn findings(report: &Report, entry: usize) -> Vec<&str> {
    let findings = report.entries[entry].findings.iter();
    findings.map(|finding| &*finding.id).collect()
}

fn kinds(contents: &Contents) -> Vec<RowKind> {
    contents.rows().iter().map(|row| row.kind).collect()
}

#[test]
fn a_request_is_read_in_full() {
    let input = vector("request.der");
    let report = report(&input);
    let [request] = requests(&report)[..] else {
        panic!("one request")
    };
    assert_eq!(request.version, 1);
    assert_eq!(request.subject.text, "CN=es1.corp.example, O=Corp");
    assert_eq!(request.public_key.text, "EC P-256");
    assert_eq!(request.signature_algorithm.name, "ECDSA with SHA-256");
    let names = request.subject_alternative_names.iter();
    let names: Vec<_> = names.map(|name| (name.kind, name.value.as_str())).collect();
    let expected = [
        (GeneralNameKind::Dns, "es1.corp.example"),
        (GeneralNameKind::Ip, "192.0.2.21"),
    ];
    assert_eq!(names, expected);
    assert_eq!(
        request.key_usage.as_deref(),
        Some(&["digital signature".into()][..])
    );
    assert_eq!(request.extended_key_usage.as_ref().map(Vec::len), Some(1));
    assert_eq!(
        request.basic_constraints.as_ref().map(|one| one.ca),
        Some(false)
    );
    assert_eq!(request.extensions.len(), 5);
    assert_eq!(request.unstructured_name.as_deref(), Some("rack 7"));
    let at = request.at.subject.input.expect("stands in the input");
    let subject = &input[usize::try_from(at.start).unwrap()..usize::try_from(at.end).unwrap()];
    let name = certlens_core::read_name(subject).expect("the subject's bytes");
    assert_eq!(name.text, request.subject.text);
    let version = request
        .attributes
        .iter()
        .find(|one| one.oid == "1.3.6.1.4.1.311.13.2.3");
    let version = version.and_then(|one| one.text.clone());
    assert_eq!(version, Some(vec!["10.0.20348.2".to_owned()]));
}

#[test]
fn a_challenge_password_is_counted_and_not_told() {
    let report = report(&vector("request.der"));
    let [request] = requests(&report)[..] else {
        panic!("one request")
    };
    assert_eq!(request.challenge_length, Some(11));
    assert!(findings(&report, 0).contains(&"request-challenge-open"));
    let mut told = report.clone();
    if let Object::CertificationRequest(request) = &mut told.entries[0].object {
        // The PEM block is the input itself.
        request.pem.clear();
    }
    let json = serde_json::to_string(&told).expect("serialises");
    assert!(!json.contains("one for all"));
    assert!(!json.contains("6f6e6520666f7220616c6c"), "nor as octets");
}

#[test]
fn a_request_finds_its_key_and_its_certificate() {
    let report = report(&vector("revoked.pem"));
    let [request] = requests(&report)[..] else {
        panic!("one request")
    };
    let link = request.private_key.as_ref().expect("the key is here");
    assert_eq!(
        (link.entry.as_str(), link.proof),
        ("pem[0]", KeyProof::PublicKey)
    );
    assert_eq!(request.certificates, ["pem[2]"]);
    let Object::PrivateKey(key) = &report.entries[0].object else {
        panic!("a key")
    };
    assert_eq!(key.certificates, ["pem[2]"], "a request is no certificate");
}

#[test]
fn a_list_revokes_the_certificate_beside_it() {
    let report = report(&vector("revoked.pem"));
    let [list] = lists(&report)[..] else {
        panic!("one list")
    };
    assert_eq!(list.revokes, ["pem[2]"]);
    assert_eq!(list.issuer_certificate.as_deref(), Some("pem[4]"));
    let revoked = &report.entries[2].findings[0];
    assert_eq!(revoked.id, "revoked-by-list-here");
    for part in ["pem[5]", "key compromise", "was not checked"] {
        assert!(revoked.what.contains(part), "{part} in {}", revoked.what);
    }
    assert!(!findings(&report, 3).contains(&"revoked-by-list-here"));
    let contents = opened(&vector("revoked.pem"));
    for (index, (entry, row)) in report.entries.iter().zip(contents.rows()).enumerate() {
        assert_eq!((entry.is_revoked(), row.revoked), (index == 2, index == 2));
    }
    assert_eq!(contents.worst(2), Some(Severity::Error));
}

#[test]
fn a_list_is_read_in_full() {
    let report = report(&vector("list.crl"));
    let [list] = lists(&report)[..] else {
        panic!("one list")
    };
    assert_eq!((list.version, list.count), (2, 1));
    assert_eq!(list.issuer.text, "CN=Corp List CA, O=Corp");
    assert_eq!(list.number.as_deref(), Some("4661"));
    assert_eq!(list.this_update, UnixTime::parse("2026-01-01T00:00:00Z"));
    assert_eq!(list.freshness, Some(Freshness::Current));
    assert_eq!(list.kind(), "full list");
    let [entry] = &list.revoked[..] else {
        panic!("one entry")
    };
    assert_eq!(entry.serial, "4f8a11c07e529b36");
    assert_eq!(entry.reason, Some(RevocationReason::KeyCompromise));
    assert_eq!(
        entry.invalidity_date,
        UnixTime::parse("2025-12-24T18:00:00Z")
    );
}

#[test]
fn lists_say_what_they_cover_and_when_they_are_overdue() {
    let report = report(&vector("lists.pem"));
    let [empty, part] = lists(&report)[..] else {
        panic!("two lists")
    };
    assert_eq!(
        (empty.count, empty.freshness),
        (0, Some(Freshness::Overdue))
    );
    let scope = part.scope.as_ref().expect("a scope");
    assert_eq!(scope.only.as_deref(), Some("user certificates"));
    assert_eq!(
        scope.only_reasons.as_deref(),
        Some(&["key compromise".to_owned(), "CA compromise".to_owned()][..])
    );
    assert_eq!(scope.names[0].value, "http://corp.example/part-1.crl");
}

/// A list of version 2 with this many entries, every tenth with a reason.
fn long_list(entries: u32) -> Vec<u8> {
    fn wrap(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).expect("fits");
        let mut der = vec![tag, 0x84];
        der.extend(length.to_be_bytes());
        der.extend(body);
        der
    }
    let mut revoked = Vec::new();
    for number in 0..entries {
        let reason: &[u8] = if number % 10 == 0 {
            b"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01"
        } else {
            b""
        };
        let length = 10 + 15 + u8::try_from(reason.len()).expect("short");
        revoked.extend([0x30, length, 2, 8, 0x40, 0, 0, 0]);
        revoked.extend(number.to_be_bytes());
        revoked.extend(b"\x17\x0d260101000000Z");
        revoked.extend(reason);
    }
    let algorithm = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    let name = b"\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02CA";
    let mut tbs = vec![2, 1, 1];
    tbs.extend(algorithm);
    tbs.extend(name);
    tbs.extend(b"\x17\x0d260101000000Z\x17\x0d270101000000Z");
    tbs.extend(wrap(0x30, &revoked));
    let mut list = wrap(0x30, &tbs);
    list.extend(algorithm);
    list.extend([3, 1, 0]);
    wrap(0x30, &list)
}

#[test]
fn a_million_entries_are_opened_counted_and_found() {
    let contents = opened(&long_list(1_000_000));
    let row = contents.row(0).expect("a row");
    assert_eq!(row.note.as_deref(), Some("1000000 revoked"));
    let entry = contents.entry(0, None).expect("an entry");
    let Object::RevocationList(list) = &entry.object else {
        panic!("a list")
    };
    assert_eq!((list.count, list.revoked.len()), (1_000_000, 1_000));
    assert_eq!(list.pem, None);
    let window = contents.revoked(0, 999_998..2_000_000);
    let serials: Vec<_> = window.iter().map(|one| one.serial.as_str()).collect();
    assert_eq!(serials, ["40000000000f423e", "40000000000f423f"]);
    let found = contents.find_revoked(0, "40:00:00:00:00:0F:42:36");
    let [found] = &found[..] else {
        panic!("one entry")
    };
    assert_eq!(found.reason, Some(RevocationReason::KeyCompromise));
    assert_eq!(contents.find_revoked(0, "41"), []);
}

#[test]
fn a_broken_entry_ends_a_list_and_hides_nothing_before_it() {
    let mut input = long_list(3);
    // The tag of the last serial number.
    let at = input
        .windows(8)
        .rposition(|window| window == [2, 8, 0x40, 0, 0, 0, 0, 0]);
    input[at.expect("is there")] = 5;
    let report = report(&input);
    let [list] = lists(&report)[..] else {
        panic!("one list")
    };
    assert_eq!(list.count, 2);
    assert!(findings(&report, 0).contains(&"crl-entry-unreadable"));
}

#[test]
fn signers_and_certificates_of_a_message_are_linked() {
    for name in ["signed.p7m", "streamed.p7m"] {
        let contents = opened(&vector(name));
        assert_eq!(contents.format(), Format::Pkcs7);
        let expected = [RowKind::Certificate, RowKind::Certificate, RowKind::Signer];
        assert_eq!(kinds(&contents), expected, "{name}");
        let report = contents.report(None);
        let [signer] = signers(&report)[..] else {
            panic!("one signer")
        };
        let leaf = signer.certificate.as_deref().expect("is here");
        let leaf = contents
            .position(leaf)
            .and_then(|index| contents.row(index));
        assert_eq!(
            leaf.map(|row| row.name).as_deref(),
            Some("leaf.corp.example")
        );
        assert_eq!(signer.digest_algorithm.name, "SHA-256");
        assert_eq!(signer.message.content_size, Some(7), "{name}: CR is added");
        assert!(signer.signing_time.is_some());
        let kinds = signer.signed_attributes.iter();
        let capabilities = kinds
            .filter(|one| one.oid == "1.2.840.113549.1.9.15")
            .find_map(|one| one.text.clone());
        assert_eq!(
            capabilities
                .expect("capabilities")
                .first()
                .map(String::as_str),
            Some("AES-256-CBC")
        );
    }
}

#[test]
fn a_detached_signature_says_that_its_content_is_elsewhere() {
    let report = report(&vector("detached.pem"));
    let [signer] = signers(&report)[..] else {
        panic!("one signer")
    };
    assert_eq!(signer.message.content_size, None);
    assert_eq!(
        signer.subject_key_identifier.as_ref().map(String::len),
        Some(40)
    );
    assert_eq!(findings(&report, 0), ["signer-certificate-not-here"]);
}

#[test]
fn a_signed_attribute_that_stands_there_twice_is_told() {
    let text = vector("detached.pem");
    let mut der = pem::parse(text).expect("is PEM").into_contents();
    // The object identifier of signingTime becomes that of messageDigest: then there are two of those.
    let (time, digest) = ([6, 9, 42, 134, 72, 134, 247, 13, 1, 9, 5], 4);
    let at = der.windows(time.len()).position(|octets| octets == time);
    der[at.expect("it is signed when") + time.len() - 1] = digest;
    let report = report(&der);
    let found = findings(&report, 0);
    assert!(found.contains(&"signer-attribute-repeated"), "{found:?}");
    let entry = &report.entries[0];
    let what = entry
        .findings
        .iter()
        .find(|one| one.id == "signer-attribute-repeated");
    assert_eq!(
        what.expect("is found").what,
        "There are 2 values of messageDigest among the signed attributes."
    );
}

#[test]
fn a_sealed_message_names_its_recipients() {
    let report = report(&vector("sealed.p7m"));
    let Object::Other(other) = &report.entries[0].object else {
        panic!("recognised")
    };
    assert_eq!(other.what, "enveloped data");
    let recipient = other.facts.iter().any(|fact| fact.contains("recipient"));
    assert!(recipient, "{:?}", other.facts);
    assert!(
        other.facts.contains(&"sealed with AES-256-CBC".to_owned()),
        "{:?}",
        other.facts
    );
}

#[test]
fn a_bundle_may_hold_lists() {
    let contents = opened(&vector("with-list.p7b"));
    assert_eq!(
        kinds(&contents),
        [RowKind::Certificate, RowKind::RevocationList]
    );
}

#[test]
fn ocsp_messages_tell_what_is_asked_and_answered() {
    let report = report(&vector("ocsp-request.der"));
    let Object::Other(asked) = &report.entries[0].object else {
        panic!("recognised")
    };
    assert_eq!(asked.facts.len(), 2);
    let contents = opened(&vector("ocsp-response.der"));
    assert_eq!(kinds(&contents), [RowKind::Other, RowKind::Certificate]);
    let report = contents.report(None);
    let Object::Other(answer) = &report.entries[0].object else {
        panic!("recognised")
    };
    let row = contents.row(0).expect("a row");
    let line = "answered: 1 revoked, 1 good; the answer's signature is not checked";
    assert_eq!(row.note.as_deref(), Some(line));
    assert_eq!(answer.facts[0], line);
    let refused = opened(&[0x30, 3, 10, 1, 3]);
    let row = refused.row(0).expect("a row");
    assert_eq!(row.note.as_deref(), Some("no answer: try later"));
    let revoked = answer
        .facts
        .iter()
        .filter(|fact| fact.contains(": revoked"))
        .count();
    let good = answer
        .facts
        .iter()
        .filter(|fact| fact.contains(": good"))
        .count();
    assert_eq!((revoked, good), (1, 1), "{:?}", answer.facts);
}

fn other(report: &Report) -> (&str, Vec<&str>) {
    match &report.entries[0].object {
        Object::Other(other) => (
            other.what.as_str(),
            other.facts.iter().map(|it| &**it).collect(),
        ),
        object => panic!("something else: {object:?}"),
    }
}

#[test]
fn messages_of_cmp_tell_their_kind_and_what_they_carry() {
    let cases: [(&str, &str, &[&str]); 8] = [
        ("ir-request", "initialization request (ir)", &[]),
        (
            "ir-response",
            "initialization response (ip)",
            &["CN=A root", "CN=new.corp.example", "CN=An intermediate"],
        ),
        (
            "p10cr-request",
            "PKCS#10 certification request (p10cr)",
            &[],
        ),
        (
            "p10cr-response",
            "certification response (cp)",
            &["CN=new.corp.example", "CN=An intermediate"],
        ),
        ("rr-request", "revocation request (rr)", &[]),
        ("rr-response", "revocation response (rp)", &[]),
        ("genm-request", "general message (genm)", &[]),
        ("genm-response", "general response (genp)", &[]),
    ];
    for (name, kind, carried) in cases {
        let report = report(&vector(&format!("cmp/{name}.der")));
        let (what, facts) = other(&report);
        assert_eq!((what, facts[0]), ("CMP message", kind), "{name}");
        assert!(facts.contains(&"protected"), "{name}: {facts:?}");
        let certificates = report
            .entries
            .iter()
            .filter_map(|entry| match &entry.object {
                Object::Certificate(certificate) => Some(certificate.subject.text.as_str()),
                _ => None,
            });
        assert_eq!(certificates.collect::<Vec<_>>(), carried, "{name}");
        let asks = usize::from(name == "p10cr-request");
        assert_eq!(requests(&report).len(), asks, "{name}");
        assert_eq!(report.findings.len(), 0, "{name}: {:?}", report.findings);
    }
    let asked = report(&vector("cmp/ir-request.der"));
    let (_, facts) = other(&asked);
    for fact in [
        "version 2",
        "recipient CMP server",
        "subject new.corp.example",
        "key EC P-256",
    ] {
        assert!(facts.contains(&fact), "{fact}: {facts:?}");
    }
    let answered = report(&vector("cmp/rr-response.der"));
    assert!(
        other(&answered)
            .1
            .iter()
            .any(|fact| fact.starts_with("status accepted"))
    );
}

#[test]
fn certificates_in_a_sequence_are_shown_one_by_one() {
    let leaf = vector("leaf.der");
    let body = [&leaf[..], &leaf].concat();
    let length = u16::try_from(body.len()).expect("fits").to_be_bytes();
    let path = [&[0x30, 0x82], &length[..], &body[..]].concat();
    let report = report(&path);
    let paths: Vec<&str> = report.entries.iter().map(|entry| &*entry.path).collect();
    assert_eq!(paths, ["der/certificate[0]", "der/certificate[1]"]);
    let all = report.entries.iter();
    assert!(
        all.clone()
            .all(|entry| matches!(entry.object, Object::Certificate(_)))
    );
    for (entry, start) in all.zip([4, 4 + leaf.len()]) {
        assert_eq!(entry.place.start, u64::try_from(start).unwrap());
    }
}
