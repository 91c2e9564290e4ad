//! What the page is showing. Pure: the browser is in `services`.

pub mod bench;

pub use bench::{Act, Bench, Shown};
