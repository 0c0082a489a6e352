//! Saying what tax is due somewhere.

use super::{
    TaxDraft, TaxRateRow,
    rules::{country, name},
    tax_rates::MOST_REGIONS,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::database::Tx,
    ports::tax::region_key,
};
use entity::shipping::tax_rate::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

/// Where a rate holds: a country, and a region of it or nothing.
pub(crate) type Place = (String, String);

/// Says what tax is due in a country or a region of it, whatever was said of it before.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the country has too many regions; Unauthenticated and Forbidden for whoever may not.
pub(crate) async fn tax_rate_set(caller: &Caller, tx: &Tx, draft: &TaxDraft) -> Result<Place> {
    caller.require(Permission::PricingManage)?;
    let (country, region) = place(&draft.country, draft.region.as_deref())?;
    let bps = i16::try_from(draft.bps).ok();
    let bps = bps
        .filter(|bps| (0..=10_000).contains(bps))
        .ok_or_else(|| {
            let message = "Rates are basis points, from 0 to 10000: 1900 is 19 %.";
            Error::invalid("input.rateBps", message)
        })?;
    let title = name(&draft.name, 50, "input.name")?;
    let of_country = Entity::find().filter(Column::Country.eq(country.as_str()));
    let here = of_country
        .clone()
        .filter(Column::Region.eq(region.as_str()));
    let before = here.one(tx).await?;
    if before.is_none() && of_country.count(tx).await? > MOST_REGIONS {
        let message = format!("A country has rates for at most {MOST_REGIONS} regions.");
        return Err(Error::Conflict(message));
    }
    let now = caller.clock.now();
    let row = TaxRateRow {
        id: before.as_ref().map_or_else(Uuid::now_v7, |row| row.id),
        country: country.clone(),
        region: region.clone(),
        name: title,
        rate_bps: bps,
        included: draft.included,
        version: before.as_ref().map_or(1, |row| row.version + 1),
        created_at: before.as_ref().map_or(now, |row| row.created_at),
        updated_at: now,
    };
    let entry = Entry::named("taxRate.set", "tax_rate", format!("{country} {region}"))
        .change(
            "name",
            before.as_ref().map(|row| &row.name),
            Some(&row.name),
        )
        .change(
            "rateBps",
            before.as_ref().map(|row| row.rate_bps),
            Some(bps),
        )
        .change(
            "included",
            before.as_ref().map(|row| row.included),
            Some(row.included),
        );
    let mut over = OnConflict::columns([Column::Country, Column::Region]);
    over.update_columns([
        Column::Name,
        Column::RateBps,
        Column::Included,
        Column::Version,
        Column::UpdatedAt,
    ]);
    Entity::insert(row.into_active_model())
        .on_conflict(over)
        .exec_without_returning(tx)
        .await?;
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok((country, region))
}

/// A place as it is compared.
pub(super) fn place(country_code: &str, region: Option<&str>) -> Result<Place> {
    let country = country(country_code, "input.country")?;
    let region = region.unwrap_or_default();
    if region.trim().is_empty() {
        return Ok((country, String::new()));
    }
    let region = name(region, 50, "input.region")?;
    Ok((country, region_key(&region)))
}
