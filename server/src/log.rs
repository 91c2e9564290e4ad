//! Log lines: gathered by whoever has one to write, and written by one thread, many at a time.

pub(crate) mod about;
pub(crate) mod line;

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Writes log lines until it is dropped: then all of them are written.
pub(crate) struct LogWriter {
    lines: Lines,
    thread: Option<JoinHandle<()>>,
}

/// Takes log lines. One call is one line.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shared>);

struct Shared {
    gathered: Mutex<Gathered>,
    /// There is something to write, or the end has come.
    filled: Condvar,
    /// There is room again.
    emptied: Condvar,
}

#[derive(Default)]
struct Gathered {
    octets: Vec<u8>,
    is_ended: bool,
}

impl LogWriter {
    /// Starts the thread.
    pub(crate) fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let lines = Lines(Arc::new(Shared {
            gathered: Mutex::default(),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        }));
        let theirs = lines.clone();
        let thread = thread::Builder::new().name("log".to_owned());
        let thread = thread.spawn(move || theirs.write_to(out))?;
        Ok(Self {
            lines,
            thread: Some(thread),
        })
    }

    /// Where lines go.
    pub(crate) fn lines(&self) -> Lines {
        self.lines.clone()
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        self.lines.lock().is_ended = true;
        self.lines.0.filled.notify_one();
        if let Some(thread) = self.thread.take() {
            // It panics only where the output does, and then there is nobody to tell.
            let _ = thread.join();
        }
    }
}

impl Lines {
    fn write_to(&self, mut out: impl Write) {
        let mut octets = Vec::new();
        loop {
            let gathered = self.lock();
            let is_idle =
                |gathered: &mut Gathered| gathered.octets.is_empty() && !gathered.is_ended;
            let gathered = self.0.filled.wait_while(gathered, is_idle);
            let gathered = gathered.unwrap_or_else(PoisonError::into_inner);
            // Whoever writes next need not wake this thread for it.
            let is_short =
                |gathered: &mut Gathered| gathered.octets.len() < BATCH && !gathered.is_ended;
            let waited = self.0.filled.wait_timeout_while(gathered, PAUSE, is_short);
            let (mut gathered, _) = waited.unwrap_or_else(PoisonError::into_inner);
            mem::swap(&mut octets, &mut gathered.octets);
            let is_ended = gathered.is_ended;
            drop(gathered);
            self.0.emptied.notify_all();
            // Where standard error is gone, the service goes on without a log.
            let _ = out.write_all(&octets).and_then(|()| out.flush());
            octets.clear();
            if is_ended {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        let gathered = self.0.gathered.lock();
        gathered.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let gathered = self.lock();
        let is_full = |gathered: &mut Gathered| FULL <= gathered.octets.len() && !gathered.is_ended;
        let gathered = self.0.emptied.wait_while(gathered, is_full);
        let mut gathered = gathered.unwrap_or_else(PoisonError::into_inner);
        let before = gathered.octets.len();
        gathered.octets.extend_from_slice(line);
        let is_waited_for = before == 0 || (before < BATCH && BATCH <= gathered.octets.len());
        drop(gathered);
        if is_waited_for {
            self.0.filled.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long lines are gathered before they are written.
const PAUSE: Duration = Duration::from_millis(20);

/// So many octets are written without waiting for more.
const BATCH: usize = 64 << 10;

/// More are not held: whoever has a line waits until the output took some. No line is lost.
const FULL: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Takes a batch whenever it may.
    struct Slow(Receiver<()>, Sender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(io::Error::other)?;
            self.1.send(octets.to_vec()).map_err(io::Error::other)?;
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_of_many_threads_are_whole_and_all_there_in_the_end() {
        let ((go, may), (send, written)) = (channel(), channel());
        let writer = LogWriter::start(Slow(may, send)).unwrap();
        (0..1000).for_each(|_| go.send(()).unwrap());
        thread::scope(|scope| {
            for name in 'a'..='d' {
                let mut lines = writer.lines();
                scope.spawn(move || {
                    for at in 0..500 {
                        let line = format!("{name}{at}").repeat(40) + "\n";
                        lines.write_all(line.as_bytes()).unwrap();
                    }
                });
            }
        });
        drop(writer);
        let text: Vec<u8> = written.iter().flatten().collect();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 2000);
        for name in 'a'..='d' {
            let theirs = text.lines().filter(|line| line.starts_with(name));
            let expected = (0..500).map(|at| format!("{name}{at}").repeat(40));
            assert!(theirs.eq(expected), "{name}");
        }
    }

    #[test]
    fn an_output_that_takes_nothing_is_waited_for() {
        let ((go, may), (send, written)) = (channel(), channel());
        let writer = LogWriter::start(Slow(may, send)).unwrap();
        let mut lines = writer.lines();
        let line = vec![b'x'; FULL];
        lines.write_all(&line).unwrap();
        let (done, is_done) = channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                // The first is being written, the second waits, the third does not fit.
                lines.write_all(&line).unwrap();
                lines.write_all(b"last").unwrap();
                done.send(()).unwrap();
            });
            go.send(()).unwrap();
            assert_eq!(written.recv().unwrap().len(), FULL);
            go.send(()).unwrap();
            assert_eq!(written.recv().unwrap().len(), FULL);
            is_done.recv().unwrap();
        });
        go.send(()).unwrap();
        drop(writer);
        assert_eq!(written.recv().unwrap(), b"last");
    }
}
