//! The `certlens` command.
fn main() {}
