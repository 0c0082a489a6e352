//! What must always hold for stock.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Products that say they are in stock and are not, or the other way round.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn availability(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT p.id, CASE WHEN p.in_stock THEN 'it says it is in stock, and no variant is' \
           ELSE 'it says it is not in stock, and a variant is' END AS fault \
         FROM product p WHERE p.in_stock <> EXISTS ( \
           SELECT 1 FROM stock s JOIN variant v ON v.id = s.variant_id \
           WHERE s.product_id = p.id AND v.deleted_at IS NULL AND (NOT s.tracked OR s.on_hand > s.reserved))",
    )
    .await
}
