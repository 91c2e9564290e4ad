//! Three servers as processes on a real etcd, and what becomes of certificates when machines die.
//!
//! Each node has a network namespace of its own where this machine allows it, else a loopback address, and a
//! way of its own to etcd that can be cut. Nodes do not speak to each other: a cut way is a partition.

mod etcd;
mod faults;
mod ledger;
mod load;
mod network;
mod node;
mod refusals;
mod relay;
#[path = "../shared/until.rs"]
mod until;
mod world;
