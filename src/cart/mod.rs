//! Carts: what people mean to buy, what it comes to, and codes that make it cheaper. What becomes of it when it is bought is another room's.

mod absorb;
mod cart_create;
mod cart_merge;
mod cart_ref;
mod cart_update;
mod change;
mod choices;
mod export;
mod find;
mod forget;
mod give_back;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod lines;
mod load;
mod look;
mod problem;
mod sweep_carts;
mod take;
mod totals;
pub(crate) mod vouchers;
mod write;

use choices::Choices;

pub use crate::accounts::addresses::PostalAddress;
pub(crate) use cart_create::cart_create;
pub(crate) use cart_merge::cart_merge;
pub use cart_ref::CartRef;
pub(crate) use cart_update::cart_update;
pub(crate) use change::{CartChange, Fault, FaultKind, Said};
pub(crate) use entity::cart::cart::Model as Cart;
pub(crate) use export::export;
pub(crate) use find::{own, view};
pub(crate) use forget::forget;
pub use give_back::give_back;
pub(crate) use lines::LineView;
pub(crate) use look::{CartView, SellerView, VoucherView};
pub use problem::{Problem, ProblemCode};
pub use sweep_carts::SweepCarts;
pub use take::{Taken, TakenLine, TakenSeller, TakenVoucher, take};
pub use totals::Totals;
pub use vouchers::{Redeemer, Use, voucher_redeem, voucher_release};

/// Most lines of a cart.
const MOST_LINES: usize = 100;
/// Most shops of a cart.
const MOST_SELLERS: usize = 20;
/// Most units of one line.
const MOST_UNITS: i64 = 999;
/// Most vouchers of a cart.
const MOST_VOUCHERS: usize = 5;
