//! Files that tools accept, or write, although a standard forbids something in them: each is shown, with the
//! finding that says so and without those that would be false.

use certlens_core::{
    Entry, Finding, Limits, Lock, Object, Options, Password, Report, UnixTime, inspect, open,
};

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/odd/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read_with(input: &[u8], password: Option<&str>) -> Report {
    let passwords: Vec<Password> = password.map(Password::from).into_iter().collect();
    let options = Options {
        passwords: &passwords,
        limits: Limits::default(),
    };
    inspect(input, &options, UnixTime::parse("2026-11-22T09:41:00Z")).expect("shows something")
}

fn read(name: &str) -> Report {
    read_with(&vector(name), None)
}

fn all(report: &Report) -> Vec<&Finding> {
    let of_entries = report.entries.iter().flat_map(|entry| &entry.findings);
    report.findings.iter().chain(of_entries).collect()
}

fn has(report: &Report, id: &str) -> bool {
    all(report).iter().any(|finding| finding.id == id)
}

fn what(report: &Report, id: &str) -> String {
    let found = all(report).into_iter().find(|finding| finding.id == id);
    let ids: Vec<_> = all(report).iter().map(|it| it.id.clone()).collect();
    found
        .unwrap_or_else(|| panic!("no {id} among {ids:?}"))
        .what
        .clone()
}

fn only(report: &Report) -> &Entry {
    let [entry] = report.entries.as_slice() else {
        panic!("{} entries", report.entries.len());
    };
    entry
}

