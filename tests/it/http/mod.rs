//! The HTTP edge. These tests ask for nothing but what every schema has.

mod error_codes;
mod graphql;
mod headers;
mod health;
mod hostile_documents;
mod media_types;
mod overload;
mod process;
