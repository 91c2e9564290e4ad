//! Reading each file under watch: how long it takes, what memory it needs, and that it ends.

use std::any::Any;
use std::panic;
use std::path::Path;
use std::process;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use certlens_core::{Lock, Object, Options, Password, Problem, Report, UnixTime};
use peak_alloc::PeakAlloc;

use super::expected::Case;
use crate::sound;

/// When a file is given up.
const HANG: Duration = Duration::from_secs(30);

/// The instant that expiry is judged at.
pub(super) const JUDGED_AT: UnixTime = UnixTime::from_seconds(1_795_000_000);

/// What reading one file came to.
pub(super) struct Reading {
    pub(super) bytes: Vec<u8>,
    /// What was read; the sentence of the panic where there was one.
    pub(super) result: Result<Result<Report, Problem>, String>,
    pub(super) elapsed: Duration,
    /// Octets of memory beside the file's own, at most; 0 where nobody counts.
    pub(super) peak: u64,
}

impl Reading {
    pub(super) fn report(&self) -> Option<&Report> {
        self.result.as_ref().ok()?.as_ref().ok()
    }

    /// Whether anything in it is sealed under a password.
    pub(super) fn derives_keys(&self) -> bool {
        self.report().is_some_and(|report| {
            report
                .keystore
                .as_ref()
                .is_some_and(|store| !store.seals.is_empty())
                || report.entries.iter().any(
                    |entry| matches!(&entry.object, Object::PrivateKey(key) if key.seal.is_some()),
                )
        })
    }

    /// What nothing could be shown of, or is not whole: the first sentence that says so.
    pub(super) fn complaint(&self) -> Option<String> {
        let report = match &self.result {
            Err(panic) => return Some(panic.clone()),
            Ok(Err(problem)) => return Some(problem.message.clone()),
            Ok(Ok(report)) => report,
        };
        let unreadable = report.entries.iter().find_map(|entry| match &entry.object {
            Object::Unreadable(problem) => Some(problem.message.clone()),
            _ => None,
        });
        unreadable.or_else(|| (report.lock() != Lock::Open).then(|| "is locked".to_owned()))
    }
}

/// Reads one file after the other, each in peace and with a witness.
pub(super) fn each(corpora: &Path, cases: &[Case], mut seen: impl FnMut(&Case, &Reading)) {
    let (results, incoming) = mpsc::sync_channel(0);
    let (requests, wanted) = mpsc::channel::<(Vec<u8>, Vec<String>)>();
    thread::spawn(move || {
        for (bytes, passwords) in wanted {
            if results.send(read(bytes, &passwords)).is_err() {
                return;
            }
        }
    });
    for case in cases {
        let passwords = case
            .passwords()
            .into_iter()
            .map(ToOwned::to_owned)
            .collect();
        requests
            .send((case.bytes(corpora), passwords))
            .expect("the reader waits");
        match incoming.recv_timeout(HANG) {
            Ok(reading) => seen(case, &reading),
            Err(RecvTimeoutError::Timeout) => {
                // The thread cannot be stopped, so that nothing after it could be measured.
                println!("HANG: {} was not read after {HANG:?}", case.file);
                process::exit(1);
            }
            Err(RecvTimeoutError::Disconnected) => panic!("{}: the reader ended", case.file),
        }
    }
}

fn read(bytes: Vec<u8>, passwords: &[String]) -> Reading {
    let passwords: Vec<Password> = passwords
        .iter()
        .map(|text| Password::from(text.as_str()))
        .collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    let heap = PeakAlloc;
    heap.reset_peak_usage();
    let before = heap.current_usage();
    let started = Instant::now();
    let inspected =
        panic::catch_unwind(|| certlens_core::inspect(&bytes, &options, Some(JUDGED_AT)));
    let elapsed = started.elapsed();
    let peak = heap.peak_usage().saturating_sub(before);
    let result = inspected
        .and_then(|result| {
            let result = result.map_err(|error| Problem::from(&error));
            panic::catch_unwind(|| sound::check(&bytes, &options, &result)).map(|()| result)
        })
        .map_err(|payload| format!("panics: {}", sentence(&*payload)));
    Reading {
        result,
        elapsed,
        peak: u64::try_from(peak).unwrap_or(u64::MAX),
        bytes,
    }
}

fn sentence(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| payload.downcast_ref::<&str>().map(|&it| it.to_owned()))
        .unwrap_or_default()
}
