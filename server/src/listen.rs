//! Connections: how they are accepted, how long each may take, and how they end.

mod patient;
mod peers;
mod workers;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time;
use tokio_rustls::TlsAcceptor;

use crate::config::{self, Config, Limits};
use crate::shield::Shielded;
use crate::tls::Tls;
use patient::Patient;
use peers::Peers;
use workers::Workers;

/// Answers requests with the service until it is asked to stop, and then those that are under way.
///
/// # Errors
/// When the threads that answer cannot be started.
pub(crate) async fn listen(
    listener: TcpListener,
    service: Shielded,
    tls: Option<Arc<Tls>>,
    config: &Config,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = &config.limits;
    let graceful = GracefulShutdown::new();
    let workers = Workers::start()?;
    let seats = Arc::new(Semaphore::new(limits.connections.get()));
    let peers = Peers::share(limits.connections.get(), config.proxies.clone());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(config::duration(limits.header_seconds))
        .max_buf_size(HEAD_SIZE);
    let answering = Answering {
        http,
        service,
        tls,
        limits: *limits,
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &seats) => accepted,
            () = &mut stop => break,
        };
        if let Some((stream, peer, seat)) = accepted {
            let Some(seated) = peers.seat(peer.ip()) else {
                tracing::debug!(%peer, "Closed: its address has its share of the connections");
                continue;
            };
            let (answering, watcher) = (answering.clone(), graceful.watcher());
            // It is registered with the thread that is to answer it.
            let stream = stream.into_std();
            workers.next().spawn(async move {
                match stream.and_then(TcpStream::from_std) {
                    Ok(stream) => answering.answer(stream, peer, watcher).await,
                    Err(error) => tracing::error!(%peer, "Cannot answer a connection: {error}"),
                }
                drop((seat, seated));
            });
        }
    }
    drop(listener);
    let patience = config::duration(limits.stop_seconds);
    if time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("Stopped with requests under way");
    }
    Ok(())
}

/// Waits for a seat first: connections beyond the limit wait in the line of the operating system.
async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let seat = Arc::clone(seats).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, seat)),
        Err(error) => {
            let gone = [
                io::ErrorKind::ConnectionAborted,
                io::ErrorKind::ConnectionReset,
                io::ErrorKind::ConnectionRefused,
            ];
            if !gone.contains(&error.kind()) {
                // Mostly too many open files: it helps to wait until some are closed.
                tracing::error!("Cannot accept connections: {error}");
                time::sleep(Duration::from_secs(1)).await;
            }
            None
        }
    }
}

/// How every connection is answered.
#[derive(Clone)]
struct Answering {
    http: http1::Builder,
    service: Shielded,
    tls: Option<Arc<Tls>>,
    limits: Limits,
}

impl Answering {
    async fn answer(self, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
        // Answers are written whole; waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, config::duration(self.limits.write_seconds));
        let Some(tls) = &self.tls else {
            return self.speak_http(stream, peer, watcher).await;
        };
        let patience = config::duration(self.limits.header_seconds);
        let acceptor = TlsAcceptor::from(tls.config());
        let handshake = async {
            if !is_tls(stream.inner()).await {
                return refuse_plain(stream).await.map(|()| None);
            }
            acceptor.accept(stream).await.map(Some)
        };
        match time::timeout(patience, handshake).await {
            Ok(Ok(Some(stream))) => self.speak_http(stream, peer, watcher).await,
            Ok(Err(error)) => tracing::debug!(%peer, "No TLS handshake: {error}"),
            Ok(Ok(None)) => {}
            Err(_) => tracing::debug!(%peer, "No TLS handshake in time"),
        }
    }

    async fn speak_http<S>(&self, stream: S, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = self.service.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = service.clone().answer(request.map(Body::new));
            async { Ok::<_, Infallible>(answer.await) }
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%peer, "Connection ended: {error}");
        }
    }
}

/// Whether the first octet is that of a TLS record with a handshake in it
/// ([RFC 8446, 5.1](https://www.rfc-editor.org/rfc/rfc8446#section-5.1)).
async fn is_tls(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1)) && first == [0x16]
}

/// Somebody wrote `http://` where there is TLS, and is told so in words.
async fn refuse_plain(mut stream: Patient<TcpStream>) -> io::Result<()> {
    let hint = "This is a TLS port: write https:// in place of http://.\n";
    let length = hint.len();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{hint}"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// More of an unfinished head is not read, and answered 431. Elasticsearch takes 16 KiB. Each connection may
/// hold as much memory.
const HEAD_SIZE: usize = 64 << 10;
