//! The browser: clock, worker, files, clipboard, address bar. Everything else is pure.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod download;
pub mod dropped;
pub mod expiry;
pub mod focus;
pub mod language;
pub mod offline;
pub mod pile;
pub mod questions;
pub mod reader;
pub mod requests;
pub mod theme;
pub mod turn;
pub mod view;
