//! A round trip through every pair of formats loses nothing but what the writers say.

#[path = "../../tests/fuzz/round_trip.rs"]
mod trip;

use std::fs;
use std::path::{Path, PathBuf};

use certlens_core::{Body, Options, Part, Password, SecretKey, UnixTime, open_for_writing};
use proptest::prelude::*;

#[test]
fn every_vector_survives_every_pair_of_formats() {
    let mut read = 0;
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")) {
        let input = fs::read(&path).expect("is there");
        trip::holds(&input);
        read += 1;
        // Once more from each format that it was written in.
        let passwords = ["changeit", "secret"].map(Password::from);
        let options = Options {
            passwords: &passwords,
            ..Options::default()
        };
        let Ok(material) = open_for_writing(&input, &options) else {
            continue;
        };
        let (parts, _) = material.parts(|_, _| true);
        for format in trip::FORMATS {
            if let Ok(written) = trip::write(format, &parts) {
                trip::holds(&written.bytes);
            }
        }
    }
    assert!(50 < read, "only {read} files");
}

/// A certificate or a key with what keystores say of it.
#[derive(Clone, Debug)]
struct Made {
    index: usize,
    alias: Option<String>,
    trusted: bool,
    created: Option<u32>,
    id: Option<u8>,
    local_machine: bool,
    provider: Option<String>,
}

fn made() -> impl Strategy<Value = Made> {
    let alias = prop::option::of(prop_oneof![
        "[a-z]{1,8}".boxed(),
        "[A-Za-zÄÖÜß -]{1,12}".boxed(),
        any::<String>().boxed(),
    ]);
    let provider = prop::option::weighted(0.1, "[A-Z][a-z ]{0,9}[a-z]");
    let id = prop::option::of(0u8..3);
    let rest = (
        any::<bool>(),
        prop::option::of(any::<u32>()),
        id,
        any::<bool>(),
        provider,
    );
    (any::<usize>(), alias, rest).prop_map(
        |(index, alias, (trusted, created, id, local_machine, provider))| Made {
            index,
            alias,
            trusted,
            created,
            id,
            local_machine,
            provider,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_put_together_survives_every_pair_of_formats(
        chosen in prop::collection::vec(made(), 1..7)
    ) {
        let pool = Pool::read();
        let parts: Vec<Part<'_>> = chosen.iter().enumerate().map(|(at, one)| pool.part(at, one)).collect();
        for format in trip::FORMATS {
            if let Ok(written) = trip::write(format, &parts) {
                trip::holds(&written.bytes);
            }
        }
    }
}

/// What parts are made of: the certificates, keys and lists of the vectors.
struct Pool {
    certificates: Vec<Vec<u8>>,
    keys: Vec<SecretKey>,
}

impl Pool {
    fn read() -> &'static Self {
        static POOL: std::sync::OnceLock<Pool> = std::sync::OnceLock::new();
        POOL.get_or_init(|| {
            let mut pool = Self {
                certificates: Vec::new(),
                keys: Vec::new(),
            };
            for name in ["modern.p12", "two-keys.jks", "chain.pem", "store.jks"] {
                let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("tests/vectors")
                    .join(name);
                let input = fs::read(path).expect("is there");
                let passwords = [Password::from("changeit")];
                let options = Options {
                    passwords: &passwords,
                    ..Options::default()
                };
                let material = open_for_writing(&input, &options).expect("opens");
                let (parts, _) = material.parts(|_, _| true);
                for part in &parts {
                    if let Body::Certificate(der) = part.body {
                        pool.certificates.push(der.to_vec());
                    }
                }
                let clear = trip::write("der-clear-key", &parts);
                pool.keys.extend(
                    clear
                        .ok()
                        .map(|key| SecretKey::read(&key.bytes).expect("reads")),
                );
            }
            assert!(2 < pool.certificates.len() && !pool.keys.is_empty());
            pool
        })
    }

    fn part<'p>(&'p self, at: usize, made: &'p Made) -> Part<'p> {
        let count = self.certificates.len() + self.keys.len();
        let index = made.index % count;
        let mut part = match self.certificates.get(index) {
            Some(der) => Part::certificate(der),
            None => Part::private_key(&self.keys[index - self.certificates.len()]),
        };
        part.path = format!("made[{at}]").into();
        part.alias = made.alias.as_deref().map(Into::into);
        let is_certificate = matches!(part.body, Body::Certificate(_));
        let store = part.keystore.to_mut();
        store.trusted = made.trusted && is_certificate;
        store.created = made.created.map(|at| UnixTime::from_seconds(i64::from(at)));
        store.local_key_id = made.id.map(|id| format!("{id:02x}"));
        store.local_machine = made.local_machine;
        store.provider.clone_from(&made.provider);
        part
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("is there") {
        let path = entry.expect("lists").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
