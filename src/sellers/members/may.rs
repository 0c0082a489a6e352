//! Asking what the caller is in a shop.

use super::{ShopPermission, ShopRole, may_role};
use crate::{
    caller::{Actor, Caller},
    error::{Error, Result},
    permissions::Permission,
    platform::database::{Tx, lists},
};
use entity::ids::{AccountId, SellerId};
use entity::sellers::member::{Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Statement,
    sea_query::{Expr, ExprTrait, Query},
};
use std::collections::HashMap;

/// Lets the caller pass where its role in the shop has `permission`; returns the role. Ask in the transaction of the write.
///
/// # Errors
/// `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not; Unauthenticated.
pub(crate) async fn may(
    tx: &Tx,
    caller: &Caller,
    seller: SellerId,
    permission: ShopPermission,
) -> Result<ShopRole> {
    let role = role_in(tx, caller, seller).await?;
    let role = role.ok_or(Error::NotFound("seller"))?;
    may_role(role, permission)?;
    Ok(role)
}

/// What the caller is in the shop; nothing where it does not work there.
pub(super) async fn role_in(
    tx: &Tx,
    caller: &Caller,
    seller: SellerId,
) -> Result<Option<ShopRole>> {
    Ok(roles_in(tx, caller, &[seller]).await?.remove(&seller))
}

#[derive(FromQueryResult)]
struct Row {
    seller_id: SellerId,
    role: ShopRole,
}

/// What the caller is in each of `sellers`; those that it does not work in are left out.
///
/// # Errors
/// Unauthenticated; whatever the database says.
pub(crate) async fn roles_in(
    tx: &Tx,
    caller: &Caller,
    sellers: &[SellerId],
) -> Result<HashMap<SellerId, ShopRole>> {
    let person = caller.require_person()?;
    let backend = tx.get_database_backend();
    let sql = format!(
        "SELECT member.seller_id, member.role FROM seller_member AS member \
         JOIN seller ON seller.id = member.seller_id \
         WHERE member.seller_id {} AND member.account_id = $2 AND seller.deleted_at IS NULL",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, sellers), person.account.0.into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = Row::find_by_statement(statement).all(tx).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.seller_id, row.role))
        .collect())
}

/// Holds the shop until the transaction ends: changes of its members come one after the other.
pub(super) async fn hold_shop(tx: &Tx, seller: SellerId) -> Result<()> {
    // A transaction that may write is alone on SQLite.
    if tx.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT id FROM seller WHERE id = $1 FOR NO KEY UPDATE";
        let held = Statement::from_sql_and_values(DbBackend::Postgres, sql, [seller.0.into()]);
        tx.execute_raw(held).await?;
    }
    Ok(())
}

/// Holds all shops that the account works in until the transaction ends, in one order, so that two who hold many wait for each
/// other.
pub(super) async fn hold_shops_of(tx: &Tx, account: AccountId) -> Result<()> {
    // A transaction that may write is alone on SQLite.
    if tx.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT id FROM seller WHERE id IN (SELECT seller_id FROM seller_member WHERE account_id = $1) \
            ORDER BY id FOR NO KEY UPDATE";
        let held = Statement::from_sql_and_values(DbBackend::Postgres, sql, [account.0.into()]);
        tx.execute_raw(held).await?;
    }
    Ok(())
}

/// Whether the caller sees what this shop keeps from the public. Asked of the primary: for those who wait for what happens.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn is_inside(caller: &Caller, seller: SellerId) -> Result<bool> {
    if caller.require(Permission::ShopsRead).is_ok() {
        return Ok(true);
    }
    let Actor::Person(person) = caller.actor else {
        return Ok(false);
    };
    let member = Entity::find()
        .filter(Column::SellerId.eq(seller))
        .filter(Column::AccountId.eq(person.account))
        .one(caller.database.write())
        .await?;
    Ok(member.is_some())
}

/// Whether the caller sees what the shop with id `seller` keeps from the public; nothing where it never does. Those who work
/// in the shop do, and support and admins in every shop.
pub(crate) fn sees_inside(caller: &Caller, seller: Expr) -> Option<Expr> {
    if caller.require(Permission::ShopsRead).is_ok() {
        return Some(Expr::cust("1 = 1"));
    }
    match caller.actor {
        Actor::Person(person) => Some(Expr::exists(
            Query::select()
                .expr(Expr::cust("1"))
                .from(Entity)
                .and_where(Expr::col((Entity, Column::SellerId)).eq(seller))
                .and_where(Expr::col((Entity, Column::AccountId)).eq(person.account.0))
                .take(),
        )),
        Actor::Anonymous | Actor::Operator => None,
    }
}
