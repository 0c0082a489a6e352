//! Recovery codes: for who has lost every other factor. Ten, each good once.
//!
//! A code is 80 random bits, so SHA-256 is enough: nobody tries 2^80, with whatever hash, and a slow one would only cost us.
//! The account is hashed with it, so that one hash is looked for and not ten.

use super::standing;
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::accounts::recovery_code::{Column, Entity, Model};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use secrecy::{ExposeSecret, SecretString};

/// How many there are.
pub(super) const COUNT: usize = 10;
/// Bytes of one.
const LENGTH: usize = 10;
/// Crockford's base 32: nothing in it is taken for something else.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Digits of a group, for people to read.
const GROUP: usize = 4;

/// A code, as people write it: `3k7m-…`, four groups of four.
fn generate() -> Result<SecretString> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let mut text = String::with_capacity(LENGTH * 2);
    let (mut bits, mut held) = (0_u32, 0);
    let mut digits = 0;
    for byte in bytes {
        bits = bits << 8 | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            if digits > 0 && digits % GROUP == 0 {
                text.push('-');
            }
            let digit = DIGITS[(bits >> held & 31) as usize];
            text.push(char::from(digit));
            digits += 1;
        }
    }
    Ok(text.into())
}

/// What is kept of a code of `account`. However it is typed: in capitals, without hyphens, with an O for a nought.
pub(super) fn hash(account: AccountId, code: &str) -> String {
    let typed = code.chars().filter(|c| c.is_alphanumeric());
    let read: String = typed
        .take(64)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    crate::accounts::token::hash(&format!("{} {read}", account.0))
}

/// Makes ten new codes. Those of before are void.
pub(super) async fn replace(
    tx: &Tx,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<SecretString>> {
    delete(tx, account).await?;
    let codes: Vec<SecretString> = (0..COUNT).map(|_| generate()).collect::<Result<_>>()?;
    let rows = codes.iter().map(|code| {
        let row = Model {
            hash: hash(account, code.expose_secret()),
            account_id: account,
            created_at: now,
            used_at: None,
        };
        row.into_active_model()
    });
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(codes)
}

/// Takes them away where the account has no factor any more: they are for who has lost one, and of no use without.
pub(super) async fn delete_without_factor(tx: &Tx, account: AccountId) -> Result<()> {
    if standing(tx, account).await?.has_any() {
        return Ok(());
    }
    delete(tx, account).await
}

/// Takes all codes away.
pub(super) async fn delete(tx: &Tx, account: AccountId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

/// Uses up the code of this hash; whether it was good. Of twins one is.
pub(super) async fn redeem(
    tx: &Tx,
    account: AccountId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let used = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Hash.eq(hash))
        .filter(Column::AccountId.eq(account))
        .filter(Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_hold_80_bits_and_are_read_as_people_type_them() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        let one = one.expose_secret();
        assert_ne!(one, other.expose_secret());
        let groups: Vec<_> = one.split('-').map(str::len).collect();
        assert_eq!(groups, [4, 4, 4, 4], "{one}");
        let (ada, eve) = (AccountId::generate(), AccountId::generate());
        let kept = hash(ada, one);
        let typed = one
            .to_uppercase()
            .replace('-', " ")
            .replace('0', "O")
            .replace('1', "l");
        assert_eq!(hash(ada, &typed), kept);
        assert_ne!(hash(eve, one), kept);
        assert_eq!(kept.len(), 64);
    }
}
