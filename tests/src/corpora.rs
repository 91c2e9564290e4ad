//! Third-party files, read as those who collected them and other programs say.
//!
//! The files lie beside the repository and are no part of it. What we read otherwise, and why, stands
//! in `tests/corpora/exceptions.toml`; an exception that is none any more is a fault.

mod checks;
mod expected;
mod judged;
mod made;
mod reading;
mod strictness;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use self::checks::Outcome;
use self::expected::{Case, Expected};
use self::reading::Reading;
use crate::repository;

pub use self::checks::Topic;
pub use self::expected::{OTHER_FILES, where_they_are};
pub use self::written::{Judged, judge};

/// What reading every file came to.
#[derive(Default)]
pub struct Board {
    /// How many files each suite has.
    pub suites: BTreeMap<String, usize>,
    /// What was compared, by suite and topic.
    pub tallies: BTreeMap<(String, Topic), Tally>,
    /// Where we differ, and an exception says why.
    pub exceptions: Vec<Difference>,
    /// Where we differ without one, and exceptions that are none any more.
    pub faults: Vec<Difference>,
    /// The file that took longest, key derivation aside.
    pub slowest: Extreme,
    /// The file that took longest among those with key derivation.
    pub slowest_derivation: Extreme,
    /// The file that needed most memory beside its own bytes.
    pub largest: Extreme,
    /// The path that took longest to judge.
    pub slowest_path: Extreme,
    /// The path that needed most memory to judge.
    pub largest_path: Extreme,
    /// Certificates that two other programs decode, and those that OpenSSL refuses of them.
    pub refused_by_openssl: (usize, usize),
}

/// How much was compared, and how much of it was as expected.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// Things compared: files, or values.
    pub compared: usize,
    /// Those that were as expected.
    pub equal: usize,
}

/// A file that is read otherwise than expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What was compared.
    pub topic: Topic,
    /// The file, below the corpora.
    pub file: String,
    /// Expected and found.
    pub what: String,
    /// Why that is right; empty where nobody said so.
    pub reason: String,
}

/// The file that needed most of something.
#[derive(Clone, Default)]
pub struct Extreme {
    /// How much: microseconds, or octets.
    pub figure: u64,
    /// The file, below the corpora.
    pub file: String,
}

impl Board {
    /// Reads every file below `corpora` that its `expected.json` lists.
    pub fn read(corpora: &Path) -> Self {
        let mut board = Self::default();
        let exceptions = Exceptions::read();
        let Expected { cases } = Expected::read(corpora);
        let mut healed: BTreeSet<(Topic, String)> = exceptions.of(&cases);
        // Paths are judged below, and say themselves which exceptions they need no more.
        let judged = [Topic::Limbo, Topic::Pkits, Topic::Chains, Topic::Revocation];
        healed.retain(|(topic, _)| !judged.contains(topic));
        reading::each(corpora, &cases, |case, reading| {
            *board.suites.entry(case.suite.clone()).or_default() += 1;
            board.measure(case, reading);
            for topic in Topic::ALL {
                let Some(Outcome {
                    compared,
                    differences,
                }) = topic.check(corpora, case, reading)
                else {
                    continue;
                };
                let tally = board
                    .tallies
                    .entry((case.suite.clone(), topic))
                    .or_default();
                tally.compared += compared;
                tally.equal += compared - differences.len().min(compared);
                if differences.is_empty() {
                    continue;
                }
                let mut difference = Difference {
                    topic,
                    file: case.file.clone(),
                    what: differences.join("; "),
                    reason: String::new(),
                };
                healed.remove(&(topic, case.file.clone()));
                match exceptions.reason(topic, &case.file) {
                    Some(reason) => {
                        reason.clone_into(&mut difference.reason);
                        board.exceptions.push(difference);
                    }
                    None => board.faults.push(difference),
                }
            }
        });
        board.judge_paths(corpora, &exceptions);
        board
            .faults
            .extend(healed.into_iter().map(|(topic, file)| Difference {
                topic,
                file,
                what: "no exception any more, strike it out".to_owned(),
                reason: String::new(),
            }));
        board
    }

