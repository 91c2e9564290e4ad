//! What a cluster answers when a node cannot follow, and what it never takes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::etcd::Etcd;
use crate::ledger::Made;
use crate::network::Network;
use crate::node::{Node, certlens};
use crate::until::until;
use crate::world::World;

#[test]
fn err_nodes_that_lag_are_named_until_they_return_or_are_removed() {
    if !Etcd::is_there() {
        return;
    }
    let mut world = World::new();
    world.nodes[2].kill();
    let made = Made::new("proxy");
    let (status, body) = world.nodes[0].put("proxy", &made);
    assert_eq!(status, 409, "{body}");
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["error_code"], "nodes_not_updated");
    let description = told["description"].as_str().unwrap();
    assert!(
        description.starts_with("not all nodes have been updated: n3"),
        "{description}"
    );
    // The same again is waited for again.
    assert_eq!(world.nodes[1].put("proxy", &made).0, 409);
    // Removed by an explicit act, it is waited for no more.
    let (status, body) = world.nodes[1].ask("DELETE", "/certlens/v1/nodes/n3", None);
    assert_eq!(status, 204, "{body}");
    assert_eq!(
        world.nodes[1]
            .ask("DELETE", "/certlens/v1/nodes/n3", None)
            .0,
        404
    );
    assert_eq!(world.nodes[0].put("proxy", &made).0, 200);
    // It does not come back by itself.
    world.nodes[2].start(false);
    until(
        || world.nodes[2].log(),
        |log| log.contains("this node was removed"),
    );
    let (status, body) = world.nodes[2].put("proxy", &Made::new("proxy"));
    assert_eq!(status, 503, "{body}");
    assert_eq!(world.nodes[0].nodes()["nodes"].as_array().unwrap().len(), 2);
    world.nodes[2].kill();
    fs::remove_file(world.nodes[2].data.join("ccs.json")).unwrap();
    world.nodes[2].start(false);
    world.converge();
}

#[test]
fn an_operator_removes_a_node_that_died_and_no_living_one_unless_told_to() {
    if !Etcd::is_there() {
        return;
    }
    let mut world = World::new();
    let all = "n1  in step\nn2  in step\nn3  in step\n";
    let list = ["nodes", "list"];
    assert_eq!(
        world.nodes[0].run(&list),
        (Some(0), all.into(), String::new())
    );
    let remove = ["nodes", "remove", "n3"];
    let (code, _, told) = world.nodes[0].run(&remove);
    assert!(
        told.starts_with("error: `n3` is alive\nhint: Stop it first"),
        "{told}"
    );
    assert_eq!(code, Some(1));
    assert_eq!(world.nodes[0].run(&list).1, all, "nothing was changed");

    world.nodes[2].kill();
    let made = Made::new("proxy");
    assert_eq!(world.nodes[0].put("proxy", &made).0, 409);
    let dead = "n1  in step\nn2  in step\nn3  not there, behind: proxy\n";
    until(|| world.nodes[1].run(&list).1, |told| told == dead);
    let removed = (Some(0), "removed  n3\n".into(), String::new());
    assert_eq!(world.nodes[1].run(&remove), removed);
    assert_eq!(world.nodes[0].put("proxy", &made).0, 200);
    let (code, _, told) = world.nodes[1].run(&remove);
    assert!(
        told.starts_with("error: there is no node `n3`\nhint: "),
        "{told}"
    );
    assert_eq!(code, Some(1));
    let audit = world.nodes[1].audit();
    let ends = audit
        .iter()
        .filter(|record| record["action"] == "remove-node");
    let ends = ends.map(|begun| {
        let ended = audit.iter().find(|one| one["of"] == begun["number"]);
        ended.unwrap()["what"].as_str().unwrap()
    });
    assert_eq!(ends.collect::<Vec<_>>(), ["done", "failed"]);

    let living = ["nodes", "remove", "n2", "--alive"];
    assert_eq!(world.nodes[0].run(&living).0, Some(0));
    until(
        || world.nodes[1].log(),
        |log| log.contains("this node was removed"),
    );
    let (code, told, _) = world.nodes[0].run(&["nodes", "list", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &told), (Some(0), &world.nodes[0].nodes()));
    assert_eq!(told["nodes"].as_array().unwrap().len(), 1);

    assert_eq!(world.nodes[0].run(&["nodes", "remove"]).0, Some(2));
    world.etcd.kill();
    let (code, _, told) = world.nodes[0].run(&list);
    assert!(
        told.starts_with("error: the cluster: etcd does not answer"),
        "{told}"
    );
    assert_eq!(code, Some(1));
    let mut alone = certlens();
    let alone = alone.args(list).arg("--data").arg(world.folder.path());
    let alone = alone.output().unwrap();
    let told = String::from_utf8_lossy(&alone.stderr);
    assert!(told.contains("found no cluster in it"), "{told}");
    assert_eq!(alone.status.code(), Some(1));
}

