//! `certlens serve`: from the command line to a server that listens, and to its end.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::app::{self, StartError, no_threads};
use crate::clock;
use crate::config::{Arguments, Config, Demo, Log, Transport};
use crate::demo::{self, Made};
use crate::listen::listen;
use crate::log::LogWriter;
use crate::log::line::{Form, Teller};
use crate::rotation::keep_rotating;
use crate::tls::Tls;
use crate::users::Users;

/// Serves until the process is asked to stop.
///
/// # Errors
/// When the configuration, a file of the data directory or the address cannot be used.
pub fn serve(arguments: &Arguments) -> Result<(), StartError> {
    let config = Config::load(arguments)?;
    // It ends last, with every line written.
    let _log = start_log(config.log).map_err(no_threads)?;
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
        && demo::make_demonstration(&config.data, clock::now())? == Made::Now
    {
        tracing::info!(data = %config.data.display(), "Made demonstration data");
    }
    // Before the users: nobody would see a password that is made for a server that does not start.
    let tls = match &config.transport {
        Transport::Plain => None,
        Transport::Tls { certificate, key } => Some(Arc::new(Tls::open(certificate, key)?)),
    };
    let runtime = Runtime::new().map_err(no_threads)?;
    runtime.block_on(run(&config, tls))
}

async fn run(config: &Config, tls: Option<Arc<Tls>>) -> Result<(), StartError> {
    let failed = |error: std::io::Error| {
        StartError::new(
            format!("{}: cannot listen: {error}", config.listen),
            "Choose another address with `--listen ADDR:PORT`; port 0 takes any free one.",
        )
    };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let given = std::env::var("CERTLENS_PASSWORD").ok();
    let first_start = !Users::exist(&config.data);
    let (users, made) = Users::open(&config.data, given.as_deref())?;
    let (service, bell, changes) = app::make(config, users)?;
    let password = Zeroizing::new(match (&made, first_start) {
        (Some(made), _) => format!("{}   (shown only this once)", made.reveal()),
        (None, true) => "as in CERTLENS_PASSWORD".to_owned(),
        (None, false) => "as it was set; `certlens user password admin` sets another".to_owned(),
    });
    let stop = asked_to_stop();
    greet(config, address, &password);
    if let Some(cluster) = &changes.cluster {
        tokio::spawn(Arc::clone(cluster).follow());
    }
    tokio::spawn(keep_rotating(changes));
    if let Some(tls) = &tls {
        tokio::spawn(Arc::clone(tls).follow(bell));
    }
    let answered = listen(listener, service, tls, config, stop).await;
    answered.map_err(no_threads)?;
    tracing::info!("Stopped");
    Ok(())
}

/// The only place where a password is shown, and only the one that was made just now.
fn greet(config: &Config, address: SocketAddr, password: &str) {
    let scheme = match config.transport {
        Transport::Plain => "http",
        Transport::Tls { .. } => "https",
    };
    let greeting = Zeroizing::new(format!(
        "certlens {}\n  address   {scheme}://{address}/\n  user      admin\n  password  {password}\n  data      {}\n",
        env!("CARGO_PKG_VERSION"),
        config.data.display(),
    ));
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason not to serve.
    let _ = out
        .write_all(greeting.as_bytes())
        .and_then(|()| out.flush());
    if !address.ip().is_loopback() && config.transport == Transport::Plain {
        tracing::warn!(%address, "Passwords cross the network unencrypted unless a proxy in front speaks TLS");
    }
}

/// Log lines go to standard error. Nothing that a client sent as a secret is ever among them.
fn start_log(log: Log) -> std::io::Result<LogWriter> {
    let writer = LogWriter::start(std::io::stderr())?;
    let form = match log {
        Log::Json => Form::Json,
        Log::Text if std::io::stderr().is_terminal() => Form::Coloured,
        Log::Text => Form::Text,
    };
    let teller = Teller::new(writer.lines(), form);
    tracing::subscriber::set_global_default(teller).map_err(std::io::Error::other)?;
    Ok(writer)
}

/// Resolves when the process is asked to stop. From the call on, it is not ended by being asked.
#[cfg(unix)]
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let asked = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [interrupted, terminated] = asked.map(|signals| async move {
            match signals {
                Ok(mut signals) => {
                    signals.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        });
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
    }
}

/// Resolves when the process is asked to stop.
#[cfg(not(unix))]
async fn asked_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
