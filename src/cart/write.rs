//! Writing what has become of a cart: a statement for the lines that are new or different, one for those that are gone, one for the rest.

use super::{Cart, load::Offer};
use crate::{
    error::{Error, Result},
    platform::database::{Tx, lists},
};
use chrono::{DateTime, Utc};
use entity::cart::cart::{Column, Entity, State};
use entity::ids::CartLineId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement, sea_query::Expr,
};
use serde_json::{Value, json};

/// Writes lines, whatever their number. No statement where there are none.
pub(super) async fn lines<'a>(
    tx: &Tx,
    cart: &Cart,
    offers: impl Iterator<Item = &'a Offer>,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<Value> = offers
        .filter_map(|offer| {
            Some(json!({
                "id": offer.line_id?.0.simple().to_string(),
                "seller_id": offer.seller_id.0.simple().to_string(),
                "variant_id": offer.variant_id.0.simple().to_string(),
                "quantity": offer.quantity?,
                "price_seen": offer.price_seen?,
            }))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => POSTGRES,
        _ => SQLITE,
    };
    let values = [
        Value::from(rows).to_string().into(),
        cart.id.0.into(),
        cart.customer_id.map(|customer| customer.0).into(),
        now.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

const POSTGRES: &str = "INSERT INTO cart_line (id, cart_id, customer_id, seller_id, variant_id, quantity, price_seen, created_at) \
     SELECT new.id, $2, $3, new.seller_id, new.variant_id, new.quantity, new.price_seen, $4 \
     FROM json_to_recordset(CAST($1 AS json)) AS new (id uuid, seller_id uuid, variant_id uuid, quantity bigint, price_seen bigint) \
     ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, price_seen = excluded.price_seen";

// Without a WHERE the parser would take ON for a join's.
const SQLITE: &str = "INSERT INTO cart_line (id, cart_id, customer_id, seller_id, variant_id, quantity, price_seen, created_at) \
     SELECT unhex(value ->> 'id'), $2, $3, unhex(value ->> 'seller_id'), unhex(value ->> 'variant_id'), \
       value ->> 'quantity', value ->> 'price_seen', $4 FROM json_each($1) WHERE true \
     ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, price_seen = excluded.price_seen";

/// Deletes lines. No statement where there are none.
pub(super) async fn gone(tx: &Tx, cart: &Cart, lines: &[CartLineId]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let sql = format!(
        "DELETE FROM cart_line WHERE id {} AND cart_id = $2",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, lines), cart.id.0.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

/// Writes the cart's own row, which the transaction holds.
pub(super) async fn row(tx: &Tx, cart: &Cart) -> Result<()> {
    let written = Entity::update_many()
        .col_expr(Column::Currency, Expr::value(cart.currency))
        .col_expr(Column::Email, Expr::value(cart.email.as_deref()))
        .col_expr(Column::Address, Expr::value(cart.address.as_deref()))
        .col_expr(Column::Note, Expr::value(cart.note.as_deref()))
        .col_expr(Column::Choices, Expr::value(cart.choices.as_str()))
        .col_expr(Column::Version, Expr::value(cart.version))
        .col_expr(Column::UpdatedAt, Expr::value(cart.updated_at))
        .col_expr(Column::ExpiresAt, Expr::value(cart.expires_at))
        .filter(Column::Id.eq(cart.id))
        .filter(Column::State.eq(State::Active))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        let message = "a cart that is held cannot be written";
        return Err(Error::internal(anyhow::anyhow!(message)));
    }
    Ok(())
}
