//! Payments.

use crate::ids::{AccountId, PaymentId};
use crate::money::CurrencyCode;
use sea_orm::entity::prelude::*;

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Nobody was asked yet.
    #[sea_orm(string_value = "CREATED")]
    Created,
    /// The provider is asked to hold the money, and what came of it is not known.
    #[sea_orm(string_value = "AUTHORISING")]
    Authorising,
    /// Whoever pays has to do something first.
    #[sea_orm(string_value = "REQUIRES_ACTION")]
    RequiresAction,
    /// The provider takes its time.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// The money is held.
    #[sea_orm(string_value = "AUTHORISED")]
    Authorised,
    /// The provider is asked to take the money, and what came of it is not known.
    #[sea_orm(string_value = "CAPTURING")]
    Capturing,
    /// The money is taken; what of it was given back stands beside.
    #[sea_orm(string_value = "CAPTURED")]
    Captured,
    /// The provider is asked to let the money go, and what came of it is not known.
    #[sea_orm(string_value = "VOIDING")]
    Voiding,
    /// The money was let go.
    #[sea_orm(string_value = "VOIDED")]
    Voided,
    /// The provider does not hold the money.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    /// What it is for.
    pub subject_id: Uuid,
    pub customer_id: Option<AccountId>,
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    /// By what is paid, as the provider knows it; nothing once nobody is asked by it any more.
    #[sea_orm(column_type = "Text")]
    pub method: String,
    pub state: State,
    pub amount: i64,
    pub currency: CurrencyCode,
    /// What was taken.
    pub captured: i64,
    /// What is being given back.
    pub refunding: i64,
    /// What was given back.
    pub refunded: i64,
    /// What the provider calls it.
    #[sea_orm(column_type = "Text", nullable)]
    pub reference: Option<String>,
    /// Where whoever pays has to go.
    #[sea_orm(column_type = "Text", nullable)]
    pub action_url: Option<String>,
    /// Why the provider said no last.
    #[sea_orm(column_type = "Text", nullable)]
    pub decline_code: Option<String>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
