//! The surface of the package, in a browser.
#![cfg(target_arch = "wasm32")]

use certlens_npm::inspect;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SEALED: &[u8] = include_bytes!("../../tests/vectors/pkcs12/openssl-3.p12");
const LEAF: &[u8] = include_bytes!("../../tests/vectors/pem/leaf.pem");

#[wasm_bindgen_test]
fn a_certificate_becomes_an_object() {
    let report = read(LEAF, &[], "2027-01-01");
    let certificate = at(&report, &["entries", "0", "object"]);
    assert_eq!(at(&certificate, &["kind"]), "certificate");
    assert_eq!(
        at(&certificate, &["subject", "commonName"]),
        "leaf.example.org"
    );
    assert_eq!(at(&certificate, &["standing"]), "valid");
    assert_eq!(at(&certificate, &["version"]), 3);
    assert!(
        at(&report, &["keystore"]).is_null(),
        "what is absent is null, as in JSON"
    );
}

#[wasm_bindgen_test]
fn a_keystore_opens_with_its_password() {
    let lock = |passwords: &[&str]| {
        at(
            &read(SEALED, passwords, "2027-01-01"),
            &["keystore", "lock"],
        )
    };
    assert_eq!(lock(&[]), "locked");
    assert_eq!(lock(&["wrong"]), "wrong-password");
    assert_eq!(lock(&["wrong", "changeit"]), "open");
}

#[wasm_bindgen_test]
fn what_cannot_be_read_is_thrown_as_a_problem() {
    let problem = inspect(b"", Vec::new(), None, Vec::new()).expect_err("there is nothing to show");
    assert_eq!(at(&problem, &["code"]), "empty");
    let problem =
        inspect(LEAF, Vec::new(), Some("soon".into()), Vec::new()).expect_err("it is no instant");
    assert_eq!(at(&problem, &["code"]), "option");
}

fn read(bytes: &[u8], passwords: &[&str], at: &str) -> JsValue {
    let passwords = passwords.iter().map(|&text| text.to_owned()).collect();
    inspect(bytes, passwords, Some(at.to_owned()), Vec::new()).expect("it can be read")
}

fn at(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(value.clone(), |value, &name| {
        Reflect::get(&value, &name.into()).expect("it is an object")
    })
}
