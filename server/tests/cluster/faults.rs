//! Rounds of faults: `CERTLENS_ROUNDS` says how many.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::etcd::Etcd;
use crate::ledger::Made;
use crate::node::ask;
use crate::until::until;
use crate::world::{World, report};

const NAMES: [&str; 4] = ["proxy", "syncer", "api", "cm"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    KilledNode,
    KilledWriter,
    KilledEtcd,
    Partition,
    PartitionAndCompaction,
    Stopped,
    FullDisk,
    SteppedClock,
    TwoWriters,
}

const FAULTS: [Fault; 9] = [
    Fault::KilledNode,
    Fault::KilledWriter,
    Fault::Partition,
    Fault::FullDisk,
    Fault::KilledEtcd,
    Fault::TwoWriters,
    Fault::PartitionAndCompaction,
    Fault::SteppedClock,
    Fault::Stopped,
];

impl Fault {
    fn told(self) -> &'static str {
        match self {
            Self::KilledNode => "a node is killed (`kill -9`) and started again",
            Self::KilledWriter => "a node is killed while a change is made through it",
            Self::KilledEtcd => "etcd is killed while a change is made",
            Self::Partition => "a node is cut off from etcd",
            Self::PartitionAndCompaction => {
                "a node is cut off, and etcd forgets the revisions that it missed"
            }
            Self::Stopped => "a node is stopped (`SIGSTOP`) and goes on",
            Self::FullDisk => "the disk of a node is full",
            Self::SteppedClock => "the clock of a node is a day ahead, then a day behind",
            Self::TwoWriters => "two nodes replace the same two certificates at once",
        }
    }
}

