//! Reads and writes on three nodes for a while: `CERTLENS_LOAD_SECONDS` says how long.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::etcd::Etcd;
use crate::ledger::Made;
use crate::node::{Node, ask};
use crate::world::World;

/// One name for each node, and one that all of them write.
const NAMES: [[&str; 2]; 3] = [["api", "proxy"], ["cm", "proxy"], ["syncer", "proxy"]];

#[derive(Default)]
struct Seen {
    statuses: BTreeMap<(&'static str, u16), u64>,
    puts: Vec<Duration>,
}

#[test]
fn nothing_fails_under_reads_and_writes_and_memory_stays() {
    if !Etcd::is_there() {
        return;
    }
    let seconds = std::env::var("CERTLENS_LOAD_SECONDS").map_or(5, |text| text.parse().unwrap());
    let world = World::new();
    let (begun, length) = (Instant::now(), Duration::from_secs(seconds));
    let seen = Mutex::new(Seen::default());
    let memory = || world.nodes.iter().map(Node::memory).collect::<Vec<_>>();
    let warm = thread::scope(|scope| {
        for (node, names) in world.nodes.iter().zip(NAMES) {
            let (place, seen) = (node.place(), &seen);
            let writer = place.clone();
            scope.spawn(move || {
                // Keys are made before, so that what is made is load, and not certificates.
                let made = [Made::new("one"), Made::new("two")];
                for (at, made) in (0..).zip(made.iter().cycle()) {
                    if length < begun.elapsed() {
                        return;
                    }
                    let name = names[at % 2];
                    let (started, path) = (Instant::now(), "/v1/cluster/update_cert");
                    let (status, _) = ask(&writer, "PUT", path, Some(&made.body(name)));
                    let mut seen = seen.lock().unwrap();
                    seen.puts.push(started.elapsed());
                    *seen.statuses.entry(("PUT", status)).or_default() += 1;
                }
            });
            scope.spawn(move || {
                let paths = [
                    "/v1/cluster/certificates",
                    "/_ssl/certificates",
                    "/api/certificates",
                ];
                for path in paths.iter().cycle() {
                    if length < begun.elapsed() {
                        return;
                    }
                    let (status, _) = ask(&place, "GET", path, None);
                    *seen
                        .lock()
                        .unwrap()
                        .statuses
                        .entry(("GET", status))
                        .or_default() += 1;
                }
            });
        }
        thread::sleep(length / 5);
        memory()
    });
    let end = memory();
    world.converge();
    let Seen { statuses, mut puts } = seen.into_inner().unwrap();
    puts.sort();
    println!(
        "{seconds} s on three nodes: {statuses:?}\nPUT: median {:?}, worst {:?}\n\
         memory of each node in KiB, after a fifth of the time and at the end: {warm:?}, {end:?}",
        puts[puts.len() / 2],
        puts[puts.len() - 1],
    );
    assert!(
        statuses.keys().all(|(_, status)| *status == 200),
        "{statuses:?}"
    );
    // A short run only shows how memory fills for the first time.
    if 60 <= seconds {
        for (warm, end) in warm.iter().zip(&end) {
            assert!(
                *end < warm + warm / 10,
                "memory grows: {warm} KiB, then {end} KiB"
            );
        }
    }
}
