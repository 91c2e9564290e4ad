//! The `certlens` command.

use std::process::ExitCode;

use certlens_server::commands::{audit, keygen, nodes, token, user};
use certlens_server::{StartError, asn1, chain, check, compare, convert, inspect, verify};
use clap::{Parser, Subcommand};

/// Understand certificate files; serve them over three documented certificate APIs.
#[derive(Parser)]
#[command(version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the ASN.1 values that files are encoded in
    Asn1(asn1::Arguments),
    /// Write certificate files in another format, or mend them
    Convert(convert::Arguments),
    /// Show what certificate files hold
    Inspect(inspect::Arguments),
    /// Show who issued whom in a pile of files, and which key belongs to what
    Chain(chain::Arguments),
    /// Show what changed between two files: 0 nothing, 1 something, 2 they cannot be compared
    Compare(compare::Arguments),
    /// Judge whether a certificate is accepted, and why
    Verify(verify::Arguments),
    /// Say what is wrong with certificates, or will be soon: for cron and Nagios
    Check(check::Arguments),
    /// Serve the page and the three certificate APIs
    Serve(certlens_server::Arguments),
    /// Add, remove and list the users of a server
    #[command(subcommand)]
    User(user::Command),
    /// Add, remove and list the tokens that programs sign in with
    #[command(subcommand)]
    Token(token::Command),
    /// Make the key that private keys are sealed with in the history and in a cluster
    Keygen(keygen::Arguments),
    /// List the nodes of a cluster, and remove one that died for good
    #[command(subcommand)]
    Nodes(nodes::Command),
    /// Tell whether the log of changes is what was written
    #[command(subcommand)]
    Audit(audit::Command),
}

fn main() -> ExitCode {
    match CommandLine::parse().command {
        Command::Asn1(arguments) => asn1::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Chain(arguments) => chain::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Serve(arguments) => told(certlens_server::serve(&arguments)),
        Command::User(command) => told(user::run(&command)),
        Command::Token(command) => told(token::run(&command)),
        Command::Keygen(arguments) => told(keygen::run(&arguments)),
        Command::Nodes(command) => told(nodes::run(&command)),
        Command::Audit(command) => audit::run(&command),
    }
}

fn told(result: Result<(), StartError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}\nhint: {}", error.hint());
            ExitCode::FAILURE
        }
    }
}
