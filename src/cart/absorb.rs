//! Putting one cart into another, both of which the transaction holds.

use super::{Cart, Choices, MOST_UNITS, MOST_VOUCHERS, write};
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::cart::cart::{Column, Entity, State};
use entity::cart::cart_line;
use entity::ids::CartId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement,
    sea_query::{Expr, ExprTrait},
};

/// How many lines the two would have as one.
pub(super) async fn lines_together(tx: &Tx, one: CartId, other: CartId) -> Result<usize> {
    let sql =
        "SELECT count(DISTINCT variant_id) AS number FROM cart_line WHERE cart_id IN ($1, $2)";
    let values = [one.0.into(), other.0.into()];
    let backend = tx.get_database_backend();
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    let number: i64 = match row {
        Some(row) => row.try_get("", "number")?,
        None => 0,
    };
    usize::try_from(number).map_err(Error::internal)
}

/// Puts all that is in `from` into `into`; what is said there already stays. Five statements.
pub(super) async fn absorb(
    tx: &Tx,
    mut into: Cart,
    from: Cart,
    now: DateTime<Utc>,
) -> Result<CartId> {
    let run = async |sql: String| {
        let values = [into.id.0.into(), from.id.0.into()];
        let backend = tx.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        tx.execute_raw(statement).await
    };
    run(format!(
        "UPDATE cart_line SET quantity = CASE WHEN cart_line.quantity + g.quantity > {MOST_UNITS} THEN {MOST_UNITS} \
           ELSE cart_line.quantity + g.quantity END \
         FROM cart_line AS g WHERE cart_line.cart_id = $1 AND g.cart_id = $2 AND g.variant_id = cart_line.variant_id"
    ))
    .await?;
    run("DELETE FROM cart_line WHERE cart_id = $2 AND variant_id IN (SELECT variant_id FROM cart_line WHERE cart_id = $1)".to_owned())
        .await?;
    cart_line::Entity::update_many()
        .col_expr(cart_line::Column::CartId, Expr::value(into.id))
        .col_expr(cart_line::Column::CustomerId, Expr::value(into.customer_id))
        .filter(cart_line::Column::CartId.eq(from.id))
        .exec(tx)
        .await?;
    let mut choices = Choices::of(&into)?;
    choices.fill(Choices::of(&from)?, MOST_VOUCHERS);
    into.choices = choices.written()?;
    into.currency = into.currency.or(from.currency);
    into.email = into.email.or(from.email);
    into.address = into.address.or(from.address);
    into.note = into.note.or(from.note);
    into.version += 1;
    into.updated_at = now;
    write::row(tx, &into).await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Merged))
        .col_expr(Column::MergedInto, Expr::value(into.id))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(from.id))
        .exec(tx)
        .await?;
    Ok(into.id)
}
