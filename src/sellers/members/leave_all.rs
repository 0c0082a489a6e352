//! Leaving all shops, when an account is closed.

use super::may::hold_shops_of;
use crate::{
    audit::Entry,
    error::{Error, Result},
    outbox,
    platform::database::Tx,
    sellers::events::MemberChanged,
};
use entity::ids::AccountId;
use entity::sellers::{
    invitation,
    member::{Column, Entity},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Statement};

/// Takes the account out of every shop, and takes back what it asked others to; what is to be written down of it is returned. Hold
/// the account before, so that it comes into no other shop meanwhile.
///
/// # Errors
/// Conflict when a shop would be without an owner.
pub(crate) async fn leave_all(tx: &Tx, account: AccountId) -> Result<Vec<Entry>> {
    hold_shops_of(tx, account).await?;
    if let Some(shop) = shop_left_alone(tx, account).await? {
        return Err(Error::Conflict(format!(
            "You are the last owner of the shop {shop}. Hand the shop {shop} to another owner first."
        )));
    }
    let left = Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .exec_with_returning(tx)
        .await?;
    let letters = Condition::any()
        .add(invitation::Column::InvitedBy.eq(account))
        .add(invitation::Column::AccountId.eq(account));
    invitation::Entity::delete_many()
        .filter(letters)
        .exec(tx)
        .await?;
    let events: Vec<_> = left.iter().map(MemberChanged::gone).collect();
    outbox::emit(tx, &events).await?;
    let entries = left.iter().map(|member| {
        Entry::new("member.remove", "member", member.id)
            .of_shop(member.seller_id)
            .was("account", member.account_id)
            .was("role", member.role)
    });
    Ok(entries.collect())
}

/// The name of a shop whose only owner the account is.
async fn shop_left_alone(tx: &Tx, account: AccountId) -> Result<Option<String>> {
    let sql = "SELECT seller.name FROM seller_member AS own JOIN seller ON seller.id = own.seller_id \
        WHERE own.account_id = $1 AND own.role = 'OWNER' AND seller.deleted_at IS NULL AND NOT EXISTS (\
        SELECT 1 FROM seller_member AS other WHERE other.seller_id = own.seller_id AND other.id <> own.id AND other.role = 'OWNER') \
        ORDER BY seller.name_key LIMIT 1";
    let backend = tx.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [account.0.into()]);
    let found = tx.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get("", "name")).transpose()?)
}
