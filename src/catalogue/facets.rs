//! Facets of a search: how many matches there are in each category, shop, price range and so on.
//!
//! A facet leaves its own filter aside: who has picked one shop still sees how many matches the others have. All
//! facets of a search are counted in one statement, over no more than [`keyset::COUNT_LIMIT`] matches.

use super::{
    ProductFilter, cached,
    search::{matched, matches},
};
use crate::{
    caller::Caller,
    error::Result,
    platform::{currency, keyset},
};
use entity::money::CurrencyCode;
use sea_orm::{
    ConnectionTrait, DbBackend,
    sea_query::{
        Alias, CommonTableExpression, Expr, Query, SelectStatement, UnionType, WithClause,
    },
};
use std::fmt::Write;

/// What matches can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum FacetField {
    Category,
    Seller,
    Tag,
    Price,
    Rating,
    Option,
    Availability,
}

/// The counts of one field; of options, of one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facet {
    pub field: FacetField,
    /// The option's name, for options.
    pub option: Option<String>,
    pub values: Vec<FacetValue>,
}

/// A value and how many matches have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FacetValue {
    /// What the filter takes: an id in hexadecimal digits for categories and shops.
    pub value: String,
    pub label: String,
    pub count: i64,
}

/// The most values of a field; those with the most matches.
const MOST_VALUES: u64 = 50;

/// Where price ranges begin, in the currency's major unit.
const PRICE_STEPS: [i64; 8] = [0, 10, 25, 50, 100, 250, 500, 1_000];

/// Counts what matches `query` and `filter` by each of `fields`.
pub(crate) async fn facets(
    caller: &Caller,
    query: &str,
    filter: &ProductFilter,
    fields: &[FacetField],
) -> Result<Vec<Facet>> {
    let Some(statement) = statement(caller, query, filter, fields) else {
        return Ok(Vec::new());
    };
    matched(caller, filter);
    // Counted by them, and shown with their names.
    caller.depends_on([cached::RATED, cached::STOCKED, cached::CATEGORIES]);
    let mut facets: Vec<Facet> = Vec::new();
    for row in caller.database.read().query_all(&statement).await? {
        let index: i32 = row.try_get("", "field")?;
        let Some(&field) = usize::try_from(index)
            .ok()
            .and_then(|index| fields.get(index))
        else {
            continue;
        };
        let option: Option<String> = row.try_get("", "option_name")?;
        let value = FacetValue {
            value: row.try_get("", "value")?,
            label: row.try_get("", "label")?,
            count: row.try_get("", "matches")?,
        };
        match facets
            .iter_mut()
            .find(|facet| facet.field == field && facet.option == option)
        {
            Some(facet) => facet.values.push(value),
            None => facets.push(Facet {
                field,
                option,
                values: vec![value],
            }),
        }
    }
    Ok(finished(facets, fields))
}

/// One statement for all fields: a table of matches for each filter that differs, and an arm for each field.
fn statement(
    caller: &Caller,
    query: &str,
    filter: &ProductFilter,
    fields: &[FacetField],
) -> Option<SelectStatement> {
    let backend = caller.database.backend();
    let currency = filter
        .price
        .map_or(caller.settings.currency, |price| price.currency);
    let mut filters: Vec<ProductFilter> = Vec::new();
    let mut arms = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let relaxed = field.leave_aside(filter);
        let table = filters
            .iter()
            .position(|known| *known == relaxed)
            .unwrap_or_else(|| {
                filters.push(relaxed);
                filters.len() - 1
            });
        let values = Alias::new("facet_values");
        let arm = field.arm(backend, &format!("matches_{table}"), currency);
        arms.push(
            Query::select()
                .expr_as(Expr::cust(index.to_string()), Alias::new("field"))
                .expr(Expr::cust("option_name, value, label, matches"))
                .from_subquery(arm, values)
                .take(),
        );
    }
    let mut with = WithClause::new();
    for (index, filter) in filters.iter().enumerate() {
        let table = CommonTableExpression::new()
            .table_name(Alias::new(format!("matches_{index}")))
            .query(
                matches(backend, query, filter)
                    .limit(keyset::COUNT_LIMIT)
                    .take(),
            )
            .to_owned();
        with.cte(table);
    }
    let mut arms = arms.into_iter();
    let mut statement = arms.next()?;
    for arm in arms {
        statement.union(UnionType::All, arm);
    }
    Some(statement.with_cte(with).take())
}

impl FacetField {
    /// The filter without what it says of this field.
    fn leave_aside(self, filter: &ProductFilter) -> ProductFilter {
        let mut filter = filter.clone();
        match self {
            Self::Category => filter.category_id = None,
            Self::Seller => filter.seller_ids = None,
            Self::Tag => filter.tags = None,
            Self::Price => filter.price = None,
            Self::Rating => filter.rating_at_least = None,
            Self::Option => filter.options.clear(),
            Self::Availability => filter.in_stock = None,
        }
        filter
    }

