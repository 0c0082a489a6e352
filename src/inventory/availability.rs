//! Whether a product can be bought at all, kept on the product for lists to filter by.

use crate::catalogue::product_hold;
use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, Statement};

/// Derives from the stock whether `products` can be bought: whether any living variant has a unit that is promised
/// to nobody, or is not counted. Returns those of which that is otherwise now.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(tx: &Tx, products: &[ProductId]) -> Result<Vec<ProductId>> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    product_hold(tx, products).await?;
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let sql = format!(
        "UPDATE product SET in_stock = s.in_stock \
         FROM (SELECT product.id, buyable.product_id IS NOT NULL AS in_stock FROM product LEFT JOIN ( \
                 SELECT DISTINCT stock.product_id FROM stock JOIN variant ON variant.id = stock.variant_id \
                 WHERE stock.product_id {among} AND variant.product_id {among} AND variant.deleted_at IS NULL \
                   AND (NOT stock.tracked OR stock.on_hand > stock.reserved) \
               ) AS buyable ON buyable.product_id = product.id WHERE product.id {among}) AS s \
         WHERE product.id = s.id AND product.in_stock <> s.in_stock RETURNING product.id"
    );
    let ids = lists::of_ids(backend, products);
    let statement = Statement::from_sql_and_values(backend, sql, [ids]);
    let turned = tx.query_all_raw(statement).await?;
    let turned = turned.iter().map(|row| row.try_get_by_index(0));
    Ok(turned.collect::<Result<_, _>>()?)
}
