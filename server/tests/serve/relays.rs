//! Real clusters behind this server: another one of ours over TLS, and recorded answers of older versions.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use crate::process::{Serving, curl};
use crate::tls::Authority;

const FRONT: [&str; 2] = ["--user", "admin:of-the-front"];
const BACK: &str = "admin:of-the-back";

/// Two servers with demonstration data, the first before the second.
struct Pair {
    front: Serving,
    back: Serving,
    authority: Authority,
    data: [tempfile::TempDir; 2],
}

impl Pair {
    fn new() -> Self {
        let authority = Authority::new();
        authority.issue("back");
        let data = [0, 1].map(|_| tempfile::tempdir().unwrap());
        let password = BACK.split_once(':').unwrap().1;
        let back = Serving::start(data[1].path(), Some(password), &authority.configuration());
        let credentials = authority.path().join("credentials");
        fs::write(&credentials, format!("Basic {BACK}\n")).unwrap();
        let clusters = ["elasticsearch", "redis-enterprise", "iis"].map(|kind| {
            format!(
                "[[clusters]]\nname = '{kind}'\nkind = '{kind}'\nurl = 'https://localhost:{}'\n\
                 ca = '{}'\ncredentials = '{}'\n",
                back.port(),
                authority.trusted(),
                credentials.display(),
            )
        });
        let front = Serving::start(data[0].path(), Some("of-the-front"), &clusters.concat());
        Self {
            front,
            back,
            authority,
            data,
        }
    }

    fn relayed(&self, path: &str, arguments: &[&str]) -> (u16, String) {
        self.front
            .curl(&format!("/clusters/{path}"), &[&FRONT, arguments].concat())
    }

