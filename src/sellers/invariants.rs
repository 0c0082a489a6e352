//! What must always hold for shops.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Shops that count their active products wrongly.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn active_products(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT s.id, 'it says ' || s.active_products || ' active products, they are ' || coalesce(p.number, 0) AS fault \
         FROM seller s LEFT JOIN ( \
           SELECT seller_id, count(*) AS number FROM product WHERE status = 'ACTIVE' GROUP BY seller_id \
         ) p ON p.seller_id = s.id \
         WHERE s.active_products <> coalesce(p.number, 0)",
    )
    .await
}