    /// Rows of (`option_name`, `value`, `label`, `matches`) over the table `found` of matches.
    fn arm(self, backend: DbBackend, found: &str, currency: CurrencyCode) -> SelectStatement {
        let id = |column: &str| match backend {
            DbBackend::Postgres => format!("CAST({column} AS text)"),
            _ => format!("lower(hex({column}))"),
        };
        let none = "CAST(NULL AS text)";
        let (option, value, label, from) = match self {
            Self::Category => (
                none,
                id("category.id"),
                "category.name".to_owned(),
                format!("{found} JOIN category ON category.id = {found}.category_id"),
            ),
            Self::Seller => (
                none,
                id("seller.id"),
                "seller.name".to_owned(),
                format!("{found} JOIN seller ON seller.id = {found}.seller_id"),
            ),
            Self::Tag => (
                none,
                "tag.slug".to_owned(),
                "tag.name".to_owned(),
                format!(
                    "{found} JOIN product_tag ON product_tag.product_id = {found}.id \
                     JOIN tag ON tag.id = product_tag.tag_id"
                ),
            ),
            Self::Option => (
                "product_option.name",
                "option_value.value".to_owned(),
                "option_value.value".to_owned(),
                format!(
                    "{found} JOIN product_option ON product_option.product_id = {found}.id \
                     JOIN option_value ON option_value.option_id = product_option.id"
                ),
            ),
            Self::Price => {
                let step = price_step(found, currency);
                (
                    none,
                    step.clone(),
                    step,
                    format!("{found} WHERE {found}.currency = '{currency}'"),
                )
            }
            Self::Rating => {
                let stars = format!("CAST({found}.rating_average / 100 AS text)");
                (
                    none,
                    stars.clone(),
                    stars,
                    format!("{found} WHERE {found}.rating_count > 0"),
                )
            }
            Self::Availability => {
                let answer = format!("CASE WHEN {found}.in_stock THEN 'true' ELSE 'false' END");
                (none, answer.clone(), answer, found.to_owned())
            }
        };
        let rows = format!(
            "{option} AS option_name, {value} AS value, {label} AS label, count(*) AS matches FROM {from} \
             GROUP BY 1, 2, 3 ORDER BY 4 DESC, 3 LIMIT {MOST_VALUES}"
        );
        Query::select().expr(Expr::cust(rows)).take()
    }
}

/// The number of the price range a match falls into. Only numbers and a checked currency code are written out.
fn price_step(found: &str, currency: CurrencyCode) -> String {
    let unit = 10_i64.pow(currency::exponent(currency));
    let mut case = "CASE".to_owned();
    for (index, end) in PRICE_STEPS.iter().skip(1).enumerate() {
        let _ = write!(
            case,
            " WHEN {found}.price_min < {} THEN '{index}'",
            end * unit
        );
    }
    let _ = write!(case, " ELSE '{}' END", PRICE_STEPS.len() - 1);
    case
}

/// The facets in the order they were asked for, their ranges named.
fn finished(mut facets: Vec<Facet>, fields: &[FacetField]) -> Vec<Facet> {
    facets.sort_by_key(|facet| fields.iter().position(|field| *field == facet.field));
    for facet in &mut facets {
        match facet.field {
            FacetField::Price => name_price_ranges(&mut facet.values),
            FacetField::Rating => facet.values = at_least(&facet.values),
            _ => {}
        }
    }
    facets
}

fn name_price_ranges(values: &mut [FacetValue]) {
    values.sort_by(|a, b| a.value.cmp(&b.value));
    for value in values {
        let step = value.value.parse().unwrap_or(0);
        let from = PRICE_STEPS.get(step).copied().unwrap_or(0);
        (value.value, value.label) = match PRICE_STEPS.get(step + 1) {
            Some(to) => (format!("{from}..{to}"), format!("{from} to {to}")),
            None => (format!("{from}.."), format!("{from} and more")),
        };
    }
}

/// From the matches with so many stars to those with so many or more.
fn at_least(values: &[FacetValue]) -> Vec<FacetValue> {
    let stars = |value: &FacetValue| value.value.parse::<i64>().unwrap_or(0);
    (1..=4)
        .rev()
        .map(|least| FacetValue {
            value: least.to_string(),
            label: format!("{least} stars and more"),
            count: values
                .iter()
                .filter(|value| stars(value) >= least)
                .map(|value| value.count)
                .sum(),
        })
        .filter(|value| value.count > 0)
        .collect()
}
