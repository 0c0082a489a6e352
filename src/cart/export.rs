//! What is kept of a person's carts, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::cart::{cart, cart_line};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

/// The caller's carts, those that are over too, as long as they are kept.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let person = caller.require_person()?;
    let db = caller.database.read();
    let carts =
        told::page::<cart::Entity>(caller, cart::Column::CustomerId, cart::Column::Id, after)
            .await?;
    let (Some(first), Some(last)) = (carts.first(), carts.last()) else {
        return Ok(Rows::default());
    };
    let lines = cart_line::Entity::find()
        .filter(cart_line::Column::CustomerId.eq(person.account))
        .filter(cart_line::Column::CartId.between(first.id, last.id))
        .order_by_asc(cart_line::Column::Id)
        .all(db)
        .await?;
    let told = carts.into_iter().map(|cart| {
        let of_cart = lines.iter().filter(|line| line.cart_id == cart.id);
        let of_cart: Vec<_> = of_cart
            .map(|line| json!({ "variant": line.variant_id.0, "quantity": line.quantity }))
            .collect();
        let told = json!({
            "email": cart.email,
            "address": cart.address,
            "note": cart.note,
            "lines": of_cart,
            "createdAt": cart.created_at,
            "updatedAt": cart.updated_at,
        });
        (cart.id.0, told)
    });
    Ok(told.collect())
}
