//! Making a voucher.

use super::{VoucherDraft, VoucherRow, rules::VoucherFields};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    permissions::Permission,
    platform::database::Tx,
    sellers::{
        self,
        members::{self, ShopPermission},
    },
};
use entity::cart::voucher::Entity;
use entity::ids::{SellerId, VoucherId};
use entity::money::CurrencyCode;
use sea_orm::{EntityTrait, IntoActiveModel};

/// Makes a voucher of the shop, or of the platform where no shop is named.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when there is one of that code; `NotFound`, Unauthenticated and Forbidden for whoever may not.
pub(crate) async fn voucher_create(
    caller: &Caller,
    tx: &Tx,
    seller: Option<SellerId>,
    draft: &VoucherDraft,
) -> Result<VoucherId> {
    let currency = may_make(caller, tx, seller).await?;
    let new = VoucherFields::read(draft, currency)?;
    let (id, now) = (VoucherId::generate(), caller.clock.now());
    let entry = told(Entry::new("voucher.create", "voucher", id), &new);
    let entry = match seller {
        Some(seller) => entry.of_shop(seller),
        None => entry,
    };
    let row = VoucherRow {
        id,
        seller_id: seller,
        code: new.code,
        code_key: new.code_key,
        rate_bps: new.rate_bps,
        amount: new.amount,
        currency: new.currency,
        minimum: new.minimum,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        total_limit: new.total_limit,
        customer_limit: new.customer_limit,
        redeemed: 0,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let made = Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await;
    // PostgreSQL names the index, SQLite its columns.
    made.on_constraint("code", code_taken)?;
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}

pub(super) fn code_taken() -> Error {
    Error::invalid(
        "input.voucher.code",
        "There is a voucher of this code already. Choose another, or deactivate that one.",
    )
}

/// What is written down of a voucher.
pub(super) fn told(entry: Entry, fields: &VoucherFields) -> Entry {
    entry
        .is("code", &fields.code)
        .is("rateBps", fields.rate_bps)
        .is("amount", fields.amount)
        .is("minimum", fields.minimum)
        .is("startsAt", fields.starts_at)
        .is("endsAt", fields.ends_at)
        .is("totalLimit", fields.total_limit)
        .is("customerLimit", fields.customer_limit)
}

/// Lets those pass who make vouchers there; the currency of the shop.
pub(super) async fn may_make(
    caller: &Caller,
    tx: &Tx,
    seller: Option<SellerId>,
) -> Result<Option<CurrencyCode>> {
    let Some(seller) = seller else {
        caller.require(Permission::PricingManage)?;
        return Ok(None);
    };
    members::may(tx, caller, seller, ShopPermission::PricesWrite).await?;
    let shops = sellers::shops_by_id(tx, &[seller]).await?;
    let shop = shops.into_iter().next().ok_or(Error::NotFound("seller"))?;
    Ok(Some(shop.currency))
}

/// The same for a voucher that is there: whoever does not work in its shop does not learn that it is.
pub(super) async fn may_change(
    caller: &Caller,
    tx: &Tx,
    row: &VoucherRow,
) -> Result<Option<CurrencyCode>> {
    let may = may_make(caller, tx, row.seller_id).await;
    may.map_err(|error| match error {
        Error::NotFound(_) => Error::NotFound("voucher"),
        Error::Forbidden if row.seller_id.is_none() => Error::NotFound("voucher"),
        other => other,
    })
}