    /// What the second server itself answers.
    fn direct(&self, path: &str, arguments: &[&str]) -> String {
        let url = format!("https://localhost:{}{path}", self.back.port());
        let (trusted, user) = (self.authority.trusted(), ["--user", BACK]);
        let answer = curl(
            &url,
            &[&user, &["--cacert", &trusted][..], arguments].concat(),
        );
        let text = String::from_utf8(answer.stdout).unwrap();
        text.rsplit_once('\n').unwrap().0.to_owned()
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_cluster_is_read_and_changed_through_this_server() {
    let pair = Pair::new();
    let (status, list) = pair.front.curl("/clusters", &FRONT);
    assert_eq!(status, 200, "{list}");
    let list = json(&list);
    let names = list["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone());
    assert_eq!(
        names.collect::<Value>(),
        json!(["elasticsearch", "redis-enterprise", "iis"])
    );

    let path = "/v1/cluster/certificates";
    let (status, relayed) = pair.relayed(&format!("redis-enterprise{path}"), &[]);
    assert_eq!(status, 200, "{relayed}");
    let mut direct = json(&pair.direct(path, &[]));
    assert!(
        direct["proxy_key"].is_string(),
        "the cluster itself shows keys"
    );
    direct
        .as_object_mut()
        .unwrap()
        .retain(|name, _| name.ends_with("_cert"));
    assert_eq!(json(&relayed), direct);

    let path = "/_ssl/certificates";
    let (status, relayed) = pair.relayed(&format!("elasticsearch{path}"), &[]);
    assert_eq!(
        (status, json(&relayed)),
        (200, json(&pair.direct(path, &[])))
    );

    let path = "/api/certificates?fields=*";
    let range = ["--header", "range: certificates=1-2", "--include"];
    let (status, relayed) = pair.relayed(&format!("iis{path}"), &range);
    let direct = pair.direct(path, &range);
    let part = |text: &str| {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let of = |name: &str| {
            head.lines()
                .find(|line| line.starts_with(name))
                .map(str::to_owned)
        };
        let headers = [
            "content-range",
            "accept-ranges",
            "x-total-count",
            "content-type",
        ]
        .map(of);
        assert!(headers[0].is_some(), "{head}");
        (headers, json(body))
    };
    assert_eq!((status, part(&relayed)), (200, part(&direct)));

    // A change goes through, and stands in the audit of both.
    let (_, before) = pair.relayed("redis-enterprise/v1/cluster/certificates", &[]);
    let post = ["--request", "POST"];
    let rotate = "redis-enterprise/v1/cluster/certificates/rotate";
    assert_eq!(pair.relayed(rotate, &post), (200, "{}".to_owned()));
    let (_, after) = pair.relayed("redis-enterprise/v1/cluster/certificates", &[]);
    assert_ne!(before, after);
    let audit = fs::read_to_string(pair.data[0].path().join("audit.log")).unwrap();
    assert!(
        audit.contains(r#""store":"clusters/redis-enterprise""#),
        "{audit}"
    );
    assert!(
        audit.contains("POST /v1/cluster/certificates/rotate"),
        "{audit}"
    );
    let log = pair.front.end();
    assert!(!log.contains("of-the-back"), "{log}");
}

#[test]
fn err_whatever_is_not_on_the_list_or_not_allowed() {
    let pair = Pair::new();
    for (path, arguments, status) in [
        ("redis-enterprise/v1/users", &[][..], 404),
        (
            "redis-enterprise/v1/cluster/certificates/../../users",
            &["--path-as-is"],
            404,
        ),
        (
            "redis-enterprise/v1/cluster/certificates/%2e%2e",
            &["--request", "DELETE"],
            404,
        ),
        ("elasticsearch/_security/user", &[], 404),
        ("iis/api/certificates/imports", &["--request", "POST"], 404),
        ("nobody/v1/cluster/certificates", &[], 404),
        // Another site's page.
        (
            "redis-enterprise/v1/cluster/certificates/rotate",
            &[
                "--request",
                "POST",
                "--header",
                "sec-fetch-site: cross-site",
            ],
            403,
        ),
    ] {
        let (seen, body) = pair.relayed(path, arguments);
        assert_eq!(seen, status, "{path}: {body}");
    }
    assert_eq!(pair.front.curl("/clusters", &[]).0, 401);
    let listing = "/clusters/redis-enterprise/v1/cluster/certificates";
    assert_eq!(pair.front.curl(listing, &[]).0, 401);

    // The roles are those of this server, whatever the stored credentials may do.
    let add = [
        "user",
        "add",
        "vera",
        "--role",
        "cluster_viewer",
        "--password-stdin",
        "--data",
    ];
    let mut add_user = crate::process::certlens();
    add_user.args(add).arg(pair.data[0].path());
    assert!(
        crate::process::run(&mut add_user, "viewer\n")
            .status
            .success()
    );
    let vera = ["--user", "vera:viewer"];
    assert_eq!(pair.front.curl(listing, &vera).0, 200);
    let rotate = format!("{listing}/rotate");
    let post = [&vera[..], &["--request", "POST"]].concat();
    assert_eq!(pair.front.curl(&rotate, &post).0, 403);

    // Stored credentials that the cluster does not take do not sign anybody out here.
    let credentials = pair.authority.path().join("credentials");
    fs::write(&credentials, "Basic admin:wrong-secret\n").unwrap();
    let (status, body) = pair.front.curl(listing, &FRONT);
    assert_eq!(status, 502, "{body}");
    assert!(body.contains("does not take the credentials"), "{body}");
    fs::write(&credentials, "wrong-secret\n").unwrap();
    let (status, body) = pair.front.curl(listing, &FRONT);
    assert_eq!(status, 502, "{body}");
    assert!(
        body.contains("expected one line") && !body.contains("wrong-secret"),
        "{body}"
    );
    fs::write(&credentials, format!("Basic {BACK}\n")).unwrap();
    assert_eq!(
        pair.front.curl(listing, &FRONT).0,
        200,
        "they are read again"
    );
}

#[test]
fn err_a_cluster_whose_authority_is_another_one_gets_no_credentials() {
    let (trusted, other) = (Authority::new(), Authority::new());
    other.issue("back");
    let data = [0, 1].map(|_| tempfile::tempdir().unwrap());
    let back = Serving::start(data[1].path(), Some("x"), &other.configuration());
    let credentials = trusted.path().join("credentials");
    fs::write(&credentials, "Basic admin:x\n").unwrap();
    let cluster = format!(
        "[[clusters]]\nname = 'c'\nkind = 'iis'\nurl = 'https://localhost:{}'\nca = '{}'\n\
         credentials = '{}'\n",
        back.port(),
        trusted.trusted(),
        credentials.display(),
    );
    let front = Serving::start(data[0].path(), Some("of-the-front"), &cluster);
    let (status, body) = front.curl("/clusters/c/api/certificates", &FRONT);
    assert_eq!(status, 502, "{body}");
    assert!(body.contains("invalid peer certificate"), "{body}");
    let log = back.end();
    assert!(
        !log.contains("/api/certificates"),
        "nothing was sent: {log}"
    );
}

#[test]
fn nodes_are_asked_one_by_one_and_old_answers_are_passed_on_as_they_are() {
    let row = |path: &str| {
        // As version 8.2 and older write it: without an issuer.
        json!([{ "path": path, "format": "PEM", "alias": null, "subject_dn": "CN=es",
                 "serial_number": "1", "has_private_key": false, "expiry": "2027-01-01T00:00:00.000Z" }])
    };
    let second = recorded(vec![(
        "GET /_ssl/certificates",
        answer(200, "", &row("b.pem")),
    )]);
    let listing = |first: u16| {
        json!({ "cluster_name": "old", "nodes": {
            "A": { "name": "es1", "http": { "publish_address": format!("127.0.0.1:{first}") } },
            "B": { "name": "es2", "http": {
                "publish_address": format!("localhost/127.0.0.1:{second}") } },
            "C": { "name": "es3", "http": { "publish_address": "127.0.0.1:1" } },
        } })
    };
    let first = recorded_with(|port| {
        vec![
            ("GET /_nodes/http", answer(200, "", &listing(port))),
            ("GET /_ssl/certificates", answer(200, "", &row("a.pem"))),
        ]
    });
    let old =
        json!({ "certificates": [{ "alias": "a", "private_key": { "exportable": "false" } }] });
    let iis = recorded(vec![
        (
            "HEAD /api/certificates",
            answer(200, "x-total-count: 1\r\n", &json!(null)),
        ),
        (
            "GET /api/certificates",
            answer(200, "server: Kestrel\r\nset-cookie: a=b\r\n", &old),
        ),
        (
            "GET /api/certificates/1",
            answer(302, "location: http://127.0.0.1:1/\r\n", &json!(null)),
        ),
    ]);
    let data = tempfile::tempdir().unwrap();
    let configuration = format!(
        "[[clusters]]\nname = 'es'\nkind = 'elasticsearch'\nurl = 'http://127.0.0.1:{first}'\n\
         [[clusters]]\nname = 'iis'\nkind = 'iis'\nurl = 'http://127.0.0.1:{iis}'\n"
    );
    let front = Serving::start(data.path(), Some("of-the-front"), &configuration);
    let include = [&FRONT[..], &["--include"]].concat();
    let (status, text) = front.curl("/clusters/es/_ssl/certificates", &include);
    assert_eq!(status, 200, "{text}");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut expected = [row("a.pem"), row("b.pem")].map(|rows| rows[0].clone());
    expected[0]["node"] = "es1".into();
    expected[1]["node"] = "es2".into();
    assert_eq!(json(body), Value::from(expected.to_vec()));
    assert!(head.contains("x-certlens-nodes-missing: es3"), "{head}");

    let head = [&FRONT[..], &["--head"]].concat();
    let (status, text) = front.curl("/clusters/iis/api/certificates", &head);
    assert_eq!(status, 200, "{text}");
    assert!(
        text.contains("x-total-count: 1") && !text.contains("accept-ranges"),
        "{text}"
    );
    let (status, text) = front.curl("/clusters/iis/api/certificates", &include);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert_eq!((status, json(body)), (200, old));
    assert!(!head.contains("set-cookie"), "{head}");
    let (status, body) = front.curl("/clusters/iis/api/certificates/1", &FRONT);
    assert_eq!(status, 502, "{body}");
    assert!(body.contains("nothing is followed"), "{body}");
}

/// A whole answer.
fn answer(status: u16, headers: &str, body: &Value) -> String {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Recorded\r\ncontent-type: application/json\r\n{headers}\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// Answers what was recorded, and 404 to anything else. The port that it listens on.
fn recorded(answers: Vec<(&'static str, String)>) -> u16 {
    recorded_with(|_| answers)
}

fn recorded_with(answers: impl FnOnce(u16) -> Vec<(&'static str, String)>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = answers(port);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            reply(&stream, &answers);
        }
    });
    port
}

fn reply(mut stream: &TcpStream, answers: &[(&str, String)]) {
    let mut lines = BufReader::new(stream).lines();
    let Some(Ok(first)) = lines.next() else {
        return;
    };
    let rest = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty());
    assert!(rest.count() < 100);
    let asked = first.trim_end_matches(" HTTP/1.1");
    let found = answers.iter().find(|(known, _)| *known == asked);
    let missing = answer(404, "", &json!({}));
    let text = found.map_or(&missing, |(_, text)| text);
    // Whoever asked may have gone.
    let _ = stream.write_all(text.as_bytes());
}
