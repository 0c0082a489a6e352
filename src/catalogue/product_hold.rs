//! Holding products, so that what is derived from their parts is derived by one transaction at a time.

use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Holds the rows of `products` until the transaction ends, taken in the order of their ids, so that two that hold
/// the same products never wait for each other in a circle. Without it, two transactions that change different
/// variants of a product would each derive a projection from a state without the other's change.
///
/// Where several kinds of rows are held, stock comes before products and products before shops.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn product_hold(tx: &Tx, products: &[ProductId]) -> Result<()> {
    let backend = tx.get_database_backend();
    // A transaction that may write is alone on SQLite.
    if backend == DbBackend::Postgres && !products.is_empty() {
        let sql = format!(
            "SELECT id FROM product WHERE id {} ORDER BY id FOR NO KEY UPDATE",
            lists::among_ids(backend)
        );
        let ids = lists::of_ids(backend, products);
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
            .await?;
    }
    Ok(())
}
