//! Payments into wallets.

use crate::{
    ids::{AccountId, PaymentId, SagaId, TopUpId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// How far a top-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It is not paid yet.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// The money is in the wallet.
    #[sea_orm(string_value = "COMPLETED")]
    Completed,
    /// It came to nothing, and nothing was kept.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

/// Why a top-up came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Failure {
    /// The provider said no.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
    /// It was not confirmed in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
    /// The account was closed or suspended meanwhile.
    #[sea_orm(string_value = "ACCOUNT_CLOSED")]
    AccountClosed,
    /// The provider could not be asked.
    #[sea_orm(string_value = "PROVIDER_UNAVAILABLE")]
    ProviderUnavailable,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wallet_top_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopUpId,
    /// Whose wallet.
    pub customer_id: AccountId,
    #[sea_orm(unique)]
    pub payment_id: PaymentId,
    /// What carries it on.
    pub saga_id: SagaId,
    pub state: State,
    pub failure: Option<Failure>,
    pub amount: i64,
    pub currency: CurrencyCode,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