#[test]
fn every_odd_file_has_its_finding() {
    let mut missing = Vec::new();
    for (name, id, part) in [
        ("crl-number-negative.crl", "extension-malformed", "negative"),
        ("crl-number-22-octets.crl", "extension-malformed", "octets"),
        (
            "crl-idp-user-and-ca.crl",
            "crl-scope-contradictory",
            "onlyContainsUserCerts and onlyContainsCACerts",
        ),
        (
            "crl-entry-ext-twice.crl",
            "crl-entry-extension-repeated",
            "more than once",
        ),
        (
            "crl-generalizedtime-2026.crl",
            "crl-time-type",
            "GeneralizedTime",
        ),
        ("ext_bc_neg.der", "path-length-negative", ""),
        ("ext_bc_big.der", "extension-malformed", "53 bits"),
        ("ext_ku_bit12.der", "key-usage-encoding", ""),
        ("ext_ku_padset.der", "key-usage-encoding", ""),
        ("ext_poison_nc.der", "precertificate", "holds the poison"),
        ("ext_sct_empty.der", "extension-empty", "list of timestamps"),
        ("p12_v4.p12", "pkcs12-version", "4"),
        (
            "p12_maczero.p12",
            "mac-unreadable",
            "zero key derivation rounds",
        ),
        ("two-certificates.der", "several-der-values", "2 values"),
        ("s_longlen_in_ext.der", "length-not-minimal", ""),
        ("s_indef_in_ext.der", "length-indefinite", ""),
        ("s_longtag.der", "tag-not-minimal", ""),
        ("s_oid_empty.der", "identifier-encoding", ""),
        ("s_oid_trunc.der", "identifier-encoding", ""),
        ("padoid.der", "identifier-encoding", ""),
        ("s_setorder.der", "set-order", ""),
        ("s_pathnonmin.der", "integer-not-minimal", ""),
        ("s_cdpreason_nonmin.der", "bit-list-encoding", ""),
        ("s_bitempty.der", "signature-malformed", ""),
        ("s_spki_tail.der", "value-trailing-bytes", "public key"),
        ("s_p7_tail.der", "value-trailing-bytes", "CMS message"),
        ("s_ocsp_tail.der", "value-trailing-bytes", ""),
        ("s_pkcs1tail.pem", "value-trailing-bytes", "private key"),
        ("key-trailing.der", "value-trailing-bytes", "private key"),
        ("len-crl.der", "length-not-minimal", ""),
        ("len-csr.der", "length-not-minimal", ""),
        ("len-ac.der", "length-not-minimal", ""),
        ("len-key.der", "length-not-minimal", ""),
        ("len-spki.der", "length-not-minimal", ""),
        ("indef-crl.der", "length-indefinite", ""),
        ("pss-null.der", "signature-parameters", "NULL"),
        ("pss-none.der", "signature-parameters", "no parameters"),
        ("pss-saltneg.der", "signature-parameters", "salt is -"),
        ("u_nosan_noeku.der", "server-without-names", ""),
        ("u_any_nosan.der", "server-without-names", ""),
        (
            "csr-empty-extension-request.der",
            "request-extensions-empty",
            "empty list",
        ),
        (
            "csr-empty-extension-request.der",
            "request-extension-unreadable",
            "expected SEQUENCE",
        ),
        ("csr-bad-names.der", "dns-name-form", "a b"),
        ("csr-bad-names.der", "address-length", "3 octets"),
        ("ed25519-31.der", "key-part-length", "31"),
        ("x25519-zero.der", "key-of-small-order", "32"),
        ("trad-des.pem", "key-sealed-with-broken-cipher", "DES"),
        ("trad-des.pem", "key-sealed-in-few-rounds", ", 1 round,"),
        (
            "p8v1-PBE-MD5-DES.pem",
            "key-sealed-with-broken-cipher",
            "DES",
        ),
    ] {
        let report = read(name);
        let said = all(&report).into_iter().filter(|it| it.id == id);
        let said: Vec<&str> = said.map(|finding| finding.what.as_str()).collect();
        if !said.iter().any(|what| what.contains(part)) {
            missing.push(format!("{name}: {id}: {said:?}"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_is_sealed_is_not_said_to_be_missing() {
    for name in ["aria.p12", "camellia.p12", "rc2-40.p12"] {
        let report = read(name);
        assert!(!has(&report, "key-without-certificate"), "{name}");
    }
}

#[test]
fn both_copies_of_a_key_fit_its_certificate() {
    let report = read("key-twice.pem");
    assert!(!has(&report, "key-fits-nothing"));
    let held = report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::PrivateKey(key) => Some(&key.certificates),
            _ => None,
        });
    let held: Vec<_> = held.collect();
    assert_eq!(held.len(), 2);
    assert_eq!(held[0], held[1]);
}

#[test]
fn an_unknown_cipher_is_named_and_no_password_asked_for() {
    for (name, cipher, rounds) in [
        ("trad-camellia128.pem", "CAMELLIA-128-CBC", Some(1)),
        ("encp8-unknown-scheme.der", "", None),
    ] {
        let report = read_with(&vector(name), Some("changeit"));
        let Object::PrivateKey(key) = &only(&report).object else {
            panic!("{name} is no key");
        };
        let seal = key.seal.as_ref().expect("is sealed");
        let unsupported = seal.unsupported.as_deref().expect("is told");
        assert!(unsupported.contains(cipher), "{name}: {unsupported}");
        assert_eq!((key.lock, seal.rounds), (Lock::Open, rounds), "{name}");
        assert!(key.public_key.is_none());
        assert!(
            what(&report, "seal-not-supported").contains(cipher),
            "{name}"
        );
    }
    for (name, cipher) in [("aria.p12", "ARIA-256-CBC"), ("camellia.p12", "Camellia-")] {
        let report = read_with(&vector(name), Some("changeit"));
        assert!(
            what(&report, "seal-not-supported").contains(cipher),
            "{name}"
        );
        let seals = &report.keystore.as_ref().expect("a keystore").seals;
        let named = seals.iter().find(|seal| seal.unsupported.is_some());
        let named = named.expect("names what is not supported");
        assert!(
            named.rounds.is_some() && named.derivation.is_some(),
            "{name}"
        );
    }
}

#[test]
fn numbers_keep_their_sign_and_lists_their_kinds() {
    let report = read("crl-number-negative.crl");
    let Object::RevocationList(list) = &only(&report).object else {
        panic!("no list");
    };
    assert_eq!(list.number.as_deref(), Some("-1"));
    let report = read("crl-idp-user-and-ca.crl");
    let Object::RevocationList(list) = &only(&report).object else {
        panic!("no list");
    };
    let scope = list.scope.as_ref().expect("a scope");
    let only = scope.only.as_deref();
    assert_eq!(only, Some("user certificates and authority certificates"));
}

#[test]
fn an_authority_with_a_bad_path_length_is_one() {
    for name in ["ext_bc_neg.der", "ext_bc_big.der"] {
        let report = read(name);
        let Object::Certificate(one) = &only(&report).object else {
            panic!("{name} is no certificate");
        };
        let constraints = one.basic_constraints.as_ref().expect("are told");
        assert!(
            constraints.ca && constraints.path_length.is_none(),
            "{name}"
        );
    }
}

#[test]
fn padding_is_no_use_of_the_key() {
    let report = read("ext_ku_padset.der");
    let Object::Certificate(one) = &only(&report).object else {
        panic!("no certificate");
    };
    let uses = one.key_usage.as_ref().expect("are told");
    assert_eq!(uses.len(), 2, "{uses:?}");
    let report = read("ext_ku_bit12.der");
    assert!(!has(&report, "key-usage-against-key"));
}

#[test]
fn values_in_a_row_are_entries_with_their_places() {
    let input = vector("two-certificates.der");
    let report = read("two-certificates.der");
    let paths: Vec<&str> = report.entries.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["der[0]", "der[1]"]);
    let spans: Vec<_> = report
        .entries
        .iter()
        .map(|it| (it.place.start, it.place.end))
        .collect();
    assert_eq!(spans[0].1, spans[1].0);
    assert_eq!(spans[1].1, u64::try_from(input.len()).expect("fits"));
    assert!(!has(&report, "trailing-bytes"));
    let more = [input.as_slice(), b"rubbish"].concat();
    let report = read_with(&more, None);
    assert_eq!(report.entries.len(), 2);
    assert!(has(&report, "trailing-bytes"));
}

#[test]
fn a_value_that_ends_too_early_says_what_it_began_as() {
    let first = open(&vector("two-certificates.der"), &Options::default()).expect("reads");
    let whole = first.certificates().next().expect("one").to_vec();
    let (start, _) = whole.split_at(whole.len() - 100);
    let error = inspect(start, &Options::default(), None).expect_err("is cut off");
    let told = error.to_string();
    assert!(told.starts_with("what begins as a certificate: "), "{told}");
    assert!(told.contains("100 more bytes"), "{told}");
    let store = vector("aria.p12");
    let (start, _) = store.split_at(900);
    let error = inspect(start, &Options::default(), None).expect_err("is cut off");
    let told = error.to_string();
    assert!(
        told.starts_with("what begins as a PKCS#12 keystore: "),
        "{told}"
    );
}

#[test]
fn ssh_text_of_another_encoding_or_without_an_end_is_told() {
    let report = read("ssh-latin1-comment.pub");
    assert!(matches!(only(&report).object, Object::PublicKey(_)));
    let report = read("rfc4716-cut.txt");
    let Object::Unreadable(problem) = &only(&report).object else {
        panic!("is cut off");
    };
    assert!(problem.message.contains("END SSH2"), "{}", problem.message);
}

#[test]
fn names_of_bags_are_kept() {
    let report = read("p12_fnodd.p12");
    let attributes = report
        .entries
        .iter()
        .filter_map(|entry| entry.keystore.as_ref())
        .flat_map(|store| &store.attributes);
    assert!(
        attributes
            .clone()
            .any(|one| one.oid == "1.2.840.113549.1.9.20")
    );
    let unknown = read("p12_nested.p12");
    for entry in &unknown.entries {
        if let Object::Other(other) = &entry.object {
            assert!(!other.facts.is_empty(), "{}", other.what);
        }
    }
}

#[test]
fn an_integrity_check_that_cannot_be_read_is_told_once() {
    let report = read_with(&vector("p12_maczero.p12"), Some("changeit"));
    assert!(has(&report, "mac-unreadable"));
    assert!(!has(&report, "integrity-not-verified"));
}

#[test]
fn text_that_begins_with_the_digit_0_is_text() {
    let text = "0. Building from the repository\n\n    Run the script, then go on with step 1.\n";
    let error = inspect(text.as_bytes(), &Options::default(), None).expect_err("is no certificate");
    assert!(
        error.to_string().contains("text without a -----BEGIN line"),
        "{error}"
    );
    // What a certificate begins with is still one that was cut off.
    let cut = &vector("two-certificates.der")[..100];
    let error = inspect(cut, &Options::default(), None).expect_err("is cut off");
    assert!(error.to_string().contains("ends too early"), "{error}");
}
