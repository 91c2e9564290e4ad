//! The published schema is that of the types.

use std::{env, fs};

use certlens_tests::repository;

#[test]
fn the_published_schema_is_current() {
    let path = repository().join("docs/report.schema.json");
    let schema = serde_json::to_string_pretty(&certlens_server::inspect::schema())
        .expect("a schema is JSON");
    let schema = format!("{schema}\n");
    if env::var_os("CERTLENS_UPDATE").is_some() {
        fs::write(&path, &schema).expect("docs/ can be written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        schema == published,
        "docs/report.schema.json is not what the types say; `make schema` writes it anew"
    );
}
