//! What is counted, and how it is told to Prometheus.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use certlens_core::UnixTime;

use crate::clock;
use crate::inventory::Inventory;
use crate::routes::Dialect;
use crate::stores::iis::Progress;

/// Counters since the start.
pub(crate) struct Metrics {
    started: UnixTime,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    requests: BTreeMap<(&'static str, &'static str, u16), u64>,
    durations: BTreeMap<&'static str, Histogram>,
    writes: BTreeMap<(&'static str, &'static str, &'static str), u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            started: clock::now(),
            counts: Mutex::default(),
        }
    }

    /// Counts a request that was to change certificates.
    pub(crate) fn wrote(&self, dialect: Dialect, method: &Method, status: StatusCode) {
        let key = (dialect.name(), method_name(method), outcome(status));
        *self.lock().writes.entry(key).or_default() += 1;
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        dialect: Dialect,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let (dialect, method) = (dialect.name(), method_name(method));
        let mut counts = self.lock();
        let requests = counts.requests.entry((dialect, method, status.as_u16()));
        *requests.or_default() += 1;
        counts.durations.entry(dialect).or_default().add(took);
    }

    /// The text that Prometheus reads
    /// (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
    pub(crate) fn text(&self, inventory: &Inventory, reading: &Progress) -> String {
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = self
            .write(&mut text, inventory)
            .and_then(|()| write_progress(&mut text, reading));
        text
    }

    fn write(&self, out: &mut String, inventory: &Inventory) -> fmt::Result {
        let counts = self.lock();
        let version = env!("CARGO_PKG_VERSION");
        family(
            out,
            "certlens_build_info",
            "gauge",
            "The version that runs.",
        )?;
        writeln!(out, "certlens_build_info{{version=\"{version}\"}} 1")?;
        let name = "process_start_time_seconds";
        family(out, name, "gauge", "Start of the process, in Unix time.")?;
        writeln!(out, "{name} {}", self.started.seconds())?;

        let name = "certlens_requests_total";
        family(out, name, "counter", "Requests that were answered.")?;
        for ((dialect, method, status), count) in &counts.requests {
            let labels = format!("dialect=\"{dialect}\",method=\"{method}\",status=\"{status}\"");
            writeln!(out, "{name}{{{labels}}} {count}")?;
        }
        let name = "certlens_request_duration_seconds";
        family(
            out,
            name,
            "histogram",
            "From a request's head to its answer's head.",
        )?;
        for (dialect, histogram) in &counts.durations {
            histogram.write(out, name, dialect)?;
        }
        let name = "certlens_writes_total";
        family(
            out,
            name,
            "counter",
            "Changes of certificates, by how they ended.",
        )?;
        for ((dialect, method, outcome), count) in &counts.writes {
            let labels = format!("dialect=\"{dialect}\",method=\"{method}\",outcome=\"{outcome}\"");
            writeln!(out, "{name}{{{labels}}} {count}")?;
        }
        drop(counts);
        write_inventory(out, inventory)
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a change of certificates ended: it is done; the request was wrong, or not allowed; or it should
/// have worked, and did not.
fn outcome(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..400 => "done",
        400..500 => "refused",
        _ => "failed",
    }
}

fn write_progress(out: &mut String, reading: &Progress) -> fmt::Result {
    let name = "certlens_iis_files_read_total";
    family(out, name, "counter", "Files of IIS stores that were read.")?;
    writeln!(out, "{name} {}", reading.read.load(Ordering::Relaxed))?;
    let name = "certlens_iis_files_waiting";
    family(
        out,
        name,
        "gauge",
        "Files of IIS stores that are still to be read.",
    )?;
    writeln!(out, "{name} {}", reading.waiting.load(Ordering::Relaxed))
}

fn write_inventory(out: &mut String, inventory: &Inventory) -> fmt::Result {
    let name = "certlens_certificate_expiry_timestamp_seconds";
    family(
        out,
        name,
        "gauge",
        "The last instant of validity, in Unix time.",
    )?;
    // The same labels twice would make Prometheus refuse all of it.
    let mut lines = BTreeMap::new();
    for listed in &inventory.certificates {
        let mut labels = format!("dialect=\"{}\"", listed.dialect.name());
        for (label, value) in &listed.labels {
            write!(labels, ",{label}=\"{}\"", escaped(value))?;
        }
        lines.insert(labels, listed.not_after.seconds());
    }
    for (labels, expiry) in lines {
        writeln!(out, "{name}{{{labels}}} {expiry}")?;
    }
    let stores = inventory.counts.iter();
    let stores = stores.map(|count| {
        let (dialect, store) = (count.dialect.name(), escaped(&count.store));
        (format!("dialect=\"{dialect}\",store=\"{store}\""), count)
    });
    let stores: Vec<_> = stores.collect();
    let name = "certlens_certificates";
    family(out, name, "gauge", "Certificates of the store.")?;
    for (labels, count) in &stores {
        writeln!(out, "{name}{{{labels}}} {}", count.certificates)?;
    }
    let name = "certlens_certificates_ending";
    let help = "Certificates of the store that end within so many days; 0: that have ended.";
    family(out, name, "gauge", help)?;
    for (labels, count) in &stores {
        for (days, ending) in &count.ending {
            writeln!(out, "{name}{{{labels},days=\"{days}\"}} {ending}")?;
        }
    }
    let name = "certlens_store_readable";
    family(
        out,
        name,
        "gauge",
        "1 when every certificate of the dialect could be read, else 0.",
    )?;
    for dialect in Dialect::WITH_STORES {
        let readable = u8::from(!inventory.troubles.iter().any(|(of, _)| *of == dialect));
        writeln!(out, "{name}{{dialect=\"{}\"}} {readable}", dialect.name())?;
    }
    Ok(())
}

