//! Writing to someone of whom another room knows no more than an address.

use super::{
    letter::{Reason, letter},
    token,
};
use crate::{error::Result, ports::mailer::Mail};
use entity::accounts::{account, login};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use url::Url;

/// Who reads the mail of an address.
#[derive(Clone, Debug)]
pub(crate) struct Addressee {
    pub(crate) account: AccountId,
    /// The address as the person wrote it.
    pub(crate) email: String,
}

/// Who has shown to read the mail of the address with this key, and may use the account; nothing where nobody has.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn addressee(
    db: &impl ConnectionTrait,
    email_key: &str,
) -> Result<Option<Addressee>> {
    let found = login::Entity::find()
        .find_also_related(account::Entity)
        .filter(login::Column::EmailKey.eq(email_key))
        .filter(login::Column::EmailVerifiedAt.is_not_null())
        .filter(account::Column::Status.eq(account::Status::Active))
        .one(db)
        .await?;
    Ok(found.map(|(login, _)| Addressee {
        account: login.account_id,
        email: login.email,
    }))
}

/// Where the person of this account reads mail; nothing for whoever does not use it any more, or has not shown to read it.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn mailbox(
    db: &impl ConnectionTrait,
    person: AccountId,
) -> Result<Option<String>> {
    let found = login::Entity::find_by_id(person)
        .find_also_related(account::Entity)
        .filter(login::Column::EmailVerifiedAt.is_not_null())
        .filter(account::Column::Status.eq(account::Status::Active))
        .one(db)
        .await?;
    Ok(found.map(|(login, _)| login.email))
}

/// Whether the account is in use: whoever closed one, or may not use it, is not written to.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn is_in_use(db: &impl ConnectionTrait, person: AccountId) -> Result<bool> {
    let found = account::Entity::find_by_id(person)
        .filter(account::Column::Status.eq(account::Status::Active))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// A token for a letter's link, of which whoever checks it keeps the hash alone.
pub(crate) struct LinkToken {
    pub(crate) token: SecretString,
    pub(crate) hash: String,
}

impl LinkToken {
    /// 256 random bits.
    ///
    /// # Errors
    /// Internal when the machine has no random numbers.
    pub(crate) fn generate() -> Result<Self> {
        let token = token::generate()?;
        Ok(Self {
            hash: token::hash(&token),
            token: token.into(),
        })
    }

    /// What was kept of a token that someone shows.
    pub(crate) fn hash_of(token: &str) -> String {
        token::hash(token)
    }
}

/// The letter that asks someone into a shop.
///
/// # Errors
/// Internal when it cannot be set.
pub(crate) fn letter_of_invitation(to: String, token: &str, shop: &Url) -> Result<Mail> {
    letter(Reason::ShopInvitation, to, Some(token), shop)
}
