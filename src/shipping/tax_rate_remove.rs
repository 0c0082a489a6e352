//! Saying no longer what tax is due somewhere.

use super::tax_rate_set::place;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::database::Tx,
};
use entity::shipping::tax_rate::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Takes away what was said of this very place. What is due in a region is what is due in its country then.
///
/// # Errors
/// Invalid, naming what is wrong; `NotFound`; Unauthenticated and Forbidden for whoever may not.
pub(crate) async fn tax_rate_remove(
    caller: &Caller,
    tx: &Tx,
    country: &str,
    region: Option<&str>,
) -> Result<()> {
    caller.require(Permission::PricingManage)?;
    let (country, region) = place(country, region)?;
    let here = Entity::delete_many()
        .filter(Column::Country.eq(country.as_str()))
        .filter(Column::Region.eq(region.as_str()));
    let gone = here.exec_with_returning(tx).await?;
    let row = gone.into_iter().next().ok_or(Error::NotFound("tax rate"))?;
    let entry = Entry::named("taxRate.remove", "tax_rate", format!("{country} {region}"))
        .was("name", row.name)
        .was("rateBps", row.rate_bps)
        .was("included", row.included);
    audit::record(tx, caller, &[entry]).await
}
