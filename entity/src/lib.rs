//! Tradewind's tables as SeaORM entities.
//!
//! One folder per room: the path says which room of the server owns a table. Relations are declared only
//! inside a room; across rooms a table holds a typed id (see [`ids`]) and the migration holds the foreign key.
//! The truth about columns, constraints and indexes is the `migration` crate; a test compares the two.

pub mod accounts;
pub mod audit;
pub mod cart;
pub mod catalogue;
pub mod ids;
pub mod imports;
pub mod inventory;
pub mod jobs;
pub mod ledger;
pub mod money;
pub mod orders;
pub mod payments;
pub mod reviews;
pub mod role;
pub mod sagas;
pub mod sellers;
pub mod shipping;
pub mod wallets;
