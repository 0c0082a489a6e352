//! Finding options: those a product offers, and those a variant has. Whoever holds the product or the variant was
//! let see it.

use crate::{caller::Caller, catalogue::cached, error::Result, platform::keys};
use entity::catalogue::{option, option_value, variant_option};
use entity::ids::{ProductId, VariantId};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// One way in which a product varies, with its values in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProductOption {
    pub name: String,
    pub values: Vec<String>,
}

/// A variant's value for one of its product's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SelectedOption {
    pub name: String,
    pub value: String,
}

/// Rows of (owner, option's name, value), in the order of the options and of their values.
fn rows(owner: Expr) -> SelectStatement {
    Query::select()
        .expr_as(owner, Alias::new("owner"))
        .expr_as(
            Expr::col((option::Entity, option::Column::Name)),
            Alias::new("name"),
        )
        .expr_as(
            Expr::col((option_value::Entity, option_value::Column::Value)),
            Alias::new("value"),
        )
        .from(option_value::Entity)
        .inner_join(
            option::Entity,
            Expr::col((option::Entity, option::Column::Id))
                .equals((option_value::Entity, option_value::Column::OptionId)),
        )
        .order_by(
            (option::Entity, option::Column::Position),
            sea_orm::Order::Asc,
        )
        .order_by(
            (option_value::Entity, option_value::Column::Position),
            sea_orm::Order::Asc,
        )
        .take()
}

/// The options of these products.
pub(crate) async fn of_products(
    caller: Caller,
    products: Vec<ProductId>,
) -> Result<HashMap<ProductId, Arc<Vec<ProductOption>>>> {
    let db = caller.database.read();
    caller.depends_on(products.iter().map(|id| cached::product(*id)));
    let ids: Vec<Uuid> = products.iter().map(|id| id.0).collect();
    let owner = Expr::col((option_value::Entity, option_value::Column::ProductId));
    let mut select = rows(owner.clone());
    select.and_where(keys::is_among(caller.database.backend(), owner, &ids));

    let mut options: HashMap<ProductId, Vec<ProductOption>> =
        products.into_iter().map(|id| (id, Vec::new())).collect();
    for row in db.query_all(&select).await? {
        let name: String = row.try_get("", "name")?;
        let options = options.entry(row.try_get("", "owner")?).or_default();
        let value = row.try_get("", "value")?;
        match options.last_mut() {
            Some(option) if option.name == name => option.values.push(value),
            _ => options.push(ProductOption {
                name,
                values: vec![value],
            }),
        }
    }
    Ok(options
        .into_iter()
        .map(|(id, options)| (id, Arc::new(options)))
        .collect())
}

/// The option values of these variants.
pub(crate) async fn of_variants(
    caller: Caller,
    variants: Vec<VariantId>,
) -> Result<HashMap<VariantId, Arc<Vec<SelectedOption>>>> {
    let db = caller.database.read();
    // Whoever holds a variant depends on its product already.
    caller.depends_on([]);
    let ids: Vec<Uuid> = variants.iter().map(|id| id.0).collect();
    let owner = Expr::col((variant_option::Entity, variant_option::Column::VariantId));
    let mut select = rows(owner.clone());
    select
        .inner_join(
            variant_option::Entity,
            Expr::col((variant_option::Entity, variant_option::Column::ValueId))
                .equals((option_value::Entity, option_value::Column::Id)),
        )
        .and_where(keys::is_among(caller.database.backend(), owner, &ids));

    let mut options: HashMap<VariantId, Vec<SelectedOption>> =
        variants.into_iter().map(|id| (id, Vec::new())).collect();
    for row in db.query_all(&select).await? {
        options
            .entry(row.try_get("", "owner")?)
            .or_default()
            .push(SelectedOption {
                name: row.try_get("", "name")?,
                value: row.try_get("", "value")?,
            });
    }
    Ok(options
        .into_iter()
        .map(|(id, options)| (id, Arc::new(options)))
        .collect())
}
