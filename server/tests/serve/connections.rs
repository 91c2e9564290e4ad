//! What one client may cost.

use std::io::{ErrorKind, Read, Write};

use crate::process::Serving;
use crate::until::until;

#[test]
fn a_head_that_never_ends_is_cut_off() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "[limits]\nheader_seconds = 1\n");
    for head in ["", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = server.connect();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    assert_eq!(server.curl("/healthz", &[]).0, 200);
}

#[test]
fn connections_beyond_the_limit_wait_for_a_seat() {
    let data = tempfile::tempdir().unwrap();
    let limits = "[limits]\nconnections = 1\nheader_seconds = 2\n";
    let server = Serving::start(data.path(), Some("pw"), limits);
    let mut first = server.connect();
    first.write_all(b"GET ").unwrap();
    let mut second = server.connect();
    second
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    second.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    // The second was answered only after the first was put out.
    first.set_nonblocking(true).unwrap();
    let mut rest = Vec::new();
    let ended = first.read_to_end(&mut rest);
    assert_ne!(
        ended.as_ref().err().map(std::io::Error::kind),
        Some(ErrorKind::WouldBlock),
        "{rest:?}"
    );
}

#[test]
fn err_body_beyond_the_limit() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "[limits]\nbody_bytes = 10\n");
    let body = |length: usize| "x".repeat(length);
    let put = |length| {
        let (user, body) = (["--user", "admin:pw"], body(length));
        let arguments = [&user[..], &["--request", "PUT", "--data", &body]].concat();
        server.curl("/v1/cluster/certificates", &arguments).0
    };
    assert_eq!(put(11), 413);
    assert_ne!(put(10), 413);
}

#[test]
fn err_head_beyond_the_limit() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    // Not longer: it is an argument of a command.
    let header = format!("X-Long: {}", "x".repeat(16 << 10));
    let ask = |times| {
        let headers = ["--header", &header].repeat(times);
        server.curl("/healthz", &headers).0
    };
    assert_eq!(ask(1), 200);
    assert_eq!(ask(12), 431);
}

#[test]
fn a_server_that_is_asked_to_stop_takes_no_more_and_ends() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    let mut idle = server.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut head = [0; 15];
    idle.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    server.ask_to_stop();
    let address = server.address().to_owned();
    until(
        || std::net::TcpStream::connect(&address).is_err(),
        |refused| *refused,
    );
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).unwrap();
    assert_eq!(server.ended(), Some(0));
}

/// The head of a write whose body is announced, and not sent yet.
const WRITE: &[u8] = b"PUT /v1/cluster/update_cert HTTP/1.1\r\nHost: localhost\r\n\
    Authorization: Basic YWRtaW46cHc=\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
    Expect: 100-continue\r\nConnection: close\r\n\r\n";

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let data = tempfile::tempdir().unwrap();
    let server = Serving::start(data.path(), Some("pw"), "");
    let mut stream = server.connect();
    stream.write_all(WRITE).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.ask_to_stop();
    let address = server.address().to_owned();
    until(
        || std::net::TcpStream::connect(&address).is_err(),
        |refused| *refused,
    );
    stream.write_all(b"{}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn err_body_that_never_comes() {
    let data = tempfile::tempdir().unwrap();
    let limits = "[limits]\nrequest_seconds = 1\n";
    let server = Serving::start(data.path(), Some("pw"), limits);
    let mut stream = server.connect();
    stream.write_all(WRITE).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.contains("HTTP/1.1 503 Service Unavailable"),
        "{answer}"
    );
}
