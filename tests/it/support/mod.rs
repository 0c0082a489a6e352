//! What the tests stand on.

mod actors;
mod app;
mod client;
mod database;
mod mails;
mod postgres;
mod redis;
pub mod sagas;
mod secrets;
mod server;
pub mod shops;
mod sql;

pub use actors::{admin, someone, stepped_up};
pub use app::{TestApp, settings};
pub use client::{Reply, gql_request};
pub use database::{TestDatabase, variable};
pub use mails::Mails;
pub use postgres::OwnPostgres;
pub use redis::{RedisServer, shared_redis};
pub use secrets::Watch;
pub use server::{Server, tradewind};

/// Makes each test run on SQLite and on PostgreSQL. Where PostgreSQL does not answer, the test says so and passes,
/// unless `CI` is set.
macro_rules! on_both_databases {
    ($($(#[doc = $doc:literal])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[doc = $doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn check($app: TestApp) $body

            #[tokio::test]
            async fn on_sqlite() {
                check(TestApp::on_sqlite().await).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(app) = TestApp::on_postgres().await {
                    check(app).await;
                }
            }
        }
    )+};
}
