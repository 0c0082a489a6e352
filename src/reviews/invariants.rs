//! What must always hold for reviews.

use super::events::RefreshRatings;
use crate::{error::Result, outbox, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Products whose ratings are not those of their reviews, though nothing is under way that would make them so.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn product_ratings(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let is_pending = outbox::is_pending::<RefreshRatings>(db.get_database_backend(), "p.id");
    let sql = format!(
        "SELECT p.id, 'it says ' || p.rating_count || ' ratings of ' || p.rating_sum || ' stars and a mean of ' || \
           p.rating_average || ' hundredths, its reviews are ' || coalesce(r.number, 0) || ' of ' || coalesce(r.total, 0) \
           AS fault \
         FROM product p LEFT JOIN ( \
           SELECT product_id, count(*) AS number, sum(rating) AS total \
           FROM review WHERE deleted_at IS NULL GROUP BY product_id) r ON r.product_id = p.id \
         WHERE (p.rating_count <> coalesce(r.number, 0) OR p.rating_sum <> coalesce(r.total, 0) \
           OR p.rating_average <> CASE WHEN p.rating_count = 0 THEN 0 \
             ELSE (p.rating_sum * 100 + p.rating_count / 2) / p.rating_count END) \
           AND NOT {is_pending}"
    );
    faults(db, &sql).await
}

/// Shops whose ratings are not those of their products.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn seller_ratings(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT s.id, 'it says ' || s.rating_count || ' ratings of ' || s.rating_sum || ' stars, its products have ' || \
           coalesce(p.number, 0) || ' of ' || coalesce(p.total, 0) AS fault \
         FROM seller s LEFT JOIN ( \
           SELECT seller_id, sum(rating_count) AS number, sum(rating_sum) AS total FROM product GROUP BY seller_id \
         ) p ON p.seller_id = s.id \
         WHERE s.rating_count <> coalesce(p.number, 0) OR s.rating_sum <> coalesce(p.total, 0)",
    )
    .await
}
