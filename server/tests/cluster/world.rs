//! Three nodes, one etcd, and what must hold between faults.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::etcd::Etcd;
use crate::ledger::Ledger;
use crate::network::Network;
use crate::node::{Node, certlens};
use crate::until::until;

pub(crate) struct World {
    pub(crate) nodes: Vec<Node>,
    pub(crate) etcd: Etcd,
    pub(crate) ledger: Ledger,
    pub(crate) key: PathBuf,
    pub(crate) folder: TempDir,
}

impl World {
    /// The first node brings demonstration data; the others are empty.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("ccs.key");
        let made = certlens()
            .args(["keygen", "--output"])
            .arg(&key)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let etcd = Etcd::start(folder.path().join("etcd"), None);
        let nodes = (1..=3).map(|number| {
            let network = Network::new(number, etcd.port);
            Node::new(folder.path(), number, network, &key)
        });
        let mut world = Self {
            nodes: nodes.collect(),
            etcd,
            ledger: Ledger::default(),
            key,
            folder,
        };
        for (at, node) in world.nodes.iter_mut().enumerate() {
            node.start(at == 0);
        }
        world.converge();
        world
    }

    /// Waits until every node is there and in step, and checks that all hold the same.
    #[track_caller]
    pub(crate) fn converge(&self) {
        let expected = self.nodes.len();
        for node in &self.nodes {
            until(
                || node.nodes(),
                |told| {
                    let rows = told["nodes"].as_array();
                    rows.is_some_and(|rows| {
                        let good = |row: &&Value| row["alive"] == true && row["in_step"] == true;
                        rows.len() == expected && rows.iter().filter(good).count() == expected
                    })
                },
            );
        }
        self.settle();
    }

    #[track_caller]
    fn settle(&self) {
        let first = self.nodes[0].files();
        for node in &self.nodes[1..] {
            assert_same(&first, &node.files());
        }
        self.ledger.settle(&first);
    }

    /// Checks the audit of every node against what was acknowledged, and says how much that was.
    #[track_caller]
    pub(crate) fn audited(&self) -> usize {
        let audits: BTreeMap<String, Vec<Value>> = self
            .nodes
            .iter()
            .map(|node| (node.name.clone(), node.audit()))
            .collect();
        // What stands in the files of a node was applied under its own audit.
        for (node, records) in &audits {
            for (name, sha256) in self.ledger.settled() {
                let applied = records.iter().filter(|record| record["action"] == "apply");
                let changes = applied.filter_map(|record| record["changes"].as_array());
                let last = changes.flatten().rfind(|change| change["name"] == *name);
                let last = last.map(|change| &change["becomes"]);
                assert_eq!(last, Some(&Value::from(sha256)), "{node}: {name}");
            }
        }
        self.ledger.audited(&audits)
    }

    /// A fourth node with an empty directory receives all that the store has: the others must equal it.
    #[track_caller]
    pub(crate) fn compare_with_store(&mut self) {
        let mut fresh = Node::new(
            self.folder.path(),
            9,
            Network::new(9, self.etcd.port),
            &self.key,
        );
        fresh.start(false);
        self.nodes.push(fresh);
        self.converge();
        let fresh = self.nodes.pop().unwrap();
        let path = format!("/certlens/v1/nodes/{}", fresh.name);
        drop(fresh);
        let (status, body) = self.nodes[0].ask("DELETE", &path, None);
        assert_eq!(status, 204, "{body}");
    }
}

/// Names what differs, and no key.
#[track_caller]
pub(crate) fn assert_same(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) {
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(other));
    for (name, content) in one {
        assert!(other[name] == *content, "{name} differs");
    }
}

/// Writes a report where somebody asked for one.
pub(crate) fn report(text: &str) {
    if let Some(path) = std::env::var_os("CERTLENS_CHAOS_REPORT") {
        fs::write(path, text).unwrap();
    }
    println!("{text}");
}
