//! Telling a fault of what is imported from a fault of the database.

use crate::error::Error;
use sea_orm::{DbErr, RuntimeErr};

/// Why the database would not take what it was given, as a sentence; nothing where the error is about something
/// else, so that going on makes no sense.
pub(super) fn database_refusal(error: &Error) -> Option<String> {
    if let Error::Conflict(reason) = error {
        return Some(reason.clone());
    }
    let database = database_error(error)?;
    let code = database.code()?;
    (is_refusal(&code) || is_collision(&code))
        .then(|| format!("The database would not take it: {}.", database.message()))
}

/// Whether two transactions met, so that the same may well succeed in a moment.
pub(super) fn was_collision(error: &Error) -> bool {
    database_error(error)
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| is_collision(&code))
}

fn database_error(error: &Error) -> Option<&dyn sqlx::error::DatabaseError> {
    let Error::Internal { source, .. } = error else {
        return None;
    };
    match source.downcast_ref::<DbErr>()? {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            error.as_database_error()
        }
        _ => None,
    }
}

/// Whether a code says that a constraint was violated or that a value did not fit.
fn is_refusal(code: &str) -> bool {
    const SQLITE_CONSTRAINT: u32 = 19;
    match code.parse::<u32>() {
        // SQLite's codes are shorter than SQLSTATEs; the lowest byte of an extended one is the plain one.
        Ok(number) if code.len() < 5 => number & 0xff == SQLITE_CONSTRAINT,
        _ => code.starts_with("22") || code.starts_with("23"),
    }
}

/// PostgreSQL's serialization failures, deadlocks and locks that did not come free.
fn is_collision(code: &str) -> bool {
    code.len() == 5 && (code.starts_with("40") || code == "55P03")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_by_their_codes() {
        for code in ["19", "275", "2067", "23505", "22001"] {
            assert!(is_refusal(code) && !is_collision(code), "{code}");
        }
        for code in ["40001", "40P01", "55P03"] {
            assert!(is_collision(code) && !is_refusal(code), "{code}");
        }
        // A full disk, a missing table.
        for code in ["13", "1", "53100", "42P01"] {
            assert!(!is_refusal(code) && !is_collision(code), "{code}");
        }
    }
}
