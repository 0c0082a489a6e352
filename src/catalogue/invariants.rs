//! What must always hold in the catalogue.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Products whose summary is not that of their living variants.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn summaries(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT p.id, 'it says ' || p.variant_count || ' variants from ' || p.price_min || ' to ' || p.price_max || \
           ', they are ' || coalesce(v.number, 0) || ' from ' || coalesce(v.lowest, 0) || ' to ' \
           || coalesce(v.highest, 0) AS fault \
         FROM product p LEFT JOIN ( \
           SELECT product_id, count(*) AS number, min(price) AS lowest, max(price) AS highest \
           FROM variant WHERE deleted_at IS NULL GROUP BY product_id) v ON v.product_id = p.id \
         WHERE p.variant_count <> coalesce(v.number, 0) OR p.price_min <> coalesce(v.lowest, 0) \
           OR p.price_max <> coalesce(v.highest, 0)",
    )
    .await
}

/// Living products that search does not know, and deleted ones that it does.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn search(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT p.id, CASE WHEN s.product_id IS NULL THEN 'search does not know it' \
           ELSE 'it is deleted, and search still knows it' END AS fault \
         FROM product p LEFT JOIN product_search s ON s.product_id = p.id \
         WHERE (s.product_id IS NULL) = (p.deleted_at IS NULL)",
    )
    .await
}
