//! Opening a shop to the public again.

use super::seller_suspend::set_status;
use crate::{
    audit, caller::Caller, error::Result, permissions::Permission, platform::database::Tx,
};
use entity::{ids::SellerId, sellers::seller::Status};

/// Opens a shop that was suspended: what it has for sale is listed and found again.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `NotFound`; Conflict when it is not suspended.
pub(crate) async fn seller_reinstate(caller: &Caller, tx: &Tx, id: SellerId) -> Result<()> {
    caller.require(Permission::SellersSuspend)?;
    let steps = (Status::Suspended, Status::Active);
    let entry = set_status(caller, tx, id, steps, "seller.reinstate").await?;
    audit::record(tx, caller, &[entry]).await
}
