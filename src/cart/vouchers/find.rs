//! Finding vouchers: a shop's are for those who work in it, the platform's for those who make them. Carts find them by code.

use super::{Redeemer, VoucherRow};
use crate::{
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::{
        database::lists,
        keyset::{self, Cursor, Order, Page, Slice, SortKey},
    },
    sellers::members,
};
use entity::cart::voucher::{Column, Entity};
use entity::ids::{SellerId, VoucherId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryTrait, Select,
    Statement,
    sea_query::{Cond, Expr},
};
use std::sync::Arc;

/// A voucher, and how often whoever asks has used it.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::cart) struct Voucher {
    #[sea_orm(nested)]
    pub(in crate::cart) row: VoucherRow,
    pub(in crate::cart) used: i64,
}

/// The vouchers with these ids, and those that are good with these codes: one statement.
pub(in crate::cart) async fn among(
    db: &impl ConnectionTrait,
    ids: &[VoucherId],
    codes: &[String],
    redeemer: Option<&Redeemer>,
) -> Result<Vec<Voucher>> {
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT v.*, (SELECT count(*) FROM voucher_redemption r WHERE r.voucher_id = v.id AND r.redeemer = $3 \
           AND r.nth IS NOT NULL) AS used \
         FROM voucher v WHERE v.id {} OR (v.active AND v.code_key {}) ORDER BY v.id",
        lists::among_ids(backend),
        lists::among_texts(backend).replace("$1", "$2")
    );
    let values = [
        lists::of_ids(backend, ids),
        lists::of_texts(backend, codes),
        redeemer.map_or("", |redeemer| redeemer.key.as_str()).into(),
    ];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(Voucher::find_by_statement(statement).all(db).await?)
}

/// Vouchers, the last to be made first.
pub(crate) fn order() -> Order<VoucherRow> {
    Order {
        name: "vouchers by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// Those that the caller may see.
fn visible(caller: &Caller) -> Select<Entity> {
    let mut seen = Cond::any();
    if let Some(inside) = members::sees_inside(caller, Expr::col((Entity, Column::SellerId))) {
        seen = seen.add(Cond::all().add(Column::SellerId.is_not_null()).add(inside));
    }
    if caller.require(Permission::PricingManage).is_ok() {
        seen = seen.add(Column::SellerId.is_null());
    }
    // Of no conditions any is true.
    if seen.is_empty() {
        seen = seen.add(Expr::cust("1 = 0"));
    }
    Entity::find().filter(seen)
}

/// Those of the shop, or of the platform.
fn of(caller: &Caller, seller: Option<SellerId>) -> Result<Select<Entity>> {
    if let Some(seller) = seller {
        caller.require_person()?;
        return Ok(visible(caller).filter(Column::SellerId.eq(seller)));
    }
    caller.require(Permission::PricingManage)?;
    Ok(visible(caller).filter(Column::SellerId.is_null()))
}

/// A page of the shop's, or of the platform's.
///
/// # Errors
/// Unauthenticated, and Forbidden for the platform's; whatever the database says.
pub(crate) async fn list(
    caller: &Caller,
    seller: Option<SellerId>,
    page: &Page,
) -> Result<Slice<VoucherRow>> {
    let list = of(caller, seller)?.into_query();
    // Whoever has just made one wants to see it, which a replica may not have heard of.
    keyset::fetch(caller.database.write(), list, &order(), page).await
}

/// How many there are.
///
/// # Errors
/// Unauthenticated, and Forbidden for the platform's; whatever the database says.
pub(crate) async fn count(caller: &Caller, seller: Option<SellerId>) -> Result<u64> {
    let list = of(caller, seller)?.into_query();
    keyset::count(caller.database.write(), list).await
}

/// One of them, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: VoucherId) -> Result<Arc<VoucherRow>> {
    let found = visible(caller)
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("voucher"))
}
