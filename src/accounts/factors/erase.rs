//! Taking all factors of an account away, when it is closed.

use crate::{error::Result, platform::database::Tx};
use entity::accounts::{passkey, passkey_ceremony, recovery_code, sign_in_challenge, totp};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Takes all factors of the account away, and what was begun with them.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn erase(tx: &Tx, account: AccountId) -> Result<()> {
    sign_in_challenge::Entity::delete_many()
        .filter(sign_in_challenge::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    passkey_ceremony::Entity::delete_many()
        .filter(passkey_ceremony::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    totp::Entity::delete_by_id(account).exec(tx).await?;
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    passkey::Entity::delete_many()
        .filter(passkey::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}
