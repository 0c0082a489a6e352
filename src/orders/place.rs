//! Writing an order down, as the cart was taken.

use super::{Fulfilment, FulfilmentState, Order, OrderLine, OrderState, OrderView, PartView};
use crate::{
    cart::{Taken, TakenLine, TakenSeller},
    error::{Error, Result},
    ledger,
    payments::Payment,
    platform::{
        config::Settings,
        database::{Tx, together},
    },
};
use chrono::{DateTime, Utc};
use entity::ids::{FulfilmentId, OrderId, OrderLineId, SagaId};
use entity::orders::{fulfilment, line, order};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryTrait};
use std::{collections::HashMap, sync::Arc};

/// What an order stands on beside its cart.
pub(super) struct Ground<'a> {
    pub(super) id: OrderId,
    pub(super) token_hash: Option<String>,
    pub(super) payment: Option<Payment>,
    pub(super) from_wallet: bool,
    pub(super) saga: SagaId,
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
}

/// Writes the order, its parts and its lines with what `tx` does next, three statements, and returns what they say.
pub(super) fn place(tx: &Tx, taken: &Taken, ground: Ground<'_>) -> Result<Arc<OrderView>> {
    let order = order_row(taken, &ground)?;
    let parts = taken.sellers.iter().map(|part| {
        // What was agreed with the shop, as it is now.
        let bps = ledger::commission_bps(ground.settings, part.commission_bps);
        let bps = i16::try_from(bps).map_err(Error::internal)?;
        Ok(part_row(taken, part, bps, &ground))
    });
    let parts = parts.collect::<Result<Vec<Fulfilment>>>()?;
    let of_seller: HashMap<_, _> = parts.iter().map(|part| (part.seller_id, part.id)).collect();
    let lines = taken.lines.iter().map(|line| {
        let part = of_seller.get(&line.seller).copied();
        let part = part.ok_or_else(|| Error::internal(anyhow::anyhow!("a line has no shop")))?;
        Ok(line_row(taken, line, part, &ground))
    });
    let lines = lines.collect::<Result<Vec<OrderLine>>>()?;
    let written = order::Entity::insert(order.clone().into_active_model());
    tx.put_off(written.build(tx.get_database_backend()));
    together::put_off::<fulfilment::Entity>(tx, &parts)?;
    together::put_off::<line::Entity>(tx, &lines)?;
    Ok(view(order, parts, lines, ground.payment))
}

/// What was written, as it is found when it is looked for: parts by shop, lines as they were made.
fn view(
    order: Order,
    parts: Vec<Fulfilment>,
    lines: Vec<OrderLine>,
    payment: Option<Payment>,
) -> Arc<OrderView> {
    let order = Arc::new(order);
    let mut of_part: HashMap<FulfilmentId, Vec<OrderLine>> = HashMap::new();
    for line in lines {
        of_part.entry(line.fulfilment_id).or_default().push(line);
    }
    let parts = parts.into_iter().map(|part| {
        Arc::new(PartView {
            lines: of_part.remove(&part.id).unwrap_or_default(),
            order: Arc::clone(&order),
            part: Arc::new(part),
        })
    });
    Arc::new(OrderView {
        parts: parts.collect(),
        payment: payment.map(Arc::new),
        order,
    })
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
        payment_id: ground.payment.as_ref().map(|payment| payment.id),
        from_wallet: ground.from_wallet,
        saga_id: ground.saga,
        state: OrderState::Pending,
        reason: None,
        cancel_reason: None,
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
