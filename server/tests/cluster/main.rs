//! Three servers as processes on a real etcd, and what becomes of certificates when machines die.
//!
//! Each node listens on a loopback address of its own, and reaches etcd through a relay of its own that can
//! be cut. Nodes do not speak to each other: a cut relay is a partition.

mod etcd;
mod faults;
mod ledger;
mod load;
mod node;
mod refusals;
mod relay;
mod world;
