//! Names against the JDK: 150 vectors that it printed once, and as many names as there is patience for
//! that it prints now.
//!
//! The vectors lie beside the project, not in it; without them, or without Java, the tests say so and
//! pass.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use certlens_dialect::elasticsearch;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

#[derive(serde::Deserialize)]
struct Vector {
    case: String,
    name_der_hex: String,
    java_string: String,
}

#[test]
fn names_are_printed_as_the_jdk_prints_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/specs/elasticsearch/x500principal_tostring_vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is absent", path.display());
        return;
    };
    let vectors: Vec<Vector> = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.len(), 150);
    let mut wrong = String::new();
    for vector in &vectors {
        let der = octets(&vector.name_der_hex);
        let printed = match certlens_core::read_name(&der) {
            Ok(name) => elasticsearch::name(&name),
            Err(error) => error.to_string(),
        };
        if printed != vector.java_string {
            writeln!(
                wrong,
                "{}: expected {:?}, found {printed:?}",
                vector.case, vector.java_string
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn made_up_names_are_printed_as_the_jdk_prints_them() {
    let Some(java) = Java::start() else { return };
    let java = RefCell::new(java);
    let (cases, size) = (64, 32);
    let refused = RefCell::new(0);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    // The same names each time: a run that fails, fails again.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&vec(name(), size), |names| {
            let printed = java.borrow_mut().print(&names);
            for (der, expected) in names.iter().zip(printed) {
                let Some(expected) = expected else {
                    *refused.borrow_mut() += 1;
                    continue;
                };
                let found = match certlens_core::read_name(der) {
                    Ok(name) => elasticsearch::name(&name),
                    Err(error) => error.to_string(),
                };
                prop_assert_eq!(found, expected, "of {}", hex(der));
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    // Java refuses some encodings; if it refused them all, nothing would have been compared.
    let all = cases * u32::try_from(size).unwrap();
    assert!(*refused.borrow() < all / 2, "{refused:?} of {all} refused");
}

/// One program that prints names for as long as it is asked.
struct Java {
    process: Child,
    ask: Option<ChildStdin>,
    hear: BufReader<ChildStdout>,
}

impl Java {
    fn start() -> Option<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/Names.java");
        let started = Command::new("java")
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = started else {
            eprintln!("SKIPPED: needs java 17 or newer");
            return None;
        };
        let ask = process.stdin.take();
        let hear = BufReader::new(process.stdout.take()?);
        Some(Self { process, ask, hear })
    }

    /// What the JDK makes of each; `None` where it refuses.
    fn print(&mut self, names: &[Vec<u8>]) -> Vec<Option<String>> {
        let mut lines = String::new();
        for name in names {
            writeln!(lines, "{}", hex(name)).unwrap();
        }
        self.ask
            .as_mut()
            .unwrap()
            .write_all(lines.as_bytes())
            .unwrap();
        let mut line = String::new();
        let mut hear = || {
            line.clear();
            self.hear.read_line(&mut line).unwrap();
            let printed = line.trim_end().strip_prefix('.');
            assert!(
                printed.is_some() || line == "refused\n",
                "java says {line:?}"
            );
            printed.map(|units| {
                let octets = octets(units);
                let units = octets
                    .chunks(2)
                    .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                String::from_utf16_lossy(&units.collect::<Vec<_>>())
            })
        };
        names.iter().map(|_| hear()).collect()
    }
}

impl Drop for Java {
    fn drop(&mut self) {
        // It ends when there is nothing left to read.
        self.ask = None;
        let _ = self.process.wait();
    }
}

/// `Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }`
fn name() -> impl Strategy<Value = Vec<u8>> {
    let attribute = (oid(), value()).prop_map(|(oid, value)| tlv(0x30, &[oid, value].concat()));
    let set = vec(attribute, 1..4).prop_map(|attributes| tlv(0x31, &attributes.concat()));
    vec(set, 0..5).prop_map(|sets| tlv(0x30, &sets.concat()))
}

/// Types that Java names, types that only others name, and types that nobody does.
fn oid() -> impl Strategy<Value = Vec<u8>> {
    let arcs = prop_oneof![
        4 => (0_u8..=70).prop_map(|arc| vec![0x55, 4, arc]),
        1 => select(vec![1_u8, 25]).prop_map(|arc| {
            vec![0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, arc]
        }),
        1 => (1_u8..=9).prop_map(|arc| vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, arc]),
        1 => Just(vec![0x2b, 6, 1, 4, 1, 42, 2, 11, 2, 1]),
        1 => (1_u8..=3).prop_map(|arc| vec![0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, arc]),
        1 => vec(1_u8..0x80, 1..6).prop_map(|arcs| [vec![0x2b, 6, 1, 4, 1], arcs].concat()),
        1 => vec(1_u8..0x80, 1..4).prop_map(|arcs| [vec![0x88, 0x37], arcs].concat()),
    ];
    arcs.prop_map(|arcs| tlv(6, &arcs))
}

/// A value of every string type, rightly or wrongly encoded, and of types that are no strings.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let encoded = (text(), select(STRINGS.to_vec())).prop_map(|(text, tag)| {
        let contents: Vec<u8> = match tag {
            0x1e => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            0x1c => text
                .chars()
                .flat_map(|c| u32::from(c).to_be_bytes())
                .collect(),
            0x14 => text
                .chars()
                .filter_map(|c| u8::try_from(u32::from(c)).ok())
                .collect(),
            _ => text.into_bytes(),
        };
        tlv(tag, &contents)
    });
    let tags = [STRINGS, &[1, 2, 3, 4, 5, 6, 0x0a, 0x17, 0x18, 0x30]].concat();
    let raw = (select(tags), vec(any::<u8>(), 0..12)).prop_map(|(tag, octets)| tlv(tag, &octets));
    prop_oneof![6 => encoded, 1 => raw]
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9]{1,6}",
        4 => select(vec![",", "+", "=", ";", "<", ">", "#", "\"", "\\", "\n", " ", "  "])
            .prop_map(str::to_owned),
        2 => select(vec!["/", "'", "(", ")", ":", "?", "*", "@", "_", "&", "!", "%", "|", "~", "\t"])
            .prop_map(str::to_owned),
        2 => any::<char>().prop_map(|c| c.to_string()),
        1 => select(vec!["ä", "株", "🔒", "\u{a0}", "\u{0}", "\u{7f}", "\r", "\u{fffd}", "\u{200b}"])
            .prop_map(str::to_owned),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// The tags of the string types of ASN.1, from UTF-8 to those that nobody uses.
const STRINGS: &[u8] = &[
    0x0c, 0x12, 0x13, 0x14, 0x15, 0x16, 0x19, 0x1a, 0x1b, 0x1c, 0x1e,
];

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = match contents.len() {
        short @ 0..0x80 => vec![u8::try_from(short).unwrap()],
        long @ 0x80..0x100 => vec![0x81, u8::try_from(long).unwrap()],
        long => [&[0x82][..], &u16::try_from(long).unwrap().to_be_bytes()].concat(),
    };
    [&[tag][..], &length, contents].concat()
}

fn octets(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
