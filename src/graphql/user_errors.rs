//! What an end user can mend, as mutations tell it in their payload.

use crate::error::{Error, Result};
use async_graphql::{Enum, SimpleObject};

/// What kind of thing keeps a mutation from being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum UserErrorCode {
    /// A value of the input is not one that can be taken.
    Invalid,
    /// What the input names is not there, or not for you.
    NotFound,
    /// Something else stands against it: read what it is about again.
    Conflict,
}

/// What keeps a mutation from being done, and what would mend it.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UserError {
    /// What kind of thing it is; stable.
    code: UserErrorCode,
    /// The same for people.
    message: String,
    /// The path to what is at fault, from the input on; nothing where it is no single field.
    field: Option<Vec<String>>,
}

impl UserError {
    /// One about the field at this path from the input on, its parts joined by dots.
    pub(crate) fn at(code: UserErrorCode, field: &str, message: String) -> Self {
        Self {
            code,
            message,
            field: Some(field.split('.').map(str::to_owned).collect()),
        }
    }
}

/// The result of a mutation, or what its user can mend; every other error is passed on. `field` is the input's field that
/// names what the mutation is about.
///
/// # Errors
/// What only the client's developer or the operator can mend.
pub(crate) fn or_user_errors<T>(
    result: Result<T>,
    field: &str,
) -> Result<(Option<T>, Vec<UserError>)> {
    let path = |path: &str| {
        let path = path.strip_prefix("input.").unwrap_or(path);
        Some(path.split('.').map(str::to_owned).collect())
    };
    let error = match result {
        Ok(value) => return Ok((Some(value), Vec::new())),
        Err(error @ Error::NotFound(_)) => UserError {
            code: UserErrorCode::NotFound,
            message: error.to_string(),
            field: path(field),
        },
        Err(Error::Invalid { field, message }) => UserError {
            code: UserErrorCode::Invalid,
            message,
            field: path(&field),
        },
        Err(Error::Conflict(message)) => UserError {
            code: UserErrorCode::Conflict,
            message,
            field: None,
        },
        Err(error) => return Err(error),
    };
    Ok((None, vec![error]))
}
