//! The way from one node to etcd, which can be cut: what is under way then waits, as in a network.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) port: u16,
    state: Arc<(Mutex<bool>, Condvar)>,
}

impl Relay {
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::default(),
        };
        let own = relay.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = own.clone();
                thread::spawn(move || own.carry(&stream, port));
            }
        });
        relay
    }

    pub(crate) fn cut(&self) {
        *self.state.0.lock().unwrap() = true;
    }

    pub(crate) fn mend(&self) {
        *self.state.0.lock().unwrap() = false;
        self.state.1.notify_all();
    }

    fn wait(&self) {
        let cut = self.state.0.lock().unwrap();
        drop(self.state.1.wait_while(cut, |cut| *cut).unwrap());
    }

    fn carry(&self, node: &TcpStream, port: u16) {
        self.wait();
        let Ok(etcd) = TcpStream::connect(("127.0.0.1", port)) else {
            let _ = node.shutdown(Shutdown::Both);
            return;
        };
        thread::scope(|scope| {
            scope.spawn(|| self.copy(node, &etcd));
            self.copy(&etcd, node);
        });
    }

    fn copy(&self, mut from: &TcpStream, mut to: &TcpStream) {
        from.set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    self.wait();
                    if to.write_all(&buffer[..read]).is_err() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
        }
        let _ = to.shutdown(Shutdown::Write);
        let _ = from.shutdown(Shutdown::Read);
    }
}
