//! The surface of the npm package.
