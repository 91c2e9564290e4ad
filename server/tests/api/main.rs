//! The whole service in this process, asked as clients ask it.

mod elasticsearch;
mod iis;
mod java;
mod page;
mod redis_enterprise;
mod service;
mod shield;
mod support;
