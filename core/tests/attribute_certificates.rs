//! Attribute certificates made here, octet by octet: whom they are for, and what is said of attributes that
//! are not written as RFC 5755 has them.

use certlens_core::{
    AttributeCertificate, Entry, ExtensionValue, Finding, Object, Options, Target, inspect,
};

#[test]
fn targets_are_told_each_by_its_kind() {
    let server = tlv(0xa0, &dns("es1.corp.example"));
    let group = tlv(0xa1, &dns("search.corp.example"));
    let issuer = [
        sequence(&[tlv(0xa4, &sequence(&[]))]),
        tlv(2, &[0x12, 0x34]),
    ];
    let certificate = tlv(0xa2, &[sequence(&issuer), dns("es2.corp.example")].concat());
    let flat = sequence(&[server.clone(), group.clone(), certificate.clone()]);
    let nested = sequence(&[sequence(&[server, group]), sequence(&[certificate])]);
    for value in [flat, nested] {
        let entry = read(&[], &[(TARGETS, value)]);
        let extension = &certificate_of(&entry).extensions[0];
        let Some(ExtensionValue::TargetInformation { targets }) = &extension.value else {
            panic!("{extension:?}");
        };
        let [
            Target::Name { name },
            Target::Group { name: group },
            Target::Certificate {
                issuer,
                serial,
                name: holder,
            },
        ] = targets.as_slice()
        else {
            panic!("{targets:?}");
        };
        let names = [name, group, holder.as_ref().expect("is named")];
        assert_eq!(
            names.map(|name| name.value.as_str()),
            [
                "es1.corp.example",
                "search.corp.example",
                "es2.corp.example"
            ]
        );
        assert_eq!((issuer.len(), serial.as_str()), (1, "1234"));
        assert_eq!(ids(&entry, "extension-"), [""; 0]);
        let text = extension.text.as_ref().expect("is told");
        assert!(text[0].contains("es1.corp.example"), "{text:?}");
        assert!(text[1].starts_with("group "), "{text:?}");
        assert!(
            text[2].contains("holder of certificate 1234 of"),
            "{text:?}"
        );
    }
}

#[test]
fn targets_of_another_form_are_found_and_shown_as_values() {
    for value in [
        tlv(12, b"es1"),
        sequence(&[tlv(12, b"es1")]),
        sequence(&[tlv(0x80, b"es1")]),
        sequence(&[tlv(0xa3, &dns("es1"))]),
        sequence(&[tlv(0xa2, &dns("es1"))]),
        sequence(&[tlv(0xa0, &[])]),
    ] {
        let entry = read(&[], &[(TARGETS, value)]);
        let extension = &certificate_of(&entry).extensions[0];
        assert_eq!(extension.value, None);
        assert!(extension.tree.is_some());
        assert_eq!(ids(&entry, "extension-"), ["extension-malformed"]);
    }
    for empty in [sequence(&[]), sequence(&[sequence(&[])])] {
        let entry = read(&[], &[(TARGETS, empty)]);
        assert_eq!(ids(&entry, "extension-"), ["extension-empty"]);
    }
    let more = sequence(&[tlv(0xa0, &[dns("es1"), dns("es2")].concat())]);
    let entry = read(&[], &[(TARGETS, more)]);
    assert_eq!(ids(&entry, "extension-"), ["extension-trailing-bytes"]);
}

#[test]
fn attributes_that_are_right_are_told() {
    let service = sequence(&[
        dns("es1"),
        tlv(0x81, b"ops@corp.example"),
        tlv(4, b"hidden"),
    ]);
    let authority = tlv(0xa0, &dns("corp.example"));
    let groups = sequence(&[tlv(4, b"admins"), tlv(12, b"readers")]);
    let role = sequence(&[authority.clone(), tlv(0xa1, &tlv(0x86, b"urn:role:ops"))]);
    let clearance = sequence(&[POLICY.to_vec(), tlv(3, &[2, 0x0c])]);
    for (oid, value, expected) in [
        (
            SERVICE,
            service,
            &["service DNS es1", "identity e-mail ops@corp.example"][..],
        ),
        (
            GROUP,
            sequence(&[authority, groups]),
            &["admins", "readers", "by DNS corp.example"],
        ),
        (ROLE, role, &["URI urn:role:ops", "by DNS corp.example"]),
        (
            CLEARANCE,
            clearance,
            &["secret, top secret", "policy 1.2.3.4"],
        ),
        (
            CLEARANCE,
            sequence(&[POLICY.to_vec()]),
            &["unclassified", "policy 1.2.3.4"],
        ),
        (
            CLEARANCE,
            sequence(&[POLICY.to_vec(), tlv(3, &[0])]),
            &["no class", "policy 1.2.3.4"],
        ),
    ] {
        let entry = read(&[(oid, value)], &[]);
        let attribute = &certificate_of(&entry).attributes[0];
        let text = attribute.text.as_deref().expect("is told");
        assert_eq!(text, expected);
        assert_eq!(ids(&entry, MALFORMED), [""; 0], "{expected:?}");
        assert!(!text.join("").contains("hidden"));
    }
}