#[test]
fn every_node_equals_the_store_after_any_fault() {
    if !Etcd::is_there() {
        return;
    }
    let rounds = std::env::var("CERTLENS_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
    let mut world = World::new();
    let files = world.nodes[0].files();
    for name in NAMES {
        world.ledger.found(name, &files);
    }
    let begun = Instant::now();
    let mut told: BTreeMap<Fault, (u32, Duration)> = BTreeMap::new();
    let mut skipped = Vec::new();
    for round in 0..rounds {
        let fault = FAULTS[round % FAULTS.len()];
        let started = Instant::now();
        if !world.suffer(fault, round) {
            skipped.push(fault);
            continue;
        }
        world.converge();
        world.audited();
        let (count, worst) = told.entry(fault).or_default();
        *count += 1;
        *worst = (*worst).max(started.elapsed());
    }
    world.compare_with_store();
    let acknowledged = world.audited();
    let mut text = format!(
        "# Three nodes on etcd, and what was done to them\n\n\
         Written by `make chaos`: real processes, a real etcd, certificates that are replaced meanwhile. After \
         each round every node had the same files, all of them were what the store had last taken, each \
         certificate had its own key, and every audit was one chain with a record of all that was acknowledged. \
         A fresh node that received everything from the store equalled the others in the end.\n\n\
         Each node has {}, etcd a process that can be killed. {rounds} rounds in {} s; {acknowledged} changes were acknowledged, and none was lost.\n\n\
         | what happened | rounds | the longest, until all was well again |\n| --- | --- | --- |\n",
        world.nodes[0].network.told(),
        begun.elapsed().as_secs()
    );
    for (fault, (count, worst)) in told {
        let (what, worst) = (fault.told(), worst.as_secs_f64());
        writeln!(text, "| {what} | {count} | {worst:.1} s |").unwrap();
    }
    text.push_str("\n| status of an answer to a change | times |\n| --- | --- |\n");
    for (status, count) in world.ledger.answers() {
        let status = match status {
            0 => "none: the node was killed".to_owned(),
            status => status.to_string(),
        };
        writeln!(text, "| {status} | {count} |").unwrap();
    }
    skipped.dedup();
    if !skipped.is_empty() {
        let line = format!("SKIPPED: {skipped:?}, which this machine does not allow\n");
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
        let skipped: Vec<_> = skipped.iter().map(|fault| fault.told()).collect();
        writeln!(
            text,
            "\nNot possible on that machine: {}.",
            skipped.join("; ")
        )
        .unwrap();
    }
    report(&text);
}

impl World {
    /// Something goes wrong while certificates are replaced. `false` where it cannot be done here.
    fn suffer(&mut self, fault: Fault, round: usize) -> bool {
        let victim = round / FAULTS.len() % 3;
        let other = (victim + 1) % 3;
        let name = NAMES[round % NAMES.len()];
        match fault {
            Fault::KilledNode => {
                self.nodes[victim].kill();
                self.replace(other, name);
                self.nodes[victim].start(false);
            }
            Fault::KilledWriter => {
                // Somewhere between the first octet of the request and the last of the answer.
                let delay = Duration::from_millis((round as u64 * 7919) % 120);
                self.while_writing(victim, name, |world| {
                    thread::sleep(delay);
                    world.nodes[victim].kill();
                });
                self.nodes[victim].start(false);
            }
            Fault::KilledEtcd => {
                let delay = Duration::from_millis((round as u64 * 104_729) % 120);
                self.while_writing(victim, name, |world| {
                    thread::sleep(delay);
                    world.etcd.kill();
                });
                self.etcd.run();
            }
            Fault::Partition | Fault::PartitionAndCompaction => {
                self.nodes[victim].network.cut();
                self.replace(other, name);
                // The lonely node does not take what it cannot keep.
                let made = Made::new(name);
                self.ledger.sent(name, &made);
                let node = &self.nodes[victim];
                let (status, body) = node.put(name, &made);
                self.ledger.answered_beside(&made, &node.name, status);
                assert_eq!(status, 503, "{body}");
                if fault == Fault::PartitionAndCompaction {
                    self.replace(other, name);
                    self.etcd.compact();
                }
                self.nodes[victim].network.mend();
            }
            Fault::Stopped => {
                self.nodes[victim].signal("-STOP");
                self.replace(other, name);
                self.nodes[victim].signal("-CONT");
            }
            Fault::FullDisk => {
                if !self.nodes[victim].can_be_full() {
                    return false;
                }
                self.nodes[victim].fill_disk();
                let (status, body) = self.replace(other, name);
                assert_eq!(status, 409, "{body}");
                let lagging = &self.nodes[victim].name;
                assert!(
                    body.contains(lagging) && body.contains("No space left"),
                    "{body}"
                );
                // It cannot write its audit: it begins nothing.
                let made = Made::new(name);
                self.ledger.sent(name, &made);
                let (status, body) = self.nodes[victim].put(name, &made);
                self.ledger.answered_beside(&made, lagging, status);
                assert_eq!(status, 500, "{body}");
                self.nodes[victim].free_disk();
            }
            Fault::SteppedClock => {
                for seconds in [86_400, -86_400, 0] {
                    if !self.nodes[victim].step_clock(seconds) {
                        return false;
                    }
                    let (status, body) = self.replace(victim, name);
                    assert_eq!(status, 200, "{seconds}: {body}");
                }
            }
            Fault::TwoWriters => self.race(),
        }
        true
    }

    /// Replaces one certificate through one node.
    fn replace(&self, node: usize, name: &str) -> (u16, String) {
        let made = Made::new(name);
        self.ledger.sent(name, &made);
        let node = &self.nodes[node];
        let answer = node.put(name, &made);
        self.ledger.answered(name, &made, &node.name, answer.0);
        answer
    }

    /// Replaces one after the other through one node, until something has happened to the world.
    fn while_writing(&mut self, node: usize, name: &str, happens: impl FnOnce(&mut Self)) {
        let (place, node) = (self.nodes[node].place(), self.nodes[node].name.clone());
        let over = AtomicBool::new(false);
        // The writer keeps books of its own while the world is changed.
        let ledger = std::mem::take(&mut self.ledger);
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut written = 0;
                while !over.load(Ordering::SeqCst) || written == 0 {
                    let made = Made::new(name);
                    ledger.sent(name, &made);
                    let path = "/v1/cluster/update_cert";
                    let (status, _) = ask(&place, "PUT", path, Some(&made.body(name)));
                    ledger.answered(name, &made, &node, status);
                    written += 1;
                }
            });
            happens(self);
            over.store(true, Ordering::SeqCst);
            writer.join().unwrap();
        });
        self.ledger = ledger;
    }

    /// Two writers replace the same two names at once, each time both: one of them wins both.
    fn race(&self) {
        let pairs: Vec<_> = [0, 1]
            .map(|_| [Made::new("proxy"), Made::new("syncer")])
            .into();
        thread::scope(|scope| {
            for (node, [proxy, syncer]) in self.nodes.iter().zip(&pairs) {
                self.ledger.sent("proxy", proxy);
                self.ledger.sent("syncer", syncer);
                scope.spawn(move || {
                    let both = [proxy.body("proxy"), syncer.body("syncer")];
                    let body = serde_json::json!({ "certificates": both });
                    let (status, body) = node.ask("PUT", "/v1/cluster/certificates", Some(&body));
                    assert_eq!(status, 200, "{body}");
                    self.ledger.answered_beside(proxy, &node.name, status);
                    self.ledger.answered_beside(syncer, &node.name, status);
                });
            }
        });
        until(
            || self.nodes[0].files() == self.nodes[1].files(),
            |same| *same,
        );
        let files = self.nodes[0].files();
        let held = |name: &str, made: &Made| files[&format!("{name}_cert.pem")] == made.certificate;
        let whole = pairs
            .iter()
            .filter(|[proxy, syncer]| held("proxy", proxy) && held("syncer", syncer));
        assert_eq!(whole.count(), 1, "both names are of one writer");
    }
}
