//! The network of one node, and the way from it to etcd, which can be cut.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::relay::Relay;

pub(crate) enum Network {
    /// A namespace of the node's own, joined to this machine by a cable that can be pulled: what is sent is
    /// lost then, and nobody is told.
    Namespace(Namespace),
    /// A loopback address of the node's own, and a relay to etcd.
    Loopback { host: String, relay: Relay },
}

impl Network {
    /// A namespace where this machine allows it.
    pub(crate) fn new(number: usize, etcd: u16) -> Self {
        Namespace::new(etcd).map_or_else(|| Self::loopback(number, etcd), Self::Namespace)
    }

    /// Number 1 is on 127.0.0.2, and so on.
    pub(crate) fn loopback(number: usize, etcd: u16) -> Self {
        Self::Loopback {
            host: format!("127.0.0.{}", number + 1),
            relay: Relay::to(etcd),
        }
    }

    /// What the node listens on.
    pub(crate) fn host(&self) -> &str {
        match self {
            Self::Namespace(_) => "127.0.0.1",
            Self::Loopback { host, .. } => host,
        }
    }

    /// Where the node finds etcd: `HOST:PORT`.
    pub(crate) fn etcd(&self) -> String {
        match self {
            Self::Namespace(own) => format!("{}:{}", own.outside, own.etcd),
            Self::Loopback { relay, .. } => format!("127.0.0.1:{}", relay.port),
        }
    }

    /// The place of a service of the node.
    pub(crate) fn place(&self, url: &str) -> Place {
        Place {
            namespace: match self {
                Self::Namespace(own) => Some(own.name.clone()),
                Self::Loopback { .. } => None,
            },
            url: url.to_owned(),
        }
    }

    pub(crate) fn cut(&self) {
        match self {
            Self::Namespace(own) => own.set("down"),
            Self::Loopback { relay, .. } => relay.cut(),
        }
    }

    pub(crate) fn mend(&self) {
        match self {
            Self::Namespace(own) => own.set("up"),
            Self::Loopback { relay, .. } => relay.mend(),
        }
    }

    /// In words, for a report.
    pub(crate) fn told(&self) -> &'static str {
        match self {
            Self::Namespace(_) => "a network namespace of its own",
            Self::Loopback { .. } => "a loopback address of its own",
        }
    }
}

/// Where a service is, and from where it can be reached.
#[derive(Clone)]
pub(crate) struct Place {
    namespace: Option<String>,
    pub(crate) url: String,
}

impl Place {
    /// A program that runs where the service does.
    pub(crate) fn command(&self, program: &str) -> Command {
        let Some(namespace) = &self.namespace else {
            return Command::new(program);
        };
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace, program]);
        command
    }
}

pub(crate) struct Namespace {
    name: String,
    /// The address of this machine at the other end of the cable.
    outside: String,
    etcd: u16,
}

impl Namespace {
    fn new(etcd: u16) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (process, next) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let name = format!("c{process}x{next}");
        // Four addresses each: for two ends, and those that stand for all and nothing.
        let block = format!("10.{}.{}", 128 + process % 128, next / 64 % 256);
        let at = |offset: u32| format!("{block}.{}", next % 64 * 4 + offset);
        let own = Self {
            outside: at(1),
            etcd,
            name: name.clone(),
        };
        let (outside, inside) = (format!("{}/30", at(1)), format!("{}/30", at(2)));
        ip(&["netns", "add", &name])?;
        // From here on it is taken away again by `drop`.
        let cable = ["link", "add", &name, "type", "veth", "peer", "name", "etcd"];
        ip(&[&cable[..], &["netns", &name]].concat())?;
        ip(&["address", "add", &outside, "dev", &name])?;
        ip(&["link", "set", &name, "up"])?;
        ip(&["-n", &name, "link", "set", "lo", "up"])?;
        ip(&["-n", &name, "address", "add", &inside, "dev", "etcd"])?;
        ip(&["-n", &name, "link", "set", "etcd", "up"])?;
        Some(own)
    }

    fn set(&self, state: &str) {
        ip(&["link", "set", &self.name, state]).expect("a cable that can be pulled");
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The cable goes with it.
        ip(&["netns", "delete", &self.name]);
    }
}

fn ip(arguments: &[&str]) -> Option<()> {
    let run = Command::new("ip")
        .args(arguments)
        .stderr(Stdio::null())
        .status();
    run.is_ok_and(|status| status.success()).then_some(())
}
