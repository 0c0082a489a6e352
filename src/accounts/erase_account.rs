//! The job that erases what is known of a person whose account is closed.
//!
//! What stays is the row itself, without a name: reviews and orders point at it. How the person signed in went when the
//! account was closed.

use super::{events::AuthorChanged, factors};
use crate::{
    error::Result,
    jobs::{Attempt, Job},
    outbox,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::accounts::address;
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, sea_query::Expr};
use serde::{Deserialize, Serialize};

/// Sessions whose traces are erased in one transaction.
const BATCH: i64 = 500;

/// What stands in the place of the name.
const NOBODY: &str = "Closed account";

/// Erases what is known of a person.
#[derive(Deserialize, Serialize)]
pub(crate) struct EraseAccount {
    pub(super) account: AccountId,
}

impl Job for EraseAccount {
    const KIND: &'static str = "accounts.erase";

    fn unique_key(&self) -> Option<String> {
        Some(self.account.0.to_string())
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        while self.erase_sessions(attempt).await? {
            if attempt.is_stopping() {
                return Err(attempt.interrupted());
            }
        }
        attempt
            .transaction(async |tx| {
                Entity::update_many()
                    .col_expr(Column::DisplayName, Expr::value(NOBODY))
                    .filter(Column::Id.eq(self.account))
                    .filter(Column::Status.eq(Status::Closed))
                    .exec(tx)
                    .await?;
                // Few: an account has at most fifty.
                address::Entity::delete_many()
                    .filter(address::Column::CustomerId.eq(self.account))
                    .exec(tx)
                    .await?;
                // What was set up at the moment of closing.
                factors::erase(tx, self.account).await?;
                let changed = AuthorChanged {
                    account_id: self.account,
                };
                outbox::emit_one(tx, &changed).await?;
                attempt.finish(tx).await
            })
            .await
    }
}

impl EraseAccount {
    /// Erases from where and with what some of the sessions were used; whether there were any left.
    async fn erase_sessions(&self, attempt: &Attempt) -> Result<bool> {
        attempt
            .transaction(async |tx| {
                attempt.hold(tx).await?;
                let statement = |sql| {
                    let values = [self.account.0.into(), BATCH.into()];
                    Statement::from_sql_and_values(tx.get_database_backend(), sql, values)
                };
                let tokens = "DELETE FROM refresh_token WHERE hash IN (SELECT hash FROM refresh_token WHERE session_id IN \
                    (SELECT id FROM session WHERE account_id = $1) LIMIT $2)";
                let sessions = "UPDATE session SET user_agent = '', ip = '' WHERE id IN (SELECT id FROM session \
                    WHERE account_id = $1 AND (user_agent <> '' OR ip <> '') LIMIT $2)";
                let mut erased = 0;
                for sql in [tokens, sessions] {
                    erased += tx.execute_raw(statement(sql)).await?.rows_affected();
                }
                Ok(erased > 0)
            })
            .await
    }
}
