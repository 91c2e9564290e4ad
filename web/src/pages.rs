//! The screens.

pub mod explain;
pub mod inspector;
pub mod landing;

pub use explain::Explain;
pub use inspector::Inspector;
pub use landing::Landing;
