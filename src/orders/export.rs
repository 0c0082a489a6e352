//! What is kept of a person's orders, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::orders::{line, order};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

/// The caller's orders.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let db = caller.database.read();
    let orders =
        told::page::<order::Entity>(caller, order::Column::CustomerId, order::Column::Id, after)
            .await?;
    let ids = orders.iter().map(|order| order.id);
    let lines = line::Entity::find()
        .filter(line::Column::OrderId.is_in(ids))
        .order_by_asc(line::Column::Id)
        .all(db)
        .await?;
    let told = orders.into_iter().map(|order| {
        let of_order = lines.iter().filter(|line| line.order_id == order.id);
        let of_order: Vec<_> = of_order
            .map(|line| {
                json!({
                    "product": line.product_name,
                    "variant": line.variant_name,
                    "quantity": line.quantity,
                    "cancelled": line.cancelled,
                    "total": line.total,
                })
            })
            .collect();
        let told = json!({
            "number": order.number,
            "email": order.email,
            "address": order.address,
            "note": order.note,
            "state": order.state.to_value(),
            "cancelReason": order.cancel_reason.map(|reason| reason.to_value()),
            "cancelNote": order.reason,
            "voucherCodes": order.voucher_codes,
            "subtotal": order.subtotal,
            "discount": order.discount,
            "shipping": order.shipping,
            "tax": order.tax,
            "cancelled": order.cancelled,
            "currency": order.currency.as_str(),
            "total": order.total,
            "refunded": order.refunded,
            "paidFromWallet": order.from_wallet,
            "lines": of_order,
            "createdAt": order.created_at,
            "updatedAt": order.updated_at,
        });
        (order.id.0, told)
    });
    Ok(told.collect())
}