fn family(out: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Methods that clients make up share one line.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let found = known.iter().find(|known| method == **known);
    found.copied().unwrap_or("other")
}

#[derive(Default)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: Duration,
}

impl Histogram {
    fn add(&mut self, took: Duration) {
        for (bucket, (bound, _)) in self.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(took <= *bound);
        }
        self.count += 1;
        self.sum += took;
    }

    fn write(&self, out: &mut String, name: &str, dialect: &str) -> fmt::Result {
        for (bucket, (_, bound)) in self.buckets.iter().zip(BOUNDS) {
            writeln!(
                out,
                "{name}_bucket{{dialect=\"{dialect}\",le=\"{bound}\"}} {bucket}"
            )?;
        }
        let (count, sum) = (self.count, self.sum.as_secs_f64());
        writeln!(
            out,
            "{name}_bucket{{dialect=\"{dialect}\",le=\"+Inf\"}} {count}"
        )?;
        writeln!(out, "{name}_sum{{dialect=\"{dialect}\"}} {sum}")?;
        writeln!(out, "{name}_count{{dialect=\"{dialect}\"}} {count}")
    }
}

/// From an answer out of the memory to a keystore with many rounds.
const BOUNDS: &[(Duration, &str)] = &[
    (Duration::from_millis(1), "0.001"),
    (Duration::from_millis(5), "0.005"),
    (Duration::from_millis(25), "0.025"),
    (Duration::from_millis(100), "0.1"),
    (Duration::from_millis(500), "0.5"),
    (Duration::from_secs(2), "2"),
    (Duration::from_secs(10), "10"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Listed;

    fn listed(alias: &str) -> Listed {
        Listed {
            dialect: Dialect::Elasticsearch,
            labels: vec![("path", "http.p12".into()), ("alias", alias.into())],
            not_after: UnixTime::from_seconds(1_800_000_000),
        }
    }

    #[test]
    fn counts_requests_durations_and_writes() {
        let metrics = Metrics::new();
        let odd = Method::from_bytes(b"BREW").unwrap();
        for (method, took) in [(Method::GET, 3), (Method::GET, 60_000), (odd, 1)] {
            let took = Duration::from_millis(took);
            metrics.answered(Dialect::Iis, &method, StatusCode::OK, took);
        }
        let refused = StatusCode::NOT_ACCEPTABLE;
        metrics.wrote(Dialect::RedisEnterprise, &Method::PUT, refused);
        let text = metrics.text(&Inventory::default(), &Progress::default());
        for line in [
            "certlens_requests_total{dialect=\"iis\",method=\"GET\",status=\"200\"} 2",
            "certlens_requests_total{dialect=\"iis\",method=\"other\",status=\"200\"} 1",
            "certlens_request_duration_seconds_bucket{dialect=\"iis\",le=\"0.001\"} 1",
            "certlens_request_duration_seconds_bucket{dialect=\"iis\",le=\"0.005\"} 2",
            "certlens_request_duration_seconds_bucket{dialect=\"iis\",le=\"+Inf\"} 3",
            "certlens_request_duration_seconds_count{dialect=\"iis\"} 3",
            "certlens_writes_total{dialect=\"redis-enterprise\",method=\"PUT\",outcome=\"refused\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_certificate_is_told_once_and_its_names_cannot_break_out() {
        let inventory = Inventory {
            certificates: vec![listed("a\"b\\\n"), listed("a\"b\\\n")],
            troubles: vec![(Dialect::Iis, "x".into())],
            ..Inventory::default()
        };
        let text = Metrics::new().text(&inventory, &Progress::default());
        let line = r#"certlens_certificate_expiry_timestamp_seconds{dialect="elasticsearch",path="http.p12",alias="a\"b\\\n"} 1800000000"#;
        assert_eq!(
            text.lines().filter(|found| *found == line).count(),
            1,
            "{text}"
        );
        assert!(text.contains("certlens_store_readable{dialect=\"iis\"} 0\n"));
        assert!(text.contains("certlens_store_readable{dialect=\"elasticsearch\"} 1\n"));
    }
}
