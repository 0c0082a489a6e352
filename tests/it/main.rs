//! Integration tests: one binary, one module per room, most of them through the HTTP edge, each on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::allow_attributes,
    clippy::disallowed_methods,
    reason = "what a test cannot do without fails it; the macro below makes modules that may not use all they import"
)]

#[macro_use]
mod support;

mod accounts;
mod answers;
mod attacks;
mod audit;
mod cart;
mod catalogue;
mod cost;
mod doctor;
mod documents;
mod examples;
mod http;
mod idempotency;
mod imports;
mod inventory;
mod jobs;
mod ledger;
mod limits;
mod live;
mod matrix;
mod migrations;
mod notifications;
mod orders;
mod outbox;
mod payments;
mod proofs;
mod sagas;
mod schema;
mod seed;
mod sellers;
mod settings;
mod shipping;
mod tidy;
mod transactions;
mod wallets;
