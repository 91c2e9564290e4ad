//! JSON Web Keys: `vectors/jwk/make` says how the files were made.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use certlens_core::{
    Entry, Format, KeyForm, Limits, Object, Options, Report, inspect, open_for_writing,
    write_pem_with_private_keys_in_the_clear,
};

fn vector(name: &str) -> String {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(text: &str) -> Report {
    inspect(text.as_bytes(), &Options::default(), None).expect("shows something")
}

/// The digest of the key of an entry, as `openssl pkey -pubout` and SHA-256 tell it.
fn digest(entry: &Entry) -> &str {
    let key = match &entry.object {
        Object::PrivateKey(key) => key.public_key.as_ref(),
        Object::PublicKey(key) => Some(&key.public_key),
        other => panic!("{}: no key: {other:?}", entry.path),
    };
    let identity = key.and_then(|key| key.identity.as_ref());
    &identity.expect("its public half is known").spki_sha256
}

/// Kind, name and digest of each key.
fn told(report: &Report) -> Vec<String> {
    let line = |entry: &Entry| {
        let kind = match &entry.object {
            Object::PrivateKey(_) => "private",
            Object::PublicKey(_) => "public",
            other => panic!("{}: no key: {other:?}", entry.path),
        };
        let name = entry.alias.as_deref().unwrap_or_default();
        format!("{kind} {name} {}", digest(entry))
    };
    report.entries.iter().map(line).collect()
}

fn ids(entry: &Entry) -> Vec<&str> {
    entry.findings.iter().map(|found| &*found.id).collect()
}

#[test]
fn a_jwk_has_the_fingerprint_that_openssl_tells_of_its_key() {
    for (file, kind) in [("private", "private"), ("public", "public")] {
        let report = read(&vector(&format!("jwk/{file}.json")));
        let expected: Vec<String> = vector("jwk/digests")
            .lines()
            .map(|line| format!("{kind} {line}"))
            .collect();
        assert_eq!(told(&report), expected, "{file}");
        assert_eq!(report.format, Format::Text);
        let wrong = |entry: &Entry| ids(entry).iter().any(|id| id.starts_with("key-"));
        assert!(!report.entries.iter().any(wrong), "{:?}", report.entries);
        let first = &report.entries[0];
        assert_eq!(first.path, "jwk[0]");
        let place = first.whereabouts.as_ref().map(ToString::to_string);
        assert_eq!(place.as_deref(), Some("keys[0], line 3"));
    }
}

#[test]
fn a_jwk_is_found_alone_and_within_documents_and_tokens() {
    let set = vector("jwk/public.json");
    let list = set.split_once('[').expect("is a list").1;
    let one: String = list.split_inclusive('}').take(1).collect();
    let one = one.trim();
    let escaped = one.replace("\"kty\"", "\"a\\\"}\": {\"b\": [1, true]}, \"kty\"");
    let header = format!("{{\"typ\":\"dpop+jwt\",\"jwk\":{one}}}");
    let token = format!("DPoP: {}.e30.AAAA\n", URL_SAFE_NO_PAD.encode(header));
    let secret = format!("data:\n  key.json: {}\n", STANDARD.encode(one));
    for (text, place) in [
        (one.to_owned(), "line 1"),
        (escaped, "line 1"),
        (format!("key: |\n  {one}\n"), "key, line 2"),
        (
            format!("{{\"a\":[0,{{\"cnf\":{{\"jwk\":{one}}}}}]}}"),
            "a[1].cnf.jwk, line 1",
        ),
        (token, "DPoP › jwk, line 1, decoded from base64"),
        (secret, "data.key.json, line 2, decoded from base64"),
    ] {
        let report = read(&text);
        let [entry] = report.entries.as_slice() else {
            panic!("{text}: {:?}", report.entries);
        };
        let found = entry.whereabouts.as_ref().map(ToString::to_string);
        assert_eq!(found.as_deref(), Some(place), "{text}");
        assert_eq!(entry.alias.as_deref(), Some("rsa"));
        assert!(vector("jwk/digests").contains(digest(entry)));
    }
}

#[test]
fn a_key_belongs_to_its_certificate_and_not_to_that_of_another_key() {
    let report = read(&vector("jwk/certified.json"));
    let paths: Vec<&str> = report.entries.iter().map(|entry| &*entry.path).collect();
    assert_eq!(
        paths,
        ["base64[0]/der", "base64[1]/der", "jwk[0]", "jwk[1]"]
    );
    let certificates = |entry: &Entry| match &entry.object {
        Object::PublicKey(key) => key.certificates.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        certificates(&report.entries[2]),
        ["base64[0]/der", "base64[1]/der"]
    );
    assert_eq!(certificates(&report.entries[3]), Vec::<String>::new());
    let differs = |entry: &Entry| ids(entry).contains(&"jwk-certificate-differs");
    assert!(!differs(&report.entries[2]));
    assert!(differs(&report.entries[3]));
}

#[test]
fn a_private_jwk_is_written_as_pkcs8() {
    let text = vector("jwk/private.json");
    let material = open_for_writing(text.as_bytes(), &Options::default()).expect("opens");
    let (parts, lost) = material.parts(|_, _| true);
    assert!(lost.is_empty(), "{lost:?}");
    let written =
        write_pem_with_private_keys_in_the_clear(&parts, KeyForm::default()).expect("is written");
    let pem = String::from_utf8(written.bytes.to_vec()).expect("is text");
    // Of the last two no public half is computed.
    let digests = |report: &Report| -> Vec<String> {
        let entries = report.entries.iter().take(7);
        entries.map(|entry| digest(entry).to_owned()).collect()
    };
    assert_eq!(digests(&read(&pem)), digests(&read(&text)));
    assert_eq!(read(&pem).entries.len(), 9);
}

#[test]
fn a_key_of_three_primes_is_whole() {
    let report = read(&vector("jwk/three-primes.json"));
    let same = read(&vector("keys/three-primes.pem"));
    assert_eq!(digest(&report.entries[0]), digest(&same.entries[0]));
    assert!(!ids(&report.entries[0]).contains(&"rsa-numbers-disagree"));
}

/// The members of the RSA key of `private.json`.
fn rsa() -> serde_json::Map<String, serde_json::Value> {
    let set: serde_json::Value =
        serde_json::from_str(&vector("jwk/private.json")).expect("is JSON");
    set["keys"][0].as_object().expect("is an object").clone()
}

#[test]
fn numbers_that_are_missing_are_told_and_nothing_is_written() {
    let mut key = rsa();
    key.retain(|name, _| !matches!(name.as_str(), "p" | "qi"));
    let text = serde_json::to_string(&key).expect("is JSON");
    let report = read(&text);
    let entry = &report.entries[0];
    let found = entry
        .findings
        .iter()
        .find(|it| it.id == "jwk-private-members");
    assert_eq!(found.expect("is told").what, "There is no p, no qi.");
    assert!(vector("jwk/digests").contains(digest(entry)));
    let material = open_for_writing(text.as_bytes(), &Options::default()).expect("opens");
    let (parts, lost) = material.parts(|_, _| true);
    assert!(parts.is_empty());
    assert_eq!(
        lost[0].to_string(),
        "jwk[0]: the private key: numbers that the format has are missing in the JWK"
    );
}

#[test]
fn a_secret_is_told_by_its_size_and_a_broken_key_by_its_fault() {
    const SECRET: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T";
    let report = read(&format!(
        "{{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"tokens\",\"k\":\"{SECRET}\"}}"
    ));
    let entry = &report.entries[0];
    let Object::Other(other) = &entry.object else {
        panic!("{entry:?}");
    };
    assert_eq!(other.what, "secret key");
    assert_eq!(other.facts, ["HS256", "264 bits"]);
    assert_eq!(ids(entry), ["jwk-shared-secret"]);
    let bytes = URL_SAFE_NO_PAD.decode(SECRET).expect("is base64url");
    let digits: Vec<String> = bytes.iter().map(|octet| format!("{octet:02x}")).collect();
    let shown = format!(
        "{report:?}{}",
        serde_json::to_string(&report).expect("is JSON")
    );
    assert!(!shown.contains(SECRET) && !shown.contains(&digits.concat()));
    for (text, expected) in [
        (
            r#"{"kty":"RSA","e":"AQAB"}"#,
            "JWK › n: expected base64url text, found nothing (byte 0)",
        ),
        (
            r#"{"kty":"RSA","n":[],"e":"AQAB"}"#,
            "JWK › n: expected base64url text, found a list (byte 13)",
        ),
        (
            r#"{"kty":"RSA","n":"a?","e":"AQAB"}"#,
            "JWK › n: it is no base64url text (byte 18)",
        ),
        (
            r#"{"kty":"EC","crv":"P-256","x":"AAAA"}"#,
            "JWK › y: expected base64url text, found nothing (byte 0)",
        ),
        (
            r#"{"kty":"EC","crv":"P-999","x":"AAAA"}"#,
            "JWK › crv: the curve \"P-999\" is not supported (byte 12)",
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#,
            "JWK › x: it has 3 octets, the curve takes 32 (byte 29)",
        ),
        (
            r#"{"kty":"oct"}"#,
            "JWK › k: expected base64url text, found nothing (byte 0)",
        ),
        (
            r#"{"kty":"oct","k":"=="}"#,
            "JWK › k: it is empty (byte 18)",
        ),
        (
            r#"{"kty":"XYZ"}"#,
            "JWK › kty: the key type \"XYZ\" is not supported (byte 1)",
        ),
    ] {
        let report = read(text);
        let Object::Unreadable(problem) = &report.entries[0].object else {
            panic!("{text}: {:?}", report.entries);
        };
        assert_eq!(problem.message, expected);
    }
}

#[test]
fn other_ways_of_writing_a_number_have_a_finding() {
    let number = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("is base64url");
    let key = rsa();
    let n = decoded(key["n"].as_str().expect("is text"));
    let same = |text: &str, finding: &str| {
        let report = read(text);
        assert_eq!(digest(&report.entries[0]), expected("rsa"));
        assert!(ids(&report.entries[0]).contains(&finding), "{text}");
    };
    let zero = number(&[&[0], &n[..]].concat());
    let text = |n: &str| format!("{{\"kty\":\"RSA\",\"n\":\"{n}\",\"e\":\"AQAB\"}}");
    same(&text(&zero), "jwk-number-length");
    same(&text(&STANDARD.encode(&n)), "jwk-digits");
    assert!(!ids(&read(&text(&number(&n))).entries[0]).contains(&"jwk-digits"));
}

fn expected(name: &str) -> String {
    let digests = vector("jwk/digests");
    let mut lines = digests.lines().filter_map(|line| line.split_once(' '));
    let found = lines.find(|(known, _)| *known == name);
    found.expect("is listed").1.to_owned()
}

#[test]
fn a_set_has_no_more_keys_than_the_limit_allows() {
    let options = Options {
        limits: Limits {
            entries: 2,
            ..Limits::default()
        },
        ..Options::default()
    };
    let report = inspect(vector("jwk/public.json").as_bytes(), &options, None).expect("reads");
    let [_, _, last] = report.entries.as_slice() else {
        panic!("{} entries", report.entries.len());
    };
    let Object::Unreadable(problem) = &last.object else {
        panic!("{last:?}");
    };
    assert_eq!(problem.code, "limit-exceeded");
}

/// Only a member with this name and text for its value makes an object a key.
#[test]
fn what_only_speaks_of_keys_is_none() {
    let nested = "{\"kty\":".repeat(5_000);
    let braces = format!("{}\"kty\"", "{".repeat(100_000));
    let open = "{\"kty\":\"RSA\",\"n\":\"".repeat(5_000);
    for text in [
        r#"{"properties":{"kty":{"type":"string"}}}"#,
        r#"{"required":["kty"]}"#,
        "the member \"kty\" is required",
        &nested,
        &braces,
        &open,
    ] {
        let found = inspect(text.as_bytes(), &Options::default(), None);
        assert!(found.is_err(), "{}", &text[..text.len().min(60)]);
    }
}
