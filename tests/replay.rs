//! What the fuzz targets found worth keeping is read again, whenever the tests run.

#[path = "fuzz/invariants.rs"]
mod invariants;
#[path = "fuzz/paths.rs"]
mod paths;

#[path = "fuzz/round_trip.rs"]
mod round_trip;

use std::fs;
use std::path::Path;

#[test]
fn inputs_that_fuzzing_found_hold() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut read = 0;
    for target in fs::read_dir(corpus).expect("the corpus is there") {
        let target = target.expect("lists").path();
        for input in fs::read_dir(&target).expect("lists") {
            let input = fs::read(input.expect("lists").path()).expect("reads");
            invariants::hold(&input);
            if target.ends_with("path") {
                paths::hold(&input);
            }
            round_trip::holds(&input);
            read += 1;
        }
    }
    assert!(100 < read, "only {read} inputs");
}
