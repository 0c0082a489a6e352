//! Taking locations and totals in hand to change them.

use crate::{
    caller::Caller,
    error::{Error, Result},
    inventory::{Level, Location, Stock},
    platform::database::{Tx, lists, lists::is_among_ids},
    sellers::members::{ShopPermission, may},
};
use chrono::{DateTime, Utc};
use entity::ids::{LocationId, SellerId, VariantId};
use entity::inventory::{level, location, stock};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    sea_query::{Expr, LockType},
};
use std::collections::{HashMap, HashSet};

/// Most variants that one call is about.
const MOST_AT_ONCE: usize = 50;

/// Holds an active location until the transaction ends.
///
/// # Errors
/// `NotFound` where it is not active any more, and for whoever does not work in its shop; Forbidden for whoever does and may not.
pub(super) async fn location(
    tx: &Tx,
    caller: &Caller,
    id: LocationId,
    permission: ShopPermission,
    lock: LockType,
) -> Result<Location> {
    let found = location::Entity::find_by_id(id).one(tx).await?;
    let found = found.ok_or(Error::NotFound("location"))?;
    // Others cannot be made to wait for strangers, who learn nothing either.
    may(tx, caller, found.seller_id, permission)
        .await
        .map_err(|error| match error {
            Error::NotFound(_) => Error::NotFound("location"),
            error => error,
        })?;
    let held = location::Entity::find_by_id(id)
        .filter(location::Column::DeactivatedAt.is_null())
        .lock(lock);
    held.one(tx).await?.ok_or(Error::NotFound("location"))
}

/// Whose a living variant is.
///
/// # Errors
/// `NotFound`.
pub(super) async fn seller_of(tx: &Tx, variant: VariantId) -> Result<SellerId> {
    let sql = "SELECT seller_id FROM variant WHERE id = $1 AND deleted_at IS NULL";
    let backend = tx.get_database_backend();
    let found = Statement::from_sql_and_values(backend, sql, [variant.0.into()]);
    let found = tx.query_one_raw(found).await?;
    let row = found.ok_or(Error::NotFound("variant"))?;
    Ok(row.try_get_by_index(0)?)
}

/// Holds the totals of `variants`, made where there are none; all of them are the shop's.
///
/// # Errors
/// Invalid, naming the item, where a variant stands there twice or is none of the shop's.
pub(super) async fn totals(
    tx: &Tx,
    seller: SellerId,
    variants: &[VariantId],
    now: DateTime<Utc>,
) -> Result<HashMap<VariantId, Stock>> {
    if variants.is_empty() || variants.len() > MOST_AT_ONCE {
        let message = format!("Name 1 to {MOST_AT_ONCE} variants at once.");
        return Err(Error::invalid("input.items", message));
    }
    let mut met = HashSet::new();
    for (index, variant) in variants.iter().enumerate() {
        if !met.insert(*variant) {
            let message = "The variant stands here twice: say all of it at once.";
            return Err(Error::invalid(field(index, "variantId"), message));
        }
    }
    let backend = tx.get_database_backend();
    let sql = format!(
        "INSERT INTO stock (variant_id, product_id, seller_id, on_hand, reserved, tracked, updated_at) \
         SELECT id, product_id, seller_id, 0, 0, true, $3 FROM variant \
         WHERE id {} AND seller_id = $2 AND deleted_at IS NULL ORDER BY id ON CONFLICT DO NOTHING",
        lists::among_ids(backend)
    );
    let values = [
        lists::of_ids(backend, variants),
        seller.0.into(),
        now.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    let rows = held(tx, seller, variants).await?;
    match variants.iter().position(|id| !rows.contains_key(id)) {
        None => Ok(rows),
        Some(index) => Err(Error::invalid(
            field(index, "variantId"),
            "The shop has no such variant.",
        )),
    }
}

/// The totals of living variants of the shop, in the order of their ids.
async fn held(
    tx: &Tx,
    seller: SellerId,
    variants: &[VariantId],
) -> Result<HashMap<VariantId, Stock>> {
    let backend = tx.get_database_backend();
    let living = "EXISTS (SELECT 1 FROM variant WHERE variant.id = stock.variant_id AND variant.deleted_at IS NULL)";
    let rows = stock::Entity::find()
        .filter(is_among_ids(backend, stock::Column::VariantId, variants))
        .filter(stock::Column::SellerId.eq(seller))
        .filter(Expr::cust(living))
        .order_by_asc(stock::Column::VariantId)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.variant_id, row)).collect())
}

/// What lies of `variants`, whose totals are held, at `location`; those of which nothing ever did are left out.
pub(super) async fn levels(
    tx: &Tx,
    location: LocationId,
    variants: &[VariantId],
) -> Result<HashMap<VariantId, Level>> {
    let backend = tx.get_database_backend();
    let rows = level::Entity::find()
        .filter(level::Column::LocationId.eq(location))
        .filter(is_among_ids(backend, level::Column::VariantId, variants))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.variant_id, row)).collect())
}

/// The path of a field of an item.
pub(super) fn field(index: usize, name: &str) -> String {
    format!("input.items.{index}.{name}")
}
