//! How many letters one mailbox gets, whoever has them sent, from wherever: nobody fills another's.

use super::Email;
use crate::{caller::Caller, error::Result, platform::rate_limits::Limit};

/// Spends one of the letters that may go to `email` now. Before the transaction: it may ask over the network.
///
/// # Errors
/// `RateLimited`, whether anyone has the address or not.
pub(crate) async fn spend_letter(caller: &Caller, email: &Email) -> Result<()> {
    caller.rate_limits.spend(Limit::MailTo, &email.key, 1).await
}
