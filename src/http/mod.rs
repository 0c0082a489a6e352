//! The HTTP edge.

mod graphql;
mod router;

pub use router::router;
