//! What was asked of providers.

use crate::ids::{AccountId, PaymentAttemptId, PaymentId, SagaId};
use sea_orm::entity::prelude::*;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It is about to be asked, or was.
    #[sea_orm(string_value = "ASKED")]
    Asked,
    /// No answer came.
    #[sea_orm(string_value = "UNKNOWN")]
    Unknown,
    /// Whoever pays has to do something first.
    #[sea_orm(string_value = "REQUIRES_ACTION")]
    RequiresAction,
    /// The provider takes its time.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// It is done.
    #[sea_orm(string_value = "SUCCEEDED")]
    Succeeded,
    /// It is not done, and will not be.
    #[sea_orm(string_value = "DECLINED")]
    Declined,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Operation {
    /// To hold the money.
    #[sea_orm(string_value = "AUTHORISE")]
    Authorise,
    /// To take what is held.
    #[sea_orm(string_value = "CAPTURE")]
    Capture,
    /// To let go of what is held.
    #[sea_orm(string_value = "VOID")]
    Void,
    /// To give back what was taken, or a part.
    #[sea_orm(string_value = "REFUND")]
    Refund,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentAttemptId,
    pub payment_id: PaymentId,
    pub customer_id: Option<AccountId>,
    pub operation: Operation,
    /// What the provider knows the call by: written down before it is asked.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    pub amount: i64,
    pub state: State,
    /// How often the provider was asked, or asked about it.
    pub calls: i64,
    /// What the provider calls what was made.
    #[sea_orm(column_type = "Text", nullable)]
    pub reference: Option<String>,
    /// Why it was declined.
    #[sea_orm(column_type = "Text", nullable)]
    pub code: Option<String>,
    /// Why no answer came last.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// Who waits for what comes of it.
    pub saga_id: Option<SagaId>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
