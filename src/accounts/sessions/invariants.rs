//! What must always hold for sessions.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Sessions that were ended and could still be gone on with.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn ended(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT s.id, 'the session was ended (' || s.end_reason || ') and has refresh tokens' AS fault \
               FROM session s WHERE s.ended_at IS NOT NULL \
               AND EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id AND t.used_at IS NULL)";
    faults(db, sql).await
}
