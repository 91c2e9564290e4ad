//! The wire shapes of three certificate APIs.
