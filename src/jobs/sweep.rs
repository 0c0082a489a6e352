//! Deleting what was kept for long enough.

use super::Attempt;
use crate::error::Result;
use sea_orm::{ConnectionTrait, Statement};

/// Rows of one statement: none holds its locks for long.
pub(crate) const BATCH: u64 = 1_000;

/// Runs `delete`, a statement that deletes at most [`BATCH`] rows, until none are left or the worker is to stop.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn sweep(attempt: &Attempt, delete: &str) -> Result<()> {
    let db = attempt.database.write();
    loop {
        let delete = Statement::from_string(attempt.database.backend(), delete);
        let deleted = db.execute_raw(delete).await?;
        if deleted.rows_affected() < BATCH || attempt.is_stopping() {
            return Ok(());
        }
    }
}
