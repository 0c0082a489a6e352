//! Tradewind's schema, as reversible migrations that run on SQLite and on PostgreSQL.
//!
//! Each is plain SQL (see [`sql`]), so that a database administrator can read what will happen and a linter can
//! check it. Changes follow expand → migrate → contract: the binaries before and after a migration both work on
//! the schema it leaves.

mod m20261121_000001_accounts;
mod m20261121_000002_sellers;
mod m20261121_000003_catalogue;
mod m20261121_000004_inventory;
mod m20261121_000005_reviews;
mod m20261121_000006_product_search;
mod m20261121_000007_catalogue_lists;
mod m20261121_000008_jobs;
mod m20261121_000009_outbox;
mod m20261121_000010_idempotency;
mod m20261121_000011_people;
mod m20261121_000012_audit;
mod m20261121_000013_seller_members;
mod m20261121_000014_refresh_token_used;
mod m20261121_000015_product_deleted_at;
mod m20261121_000016_factors;
mod m20261121_000017_oidc;
mod m20261121_000018_api_keys;
mod m20261121_000019_addresses;
mod m20261121_000020_row_level_security;
mod m20261121_000021_product_imports;
mod m20261121_000022_stock_ledger;
mod m20261121_000022_stock_lists;
mod m20261121_000023_ledger;
mod m20261121_000024_sagas;
mod m20261121_000025_payments;
mod m20261121_000025_sandbox_payments;
mod m20261121_000026_shipping;
mod m20261121_000027_cart;
mod m20261121_000028_orders;
mod m20261121_000029_order_view;
mod m20261121_000031_job_losses;
mod m20261121_000033_outbox_counted;
mod m20261121_000035_wallet_top_ups;
mod m20261121_000036_cancel_reasons;
mod m20261121_000037_orders_from_wallets;
pub mod sql;

use sea_orm_migration::prelude::*;
use sql::SqlMigration;

/// Every migration, oldest first.
pub const MIGRATIONS: &[SqlMigration] = &[
    m20261121_000001_accounts::MIGRATION,
    m20261121_000002_sellers::MIGRATION,
    m20261121_000003_catalogue::MIGRATION,
    m20261121_000004_inventory::MIGRATION,
    m20261121_000005_reviews::MIGRATION,
    m20261121_000006_product_search::MIGRATION,
    m20261121_000007_catalogue_lists::MIGRATION,
    m20261121_000008_jobs::MIGRATION,
    m20261121_000009_outbox::MIGRATION,
    m20261121_000010_idempotency::MIGRATION,
    m20261121_000011_people::MIGRATION,
    m20261121_000012_audit::MIGRATION,
    m20261121_000013_seller_members::MIGRATION,
    m20261121_000014_refresh_token_used::MIGRATION,
    m20261121_000015_product_deleted_at::MIGRATION,
    m20261121_000016_factors::MIGRATION,
    m20261121_000017_oidc::MIGRATION,
    m20261121_000018_api_keys::MIGRATION,
    m20261121_000019_addresses::MIGRATION,
    m20261121_000020_row_level_security::MIGRATION,
    m20261121_000021_product_imports::MIGRATION,
    m20261121_000022_stock_ledger::MIGRATION,
    m20261121_000022_stock_lists::MIGRATION,
    m20261121_000023_ledger::MIGRATION,
    m20261121_000024_sagas::MIGRATION,
    m20261121_000025_payments::MIGRATION,
    m20261121_000025_sandbox_payments::MIGRATION,
    m20261121_000026_shipping::MIGRATION,
    m20261121_000027_cart::MIGRATION,
    m20261121_000028_orders::MIGRATION,
    m20261121_000029_order_view::MIGRATION,
    m20261121_000031_job_losses::MIGRATION,
    m20261121_000033_outbox_counted::MIGRATION,
    m20261121_000035_wallet_top_ups::MIGRATION,
    m20261121_000036_cancel_reasons::MIGRATION,
    m20261121_000037_orders_from_wallets::MIGRATION,
];

/// Runs [`MIGRATIONS`] forwards and backwards.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        MIGRATIONS
            .iter()
            .map(|migration| Box::new(*migration) as Box<dyn MigrationTrait>)
            .collect()
    }
}
