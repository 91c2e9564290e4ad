//! Good objects of every kind, damaged at each of their values in turn: each damage is told, or stands
//! among those that need not be, with the reason.

use std::collections::BTreeMap;

use certlens_core::{Limits, Object, Options, Password, UnixTime, inspect};

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    match pem::parse(&bytes) {
        Ok(block) => block.into_contents(),
        Err(_) => bytes,
    }
}

/// A value, and those within it: in a constructed one, or in a string that holds one.
struct Node {
    tag: u8,
    /// What stands before the values within: the count of unused bits.
    before: Vec<u8>,
    contents: Vec<u8>,
    within: Option<Vec<Self>>,
}

fn parse(mut der: &[u8], strings: bool) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while let [tag, length, rest @ ..] = der {
        let (length, rest) = match length {
            0..=0x7f => (usize::from(*length), rest),
            0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
            0x82 => {
                let (octets, rest) = rest.split_first_chunk::<2>()?;
                (usize::from(u16::from_be_bytes(*octets)), rest)
            }
            _ => return None,
        };
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (contents, after) = rest.split_at_checked(length)?;
        let (before, held) = match (tag, contents) {
            (3, [0, held @ ..]) => (vec![0], Some(held)),
            (4, held) => (Vec::new(), Some(held)),
            (tag, held) => (Vec::new(), (tag & 0x20 != 0).then_some(held)),
        };
        let is_string = matches!(tag, 3 | 4);
        let within = held
            .filter(|held| !is_string || strings && matches!(held, [2..=4 | 10 | 0x30 | 0x31, ..]))
            .and_then(|held| parse(held, strings))
            .filter(|within| !is_string || within.len() == 1);
        nodes.push(Node {
            tag: *tag,
            before: if within.is_some() { before } else { Vec::new() },
            contents: contents.to_vec(),
            within,
        });
        der = after;
    }
    der.is_empty().then_some(nodes)
}

fn encode(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let octets = match u8::try_from(length) {
        Ok(length @ 0..=0x7f) => vec![length],
        Ok(length) => vec![0x81, length],
        Err(_) => [
            &[0x82][..],
            &u16::try_from(length).expect("short").to_be_bytes(),
        ]
        .concat(),
    };
    [&[tag][..], &octets, contents].concat()
}

type Damage = fn(&Node, Vec<u8>) -> Option<Vec<u8>>;

/// What is done to a value, whose contents are given.
const DAMAGES: &[(&str, Damage)] = &[
    // another value after the last one
    ("more", |node, contents| {
        let has_room = node.tag & 0x20 != 0 || node.within.is_some();
        has_room.then(|| encode(node.tag, &[&contents[..], &[5, 0][..]].concat()))
    }),
    // the same number under another class
    ("class", |node, contents| {
        Some(encode(node.tag | 0xc0, &contents))
    }),
    // constructed for primitive, and the other way round
    ("form", |node, contents| {
        Some(encode(node.tag ^ 0x20, &contents))
    }),
    ("empty", |node, contents| {
        (!contents.is_empty()).then(|| encode(node.tag, &[]))
    }),
    // twice
    ("twice", |node, contents| {
        let one = encode(node.tag, &contents);
        Some([&one[..], &one[..]].concat())
    }),
    // its length in more octets than it needs
    ("long", |node, contents| {
        let length = u16::try_from(contents.len()).expect("short").to_be_bytes();
        Some([&[node.tag, 0x83, 0][..], &length[..], &contents[..]].concat())
    }),
];

fn rebuilt(nodes: &[Node], path: &mut Vec<usize>, at: &[usize], damage: Damage) -> Option<Vec<u8>> {
    let mut der = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        path.push(index);
        let contents = match &node.within {
            Some(within) => [node.before.clone(), rebuilt(within, path, at, damage)?].concat(),
            None => node.contents.clone(),
        };
        if path.as_slice() == at {
            der.extend(damage(node, contents)?);
        } else {
            der.extend(encode(node.tag, &contents));
        }
        path.pop();
    }
    Some(der)
}

fn paths(nodes: &[Node], path: &[usize], all: &mut Vec<Vec<usize>>) {
    for (index, node) in nodes.iter().enumerate() {
        let path = [path, &[index]].concat();
        all.push(path.clone());
        paths(node.within.as_deref().unwrap_or_default(), &path, all);
    }
}

/// How often each finding stands in the report; none where something could not be read at all.
fn told(der: &[u8]) -> Option<BTreeMap<String, usize>> {
    let passwords = [Password::from("changeit")];
    let options = Options {
        passwords: &passwords,
        limits: Limits::default(),
    };
    let report = inspect(der, &options, UnixTime::parse("2026-11-29T09:41:00Z")).ok()?;
    let mut told = BTreeMap::new();
    let of_entries = report.entries.iter().flat_map(|entry| &entry.findings);
    for finding in report.findings.iter().chain(of_entries) {
        *told.entry(finding.id.to_string()).or_insert(0) += 1;
    }
    let unread = |object: &Object| matches!(object, Object::Unreadable(_));
    let mut objects = report.entries.iter().map(|entry| &entry.object);
    (!objects.any(unread)).then_some(told)
}

