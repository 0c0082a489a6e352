//! Codes of authenticator apps: six digits, another every thirty seconds (RFC 6238, with SHA-1, which is what apps know).
//!
//! The code before and the code after are taken too, since clocks differ and people type. Each is good once, and none that is
//! older than one that was used: a conditional UPDATE of the last step.

use crate::{
    error::{Error, Result},
    platform::{database::Tx, sealing::SealingKey},
};
use chrono::{DateTime, Utc};
use entity::accounts::totp::{Column, Entity, Model};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use totp_rs::{Algorithm, Builder, Totp};

/// Bytes of a secret: 160 bits, as RFC 4226 recommends.
const SECRET_LENGTH: usize = 20;
const DIGITS: u8 = 6;
/// Seconds.
const STEP: u64 = 30;
/// Steps before and after that are taken too (RFC 6238, 5.2).
const SKEW: u16 = 1;

/// A new app's secret.
pub(super) fn generate() -> Result<[u8; SECRET_LENGTH]> {
    let mut secret = [0; SECRET_LENGTH];
    getrandom::fill(&mut secret).map_err(Error::internal)?;
    Ok(secret)
}

/// The codes that follow from `secret`, as an app knows them by the names of the shop and the person.
pub(super) fn codes(secret: &[u8], shop: Option<&str>, person: &str) -> Result<Totp> {
    let codes = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret.to_vec())
        .with_issuer(shop)
        .with_account_name(person)
        .build();
    // What it says of itself may hold the secret.
    codes.map_err(|_| Error::internal(anyhow::anyhow!("no codes follow from this secret")))
}

/// The step whose code `code` is, if it is one of now.
fn step_of(secret: &[u8], code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let is_code = code.len() == usize::from(DIGITS) && code.bytes().all(|b| b.is_ascii_digit());
    let Some(seconds) = u64::try_from(now.timestamp()).ok().filter(|_| is_code) else {
        return Ok(None);
    };
    let step = codes(secret, None, "")?.check(&code, seconds);
    step.map(|step| i64::try_from(step).map_err(Error::internal))
        .transpose()
}

/// Which app of an account is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// The one that was confirmed.
    Confirmed,
    /// The one that waits for that, since it was enrolled after this time.
    EnrolledAfter(DateTime<Utc>),
}

impl Which {
    fn is(self, row: &Model) -> bool {
        match self {
            Self::Confirmed => row.confirmed_at.is_some(),
            Self::EnrolledAfter(time) => row.confirmed_at.is_none() && row.created_at > time,
        }
    }
}

/// Uses up a code of the account's app; whether it was good. Of twins one is.
///
/// # Errors
/// Internal when the secret cannot be opened; whatever the database says.
pub(super) async fn redeem(
    tx: &Tx,
    key: &SealingKey,
    account: AccountId,
    which: Which,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let found = Entity::find_by_id(account).one(tx).await?;
    let Some(row) = found.filter(|row| which.is(row)) else {
        return Ok(false);
    };
    let secret = key.open(&row.secret, account.0.as_bytes())?;
    let Some(step) = step_of(&secret, code, now)? else {
        return Ok(false);
    };
    let update = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::AccountId.eq(account))
        // Of this very secret: another may have been enrolled meanwhile.
        .filter(Column::Secret.eq(row.secret))
        .filter(Column::LastStep.lt(step));
    let update = match which {
        Which::Confirmed => update.filter(Column::ConfirmedAt.is_not_null()),
        Which::EnrolledAfter(_) => update
            .col_expr(Column::ConfirmedAt, Expr::value(now))
            .filter(Column::ConfirmedAt.is_null()),
    };
    Ok(update.exec(tx).await?.rows_affected == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and, in their last six digits, the values of RFC 6238, appendix B, for SHA-1.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let step = |seconds| step_of(secret, code, at(seconds)).unwrap();
            let own = time / 30;
            assert_eq!(step(time), Some(own), "{code}");
            // One step early or late, and no more.
            let (begin, end) = (own * 30, own * 30 + 29);
            assert_eq!([step(begin - 30), step(end + 30)], [Some(own); 2], "{code}");
            assert_eq!([step(begin - 31), step(end + 31)], [None; 2], "{code}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let at = DateTime::from_timestamp(59, 0).unwrap();
        let step = |code| step_of(b"12345678901234567890", code, at).unwrap();
        assert_eq!(step(" 287 082\n"), Some(1));
        for code in [
            "",
            "28708",
            "2870822",
            "-87082",
            "28708a",
            "２８７０８２",
            "+287082",
        ] {
            assert_eq!(step(code), None, "{code}");
        }
        let before = DateTime::from_timestamp(-1, 0).unwrap();
        assert_eq!(
            step_of(b"12345678901234567890", "287082", before).unwrap(),
            None
        );
    }

    #[test]
    fn apps_are_told_where_codes_are_for() {
        let codes = codes(
            b"12345678901234567890",
            Some("Harbour & Co"),
            "ada@example.com",
        )
        .unwrap();
        assert_eq!(
            codes.to_url().unwrap(),
            "otpauth://totp/Harbour%20%26%20Co:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harbour%20%26%20Co"
        );
    }
}
