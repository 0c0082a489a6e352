//! Making accounts for many people at once.

use crate::{error::Result, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::accounts::account;
use entity::ids::AccountId;
use entity::role::Role;
use sea_orm::{EntityTrait, IntoActiveModel};

/// Rows of one statement.
const CHUNK: usize = 64;

/// Makes an account for each of `display_names`, 1 to 100 characters each, and returns their ids in that order.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn account_create_many(
    tx: &Tx,
    display_names: &[&str],
    now: DateTime<Utc>,
) -> Result<Vec<AccountId>> {
    let rows: Vec<_> = display_names
        .iter()
        .map(|name| account::Model {
            id: AccountId::generate(),
            display_name: (*name).to_owned(),
            role: Role::Customer,
            status: account::Status::Active,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        account::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(rows.iter().map(|row| row.id).collect())
}
