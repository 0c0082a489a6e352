//! Telling a fault of what is imported from a fault of the database.

use crate::error::Error;
use sea_orm::{DbErr, RuntimeErr};

/// Why the database would not take what it was given, as a sentence; nothing where the error is about something
/// else, so that going on makes no sense.
pub(super) fn database_refusal(error: &Error) -> Option<String> {
    match error {
        Error::Conflict(reason) => return Some(reason.clone()),
        Error::Contended => return Some(error.to_string()),
        _ => {}
    }
    let database = database_error(error)?;
    is_refusal(&database.code()?)
        .then(|| format!("The database would not take it: {}.", database.message()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_by_their_codes() {
        for code in ["19", "275", "2067", "23505", "22001"] {
            assert!(is_refusal(code), "{code}");
        }
        // A full disk, a missing table, two transactions that met.
        for code in ["13", "1", "53100", "42P01", "40001"] {
            assert!(!is_refusal(code), "{code}");
        }
    }
}
