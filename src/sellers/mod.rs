//! Shops: who sells.

pub(crate) mod active_products;
pub(crate) mod cached;
mod events;
mod export;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
pub(crate) mod members;
mod rules;
mod seller_commission_set;
mod seller_ensure;
mod seller_open;
mod seller_owner_add;
mod seller_reinstate;
mod seller_suspend;
mod seller_update;

pub(crate) use cached::Memory;
pub(crate) use entity::sellers::seller::Model as Seller;
pub(crate) use events::{MemberChanged, SellerChanged, SellerOpened};
pub(crate) use export::export;
pub(crate) use find::{
    SellerSort, by_handle, by_id_written, by_ids, commission_rates, count, is_visible, list, order,
};
pub(crate) use seller_commission_set::{Commission, seller_commission_set};
pub(crate) use seller_ensure::{NAME_LIMIT, Shop, sellers_insert, shops_by_handle, shops_by_id};
pub(crate) use seller_open::{SellerOpen, seller_open};
pub(crate) use seller_owner_add::seller_owner_add;
pub(crate) use seller_reinstate::seller_reinstate;
pub(crate) use seller_suspend::{SuspendReason, seller_suspend};
pub(crate) use seller_update::{SellerUpdate, seller_update};
