//! The threads that answer: one for each processor, each with connections of its own.
//!
//! Nothing of a connection goes from one thread to another, so that none has to wake the other for it.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

/// Threads that run what they are given, until this is dropped.
pub(super) struct Workers {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    threads: Vec<JoinHandle<()>>,
    /// Dropped to end them.
    lives: Option<watch::Sender<()>>,
}

impl Workers {
    pub(super) fn start() -> io::Result<Self> {
        let (lives, life) = watch::channel(());
        let mut workers = Self {
            runtimes: Vec::new(),
            next: AtomicUsize::new(0),
            threads: Vec::new(),
            lives: Some(lives),
        };
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            workers.runtimes.push(runtime.handle().clone());
            let mut life = life.clone();
            let thread = thread::Builder::new().name("answers".to_owned());
            workers.threads.push(thread.spawn(move || {
                // An error says that the other end was dropped.
                while runtime.block_on(life.changed()).is_ok() {}
            })?);
        }
        Ok(workers)
    }

    /// The thread whose turn it is.
    pub(super) fn next(&self) -> &Handle {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.runtimes.len();
        // There is one at least.
        &self.runtimes[at]
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.lives = None;
        for thread in self.threads.drain(..) {
            // What panicked has said so.
            let _ = thread.join();
        }
    }
}
