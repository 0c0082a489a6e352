//! Signing a person out.

use crate::{error::Result, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::accounts::session::{Column, EndReason, Entity};
use entity::ids::{AccountId, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Ends the person's sessions, but for the one that is `kept`.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn end_sessions(
    tx: &Tx,
    account: AccountId,
    kept: Option<SessionId>,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut ending = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::EndReason, Expr::value(reason))
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null());
    if let Some(kept) = kept {
        ending = ending.filter(Column::Id.ne(kept));
    }
    ending.exec(tx).await?;
    Ok(())
}
