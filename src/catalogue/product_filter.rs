//! Which products are asked for, and how that is said in SQL. Nothing of a client becomes an identifier.

use crate::{
    catalogue::{
        cached,
        find::{categories, products::column},
    },
    platform::{cache::CacheTag, keys},
    sellers,
};
use chrono::{DateTime, Utc};
use entity::catalogue::product::Status;
use entity::catalogue::{option, option_value, product, product_tag, tag, variant, variant_option};
use entity::ids::{CategoryId, SellerId};
use entity::money::CurrencyCode;
use sea_orm::{
    ActiveEnum, ColumnTrait, DbBackend,
    sea_query::{Alias, BinOper, Cond, Expr, ExprTrait, Func, Query, SelectStatement},
};

/// Which products are asked for; nothing set means all. All conditions hold at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ProductFilter {
    /// Of any of these shops.
    pub seller_ids: Option<Vec<SellerId>>,
    /// In this category or one below it.
    pub category_id: Option<CategoryId>,
    /// Bearing any of these tags, by slug.
    pub tags: Option<Vec<String>>,
    pub price: Option<PriceFilter>,
    pub in_stock: Option<bool>,
    /// Mean rating in hundredths of a star.
    pub rating_at_least: Option<i32>,
    /// One and the same variant has a value for each.
    pub options: Vec<OptionFilter>,
    pub metadata: Vec<MetadataFilter>,
    pub created_after: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
    /// In any of these statuses, of those that the caller may see; only for the products of one shop.
    pub statuses: Option<Vec<Status>>,
}

/// A range of lowest prices, ends included, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PriceFilter {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub currency: CurrencyCode,
}

/// Any of some values of an option.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OptionFilter {
    pub name: String,
    pub values: Vec<String>,
}

/// A text under a top-level key of the metadata.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MetadataFilter {
    pub key: String,
    pub value: String,
}

impl ProductFilter {
    /// What a list that it narrows depends on, beside the products in it.
    pub(in crate::catalogue) fn tags(&self) -> impl Iterator<Item = CacheTag> {
        [
            self.rating_at_least.is_some().then_some(cached::RATED),
            self.in_stock.is_some().then_some(cached::STOCKED),
            self.category_id.is_some().then_some(cached::CATEGORIES),
            // Whether they are open.
            Some(sellers::cached::LISTED),
        ]
        .into_iter()
        .flatten()
    }

    /// The condition on a row of `product`.
    pub(in crate::catalogue) fn condition(&self, backend: DbBackend) -> Cond {
        let mut wanted = Cond::all();
        if let Some(sellers) = &self.seller_ids {
            let ids: Vec<_> = sellers.iter().map(|id| id.0).collect();
            wanted = wanted.add(keys::is_among(
                backend,
                column(product::Column::SellerId),
                &ids,
            ));
        }
        if let Some(category) = self.category_id {
            let category = Expr::value(category.0);
            wanted = wanted.add(categories::is_within(
                column(product::Column::CategoryId),
                category,
            ));
        }
        if let Some(slugs) = &self.tags {
            wanted = wanted.add(column(product::Column::Id).in_subquery(tagged(backend, slugs)));
        }
        if let Some(price) = self.price {
            wanted = wanted.add(price.condition());
        }
        if let Some(in_stock) = self.in_stock {
            wanted = wanted.add(product::Column::InStock.eq(in_stock));
        }
        if let Some(rating) = self.rating_at_least {
            wanted = wanted.add(product::Column::RatingAverage.gte(rating));
        }
        if !self.options.is_empty() {
            wanted = wanted.add(Expr::exists(variant_with(backend, &self.options)));
        }
        for entry in &self.metadata {
            wanted = wanted.add(entry.condition(backend));
        }
        if let Some(after) = self.created_after {
            wanted = wanted.add(product::Column::CreatedAt.gte(after));
        }
        if let Some(before) = self.created_before {
            wanted = wanted.add(product::Column::CreatedAt.lt(before));
        }
        if let Some(statuses) = &self.statuses {
            let statuses: Vec<String> = statuses.iter().map(ActiveEnum::to_value).collect();
            wanted = wanted.add(keys::is_among_texts(
                backend,
                column(product::Column::Status),
                &statuses,
            ));
        }
        wanted
    }
}

impl PriceFilter {
    fn condition(self) -> Cond {
        let mut wanted = Cond::all()
            .add(product::Column::Currency.eq(self.currency))
            // While there are no variants there is no price to compare.
            .add(product::Column::VariantCount.gt(0));
        if let Some(min) = self.min {
            wanted = wanted.add(product::Column::PriceMin.gte(min));
        }
        if let Some(max) = self.max {
            wanted = wanted.add(product::Column::PriceMin.lte(max));
        }
        wanted
    }
}

impl MetadataFilter {
    fn condition(&self, backend: DbBackend) -> Expr {
        match backend {
            DbBackend::Postgres => {
                // Containment is what the GIN index answers.
                let wanted = serde_json::json!({ &self.key: &self.value });
                column(product::Column::Metadata).binary(BinOper::Custom("@>"), wanted)
            }
            _ => Expr::exists(
                Query::select()
                    .expr(Expr::cust("1"))
                    .from_function(
                        Func::cust(Alias::new("json_each")).arg(column(product::Column::Metadata)),
                        Alias::new("entry"),
                    )
                    .and_where(Expr::cust("entry.type = 'text'"))
                    .and_where(Expr::cust("entry.key").eq(self.key.as_str()))
                    .and_where(Expr::cust("entry.value").eq(self.value.as_str()))
                    .take(),
            ),
        }
    }
}

fn tagged(backend: DbBackend, slugs: &[String]) -> SelectStatement {
    Query::select()
        .column((product_tag::Entity, product_tag::Column::ProductId))
        .from(product_tag::Entity)
        .inner_join(
            tag::Entity,
            Expr::col((tag::Entity, tag::Column::Id))
                .equals((product_tag::Entity, product_tag::Column::TagId)),
        )
        .and_where(keys::is_among_texts(
            backend,
            Expr::col((tag::Entity, tag::Column::Slug)),
            slugs,
        ))
        .take()
}

/// A living variant of the product that has one of the wanted values for every option.
fn variant_with(backend: DbBackend, options: &[OptionFilter]) -> SelectStatement {
    let mut variants = Query::select()
        .expr(Expr::cust("1"))
        .from(variant::Entity)
        .and_where(
            Expr::col((variant::Entity, variant::Column::ProductId))
                .equals((product::Entity, product::Column::Id)),
        )
        .and_where(variant::Column::DeletedAt.is_null())
        .take();
    for wanted in options {
        let has_value = Query::select()
            .column((variant_option::Entity, variant_option::Column::VariantId))
            .from(variant_option::Entity)
            .inner_join(
                option::Entity,
                Expr::col((option::Entity, option::Column::Id))
                    .equals((variant_option::Entity, variant_option::Column::OptionId)),
            )
            .inner_join(
                option_value::Entity,
                Expr::col((option_value::Entity, option_value::Column::Id))
                    .equals((variant_option::Entity, variant_option::Column::ValueId)),
            )
            .and_where(
                Expr::col((variant_option::Entity, variant_option::Column::ProductId))
                    .equals((product::Entity, product::Column::Id)),
            )
            .and_where(option::Column::Name.eq(wanted.name.as_str()))
            .and_where(keys::is_among_texts(
                backend,
                Expr::col((option_value::Entity, option_value::Column::Value)),
                &wanted.values,
            ))
            .take();
        variants
            .and_where(Expr::col((variant::Entity, variant::Column::Id)).in_subquery(has_value));
    }
    variants
}
