//! What the fuzz targets found worth keeping is read again, whenever the tests run.

#[path = "fuzz/invariants.rs"]
mod invariants;

use std::fs;
use std::path::Path;

#[test]
fn inputs_that_fuzzing_found_hold() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut read = 0;
    for target in fs::read_dir(corpus).expect("the corpus is there") {
        for input in fs::read_dir(target.expect("lists").path()).expect("lists") {
            let input = fs::read(input.expect("lists").path()).expect("reads");
            invariants::hold(&input);
            read += 1;
        }
    }
    assert!(100 < read, "only {read} inputs");
}