/// The damages of an object that nothing is said of, but for those that need not be told.
fn silent(name: &str, strings: bool, fine: &[(&str, &str)]) -> Vec<String> {
    let nodes = parse(&vector(name), strings).expect("BER with short lengths");
    // A length that is too long in the file is not so here.
    let der = rebuilt(&nodes, &mut Vec::new(), &[], |_, _| None).expect("as it is");
    let as_it_is = told(&der).expect("reads");
    for rule in ["unexpected-element", "element-missing", "value-malformed"] {
        assert!(!as_it_is.contains_key(rule), "{name} has {rule}");
    }
    let mut all = Vec::new();
    paths(&nodes, &[], &mut all);
    assert!(4 < all.len(), "{name} has but {} values", all.len());
    let mut silent = Vec::new();
    for (kind, damage) in DAMAGES {
        // A file in BER may have such lengths.
        if *kind == "long" && !strings {
            continue;
        }
        for at in &all {
            let Some(damaged) = rebuilt(&nodes, &mut Vec::new(), at, *damage) else {
                continue;
            };
            let Some(now) = told(&damaged) else {
                continue;
            };
            let is_told = now
                .iter()
                .any(|(id, count)| as_it_is.get(id).copied().unwrap_or(0) < *count);
            let at: Vec<String> = at.iter().map(ToString::to_string).collect();
            let at = at.join(".");
            // Below a path all of it.
            let need_not = fine.iter().any(|(fine, path)| {
                let below = path.strip_suffix('*');
                (*fine == *kind || *fine == "*")
                    && below.map_or(at == *path, |below| at.starts_with(below))
            });
            if !is_told && !need_not {
                silent.push(format!("{kind} {at}"));
            }
        }
    }
    silent
}

#[test]
fn every_damage_is_told() {
    let mut missed = BTreeMap::new();
    for (name, strings, fine) in BASES {
        let silent = silent(name, *strings, fine);
        if !silent.is_empty() {
            missed.insert(*name, silent);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

type Fine = &'static [(&'static str, &'static str)];

/// The objects, whether strings in them are looked into (they are in DER then), and the damages that
/// need not be told.
const BASES: &[(&str, bool, Fine)] = &[
    (
        "leaf.der",
        true,
        &[
            // Places where the issuer and the list are found may stand there twice.
            ("twice", "0.0.7.0.6.1.0.*"),
            ("twice", "0.0.7.0.7.1.0.*"),
            // Nobody knows what this extension holds.
            ("empty", "0.0.7.0.8.1"),
        ],
    ),
    ("list.crl", true, &[]),
    (
        "request.der",
        true,
        &[
            // A request need not name anybody in its subject, nor ask for anything.
            ("empty", "0.0.1"),
            ("empty", "0.0.3"),
            // Values of attributes, of which there may be several.
            ("twice", "0.0.3.0.1.0"),
            ("*", "0.0.3.2.1.0"),
            ("twice", "0.0.3.3.1.0.2.1.0.0"),
            // Nobody knows what this extension holds.
            ("empty", "0.0.3.3.1.0.4.1"),
        ],
    ),
    ("keys/ec.csr", true, &[]),
    ("keys/ec.pub.pem", true, &[]),
    ("keys/three-primes.pub.pem", true, &[]),
    ("keys/dsa.pub.pem", true, &[]),
    ("keys/ec.pem", true, &[]),
    ("keys/sec1-without-public.pem", true, &[]),
    ("keys/three-primes.pem", true, &[]),
    ("keys/dsa.pem", true, &[]),
    ("keys/ed25519.pem", true, &[]),
    (
        "sealed-key.pem",
        false,
        &[
            // A second count of rounds is read as the length of the key.
            ("twice", "0.0.1.0.1.1"),
            // No salt is a salt.
            ("empty", "0.0.1.0.1.0"),
        ],
    ),
    (
        "seals/scrypt.pem",
        false,
        &[
            ("twice", "0.0.1.0.1.1"),
            ("twice", "0.0.1.0.1.2"),
            ("twice", "0.0.1.0.1.3"),
            ("empty", "0.0.1.0.1.0"),
        ],
    ),
    (
        "signed.p7m",
        false,
        &[
            // NULL is a parameter of a digest; none of them, and none of the signers, is a list too.
            ("more", "0.1.0.1.0"),
            ("more", "0.1.0.4.0.2"),
            ("empty", "0.1.0.1"),
            ("empty", "0.1.0.2.1.0"),
            ("empty", "0.1.0.4"),
            ("twice", "0.1.0.1.0"),
            ("twice", "0.1.0.4.0*"),
            // What a mail program is capable of has parameters of any kind.
            ("*", "0.1.0.4.0.3.3.1.0*"),
        ],
    ),
    ("ocsp-request.der", true, &[("twice", "0.0.0.*")]),
    (
        "ocsp-response.der",
        true,
        &[
            // Names of no parts, and of parts that stand there twice.
            ("empty", "0.1.0.1.0.0.0.0"),
            ("twice", "0.1.0.1.0.0.0.0.*"),
            // Answers about a certificate twice, and certificates twice, or none.
            ("twice", "0.1.0.1.0.0.2.*"),
            ("twice", "0.1.0.1.0.3.0.0"),
            ("empty", "0.1.0.1.0.3.0"),
        ],
    ),
    (
        "odd/len-ac.der",
        true,
        &[
            ("empty", "0.0.1.0.0.0.0"),
            ("twice", "0.0.1.0.0.0*"),
            ("empty", "0.0.2.0.0.0"),
            ("twice", "0.0.2.0.0*"),
            // Attributes of any kind, with values of any kind.
            ("twice", "0.0.6.0"),
            ("*", "0.0.6.0.1.0"),
            ("more", "0.0.6.0.1"),
        ],
    ),
];
