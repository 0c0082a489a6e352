//! What may be said of a voucher. The limits stand again as constraints in the database.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entity::money::{CurrencyCode, Money};

/// The largest amount, in minor units, and the largest limit.
const LARGEST: i64 = 1_000_000_000_000;

/// A voucher as it was typed.
#[derive(Clone, Debug)]
pub(crate) struct VoucherDraft {
    pub(crate) code: String,
    /// Basis points; this or `amount`.
    pub(crate) rate_bps: Option<i32>,
    pub(crate) amount: Option<Money>,
    pub(crate) minimum: Option<Money>,
    pub(crate) starts_at: Option<DateTime<Utc>>,
    pub(crate) ends_at: Option<DateTime<Utc>>,
    pub(crate) total_limit: Option<i64>,
    pub(crate) customer_limit: Option<i64>,
}

/// A voucher as it is kept.
#[derive(Clone, Debug)]
pub(super) struct VoucherFields {
    pub(super) code: String,
    pub(super) code_key: String,
    pub(super) rate_bps: Option<i16>,
    pub(super) amount: Option<i64>,
    pub(super) currency: Option<CurrencyCode>,
    pub(super) minimum: Option<i64>,
    pub(super) starts_at: Option<DateTime<Utc>>,
    pub(super) ends_at: Option<DateTime<Utc>>,
    pub(super) total_limit: Option<i64>,
    pub(super) customer_limit: Option<i64>,
}

impl VoucherFields {
    /// Looks over what was typed, for a shop whose prices are in `shop`, or for the platform.
    ///
    /// # Errors
    /// Invalid, naming the field below `input.voucher`.
    pub(super) fn read(draft: &VoucherDraft, shop: Option<CurrencyCode>) -> Result<Self> {
        let invalid = |field: &str, message: &str| {
            Err(Error::invalid(format!("input.voucher.{field}"), message))
        };
        let rate_bps = match (draft.rate_bps, draft.amount) {
            (Some(bps), None) => {
                let bps = i16::try_from(bps).ok();
                if !bps.is_some_and(|bps| (1..=10_000).contains(&bps)) {
                    let message = "A part is basis points, from 1 to 10000: 1000 is a tenth.";
                    return invalid("rateBps", message);
                }
                bps
            }
            (None, Some(_)) => None,
            _ => {
                return invalid(
                    "rateBps",
                    "Say either which part goes off, or which amount.",
                );
            }
        };
        let currency = shop.or(draft.amount.or(draft.minimum).map(|money| money.currency));
        let amounts = [("amount", draft.amount), ("minimum", draft.minimum)];
        for (field, money) in amounts.into_iter().filter_map(|(f, m)| m.map(|m| (f, m))) {
            if Some(money.currency) != currency {
                return invalid(field, "All amounts are in one currency, that of the shop.");
            }
            if !(1..=LARGEST).contains(&money.minor) {
                return invalid(field, "This amount is too small, or too large.");
            }
        }
        let limits = [
            ("totalLimit", draft.total_limit),
            ("customerLimit", draft.customer_limit),
        ];
        for (field, limit) in limits {
            if limit.is_some_and(|limit| !(1..=LARGEST).contains(&limit)) {
                return invalid(field, "A voucher can be used once at least.");
            }
        }
        if matches!((draft.starts_at, draft.ends_at), (Some(from), Some(to)) if from >= to) {
            return invalid("endsAt", "It must end after it starts.");
        }
        let code = code(&draft.code, "input.voucher.code")?;
        Ok(Self {
            code_key: code_key(&code),
            code,
            rate_bps,
            amount: draft.amount.map(|money| money.minor),
            currency,
            minimum: draft.minimum.map(|money| money.minor),
            starts_at: draft.starts_at,
            ends_at: draft.ends_at,
            total_limit: draft.total_limit,
            customer_limit: draft.customer_limit,
        })
    }
}

/// A code as it is kept: what is easily typed, and read aloud.
fn code(text: &str, field: &str) -> Result<String> {
    let text = text.trim();
    let is_easy = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if (3..=40).contains(&text.len()) && text.chars().all(is_easy) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        "A code has 3 to 40 letters from A to Z, digits, hyphens and underscores.",
    ))
}

/// A code as it is compared.
pub(crate) fn code_key(code: &str) -> String {
    code.trim().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> VoucherDraft {
        VoucherDraft {
            code: " Spring-10 ".to_owned(),
            rate_bps: Some(1_000),
            amount: None,
            minimum: None,
            starts_at: None,
            ends_at: None,
            total_limit: Some(10),
            customer_limit: Some(1),
        }
    }

    fn eur(minor: i64) -> Money {
        let currency = "EUR".parse().unwrap();
        Money { minor, currency }
    }

    #[test]
    fn vouchers_are_kept_in_one_form() {
        let kept = VoucherFields::read(&draft(), None).unwrap();
        assert_eq!(
            (kept.code.as_str(), kept.code_key.as_str()),
            ("Spring-10", "SPRING-10")
        );
        assert_eq!(kept.currency, None, "a part is of any currency");
        let kept = VoucherFields::read(&draft(), Some(eur(0).currency)).unwrap();
        assert_eq!(kept.currency, Some(eur(0).currency));
    }

    #[test]
    fn what_is_no_voucher_is_refused() {
        let refused = |change: fn(&mut VoucherDraft)| {
            let mut draft = draft();
            change(&mut draft);
            match VoucherFields::read(&draft, Some("EUR".parse().unwrap())) {
                Err(Error::Invalid { field, .. }) => field.replace("input.voucher.", ""),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused(|draft| draft.code = "a b c".to_owned()), "code");
        assert_eq!(refused(|draft| draft.code = "ab".to_owned()), "code");
        assert_eq!(refused(|draft| draft.rate_bps = Some(10_001)), "rateBps");
        assert_eq!(refused(|draft| draft.rate_bps = None), "rateBps");
        assert_eq!(refused(|draft| draft.amount = Some(eur(1))), "rateBps");
        assert_eq!(refused(|draft| draft.minimum = Some(eur(0))), "minimum");
        assert_eq!(
            refused(|draft| {
                let currency = "USD".parse().unwrap();
                draft.minimum = Some(Money { minor: 1, currency });
            }),
            "minimum"
        );
        assert_eq!(refused(|draft| draft.total_limit = Some(0)), "totalLimit");
        assert_eq!(
            refused(|draft| draft.customer_limit = Some(-1)),
            "customerLimit"
        );
        assert_eq!(
            refused(|draft| {
                draft.starts_at = Some(DateTime::default());
                draft.ends_at = Some(DateTime::default());
            }),
            "endsAt"
        );
    }
}
