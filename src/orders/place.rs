//! Writing an order down, as the cart was taken.

use super::{Fulfilment, FulfilmentState, Order, OrderLine, OrderState};
use crate::{
    cart::{Taken, TakenLine, TakenSeller},
    error::{Error, Result},
    ledger,
    platform::{
        config::Settings,
        database::{Tx, bulk, lists},
    },
};
use chrono::{DateTime, Utc};
use entity::ids::{FulfilmentId, OrderId, OrderLineId, PaymentId, SagaId, SellerId};
use entity::orders::{fulfilment, line, order};
use sea_orm::{ActiveModelTrait, ConnectionTrait, FromQueryResult, IntoActiveModel, Statement};
use std::collections::HashMap;

/// What an order stands on beside its cart.
pub(super) struct Ground<'a> {
    pub(super) id: OrderId,
    pub(super) token_hash: Option<String>,
    pub(super) payment: Option<PaymentId>,
    pub(super) saga: SagaId,
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
}

/// Writes the order, its parts and its lines: four statements.
pub(super) async fn place(tx: &Tx, taken: &Taken, ground: Ground<'_>) -> Result<()> {
    let commissions = commissions(tx, taken, ground.settings).await?;
    let order = order_row(taken, &ground)?;
    let parts = taken.sellers.iter().map(|part| {
        let commission_bps = commissions.get(&part.seller).copied().unwrap_or_default();
        part_row(taken, part, commission_bps, &ground)
    });
    let parts: Vec<Fulfilment> = parts.collect();
    let of_seller: HashMap<_, _> = parts.iter().map(|part| (part.seller_id, part.id)).collect();
    let lines = taken.lines.iter().map(|line| {
        let part = of_seller.get(&line.seller).copied();
        let part = part.ok_or_else(|| Error::internal(anyhow::anyhow!("a line has no shop")))?;
        Ok(line_row(taken, line, part, &ground))
    });
    let lines = lines.collect::<Result<Vec<OrderLine>>>()?;
    order.into_active_model().insert(tx).await?;
    bulk::insert::<fulfilment::Entity>(tx, parts).await?;
    bulk::insert::<line::Entity>(tx, lines).await
}

#[derive(FromQueryResult)]
struct Rate {
    id: SellerId,
    commission_bps: Option<i64>,
}

/// What the marketplace keeps of each shop's sales now: one statement.
async fn commissions(
    tx: &Tx,
    taken: &Taken,
    settings: &Settings,
) -> Result<HashMap<SellerId, i16>> {
    let sellers: Vec<_> = taken.sellers.iter().map(|part| part.seller).collect();
    let backend = tx.get_database_backend();
    let sql = format!(
        "SELECT id, commission_bps FROM seller WHERE id {}",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, &sellers)];
    let rows = Rate::find_by_statement(Statement::from_sql_and_values(backend, sql, values));
    let rates = rows.all(tx).await?.into_iter().map(|row| {
        let bps = ledger::commission_bps(settings, row.commission_bps);
        Ok((row.id, i16::try_from(bps).map_err(Error::internal)?))
    });
    rates.collect()
}

fn order_row(taken: &Taken, ground: &Ground<'_>) -> Result<Order> {
    let codes: Vec<_> = taken
        .vouchers
        .iter()
        .map(|voucher| voucher.code.as_str())
        .collect();
    let tax = taken.tax.as_ref();
    Ok(order::Model {
        id: ground.id,
        number: None,
        customer_id: taken.customer,
        token_hash: ground.token_hash.clone(),
        cart_id: taken.cart,
        payment_id: ground.payment,
        saga_id: ground.saga,
        state: OrderState::Pending,
        reason: None,
        email: taken.email.clone(),
        address: serde_json::to_string(&taken.address).map_err(Error::internal)?,
        note: taken.note.clone(),
        voucher_codes: serde_json::to_string(&codes).map_err(Error::internal)?,
        currency: taken.currency,
        subtotal: taken.totals.subtotal,
        discount: taken.totals.discount,
        shipping: taken.totals.shipping,
        tax: taken.totals.tax,
        tax_name: tax.map(|rate| rate.name.clone()),
        tax_bps: tax.map_or(0, |rate| rate.bps),
        tax_included: tax.is_some_and(|rate| rate.included),
        total: taken.totals.total,
        cancelled: 0,
        refunded: 0,
        version: 1,
        created_at: ground.now,
        updated_at: ground.now,
    })
}

fn part_row(
    taken: &Taken,
    part: &TakenSeller,
    commission_bps: i16,
    ground: &Ground<'_>,
) -> Fulfilment {
    let lines = taken.lines.iter().filter(|line| line.seller == part.seller);
    let discounts: Vec<_> = lines.flat_map(|line| line.discounts.iter()).collect();
    let borne = |by_seller: bool| {
        let of = taken
            .vouchers
            .iter()
            .filter(|voucher| voucher.seller.is_some() == by_seller);
        let ids: Vec<_> = of.map(|voucher| voucher.id).collect();
        let amounts = discounts.iter().filter(|(id, _)| ids.contains(id));
        amounts.map(|(_, amount)| amount).sum::<i64>()
    };
    fulfilment::Model {
        id: FulfilmentId::generate(),
        order_id: ground.id,
        seller_id: part.seller,
        customer_id: taken.customer,
        state: FulfilmentState::Pending,
        seller_name: part.name.clone(),
        method_name: part.method.as_ref().map(|(_, name)| name.clone()),
        subtotal: part.totals.subtotal,
        voucher_by_seller: borne(true),
        voucher_by_platform: borne(false),
        shipping: part.totals.shipping,
        shipping_tax: part.totals.shipping_tax,
        tax: part.totals.tax,
        total: part.totals.total,
        cancelled: 0,
        commission_bps,
        carrier: None,
        tracking_number: None,
        version: 1,
        created_at: ground.now,
        updated_at: ground.now,
        shipped_at: None,
        delivered_at: None,
    }
}

fn line_row(
    taken: &Taken,
    taken_line: &TakenLine,
    part: FulfilmentId,
    ground: &Ground<'_>,
) -> OrderLine {
    line::Model {
        id: OrderLineId::generate(),
        order_id: ground.id,
        fulfilment_id: part,
        seller_id: taken_line.seller,
        customer_id: taken.customer,
        product_id: taken_line.product,
        variant_id: taken_line.variant,
        product_name: taken_line.product_name.clone(),
        variant_name: taken_line.variant_name.clone(),
        sku: taken_line.sku.clone(),
        unit_price: taken_line.unit_price,
        quantity: taken_line.quantity,
        discount: taken_line.discount,
        tax: taken_line.tax,
        total: taken_line.total,
        cancelled: 0,
        created_at: ground.now,
    }
}
