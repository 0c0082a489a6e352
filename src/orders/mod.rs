//! Orders: buying what is in a cart, and what becomes of it until it has arrived or come to nothing.
//!
//! A checkout writes the order down in one transaction and answers at once; a saga has it paid. Every state is changed by a conditional update on
//! the one table of transitions in `rules.rs`, with the order's row held first, so that of two who decide about an order one does.
//! See docs/checkout.md.

mod change;
mod checkout;
mod checkout_complete;
mod events;
mod export;
mod find;
mod fulfilment_deliver;
mod fulfilment_ship;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod order_cancel;
mod order_line_cancel;
mod place;
mod refund_order;
mod rules;
mod take_back;

pub use checkout::Checkout;
pub(crate) use checkout_complete::{CheckoutComplete, Refusal, checkout_complete};
pub(crate) use entity::orders::{
    fulfilment::{Model as Fulfilment, State as FulfilmentState},
    line::Model as OrderLine,
    order::{Model as Order, State as OrderState},
};
pub use events::{OrderChanged, OrderPlaced};
pub(crate) use export::export;
pub(crate) use find::{
    OrderRef, OrderView, PartView, count_of_seller, count_of_viewer, of_seller, of_viewer, order,
    part, part_order, part_views, view, views,
};
pub(crate) use fulfilment_deliver::fulfilment_deliver;
pub(crate) use fulfilment_ship::{Sending, fulfilment_ship};
pub(crate) use order_cancel::order_cancel;
pub(crate) use order_line_cancel::order_line_cancel;
pub use refund_order::RefundOrder;

/// Longest reason for a cancellation, in characters.
const LONGEST_REASON: usize = 500;