#[test]
fn err_delete_where_a_node_cannot_remove_its_file() {
    if !Etcd::is_there() {
        return;
    }
    let world = World::new();
    if !world.nodes[2].can_be_full() {
        eprintln!("SKIPPED: a full disk, which this machine does not allow");
        return;
    }
    let path = "/v1/cluster/certificates/ldap_client";
    let made = Made::new("ldap_client");
    let put = world.nodes[0].put("ldap_client", &made);
    assert_eq!(put.0, 200, "{}", put.1);
    world.nodes[2].fill_disk();
    let (status, body) = world.nodes[0].ask("DELETE", path, None);
    assert_eq!(status, 500, "{body}");
    assert!(
        body.contains("delete_certificate_error") && body.contains("n3"),
        "{body}"
    );
    // As long as a node has it, it is not gone.
    assert_eq!(world.nodes[1].ask("DELETE", path, None).0, 500);
    world.nodes[2].free_disk();
    world.converge();
    assert!(!world.nodes[2].files().contains_key("ldap_client_cert.pem"));
    assert_eq!(world.nodes[1].ask("DELETE", path, None).0, 404);
}

#[test]
fn etcd_is_spoken_to_over_tls_with_a_certificate_and_as_a_user_and_not_otherwise() {
    if !Etcd::is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [own, other] = ["own", "other"].map(|name| {
        let folder = folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        let authority = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
                         -subj /CN=authority -keyout ca.key -out ca.pem";
        openssl(&folder, authority);
        let pair = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
                    -CA ca.pem -CAkey ca.key -subj /CN=etcd -addext basicConstraints=CA:FALSE \
                    -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem";
        openssl(&folder, pair);
        // Over its gateway etcd takes no client whose certificate has a common name, once it has users.
        let client = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -CA ca.pem \
                      -CAkey ca.key -subj /O=nodes -addext basicConstraints=CA:FALSE \
                      -keyout client.key -out client.pem";
        openssl(&folder, client);
        folder
    });
    let mut etcd = Etcd::start(folder.path().join("etcd"), Some(own.clone()));
    etcd.ask_for_users("certlens", "pass:word", "/certlens/test/");
    let key = folder.path().join("ccs.key");
    let made = certlens()
        .args(["keygen", "-o"])
        .arg(&key)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    // Who is trusted, whose certificate is shown, which password is given.
    let cases = [
        (&own, Some(&own), "certlens:pass:word"),
        (&other, Some(&own), "certlens:pass:word"),
        (&own, None, "certlens:pass:word"),
        (&own, Some(&own), "certlens:wrong"),
    ];
    let mut nodes = cases.map(|(trusted, shown, user)| {
        let number = 1 + folder.path().read_dir().unwrap().count();
        // The certificate of etcd is for 127.0.0.1.
        let network = Network::loopback(number, etcd.port);
        let mut node = Node::new(folder.path(), number, network, &key);
        let file = folder.path().join(format!("{number}.user"));
        fs::write(&file, user).unwrap();
        let mut lines = format!(
            "ccs_ca = {:?}\nccs_credentials = {file:?}\n",
            trusted.join("ca.pem")
        );
        if let Some(shown) = shown {
            let (certificate, key) = (shown.join("client.pem"), shown.join("client.key"));
            writeln!(lines, "ccs_client_certificate = {certificate:?}").unwrap();
            writeln!(lines, "ccs_client_key = {key:?}").unwrap();
        }
        node.secured = Some(lines);
        node
    });
    for (at, node) in nodes.iter_mut().enumerate() {
        node.start(at == 0);
    }
    let is_there = |told: &serde_json::Value| told["nodes"][0]["in_step"] == true;
    until(|| nodes[0].nodes(), is_there);
    for _ in 0..2 {
        let (status, body) = nodes[0].put("proxy", &Made::new("proxy"));
        assert_eq!(status, 200, "{body}");
        // What etcd gave for the password is worth nothing to the one that is started anew.
        etcd.kill();
        etcd.run();
        until(|| nodes[0].nodes(), is_there);
    }
    for (node, told) in [
        (1, "invalid peer certificate"),
        (2, "received fatal alert"),
        (3, "invalid user ID or password"),
    ] {
        until(|| nodes[node].log(), |log| log.contains(told));
    }
    assert_eq!(nodes[0].nodes()["nodes"].as_array().unwrap().len(), 1);
}

fn openssl(folder: &Path, arguments: &str) {
    let run = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
}

#[test]
fn a_store_that_was_emptied_is_filled_again_and_joined_anew() {
    if !Etcd::is_there() {
        return;
    }
    let world = World::new();
    let made = Made::new("proxy");
    assert_eq!(world.nodes[1].put("proxy", &made).0, 200);
    world.etcd.control(&["del", "--prefix", "/certlens/test/"]);
    world.converge();
    assert_eq!(world.nodes[2].files()["proxy_cert.pem"], made.certificate);
    assert_eq!(world.nodes[2].put("proxy", &Made::new("proxy")).0, 200);
    world.converge();
}

