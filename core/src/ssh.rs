//! SSH keys and certificates: the wire form (RFC 4251) and the files that OpenSSH keeps them in.

mod blob;

pub(crate) use blob::blob_of;