#[test]
fn attributes_that_are_not_right_are_found_and_shown_by_their_octets() {
    let bad = [
        // A role without a name, and none at all.
        (ROLE, sequence(&[tlv(0xa0, &dns("corp.example"))])),
        (ROLE, sequence(&[])),
        (ROLE, tlv(12, b"ops")),
        // A clearance whose policy is no identifier.
        (CLEARANCE, sequence(&[tlv(2, &[1])])),
        (CLEARANCE, sequence(&[])),
        (CLEARANCE, tlv(6, &[42, 3, 4])),
        // A service without an identity, and values that are no list.
        (SERVICE, sequence(&[dns("es1")])),
        (SERVICE, sequence(&[tlv(12, b"es1"), tlv(12, b"ops")])),
        (SERVICE, tlv(12, b"es1")),
        (IDENTITY, sequence(&[])),
        (GROUP, tlv(12, b"admins")),
        (GROUP, sequence(&[tlv(12, b"admins")])),
        (GROUP, sequence(&[sequence(&[tlv(2, &[5])])])),
        (
            CHARGING,
            sequence(&[tlv(0xa1, &dns("corp.example")), sequence(&[])]),
        ),
    ];
    for (oid, value) in bad {
        // A good one follows, which is not hidden by the bad one.
        let good = sequence(&[POLICY.to_vec()]);
        let entry = read(&[(oid, value.clone()), (CLEARANCE, good)], &[]);
        let certificate = certificate_of(&entry);
        assert_eq!(certificate.attributes.len(), 2);
        assert!(certificate.attributes[0].bytes.contains(&hex(&value)));
        assert!(certificate.attributes[1].text.is_some());
        let found = findings(&entry, MALFORMED);
        let [finding] = found.as_slice() else {
            panic!("{} findings about {}", found.len(), hex(&value));
        };
        let start = hex(&value[..value.len().min(12)]);
        assert!(finding.what.contains(&start), "{}", finding.what);
    }
}

#[test]
fn an_attribute_that_cannot_be_read_hides_nothing_before_it() {
    let good = sequence(&[oid(CLEARANCE), tlv(0x31, &sequence(&[POLICY.to_vec()]))]);
    for broken in [
        tlv(12, b"no attribute"),
        sequence(&[oid(ROLE)]),
        vec![0x30, 0x7f],
    ] {
        let entry = entry(&whole(&sequence(&[good.clone(), broken]), &[]));
        match &entry.object {
            Object::AttributeCertificate(certificate) => {
                assert_eq!(certificate.attributes.len(), 1);
                let found = findings(&entry, "attribute-certificate-part-unreadable");
                assert_eq!(found.len(), 1);
            }
            other => panic!("{other:?}"),
        }
    }
}

const MALFORMED: &str = "attribute-certificate-malformed";
const TARGETS: &[u8] = &[0x55, 0x1d, 55];
const SERVICE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 10, 1];
const IDENTITY: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 10, 2];
const CHARGING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 10, 3];
const GROUP: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 10, 4];
const ROLE: &[u8] = &[0x55, 4, 72];
const CLEARANCE: &[u8] = &[0x55, 4, 55];
const POLICY: &[u8] = &[6, 3, 42, 3, 4];
const ECDSA: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];

/// An attribute certificate of these attributes and extensions, each of one value.
fn read(attributes: &[(&[u8], Vec<u8>)], extensions: &[(&[u8], Vec<u8>)]) -> Entry {
    let attributes = attributes.iter();
    let attributes = attributes.map(|(kind, value)| sequence(&[oid(kind), tlv(0x31, value)]));
    let attributes: Vec<Vec<u8>> = attributes.collect();
    entry(&whole(&sequence(&attributes), extensions))
}

fn whole(attributes: &[u8], extensions: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    let extensions = extensions.iter();
    let extensions = extensions.map(|(kind, value)| sequence(&[oid(kind), tlv(4, value)]));
    let extensions: Vec<Vec<u8>> = extensions.collect();
    let names = sequence(&[tlv(0xa4, &sequence(&[]))]);
    let info = sequence(&[
        tlv(2, &[1]),
        sequence(&[tlv(0xa1, &dns("holder.corp.example"))]),
        tlv(0xa0, &names),
        ECDSA.to_vec(),
        tlv(2, &[7]),
        sequence(&[tlv(24, b"20260101000000Z"), tlv(24, b"20270101000000Z")]),
        attributes.to_vec(),
        sequence(&extensions),
    ]);
    sequence(&[
        info,
        ECDSA.to_vec(),
        tlv(3, &[0, 0x30, 6, 2, 1, 1, 2, 1, 1]),
    ])
}

fn entry(der: &[u8]) -> Entry {
    let report = inspect(der, &Options::default(), None).expect("is read");
    report.entries.into_iter().next().expect("one entry")
}

fn certificate_of(entry: &Entry) -> &AttributeCertificate {
    match &entry.object {
        Object::AttributeCertificate(certificate) => certificate,
        other => panic!("{other:?}"),
    }
}

fn findings<'a>(entry: &'a Entry, id: &str) -> Vec<&'a Finding> {
    let all = entry.findings.iter();
    all.filter(|finding| finding.id == id).collect()
}

fn ids<'a>(entry: &'a Entry, start: &str) -> Vec<&'a str> {
    let all = entry.findings.iter().map(|finding| finding.id.as_ref());
    all.filter(|id: &&str| id.starts_with(start)).collect()
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn dns(name: &str) -> Vec<u8> {
    tlv(0x82, name.as_bytes())
}

fn oid(contents: &[u8]) -> Vec<u8> {
    tlv(6, contents)
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = match contents.len() {
        short @ ..0x80 => vec![u8::try_from(short).expect("fits")],
        byte @ ..0x100 => vec![0x81, u8::try_from(byte).expect("fits")],
        long => [
            &[0x82][..],
            &u16::try_from(long).expect("fits").to_be_bytes(),
        ]
        .concat(),
    };
    [&[tag][..], &length, contents].concat()
}

fn hex(octets: &[u8]) -> String {
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    digits.concat()
}
