//! The server behind `certlens serve`, as a library.
