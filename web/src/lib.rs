//! The page, as a library that its two programs, page and worker, share.

pub mod components;
pub mod detail;
pub mod rows;