    /// Judges paths alone, and reads no other files.
    pub fn of_paths(corpora: &Path) -> Self {
        let mut board = Self::default();
        board.judge_paths(corpora, &Exceptions::read());
        board
    }

    fn judge_paths(&mut self, corpora: &Path, exceptions: &Exceptions) {
        judged::each(corpora, &mut |one| self.judged(one, exceptions));
    }

    /// What was compared of a topic in all suites.
    pub fn total(&self, topic: Topic) -> Tally {
        let of_topic = self.tallies.iter().filter(|((_, it), _)| *it == topic);
        of_topic.fold(Tally::default(), |sum, (_, tally)| Tally {
            compared: sum.compared + tally.compared,
            equal: sum.equal + tally.equal,
        })
    }

    /// How many files of a topic are excepted.
    pub fn excepted(&self, topic: Topic) -> usize {
        self.exceptions
            .iter()
            .filter(|it| it.topic == topic)
            .count()
    }

    /// Counts a path that was judged. One that is excepted and judged as expected is a fault.
    fn judged(&mut self, one: judged::Judged, exceptions: &Exceptions) {
        let judged::Judged {
            topic,
            case,
            difference,
            microseconds,
            peak,
        } = one;
        let suite = case.split('/').next().unwrap_or_default().to_owned();
        let tally = self.tallies.entry((suite, topic)).or_default();
        tally.compared += 1;
        tally.equal += usize::from(difference.is_none());
        self.slowest_path.raise(microseconds, &case);
        self.largest_path.raise(peak, &case);
        let reason = exceptions.reason(topic, &case).map(str::to_owned);
        let told = |what: String, reason: Option<String>| Difference {
            topic,
            file: case.clone(),
            what,
            reason: reason.unwrap_or_default(),
        };
        match (difference, reason) {
            (Some(what), Some(reason)) => self.exceptions.push(told(what, Some(reason))),
            (Some(what), None) => self.faults.push(told(what, None)),
            (None, Some(_)) => {
                let what = "no exception any more, strike it out".to_owned();
                self.faults.push(told(what, None));
            }
            (None, None) => {}
        }
    }

    fn measure(&mut self, case: &Case, reading: &Reading) {
        let microseconds = u64::try_from(reading.elapsed.as_micros()).unwrap_or(u64::MAX);
        let longest = if reading.derives_keys() {
            &mut self.slowest_derivation
        } else {
            &mut self.slowest
        };
        longest.raise(microseconds, &case.file);
        self.largest.raise(reading.peak, &case.file);
        if let Some(refuses) = case.openssl_refuses_what_others_decode() {
            self.refused_by_openssl.0 += 1;
            self.refused_by_openssl.1 += usize::from(refuses);
        }
    }
}

impl Extreme {
    fn raise(&mut self, figure: u64, file: &str) {
        if self.figure < figure {
            *self = Self {
                figure,
                file: file.to_owned(),
            };
        }
    }
}

/// Why files are read otherwise: by topic and file.
struct Exceptions(BTreeMap<String, BTreeMap<String, String>>);

impl Exceptions {
    fn read() -> Self {
        let path: PathBuf = repository().join("tests/corpora/exceptions.toml");
        let text = fs::read_to_string(path).expect("the exceptions can be read");
        let topics: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(&text).expect("the exceptions are TOML");
        for topic in topics.keys() {
            assert!(
                Topic::ALL.iter().any(|known| known.name() == topic),
                "exceptions.toml: nothing is compared under [{topic}]"
            );
        }
        Self(topics)
    }

    fn reason(&self, topic: Topic, file: &str) -> Option<&str> {
        self.0.get(topic.name())?.get(file).map(String::as_str)
    }

    /// Those that are about these files; others may lie elsewhere.
    fn of(&self, cases: &[Case]) -> BTreeSet<(Topic, String)> {
        let here = cases.iter().flat_map(|case| {
            Topic::ALL
                .into_iter()
                .filter(|topic| self.reason(*topic, &case.file).is_some())
                .map(|topic| (topic, case.file.clone()))
        });
        here.collect()
    }
}
