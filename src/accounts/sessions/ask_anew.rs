//! Forgetting what is remembered of a person who has changed.

use crate::{
    app::App,
    error::Result,
    platform::database::{Tx, transactions},
};
use entity::accounts::session::{Column, Entity};
use entity::ids::{AccountId, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::sync::Arc;

/// Has this process ask anew, after the commit, what the account's person may do; others do within five seconds.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn ask_anew(app: &App, tx: &Tx, account: AccountId) -> Result<()> {
    let sessions: Vec<SessionId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null())
        .into_tuple()
        .all(tx)
        .await?;
    let memory = Arc::clone(&app.sessions);
    transactions::after_commit(move || memory.forget(&sessions));
    Ok(())
}
