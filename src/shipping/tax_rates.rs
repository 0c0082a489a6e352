//! Finding rates of tax.

use super::TaxRateRow;
use crate::{
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::shipping::tax_rate::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, sea_query::Expr};
use std::sync::Arc;

/// Most regions of a country that have rates of their own; one country has fewer.
pub(super) const MOST_REGIONS: u64 = 200;

/// Rates by country.
pub(crate) fn tax_rate_order() -> Order<TaxRateRow> {
    Order {
        name: "tax rates by country",
        key: Some(Expr::col((Entity, Column::Country))),
        id: Expr::col((Entity, Column::Id)),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::Text(row.country.clone()),
            id: row.id,
        },
    }
}

/// A page of all rates.
///
/// # Errors
/// Unauthenticated and Forbidden for whoever may not see them.
pub(crate) async fn list_tax_rates(caller: &Caller, page: &Page) -> Result<Slice<TaxRateRow>> {
    caller.require(Permission::PricingManage)?;
    let all = Entity::find().into_query();
    keyset::fetch(caller.database.write(), all, &tax_rate_order(), page).await
}

/// How many rates there are.
///
/// # Errors
/// Unauthenticated and Forbidden for whoever may not see them.
pub(crate) async fn count_tax_rates(caller: &Caller) -> Result<u64> {
    caller.require(Permission::PricingManage)?;
    keyset::count(caller.database.write(), Entity::find().into_query()).await
}

/// The rate of this very place, as it was just written.
///
/// # Errors
/// Unauthenticated and Forbidden for whoever may not see it; `NotFound`.
pub(crate) async fn tax_rate(
    caller: &Caller,
    country: &str,
    region: &str,
) -> Result<Arc<TaxRateRow>> {
    caller.require(Permission::PricingManage)?;
    let found = Entity::find()
        .filter(Column::Country.eq(country))
        .filter(Column::Region.eq(region))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("tax rate"))
}
