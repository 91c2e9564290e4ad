//! The `certlens` command.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use certlens_core::UnixTime;
use certlens_server::{Config, Demo, Log, Made, StartError, Users, asn1, inspect, verify};
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::time;
use zeroize::Zeroizing;

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
    /// Show what certificate files hold
    Inspect(inspect::Arguments),
    /// Judge whether a certificate is accepted, and why
    Verify(verify::Arguments),
    /// Serve the page and the three certificate APIs
    Serve(certlens_server::Arguments),
}

fn main() -> ExitCode {
    match CommandLine::parse().command {
        Command::Asn1(arguments) => asn1::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Serve(arguments) => match serve(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}\nhint: {}", error.hint());
                ExitCode::FAILURE
            }
        },
    }
}

fn serve(arguments: &certlens_server::Arguments) -> Result<(), StartError> {
    let config = Config::load(arguments)?;
    start_log(config.log);
    std::fs::create_dir_all(&config.data).map_err(|error| {
        let message = format!(
            "{}: cannot make the data directory: {error}",
            config.data.display()
        );
        StartError::new(
            message,
            "Give a directory that can be written to with `--data DIR`.",
        )
    })?;
    if config.demo == Demo::Make
        && certlens_server::make_demonstration(&config.data, now())? == Made::Now
    {
        tracing::info!(data = %config.data.display(), "Made demonstration data");
    }
    let given = std::env::var("CERTLENS_PASSWORD").ok();
    let first_start = !Users::exist(&config.data);
    let (users, made) = Users::open(&config.data, given.as_deref())?;
    let app = certlens_server::app(&config, users)?;
    let runtime = Runtime::new().map_err(|error| {
        StartError::new(
            format!("cannot start threads: {error}"),
            "Check the limits of this user.",
        )
    })?;
    let password = match (&made, first_start) {
        (Some(made), _) => format!("{}   (shown only this once)", made.reveal()),
        (None, true) => "as in CERTLENS_PASSWORD".to_owned(),
        (None, false) => {
            "as set at the first start; to start anew, remove users.toml in the data".to_owned()
        }
    };
    runtime.block_on(listen(&config, app, &Zeroizing::new(password)))
}

async fn listen(config: &Config, app: axum::Router, password: &str) -> Result<(), StartError> {
    let failed = |error: std::io::Error| {
        StartError::new(
            format!("{}: cannot listen: {error}", config.listen),
            "Choose another address with `--listen ADDR:PORT`; port 0 takes any free one.",
        )
    };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    greet(config, listener.local_addr().map_err(failed)?, password);
    let server = axum::serve(listener, app).with_graceful_shutdown(asked_to_stop());
    let deadline = async {
        asked_to_stop().await;
        time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result.map_err(failed)?,
        () = deadline => tracing::warn!("Stopped with requests under way"),
    }
    tracing::info!("Stopped");
    Ok(())
}

/// The only place where a password is shown, and only the one that was made just now.
fn greet(config: &Config, address: SocketAddr, password: &str) {
    let greeting = format!(
        "certlens {}\n  address   http://{address}/\n  user      admin\n  password  {password}\n  data      {}\n",
        env!("CARGO_PKG_VERSION"),
        config.data.display(),
    );
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason not to serve.
    let _ = out
        .write_all(greeting.as_bytes())
        .and_then(|()| out.flush());
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "Passwords cross the network unencrypted: put TLS in front of this server");
    }
}

/// Log lines go to standard error. Nothing that a client sent as a secret is ever among them.
fn start_log(log: Log) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false);
    match log {
        Log::Text => lines.init(),
        Log::Json => lines.json().init(),
    }
}

async fn asked_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

fn now() -> UnixTime {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    UnixTime::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// How long requests under way may take once the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);
