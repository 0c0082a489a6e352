//! What must always hold for carts and vouchers.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Vouchers whose number of uses is not that of their redemptions, or whose uses are not numbered from 1 without gaps.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn redemptions(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT v.id, 'it says it was used ' || v.redeemed || ' times, there are ' || coalesce(r.number, 0) \
           || ' uses, numbered up to ' || coalesce(r.last, 0) AS fault \
         FROM voucher v LEFT JOIN ( \
           SELECT voucher_id, count(*) AS number, max(slot) AS last FROM voucher_redemption WHERE slot IS NOT NULL GROUP BY voucher_id \
         ) r ON r.voucher_id = v.id \
         WHERE v.redeemed <> coalesce(r.number, 0) OR v.redeemed <> coalesce(r.last, 0)",
    )
    .await
}

/// Lines that are of another customer than their cart, or of another shop than what is bought.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn lines(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT l.id, 'its owner is not that of its cart, or its shop not that of its variant' AS fault \
         FROM cart_line l JOIN cart c ON c.id = l.cart_id JOIN variant v ON v.id = l.variant_id \
         WHERE l.seller_id <> v.seller_id OR l.customer_id IS DISTINCT FROM c.customer_id",
    )
    .await
}
