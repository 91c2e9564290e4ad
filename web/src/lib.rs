//! The page, as a library that its two programs, page and worker, share.

pub mod app;
pub mod byte_tree;
pub mod chain_layout;
pub mod command;
pub mod components;
pub mod console;
pub mod detail;
pub mod export;
pub mod format;
pub mod json;
pub mod mozilla;
pub mod pages;
pub mod protocol;
pub mod questions;
pub mod redacted;
pub mod rows;
pub mod services;
pub mod share;
pub mod state;
pub mod status;
pub mod view;
pub mod visible;
pub mod wire;
pub mod words;
pub mod worker;
pub mod writing;
