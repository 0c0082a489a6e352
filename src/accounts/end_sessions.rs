//! Signing a person out.

use super::sessions::{EndReason, Which, end};
use crate::{error::Result, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, SessionId};

/// Ends the person's sessions, but for the one that is `kept`. It is felt within five seconds, when what is remembered of them
/// is asked anew.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn end_sessions(
    tx: &Tx,
    account: AccountId,
    kept: Option<SessionId>,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<()> {
    let which = kept.map_or(Which::AllOf(account), |kept| Which::AllBut(account, kept));
    end(tx, which, reason, now).await?;
    Ok(())
}