#[test]
fn what_somebody_changes_in_the_files_of_a_node_is_put_back() {
    if !Etcd::is_there() {
        return;
    }
    let world = World::new();
    let made = Made::new("proxy");
    assert_eq!(world.nodes[0].put("proxy", &made).0, 200);
    let path = world.nodes[1].data.join("redis/proxy_cert.pem");
    fs::remove_file(&path).unwrap();
    fs::write(&path, &Made::new("by hand").certificate).unwrap();
    // Before anything is written through it, at the latest.
    let other = world.nodes[1].put("syncer", &Made::new("syncer"));
    assert_eq!(other.0, 200, "{}", other.1);
    world.converge();
    assert_eq!(world.nodes[1].files()["proxy_cert.pem"], made.certificate);
}

#[test]
fn rotation_rollback_and_history_work_on_every_node() {
    if !Etcd::is_there() {
        return;
    }
    let world = World::new();
    let (first, second) = (Made::new("api"), Made::new("api"));
    assert_eq!(world.nodes[0].put("api", &first).0, 200);
    assert_eq!(world.nodes[1].put("api", &second).0, 200);
    let (status, body) = world.nodes[1].ask("POST", "/v1/cluster/certificates/rotate", None);
    assert_eq!(status, 200, "{body}");
    world.converge();
    for node in &world.nodes {
        let (status, body) = node.ask("GET", "/certlens/v1/history/api", None);
        assert_eq!(status, 200, "{body}");
        let told: serde_json::Value = serde_json::from_str(&body).unwrap();
        let newest = &told["entries"][0];
        assert_eq!(newest["certificate"], first.certificate, "{}", node.name);
        let who = ["by", "reason", "from"].map(|member| newest[member].as_str().unwrap());
        assert_eq!(who, ["admin", "a test", "127.0.0.1"], "{}", node.name);
        assert!(!body.contains(second.key.lines().nth(1).unwrap()));
    }
    let newest = world.nodes[2]
        .ask("GET", "/certlens/v1/history/api", None)
        .1;
    let newest: serde_json::Value = serde_json::from_str(&newest).unwrap();
    let path = format!(
        "/certlens/v1/history/api/{}/rollback",
        newest["entries"][0]["entry"]
    );
    let (status, body) = world.nodes[2].ask("POST", &path, None);
    assert_eq!((status, &*body), (200, r#"{"changed":["api"]}"#));
    world.converge();
    for node in &world.nodes {
        let files = node.files();
        assert_eq!(files["api_cert.pem"], first.certificate);
        assert!(
            files["api_key.pem"] == first.key,
            "the key came back with it"
        );
    }
}

#[test]
fn no_key_enters_etcd_unsealed_and_nothing_sealed_by_another_key_is_taken() {
    if !Etcd::is_there() {
        return;
    }
    let mut world = World::new();
    let made = Made::new("proxy");
    assert_eq!(world.nodes[0].put("proxy", &made).0, 200);
    let secret = made.key.lines().nth(1).unwrap();
    let stored = world.etcd.control(&["get", "--prefix", "/certlens/"]);
    assert!(stored.contains("/certlens/test/names/proxy"), "{stored}");
    assert!(!stored.contains(secret) && !stored.contains("PRIVATE KEY"));

    // A record from another name, an older one, and one that somebody made up.
    let key = "/certlens/test/names/proxy";
    let value = |key: &str| {
        let stored = world.etcd.control(&["get", key, "--print-value-only"]);
        stored.trim().to_owned()
    };
    let (older, other) = (value(key), value("/certlens/test/names/syncer"));
    let newer = Made::new("proxy");
    assert_eq!(world.nodes[0].put("proxy", &newer).0, 200);
    let right = value(key);
    for (forged, told) in [
        (&*other, "proxy was changed in the store"),
        (&*older, "stands there, and 3 was there before"),
        ("0.AAAA", "sealed with key 0"),
    ] {
        world.etcd.control(&["put", key, forged]);
        until(|| world.nodes[1].log(), |log| log.contains(told));
        assert_eq!(world.nodes[1].files()["proxy_cert.pem"], newer.certificate);
    }
    world.etcd.control(&["put", key, &right]);
    world.converge();

    let wrong = world.folder.path().join("wrong.key");
    let run = certlens()
        .args(["keygen", "-o"])
        .arg(&wrong)
        .output()
        .unwrap();
    assert!(run.status.success());
    let again = certlens()
        .args(["keygen", "-o"])
        .arg(&wrong)
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1), "a key is not overwritten");
    let mut stranger = Node::new(
        world.folder.path(),
        7,
        Network::new(7, world.etcd.port),
        &wrong,
    );
    stranger.start(false);
    until(|| stranger.log(), |log| log.contains("was sealed with key"));
    assert!(stranger.files().is_empty());
    drop(stranger);
    let (status, _) = world.nodes[0].ask("DELETE", "/certlens/v1/nodes/n7", None);
    assert_eq!(status, 404, "it never was a member");
    world.nodes[0].kill();
    world.nodes[0].start(false);
    world.converge();
}
