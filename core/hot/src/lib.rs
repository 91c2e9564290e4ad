//! What octets pass through one by one: base64, digests, and keys made from passwords.
//!
//! The rest of the page is compiled for size, this for speed: code of some kilobytes that a second of waiting
//! depends on. So nothing here is generic, since that would be compiled where it is called.

#![cfg_attr(
    not(test),
    deny(
        clippy::as_conversions,
        clippy::expect_used,
        clippy::get_unwrap,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used,
        clippy::use_debug,
    )
)]

pub mod base64;
pub mod derivation;
mod digest;

pub use digest::DigestName;
