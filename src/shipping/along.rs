//! What is read along with a cart, as one value each: the ways of shipping of its shops, and the rates of tax where it goes. So a cart takes
//! no statements of their own for them.

use super::ShippingMethod;
use crate::{
    error::{Error, Result},
    ports::tax::{FlatRate, TaxRate},
};
use chrono::{DateTime, Utc};
use entity::ids::{SellerId, ShippingMethodId};
use sea_orm::DbBackend;
use serde::Deserialize;

/// SQL of the ways of shipping that can be chosen of the shops that the query `sellers` selects: one value, see [`methods_of`].
pub(crate) fn methods_sql(backend: DbBackend, sellers: &str) -> String {
    let row = match backend {
        DbBackend::Postgres => "CAST(json_agg(row_to_json(method)) AS text)",
        _ => {
            "json_group_array(json_object('id', lower(hex(id)), 'seller_id', lower(hex(seller_id)), 'name', name, \
             'currency', currency, 'price', price, 'free_from', free_from, 'countries', countries, 'min_days', min_days, \
             'max_days', max_days, 'version', version, 'created_at', created_at, 'updated_at', updated_at))"
        }
    };
    format!(
        "(SELECT {row} FROM shipping_method AS method WHERE method.active AND method.seller_id IN ({sellers}))"
    )
}

/// SQL of the table's lines of the country that the expression `country` names: one value, see [`rates_of`].
pub(crate) fn rates_sql(backend: DbBackend, country: &str) -> String {
    let row = match backend {
        DbBackend::Postgres => "CAST(json_agg(row_to_json(rate)) AS text)",
        _ => {
            "json_group_array(json_object('region', region, 'name', name, 'rate_bps', rate_bps, \
             'included', json(CASE WHEN included THEN 'true' ELSE 'false' END)))"
        }
    };
    format!("(SELECT {row} FROM tax_rate AS rate WHERE rate.country = {country})")
}

#[derive(Deserialize)]
struct Method {
    id: ShippingMethodId,
    seller_id: SellerId,
    name: String,
    currency: String,
    price: i64,
    free_from: Option<i64>,
    countries: String,
    min_days: Option<i16>,
    max_days: Option<i16>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The ways of shipping in what [`methods_sql`] gave, in the order in which they were made.
///
/// # Errors
/// Internal where it is none of that.
pub(crate) fn methods_of(text: Option<&str>) -> Result<Vec<ShippingMethod>> {
    let rows: Vec<Method> = list(text)?;
    let methods = rows.into_iter().map(|row| {
        Ok(ShippingMethod {
            id: row.id,
            seller_id: row.seller_id,
            name: row.name,
            currency: row.currency.parse()?,
            price: row.price,
            free_from: row.free_from,
            countries: row.countries,
            min_days: row.min_days,
            max_days: row.max_days,
            active: true,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    });
    let mut methods = methods.collect::<Result<Vec<_>>>()?;
    methods.sort_unstable_by_key(|method| method.id);
    Ok(methods)
}

#[derive(Deserialize)]
struct Rate {
    region: String,
    name: String,
    #[serde(rename = "rate_bps")]
    bps: i16,
    included: bool,
}

/// The lines in what [`rates_sql`] gave.
///
/// # Errors
/// Internal where it is none of that.
pub(crate) fn rates_of(text: Option<&str>) -> Result<Vec<FlatRate>> {
    let rows: Vec<Rate> = list(text)?;
    let rates = rows.into_iter().map(|row| FlatRate {
        region: row.region,
        rate: TaxRate {
            name: row.name,
            bps: row.bps,
            included: row.included,
        },
    });
    Ok(rates.collect())
}

/// PostgreSQL says nothing where there are no rows.
fn list<'a, T: Deserialize<'a>>(text: Option<&'a str>) -> Result<Vec<T>> {
    let list = text.map(serde_json::from_str).transpose();
    Ok(list.map_err(Error::internal)?.unwrap_or_default())
}
