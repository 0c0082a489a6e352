//! What someone bought.

use crate::{
    ids::{AccountId, CartId, OrderId, PaymentId, SagaId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It is not paid yet.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// It is paid, and the shops send it.
    #[sea_orm(string_value = "CONFIRMED")]
    Confirmed,
    /// All of it that was not cancelled has arrived.
    #[sea_orm(string_value = "COMPLETED")]
    Completed,
    /// It came to nothing.
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
}

/// Why an order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum CancelReason {
    /// The provider of payments said no.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
    /// The payment was not confirmed in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
    /// What was promised expired before it was paid, and there was no more.
    #[sea_orm(string_value = "SOLD_OUT")]
    SoldOut,
    /// A shop closed before it was paid.
    #[sea_orm(string_value = "SHOP_CLOSED")]
    ShopClosed,
    /// The wallet that was to pay held too little by then.
    #[sea_orm(string_value = "INSUFFICIENT_FUNDS")]
    InsufficientFunds,
    /// Whoever bought it cancelled it.
    #[sea_orm(string_value = "BY_SHOPPER")]
    ByShopper,
    /// The shops cannot send it.
    #[sea_orm(string_value = "BY_SHOP")]
    ByShop,
    /// Support cancelled it.
    #[sea_orm(string_value = "BY_SUPPORT")]
    BySupport,
    /// The provider of payments could not be asked.
    #[sea_orm(string_value = "PROVIDER_UNAVAILABLE")]
    ProviderUnavailable,
}

impl CancelReason {
    /// Whether someone decided it, who may have said why.
    #[must_use]
    pub fn is_of_people(self) -> bool {
        matches!(self, Self::ByShopper | Self::ByShop | Self::BySupport)
    }
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_order")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    /// What people call it by; given when it is paid.
    #[sea_orm(unique)]
    pub number: Option<i64>,
    /// Whose it is; nothing for a guest's.
    pub customer_id: Option<AccountId>,
    /// The hash of the token that a guest holds: that of the cart.
    #[sea_orm(column_type = "Text", nullable)]
    pub token_hash: Option<String>,
    pub cart_id: CartId,
    /// Nothing where nothing was to be paid, or the wallet pays.
    pub payment_id: Option<PaymentId>,
    /// Whether the customer's wallet pays, and what goes back goes there.
    pub from_wallet: bool,
    /// What carries the checkout on.
    pub saga_id: SagaId,
    pub state: State,
    /// What whoever cancelled it said.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// Where it is sent, as JSON.
    #[sea_orm(column_type = "Text")]
    pub address: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// The codes that took something off, as JSON.
    #[sea_orm(column_type = "Text")]
    pub voucher_codes: String,
    pub currency: CurrencyCode,
    pub subtotal: i64,
    pub discount: i64,
    pub shipping: i64,
    /// All tax, that in the prices too.
    pub tax: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub tax_name: Option<String>,
    pub tax_bps: i16,
    pub tax_included: bool,
    pub total: i64,
    /// How much of the total is not to be paid any more.
    pub cancelled: i64,
    /// How much of that went back.
    pub refunded: i64,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
