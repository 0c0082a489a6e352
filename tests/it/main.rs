//! Integration tests: one binary, one module per room, most of them through the HTTP edge, each on both databases.

#[macro_use]
mod support;

mod imports;
mod migrations;
