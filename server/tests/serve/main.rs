//! `certlens serve` and the commands beside it as processes, asked by curl and openssl.

mod audit;
mod check;
mod commands;
mod connections;
mod process;
mod relays;
mod secrets;
mod sign_in;
mod start;
mod tls;
#[path = "../shared/until.rs"]
mod until;
