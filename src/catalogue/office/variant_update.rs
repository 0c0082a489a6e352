//! Changing a variant.

use super::{
    VariantFields,
    hold::{Held, hold},
    option_names::option_names,
    variant_create::of_product,
    variant_fields::Before,
    write::{About, write_one},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
    sellers::members::{ShopPermission, may_role},
};
use entity::catalogue::variant::{Column, Entity, Model};
use entity::ids::VariantId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use std::collections::BTreeMap;

/// What of a variant is changed.
#[derive(Clone, Debug)]
pub(crate) struct VariantUpdate {
    pub(crate) id: VariantId,
    pub(crate) fields: VariantFields,
    /// The variant's.
    pub(crate) expected_version: i64,
}

/// Changes a variant.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the variant is of another version than the one that was read; `NotFound` for whoever
/// does not work in its shop, Forbidden for whoever does and may not, or may set no prices and does.
pub(crate) async fn variant_update(
    caller: &Caller,
    tx: &Tx,
    change: &VariantUpdate,
) -> Result<VariantId> {
    let (held, variant) = hold_variant(caller, tx, change.id, change.expected_version).await?;
    if change.fields.says_a_price() {
        may_role(held.role, ShopPermission::PricesWrite)?;
    }
    let options = option_names(tx, &[held.product.id]).await?;
    let options = options.into_values().next().unwrap_or_default();
    let before = Before {
        options: values_of(tx, change.id).await?,
        variant,
    };
    let variant = change
        .fields
        .draft("input", held.product.currency, &options, Some(&before))?;
    let draft = of_product(held, options, variant);
    write_one(caller, tx, draft, About::Variant).await?;
    Ok(change.id)
}

/// Holds the product of a living variant, and returns the variant as it then is.
///
/// # Errors
/// Conflict when the variant is of another version; `NotFound` and Forbidden for whoever may not change it.
pub(super) async fn hold_variant(
    caller: &Caller,
    tx: &Tx,
    id: VariantId,
    expected_version: i64,
) -> Result<(Held, Model)> {
    let missing = || Error::NotFound("variant");
    let living = || Entity::find_by_id(id).filter(Column::DeletedAt.is_null());
    let product = living().one(tx).await?.ok_or_else(missing)?.product_id;
    let held = hold(tx, caller, &[product]).await?.remove(&product);
    let held = held.ok_or_else(missing)?.living()?;
    let variant = living().one(tx).await?.ok_or_else(missing)?;
    if variant.version != expected_version {
        return Err(Error::Conflict(
            "The variant was changed since you read it. Read it again, and change that.".to_owned(),
        ));
    }
    Ok((held, variant))
}

/// The variant's options: value by name.
async fn values_of(tx: &Tx, variant: VariantId) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT product_option.name, option_value.value FROM variant_option \
         JOIN product_option ON product_option.id = variant_option.option_id \
         JOIN option_value ON option_value.id = variant_option.value_id WHERE variant_option.variant_id = $1";
    let backend = tx.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [variant.0.into()]);
    let mut values = BTreeMap::new();
    for row in tx.query_all_raw(statement).await? {
        values.insert(row.try_get("", "name")?, row.try_get("", "value")?);
    }
    Ok(values)
}
