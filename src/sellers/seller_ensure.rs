//! Shops for what an import brings: found by their handles, made where they are missing.

use crate::{
    error::Result,
    platform::{
        database::{Tx, bulk, lists},
        text,
    },
};
use chrono::{DateTime, Utc};
use entity::ids::SellerId;
use entity::money::CurrencyCode;
use entity::sellers::seller::{Entity, Model, Status};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

/// Longest handle and longest name of a shop, in characters.
pub(crate) const NAME_LIMIT: usize = 100;

/// What others need to know of a shop to put products into it.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Shop {
    pub(crate) id: SellerId,
    pub(crate) handle: String,
    pub(crate) name: String,
    /// The currency of every price in it.
    pub(crate) currency: CurrencyCode,
    /// How many active products its plan allows; nothing means as many as it likes.
    pub(crate) active_product_limit: Option<i64>,
    /// How many products are active.
    pub(crate) active_products: i64,
}

impl Shop {
    /// A shop that is not there yet, on a plan without a limit of active products.
    #[must_use]
    pub(crate) fn unlimited(handle: String, name: String, currency: CurrencyCode) -> Self {
        Self {
            id: SellerId::generate(),
            handle,
            name,
            currency,
            active_product_limit: None,
            active_products: 0,
        }
    }
}

/// The living shops among `handles`.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn shops_by_handle(
    db: &impl ConnectionTrait,
    handles: &[String],
) -> Result<Vec<Shop>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT id, handle, name, currency, active_product_limit, active_products FROM seller \
         WHERE deleted_at IS NULL AND handle {}",
        lists::among_texts(backend)
    );
    let statement =
        Statement::from_sql_and_values(backend, sql, [lists::of_texts(backend, handles)]);
    Ok(Shop::find_by_statement(statement).all(db).await?)
}

/// The living shops among `ids`.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn shops_by_id(db: &impl ConnectionTrait, ids: &[SellerId]) -> Result<Vec<Shop>> {
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT id, handle, name, currency, active_product_limit, active_products FROM seller \
         WHERE deleted_at IS NULL AND id {}",
        lists::among_ids(backend)
    );
    let statement = Statement::from_sql_and_values(backend, sql, [lists::of_ids(backend, ids)]);
    Ok(Shop::find_by_statement(statement).all(db).await?)
}

/// Makes `shops`, open from the start.
///
/// # Errors
/// Whatever the database says, for example that a handle is taken by now.
pub(crate) async fn sellers_insert(tx: &Tx, shops: &[Shop], now: DateTime<Utc>) -> Result<()> {
    let rows = shops.iter().map(|shop| Model {
        id: shop.id,
        handle: shop.handle.clone(),
        name: shop.name.clone(),
        name_key: text::name_key(&shop.name),
        description: String::new(),
        status: Status::Active,
        currency: shop.currency,
        active_product_limit: shop.active_product_limit,
        // Counted when its products are there.
        active_products: 0,
        rating_sum: 0,
        rating_count: 0,
        commission_bps: None,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    });
    bulk::insert::<Entity>(tx, rows.collect()).await
}
