//! The screens.

pub mod inspector;
pub mod landing;

pub use inspector::Inspector;
pub use landing::Landing;
