//! The files behind each dialect.

pub(crate) mod elasticsearch;
pub(crate) mod iis;
pub(crate) mod redis_enterprise;
