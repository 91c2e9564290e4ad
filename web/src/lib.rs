//! The page, as a library that its two programs, page and worker, share.
