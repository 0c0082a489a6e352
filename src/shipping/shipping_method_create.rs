//! Making a way of shipping.

use super::{MOST_METHODS, MethodDraft, ShippingMethod, rules::MethodFields};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
    sellers::{
        self, Shop,
        members::{self, ShopPermission},
    },
};
use entity::ids::{SellerId, ShippingMethodId};
use entity::shipping::method::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

/// Makes another way in which the shop sends things.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the shop has too many; `NotFound` and Forbidden for whoever may not.
pub(crate) async fn shipping_method_create(
    caller: &Caller,
    tx: &Tx,
    seller: SellerId,
    draft: &MethodDraft,
) -> Result<ShippingMethodId> {
    let shop = shop_of(caller, tx, seller).await?;
    let new = MethodFields::read(draft, shop.currency)?;
    // Two who make the last at once may be one too many: the limit keeps lists short, and nothing hangs on it.
    let of_shop = Entity::find().filter(Column::SellerId.eq(seller));
    if of_shop.count(tx).await? >= MOST_METHODS {
        return Err(Error::Conflict(format!(
            "A shop has at most {MOST_METHODS} ways of shipping. Change one that is no longer used."
        )));
    }
    let (id, now) = (ShippingMethodId::generate(), caller.clock.now());
    let row = ShippingMethod {
        id,
        seller_id: seller,
        name: new.name,
        currency: shop.currency,
        price: new.price,
        free_from: new.free_from,
        countries: new.countries,
        min_days: new.min_days,
        max_days: new.max_days,
        active: new.active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let entry = Entry::new("shippingMethod.create", "shipping", id)
        .of_shop(seller)
        .is("name", &row.name)
        .is("price", row.price)
        .is("freeFrom", row.free_from)
        .is("countries", &row.countries)
        .is("active", row.active);
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}

/// The shop, where the caller may say what its things cost.
pub(super) async fn shop_of(caller: &Caller, tx: &Tx, seller: SellerId) -> Result<Shop> {
    members::may(tx, caller, seller, ShopPermission::PricesWrite).await?;
    let shops = sellers::shops_by_id(tx, &[seller]).await?;
    shops.into_iter().next().ok_or(Error::NotFound("seller"))
}
