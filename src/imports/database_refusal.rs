//! Telling a fault of what is imported from a fault of the database.

use crate::error::Error;
use sea_orm::{DbErr, RuntimeErr};

/// Why the database would not take what it was given, as a sentence; nothing where the error is about something
/// else, so that going on makes no sense.
pub(super) fn database_refusal(error: &Error) -> Option<String> {
    match error {
        Error::Conflict(reason) => Some(reason.clone()),
        Error::Internal { source, .. } => {
            let database = match source.downcast_ref::<DbErr>()? {
                DbErr::Exec(RuntimeErr::SqlxError(error))
                | DbErr::Query(RuntimeErr::SqlxError(error)) => error.as_database_error()?,
                _ => return None,
            };
            is_refusal(&database.code()?)
                .then(|| format!("The database would not take it: {}.", database.message()))
        }
        _ => None,
    }
}

/// Whether a code says that a constraint was violated, a value did not fit, or two transactions met: what the next
/// try with less at once can do better, or what the next product need not suffer from.
fn is_refusal(code: &str) -> bool {
    const SQLITE_CONSTRAINT: u32 = 19;
    match code.parse::<u32>() {
        // SQLite's codes are shorter than SQLSTATEs; the lowest byte of an extended one is the plain one.
        Ok(number) if code.len() < 5 => number & 0xff == SQLITE_CONSTRAINT,
        _ => {
            ["22", "23", "40"]
                .iter()
                .any(|class| code.starts_with(class))
                || code == "55P03"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_by_their_codes() {
        for code in ["19", "275", "2067", "23505", "22001", "40P01", "55P03"] {
            assert!(is_refusal(code), "{code}");
        }
        // A full disk, a missing table.
        for code in ["13", "1", "53100", "42P01"] {
            assert!(!is_refusal(code), "{code}");
        }
    }
}
