//! Money that goes back.

use crate::ids::{AccountId, PaymentAttemptId, PaymentId, RefundId};
use sea_orm::entity::prelude::*;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// The provider is asked.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// The money went back.
    #[sea_orm(string_value = "SUCCEEDED")]
    Succeeded,
    /// The provider does not give it back.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub customer_id: Option<AccountId>,
    pub attempt_id: PaymentAttemptId,
    pub amount: i64,
    pub state: State,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
