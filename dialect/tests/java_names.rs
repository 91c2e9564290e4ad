//! Names against 150 vectors that the JDK printed itself.
//!
//! The vectors lie beside the project, not in it; without them the test says so and passes.

use std::fmt::Write as _;
use std::path::Path;

use certlens_dialect::elasticsearch;

#[derive(serde::Deserialize)]
struct Vector {
    case: String,
    name_der_hex: String,
    java_string: String,
}

#[test]
fn names_are_printed_as_the_jdk_prints_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/specs/elasticsearch/x500principal_tostring_vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is absent", path.display());
        return;
    };
    let vectors: Vec<Vector> = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.len(), 150);
    let mut wrong = String::new();
    for vector in &vectors {
        let der = octets(&vector.name_der_hex);
        let printed = match certlens_core::read_name(&der) {
            Ok(name) => elasticsearch::name(&name),
            Err(error) => error.to_string(),
        };
        if printed != vector.java_string {
            writeln!(
                wrong,
                "{}: expected {:?}, found {printed:?}",
                vector.case, vector.java_string
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn octets(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}
