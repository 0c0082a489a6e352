//! The HTTP edge.

mod graphql;
