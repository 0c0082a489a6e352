//! What a product says of its variants: their number and range of prices, kept on the product for lists to sort by.

use super::product_hold::product_hold;
use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, Statement};

/// Derives the summary of `products` from their living variants anew.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(tx: &Tx, products: &[ProductId]) -> Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    product_hold(tx, products).await?;
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let sql = format!(
        "UPDATE product SET price_min = s.price_min, price_max = s.price_max, variant_count = s.variant_count \
         FROM (SELECT product.id, coalesce(min(v.price), 0) AS price_min, coalesce(max(v.price), 0) AS price_max, \
                 count(v.id) AS variant_count \
               FROM product LEFT JOIN variant v ON v.product_id = product.id AND v.deleted_at IS NULL \
               WHERE product.id {among} GROUP BY product.id) AS s \
         WHERE product.id = s.id AND (product.price_min <> s.price_min OR product.price_max <> s.price_max \
             OR product.variant_count <> s.variant_count)"
    );
    let ids = lists::of_ids(backend, products);
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
        .await?;
    Ok(())
}
