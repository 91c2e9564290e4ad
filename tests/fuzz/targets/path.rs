//! Paths: the input is cut into certificates and revocation lists, which are judged against each other.
#![no_main]

#[path = "../paths.rs"]
mod paths;

libfuzzer_sys::fuzz_target!(|data: &[u8]| paths::hold(data));
