//! What must always hold for stock.

use super::RefreshAvailability;
use crate::{
    error::Result,
    outbox,
    platform::database::{faults, time},
};
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

/// Totals of which more is promised than there is, or less than nothing. The database refuses them as well.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn never_oversold(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT variant_id AS id, CAST(reserved AS text) || ' units are promised, and there are ' || CAST(on_hand AS text) \
         AS fault FROM stock WHERE reserved < 0 OR reserved > on_hand";
    faults(db, sql).await
}

/// Levels that are not the sum of their movements.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn movements(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT level.variant_id AS id, 'at one of its locations lie ' || CAST(level.on_hand AS text) || ', and its movements come to ' || CAST(coalesce(moved.units, 0) AS text) AS fault \
         FROM stock_level AS level LEFT JOIN ( \
             SELECT variant_id, location_id, sum(delta) AS units FROM stock_movement GROUP BY variant_id, location_id \
         ) AS moved ON moved.variant_id = level.variant_id AND moved.location_id = level.location_id \
         WHERE level.on_hand <> coalesce(moved.units, 0)";
    faults(db, sql).await
}

/// Totals that are not the sum of what lies at the locations.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn totals(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT stock.variant_id AS id, 'there are ' || CAST(stock.on_hand AS text) || ', and at locations lie ' \
         || CAST(coalesce(lying.units, 0) AS text) AS fault FROM stock LEFT JOIN ( \
             SELECT variant_id, sum(on_hand) AS units FROM stock_level GROUP BY variant_id \
         ) AS lying ON lying.variant_id = stock.variant_id \
         WHERE stock.on_hand <> coalesce(lying.units, 0)";
    faults(db, sql).await
}

/// Totals of which another number is promised than reservations say.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn reservations(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT stock.variant_id AS id, CAST(stock.reserved AS text) || ' units are promised, and reservations come to ' \
         || CAST(coalesce(live.units, 0) AS text) AS fault FROM stock LEFT JOIN ( \
             SELECT variant_id, sum(quantity) AS units FROM stock_reservation WHERE state = 'LIVE' AND counted GROUP BY variant_id \
         ) AS live ON live.variant_id = stock.variant_id \
         WHERE stock.reserved <> coalesce(live.units, 0)";
    faults(db, sql).await
}

/// Reservations that nobody gave back, though their time was over long ago.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn expired(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let long_ago = time::from_now(db.get_database_backend(), "-1800");
    let sql = format!(
        "SELECT id, 'its time was over half an hour ago, and it is live' AS fault FROM stock_reservation \
         WHERE state = 'LIVE' AND expires_at < {long_ago}"
    );
    faults(db, &sql).await
}
