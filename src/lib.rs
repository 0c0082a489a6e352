//! Tradewind, a headless marketplace backend: many sellers, one GraphQL API, one binary.

pub mod accounts;
pub mod app;
pub mod audit;
pub mod caller;
pub mod cart;
pub mod cli;
pub mod error;
pub mod graphql;
pub mod http;
pub mod idempotency;
pub mod inventory;
pub mod jobs;
pub mod ledger;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod platform;
pub mod ports;
pub mod purging;

mod background;
mod catalogue;
mod closing;
mod data_export;
mod doctor;
mod imports;
mod notifications;
pub mod permissions;
mod reviews;
pub mod sagas;
pub mod scopes;
pub mod seed;
mod sellers;
mod shipping;
mod steering;
mod wallets;
pub mod worker;
