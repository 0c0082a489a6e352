//! The ratings of products and shops: projections of the reviews, kept where lists sort by them.

use crate::catalogue::product_hold;
use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Sums the ratings of `products`, and of the shops they belong to, anew.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(tx: &Tx, products: &[ProductId]) -> Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let run = async |sql: String| {
        let ids = lists::of_ids(backend, products);
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
            .await
    };
    let shops = format!("(SELECT seller_id FROM product WHERE id {among})");
    product_hold(tx, products).await?;
    run(format!(
        "UPDATE product SET rating_sum = s.total, rating_count = s.number, rating_average = \
             CASE WHEN s.number = 0 THEN 0 ELSE (s.total * 100 + s.number / 2) / s.number END \
         FROM (SELECT product.id, coalesce(sum(r.rating), 0) AS total, count(r.id) AS number \
               FROM product LEFT JOIN review r ON r.product_id = product.id AND r.deleted_at IS NULL \
               WHERE product.id {among} GROUP BY product.id) AS s \
         WHERE product.id = s.id AND (product.rating_sum <> s.total OR product.rating_count <> s.number)"
    ))
    .await?;
    if backend == DbBackend::Postgres {
        // Held before they are summed: a sum that waited for another transaction's would miss its reviews.
        run(format!(
            "SELECT id FROM seller WHERE id IN {shops} ORDER BY id FOR NO KEY UPDATE"
        ))
        .await?;
    }
    // From the products' sums, which are right by now, rather than from all reviews of the shop.
    run(format!(
        "UPDATE seller SET rating_sum = s.total, rating_count = s.number \
         FROM (SELECT seller_id, CAST(sum(rating_sum) AS bigint) AS total, CAST(sum(rating_count) AS bigint) AS number \
               FROM product WHERE seller_id IN {shops} GROUP BY seller_id) AS s \
         WHERE seller.id = s.seller_id AND (seller.rating_sum <> s.total OR seller.rating_count <> s.number)"
    ))
    .await?;
    Ok(())
}
