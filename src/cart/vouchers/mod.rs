//! Vouchers: codes that make things cheaper. A shop's is for its lines and borne by it; the platform's is for all, and borne by the platform.

mod find;
pub(crate) mod graphql;
mod redeemer;
mod rules;
mod standing;
mod voucher_create;
mod voucher_deactivate;
mod voucher_redeem;
mod voucher_release;
mod voucher_update;

pub(crate) use entity::cart::voucher::Model as VoucherRow;
pub(crate) use find::{by_id, count, list, order};
pub use redeemer::Redeemer;
pub(crate) use rules::{VoucherDraft, code_key};
pub(crate) use voucher_create::voucher_create;
pub(crate) use voucher_deactivate::voucher_deactivate;
pub use voucher_redeem::{Use, voucher_redeem};
pub use voucher_release::voucher_release;
pub(crate) use voucher_update::voucher_update;

pub(super) use find::{Voucher, among};
