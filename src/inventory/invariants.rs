//! What must always hold for stock.

use super::RefreshAvailability;
use crate::{error::Result, outbox, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Products that say they are in stock and are not, or the other way round, though nothing is under way that would make it so.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn availability(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let is_pending = outbox::is_pending::<RefreshAvailability>(db.get_database_backend(), "p.id");
    let sql = format!(
        "SELECT p.id, CASE WHEN p.in_stock THEN 'it says it is in stock, and no variant is' \
           ELSE 'it says it is not in stock, and a variant is' END AS fault \
         FROM product p WHERE p.in_stock <> EXISTS ( \
           SELECT 1 FROM stock s JOIN variant v ON v.id = s.variant_id \
           WHERE s.product_id = p.id AND v.deleted_at IS NULL AND (NOT s.tracked OR s.on_hand > s.reserved)) \
           AND NOT {is_pending}"
    );
    faults(db, &sql).await
}
