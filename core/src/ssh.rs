//! SSH keys and certificates: their wire form (RFC 4251) and the files that OpenSSH keeps them in.

mod blob;
mod certificate;
mod key;
mod lines;
mod private;
mod seal;
mod wire;

pub(crate) use blob::blob_of;
pub(crate) use certificate::CertificateItem;
pub(crate) use lines::read as read_lines;
pub(crate) use private::{MAGIC as PRIVATE_MAGIC, RULES, read as read_private};
