//! A shop has sent its part of an order.

use super::{Fulfilment, FulfilmentState, OrderChanged, OrderState, OrderStep, change};
use crate::{
    caller::Caller,
    error::{Error, Result},
    outbox,
    platform::database::{Tx, walls},
    sellers::members::{ShopPermission, may},
};
use entity::ids::FulfilmentId;
use entity::orders::fulfilment::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Longest name of a carrier, and longest number of a parcel.
const LONGEST: usize = 100;

/// How a part was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    carrier: Option<String>,
    tracking_number: Option<String>,
}

impl Sending {
    /// Looks over what was sent.
    ///
    /// # Errors
    /// Invalid where something is too long.
    pub(crate) fn read(carrier: Option<String>, tracking_number: Option<String>) -> Result<Self> {
        let read = |text: Option<String>, field: &str| {
            let text = text.map(|text| text.trim().to_owned());
            match text.filter(|text| !text.is_empty()) {
                Some(text) if text.chars().count() > LONGEST => Err(Error::invalid(
                    format!("input.{field}"),
                    format!("Write at most {LONGEST} characters."),
                )),
                text => Ok(text),
            }
        };
        Ok(Self {
            carrier: read(carrier, "carrier")?,
            tracking_number: read(tracking_number, "trackingNumber")?,
        })
    }
}

/// The part, for whoever may send it: from here to the end the transaction writes as the system, since the order is the shopper's.
///
/// # Errors
/// `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not.
pub(super) async fn open(tx: &Tx, caller: &Caller, id: FulfilmentId) -> Result<Fulfilment> {
    let found = Entity::find_by_id(id).one(tx).await?;
    let part = found.ok_or(Error::NotFound("fulfilment"))?;
    match may(tx, caller, part.seller_id, ShopPermission::OrdersWrite).await {
        Err(Error::NotFound(_)) => return Err(Error::NotFound("fulfilment")),
        checked => checked?,
    };
    walls::write_as_system(tx, caller.writer()).await?;
    change::hold_confirmed(tx, part.order_id, caller.clock.now()).await?;
    Ok(part)
}

/// Says that the part is on its way. Of this and a cancellation, whichever comes first is done.
///
/// # Errors
/// As [`open`]; Conflict where it was sent or cancelled.
pub(crate) async fn fulfilment_ship(
    caller: &Caller,
    tx: &Tx,
    id: FulfilmentId,
    sending: &Sending,
) -> Result<FulfilmentId> {
    let (part, now) = (open(tx, caller, id).await?, caller.clock.now());
    change::each_part_to(tx, &[id], FulfilmentState::Shipped, now).await?;
    Entity::update_many()
        .col_expr(Column::Carrier, Expr::value(sending.carrier.clone()))
        .col_expr(
            Column::TrackingNumber,
            Expr::value(sending.tracking_number.clone()),
        )
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    let step = OrderStep::Shipped { fulfilment: id };
    tell(tx, &part, OrderState::Confirmed, step).await?;
    Ok(id)
}

/// Tells of the part.
pub(super) async fn tell(
    tx: &Tx,
    part: &Fulfilment,
    state: OrderState,
    step: OrderStep,
) -> Result<()> {
    let sellers = vec![part.seller_id];
    let changed = OrderChanged::new(part.order_id, part.customer_id, sellers, state, step);
    outbox::emit(tx, &[changed]).await?;
    Ok(())
}
