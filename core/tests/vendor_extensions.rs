//! Extensions of Apple and Android, in certificates made for the purpose: what is told of their values, and
//! that broken ones are found and shown by their octets.

use certlens_core::{
    AttestationFact, Entry, Extension, ExtensionValue, Object, Options, PushTopic, inspect,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};

const APPLE: [u64; 6] = [1, 2, 840, 113_635, 100, 0];

fn apple(arcs: &[u64]) -> Vec<u64> {
    [&APPLE[..5], arcs].concat()
}

/// The only entry of a certificate with this extension, and the extension.
fn read(oid: &[u64], value: &[u8]) -> (Entry, Extension) {
    let mut params = CertificateParams::default();
    let extension = CustomExtension::from_oid_content(oid, value.to_vec());
    params.custom_extensions.push(extension);
    let key = KeyPair::generate().expect("a key is made");
    let certificate = params.self_signed(&key).expect("is signed");
    let report = inspect(certificate.der(), &Options::default(), None).expect("is read");
    let entry = report.entries.into_iter().next().expect("one entry");
    let Object::Certificate(certificate) = &entry.object else {
        panic!("{entry:?}");
    };
    let dotted: Vec<String> = oid.iter().map(u64::to_string).collect();
    let dotted = dotted.join(".");
    let found = certificate.extensions.iter().find(|it| it.oid == *dotted);
    let found = found.expect("has it").clone();
    (entry, found)
}

fn value(oid: &[u64], value: &[u8]) -> (ExtensionValue, Vec<String>) {
    let (entry, extension) = read(oid, value);
    let ids: Vec<&str> = entry.findings.iter().map(|it| it.id.as_ref()).collect();
    assert!(
        !ids.iter().any(|id| id.starts_with("extension-")),
        "{ids:?}"
    );
    (
        extension.value.expect("is decoded"),
        extension.text.expect("is told"),
    )
}

/// That the value is not decoded, and why.
fn fault(oid: &[u64], value: &[u8]) -> String {
    let (entry, extension) = read(oid, value);
    assert_eq!(extension.value, None);
    assert!(extension.tree.is_some());
    let found = entry.findings.iter();
    let mut found = found.filter(|it| it.id == "extension-malformed");
    found.next().expect("is found").what.clone()
}

#[test]
fn push_topics_are_told_with_what_they_are_of() {
    let short = |tag: u8, contents: &[u8]| {
        let length = u8::try_from(contents.len()).expect("is short");
        [&[tag, length][..], contents].concat()
    };
    let text = |text: &str| short(12, text.as_bytes());
    let pairs = [("com.example.app", "app"), ("com.example.app.voip", "voip")];
    let pairs = pairs.map(|(topic, kind)| [text(topic), short(0x30, &text(kind))].concat());
    let der = short(0x30, &pairs.concat());
    let topic = |topic: &str, kind: &str| PushTopic {
        topic: topic.to_owned(),
        kinds: vec![kind.to_owned()],
    };
    let topics = vec![
        topic("com.example.app", "app"),
        topic("com.example.app.voip", "voip"),
    ];
    let (found, text) = value(&apple(&[6, 3, 6]), &der);
    assert_eq!(found, ExtensionValue::PushTopics { topics });
    assert_eq!(text, ["com.example.app: app", "com.example.app.voip: voip"]);
    let said = fault(&apple(&[6, 3, 6]), &[0x30, 3, 12, 1, b'a']);
    assert!(said.contains("SEQUENCE of kinds"), "{said}");
}

#[test]
fn the_nonce_of_an_attestation_is_told() {
    let oid = apple(&[8, 2]);
    let der = [&[0x30, 36, 0xa1, 34, 4, 32][..], &[0xab; 32]].concat();
    let octets = "ab".repeat(32);
    let (found, text) = value(&oid, &der);
    assert_eq!(
        found,
        ExtensionValue::Octets {
            octets: octets.clone()
        }
    );
    assert_eq!(text, [octets]);
    let said = fault(&oid, &[0x30, 4, 0xa0, 2, 4, 0]);
    assert!(said.contains("[1] nonce"), "{said}");
}

#[test]
fn what_a_device_says_of_itself_is_text_with_and_without_an_encoding() {
    let text = |text: &str| ExtensionValue::Text {
        text: text.to_owned(),
    };
    let octets = |octets: &str| ExtensionValue::Octets {
        octets: octets.to_owned(),
    };
    for (value, expected) in [
        (&b"C02XG2JHJG5H"[..], text("C02XG2JHJG5H")),
        (
            b"00008030-001A2B3C4D5E802E",
            text("00008030-001A2B3C4D5E802E"),
        ),
        (b"\x0c\x0417.4", text("17.4")),
        (b"\xde\xad\xbe\xef", octets("deadbeef")),
        (b"\x04\x02\xab\xcd", octets("abcd")),
        (b"", octets("")),
    ] {
        for arcs in [&[8, 9, 1][..], &[8, 9, 2], &[8, 10, 2], &[8, 11, 1]] {
            assert_eq!(self::value(&apple(arcs), value).0, expected);
        }
    }
}

#[test]
fn the_merchant_of_apple_pay_is_told() {
    let digest = "0123456789ABCDEF".repeat(4);
    let der = [&[12, 64][..], digest.as_bytes()].concat();
    let (found, _) = value(&apple(&[6, 32]), &der);
    assert_eq!(found, ExtensionValue::Text { text: digest });
    let (_, extension) = read(&apple(&[6, 32]), &der);
    assert_eq!(
        extension.name.as_deref(),
        Some("Apple Pay merchant identifier")
    );
}

#[test]
fn how_many_certificates_an_android_device_was_given_is_told() {
    let oid = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 30];
    let (found, text) = value(&oid, b"\xa2\x01\x18\x20\x04\x66Google");
    let fact = |tag, name: Option<&str>, value: &str| AttestationFact {
        tag,
        name: name.map(str::to_owned),
        values: vec![value.to_owned()],
    };
    let facts = vec![
        fact(1, Some("certificates issued in the last 30 days"), "32"),
        fact(4, None, "Google"),
    ];
    assert_eq!(found, ExtensionValue::AndroidProvisioning { facts });
    assert_eq!(
        text,
        [
            "certificates issued in the last 30 days 32",
            "fact 4 Google"
        ]
    );
    for broken in [&b"\xa1\x01"[..], b"\x30\x00", b"", b"\xa1\x01\x01\x01"] {
        let said = fault(&oid, broken);
        assert!(said.contains("a CBOR map"), "{said}");
    }
}
