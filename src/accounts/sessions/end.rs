//! Ending sessions before their time.

use super::{EndReason, Session};
use crate::{
    app::App,
    error::Result,
    platform::{
        database::{Tx, transactions},
        keys,
    },
};
use entity::accounts::{refresh_token, session};
use entity::ids::{AccountId, SessionId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::sync::Arc;
use uuid::Uuid;

/// Which sessions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// This one.
    One(SessionId),
    /// This one, if it is the account's.
    OneOf(AccountId, SessionId),
    /// All of an account.
    AllOf(AccountId),
    /// All of an account but this one.
    AllBut(AccountId, SessionId),
}

/// Ends those of the sessions that are not ended yet, and deletes their refresh tokens; says which those were. This process
/// feels it as soon as it is committed, others do within five seconds.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn end(
    app: &App,
    tx: &Tx,
    which: Which,
    reason: EndReason,
) -> Result<Vec<SessionId>> {
    use session::Column;
    let now = app.clock.now();
    let update = session::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::EndReason, Expr::value(reason))
        .filter(Column::EndedAt.is_null());
    let update = match which {
        Which::One(id) => update.filter(Column::Id.eq(id)),
        Which::OneOf(account, id) => update
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account)),
        Which::AllOf(account) => update.filter(Column::AccountId.eq(account)),
        Which::AllBut(account, id) => update
            .filter(Column::AccountId.eq(account))
            .filter(Column::Id.ne(id)),
    };
    let ended: Vec<Session> = update.exec_with_returning(tx).await?;
    let ids: Vec<Uuid> = ended.iter().map(|session| session.id.0).collect();
    let session = Expr::col((refresh_token::Entity, refresh_token::Column::SessionId));
    refresh_token::Entity::delete_many()
        .filter(keys::is_among(tx.get_database_backend(), session, &ids))
        .exec(tx)
        .await?;
    let ended: Vec<SessionId> = ended.iter().map(|session| session.id).collect();
    let (memory, over) = (Arc::clone(&app.sessions), ended.clone());
    transactions::after_commit(move || memory.forget(&over));
    Ok(ended)
}
