//! What clients may ask of lists of products, checked and turned into the room's own terms.

use crate::{
    catalogue::{self, products::ProductSort as Sort},
    error::{Error, Result},
    graphql::{
        ids::decode,
        scalars::{CurrencyCode, Decimal, SortDirection},
    },
    platform::{currency, text},
};
use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};
use entity::money::CurrencyCode as Code;
use rust_decimal::{Decimal as Number, prelude::ToPrimitive};

/// Most values that one entry of a filter may list.
const MOST_VALUES: usize = 100;
/// Most entries of one kind in a filter.
const MOST_ENTRIES: usize = 10;

/// What products can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Sort")]
pub(crate) enum ProductSortKey {
    /// When they were made.
    CreatedAt,
    /// Their name.
    Name,
    /// Their lowest price.
    Price,
    /// Their mean rating.
    Rating,
}

/// How products are sorted.
#[derive(Clone, Copy, Debug, InputObject)]
pub(crate) struct ProductSort {
    /// What they are sorted by.
    pub(super) by: ProductSortKey,
    /// Which end comes first.
    #[graphql(default_with = "SortDirection::Asc")]
    pub(super) direction: SortDirection,
}

/// A range of prices, ends included. A product's price here is the lowest of its variants.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PriceFilter {
    /// At least.
    min: Option<Decimal>,
    /// At most.
    max: Option<Decimal>,
    /// In this currency; the marketplace's own when left out.
    currency: Option<CurrencyCode>,
}

/// Values of an option, any of which will do.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OptionFilter {
    /// The option's name, for example "Size".
    name: String,
    /// The values, for example "M" and "L".
    values: Vec<String>,
}

/// A text in a product's metadata.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct MetadataFilter {
    /// A key at the top of the metadata.
    key: String,
    /// The text under it.
    value: String,
}

/// Which products are asked for; what is left out does not narrow, and all that is said must hold.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct ProductFilter {
    /// Of any of these sellers.
    seller_ids: Option<Vec<ID>>,
    /// In this category or one below it.
    category_id: Option<ID>,
    /// Bearing any of these tags, by slug or name.
    tags: Option<Vec<String>>,
    /// In this range of prices.
    price: Option<PriceFilter>,
    /// Whether any variant can be bought now.
    in_stock: Option<bool>,
    /// With at least this mean rating, 1 to 5.
    rating_at_least: Option<Decimal>,
    /// With one variant that has a wanted value for each of these options.
    options: Option<Vec<OptionFilter>>,
    /// With these texts in the metadata.
    metadata: Option<Vec<MetadataFilter>>,
    /// Made at this time or later.
    created_after: Option<DateTime<Utc>>,
    /// Made before this time.
    created_before: Option<DateTime<Utc>>,
}

impl ProductFilter {
    /// The filter in the room's terms; `currency` is the marketplace's own.
    pub(super) fn checked(self, currency: Code) -> Result<catalogue::ProductFilter> {
        at_most("filter.sellerIds", self.seller_ids.as_ref(), MOST_VALUES)?;
        at_most("filter.tags", self.tags.as_ref(), MOST_VALUES)?;
        at_most("filter.options", self.options.as_ref(), MOST_ENTRIES)?;
        at_most("filter.metadata", self.metadata.as_ref(), MOST_ENTRIES)?;
        let seller_ids = self.seller_ids.map(|ids| {
            ids.iter()
                .map(|id| decode(id, "filter.sellerIds"))
                .collect::<Result<Vec<_>>>()
        });
        Ok(catalogue::ProductFilter {
            seller_ids: seller_ids.transpose()?,
            category_id: self
                .category_id
                .map(|id| decode(&id, "filter.categoryId"))
                .transpose()?,
            tags: self
                .tags
                .map(|tags| tags.iter().map(|tag| text::slug(tag, 100)).collect()),
            price: self
                .price
                .map(|price| price.checked(currency))
                .transpose()?,
            in_stock: self.in_stock,
            rating_at_least: self
                .rating_at_least
                .map(|rating| hundredths(rating.0))
                .transpose()?,
            options: self
                .options
                .unwrap_or_default()
                .into_iter()
                .map(OptionFilter::checked)
                .collect::<Result<_>>()?,
            metadata: self
                .metadata
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
            created_after: self.created_after,
            created_before: self.created_before,
            statuses: None,
        })
    }
}

impl PriceFilter {
    fn checked(self, default: Code) -> Result<catalogue::PriceFilter> {
        let currency = self.currency.map_or(default, |code| code.0);
        let minor = |field, amount: Option<Decimal>| {
            amount
                .map(|amount| currency::to_minor(amount.0, currency, field))
                .transpose()
        };
        let (min, max) = (
            minor("filter.price.min", self.min)?,
            minor("filter.price.max", self.max)?,
        );
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            return Err(Error::invalid(
                "filter.price.max",
                "It is less than `min`, so nothing can match.",
            ));
        }
        Ok(catalogue::PriceFilter { min, max, currency })
    }
}

impl OptionFilter {
    fn checked(self) -> Result<catalogue::OptionFilter> {
        at_most("filter.options.values", Some(&self.values), MOST_VALUES)?;
        Ok(catalogue::OptionFilter {
            name: self.name,
            values: self.values,
        })
    }
}

impl From<MetadataFilter> for catalogue::MetadataFilter {
    fn from(filter: MetadataFilter) -> Self {
        Self {
            key: filter.key,
            value: filter.value,
        }
    }
}

fn hundredths(stars: Number) -> Result<i32> {
    stars
        .checked_mul(Number::ONE_HUNDRED)
        .filter(|stars| (Number::ZERO..=Number::from(500)).contains(stars))
        .and_then(|stars| stars.ceil().to_i32())
        .ok_or_else(|| Error::invalid("filter.ratingAtLeast", "Ratings go from 1 to 5."))
}

fn at_most<T>(field: &str, entries: Option<&Vec<T>>, most: usize) -> Result<()> {
    match entries {
        Some(entries) if entries.len() > most => Err(Error::invalid(
            field,
            format!(
                "{} entries are too many: pass at most {most}.",
                entries.len()
            ),
        )),
        _ => Ok(()),
    }
}
