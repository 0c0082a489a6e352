//! What lets totals move in the demo: two ways of shipping for each shop, tax in one country, and a code that makes things cheaper.

use crate::{
    error::Result,
    platform::{
        currency,
        database::{Tx, bulk},
    },
};
use chrono::{DateTime, Utc};
use entity::cart::voucher;
use entity::ids::{ShippingMethodId, VoucherId};
use entity::sellers::seller;
use entity::shipping::{method, tax_rate};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

/// The code that takes a tenth off all that is bought.
pub(super) const CODE: &str = "WELCOME";

/// Makes all of it.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn make(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    let shops = seller::Entity::find().all(tx).await?;
    let methods = shops.iter().flat_map(|shop| {
        [
            way(shop, "Standard", 5, Some(50), (2, 4), now),
            way(shop, "Express", 15, None, (1, 2), now),
        ]
    });
    bulk::insert::<method::Entity>(tx, methods.collect()).await?;
    let tax = tax_rate::Model {
        id: Uuid::now_v7(),
        country: "DE".to_owned(),
        region: String::new(),
        name: "VAT".to_owned(),
        rate_bps: 1_900,
        included: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tax.into_active_model().insert(tx).await?;
    let tenth = voucher::Model {
        id: VoucherId::generate(),
        seller_id: None,
        code: CODE.to_owned(),
        code_key: CODE.to_owned(),
        rate_bps: Some(1_000),
        amount: None,
        currency: None,
        minimum: None,
        starts_at: None,
        ends_at: None,
        total_limit: None,
        customer_limit: None,
        redeemed: 0,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tenth.into_active_model().insert(tx).await?;
    Ok(())
}

/// A way of shipping, with prices in whole units of the shop's currency.
fn way(
    shop: &seller::Model,
    name: &str,
    price: i64,
    free_from: Option<i64>,
    (min_days, max_days): (i16, i16),
    now: DateTime<Utc>,
) -> method::Model {
    let unit = 10_i64.pow(currency::exponent(shop.currency));
    method::Model {
        id: ShippingMethodId::generate(),
        seller_id: shop.id,
        name: name.to_owned(),
        currency: shop.currency,
        price: price * unit,
        free_from: free_from.map(|from| from * unit),
        countries: String::new(),
        min_days: Some(min_days),
        max_days: Some(max_days),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
