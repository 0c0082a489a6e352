//! Orders: buying what is in a cart, and what becomes of it until it has arrived or come to nothing.
//!
//! A checkout writes the order down in one transaction and answers at once; a saga has it paid. Every state is changed by a conditional update on
//! the one table of transitions in `rules.rs`, with the order's row held first, so that of two who decide about an order one does.
//! See docs/checkout.md.

mod cancellation;
mod change;
mod checkout;
mod checkout_complete;
mod erase_orders;
mod events;
mod export;
mod find;
mod for_letter;
mod fulfilment_deliver;
mod fulfilment_ship;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod money_to_come;
mod order_cancel;
mod order_line_cancel;
mod place;
mod refund_order;
mod rules;
mod take_back;
mod view;

pub(crate) use cancellation::sentence;
pub use checkout::Checkout;
pub(crate) use checkout_complete::{CheckoutComplete, Means, Refusal, checkout_complete};
pub(crate) use entity::orders::{
    fulfilment::{Model as Fulfilment, State as FulfilmentState},
    line::Model as OrderLine,
    order::{CancelReason, Model as Order, State as OrderState},
};
pub(crate) use erase_orders::{EraseOrders, erase_orders};
pub use events::{OrderChanged, OrderPlaced, OrderStep};
pub(crate) use export::export;
pub(crate) use find::{
    OrderRef, OrderView, PartView, count_of_viewer, id_of, of_viewer, order, part, part_of_seller,
    view, view_of, views,
};
pub(crate) use for_letter::{Lettered, for_letter};
pub(crate) use fulfilment_deliver::fulfilment_deliver;
pub(crate) use fulfilment_ship::{Sending, fulfilment_ship};
pub(crate) use money_to_come::refuse_money_to_come;
pub(crate) use order_cancel::order_cancel;
pub(crate) use order_line_cancel::order_line_cancel;
pub use refund_order::RefundOrder;
pub(crate) use view::{
    ListOrder, Listing, OrderFilter, OrderSort, PartFilter, Period, Search, count, list, of_seller,
    part_order,
};
pub use view::{
    Rebuilt, ViewChanged, ViewPlaced, measure as measure_view, rebuild as rebuild_view,
};

/// Longest reason for a cancellation, in characters.
const LONGEST_REASON: usize = 500;
