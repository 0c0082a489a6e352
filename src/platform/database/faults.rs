//! Rows that break a rule.

use crate::error::Result;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

/// Most rows that are named per rule: whoever mends it looks at a few and then at the cause.
const MOST: u64 = 100;

/// Runs `sql`, which selects an `id` and a text `fault` of every row that breaks a rule; each becomes a line.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn faults(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<String>> {
    let sql = format!("{sql} ORDER BY 1 LIMIT {}", MOST + 1);
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let mut lines = Vec::new();
    for row in db.query_all_raw(statement).await? {
        let id: Uuid = row.try_get("", "id")?;
        let fault: String = row.try_get("", "fault")?;
        lines.push(format!("{id}: {fault}"));
    }
    if lines.len() as u64 > MOST {
        lines.pop();
        lines.push("and more".to_owned());
    }
    Ok(lines)
}
