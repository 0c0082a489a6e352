//! The one error of the server: what went wrong, sorted by who can mend it.
//!
//! Rooms return it with `?`; `graphql::present_errors` and the HTTP edge turn it into the API's envelope. What a
//! client may read is in the variants; what it must not read is kept inside [`Error::Internal`] and logged once.

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use std::{panic::Location, sync::Arc, time::Duration};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The object does not exist, or not for this caller.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// An argument is wrong; the message says how to mend it.
    #[error("{field}: {message}")]
    Invalid {
        /// Path of the argument, for example `first` or `filter.price.min`.
        field: String,
        /// What is wrong and what would be right, as a sentence.
        message: String,
    },
    /// Another write was there first.
    #[error("{0}")]
    Conflict(String),
    /// Whoever asks has not said who it is.
    #[error("Sign in first: this is not for everyone.")]
    Unauthenticated,
    /// Whoever asks may not do this.
    #[error("This is not allowed for you.")]
    Forbidden,
    /// Whoever asks acts by a key that is not good for this; the message names what is missing.
    #[error("{0}")]
    NotByKey(String),
    /// Whoever asks may do this only after showing a second factor, a short while before.
    #[error(
        "Show a second factor first, with sessionStepUp: this may be done only for some minutes after."
    )]
    StepUpRequired,
    /// An idempotency key is none, or is missing where it must not. Apart from [`Error::Invalid`], since it is not the end
    /// user's to mend.
    #[error("{field}: {message}")]
    IdempotencyKeyInvalid {
        /// How it was sent, or could have been.
        field: &'static str,
        /// What is wrong and what would be right, as a sentence.
        message: &'static str,
    },
    /// Whoever asks has done this too often; the wait until it may again.
    #[error("This was asked for too often. Try again in {} s.", .after.as_secs() + 1)]
    RateLimited {
        /// The wait.
        after: Duration,
    },
    /// An idempotency key came again with something else.
    #[error(
        "This idempotency key was used for another request. Send each new request with a new key."
    )]
    IdempotencyKeyReused,
    /// An idempotency key came again while the first request with it is worked on.
    #[error(
        "A request with this idempotency key is being worked on. Ask again in a moment, with the same key."
    )]
    IdempotencyInProgress,
    /// Others changed the same at the same moment, and the database gave way to them: nothing was changed, and the
    /// same may succeed at once. [`App::transaction_serializable`](crate::app::App::transaction_serializable) repeats it.
    #[error("Others were changing the same at this moment. Try again shortly.")]
    Contended,
    /// Something the server stands on is out of reach for now; asking again later may help.
    #[error("The service is unavailable for a moment. Try again shortly.")]
    Unavailable,
    /// It took longer than it may.
    #[error("This took too long and was stopped. Ask for less at once, or try again.")]
    Timeout,
    /// A fault of ours. Never shown; logged where it becomes an answer.
    #[error("Something went wrong on our side.")]
    Internal {
        /// What happened.
        source: Arc<anyhow::Error>,
        /// Where it was turned into this error.
        at: &'static Location<'static>,
    },
}

impl Error {
    /// An [`Error::Invalid`].
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            message: message.into(),
        }
    }

    /// An [`Error::Internal`] from whatever is at hand.
    #[track_caller]
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        Self::Internal {
            source: Arc::new(source.into()),
            at: Location::caller(),
        }
    }

    /// The error for the person who runs the server, cause included.
    #[must_use]
    pub fn for_operator(&self) -> String {
        match self {
            Self::Internal { source, at } => format!("{source:#} (at {at})"),
            other => other.to_string(),
        }
    }

    /// The stable code that clients see in `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::Invalid { .. } | Self::IdempotencyKeyInvalid { .. } => "VALIDATION_ERROR",
            Self::Conflict(_) => "CONFLICT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden | Self::NotByKey(_) => "FORBIDDEN",
            Self::StepUpRequired => "STEP_UP_REQUIRED",
            Self::RateLimited { .. } => "RATE_LIMITED",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::IdempotencyInProgress => "IDEMPOTENCY_IN_PROGRESS",
            Self::Contended | Self::Unavailable => "SERVICE_UNAVAILABLE",
            Self::Timeout => "TIMEOUT",
            Self::Internal { .. } => "INTERNAL_ERROR",
        }
    }
}

impl From<DbErr> for Error {
    #[track_caller]
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Self::Unavailable,
            DbErr::Query(RuntimeErr::SqlxError(sqlx))
            | DbErr::Exec(RuntimeErr::SqlxError(sqlx)) => {
                match sqlx.as_ref() {
                    sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                        return Self::Unavailable;
                    }
                    sqlx::Error::Database(database) => match database.code().as_deref() {
                        // PostgreSQL's query_canceled (statement_timeout); SQLite's SQLITE_INTERRUPT.
                        Some("57014" | "9") => return Self::Timeout,
                        // PostgreSQL's text cannot hold it, so it cannot be looked for either.
                        Some("22021" | "22P05") => {
                            return Self::invalid(
                                "input",
                                "Text must not hold the character U+0000. Leave it out.",
                            );
                        }
                        // PostgreSQL's serialization_failure, deadlock_detected and lock_not_available (after the lock
                        // timeout); SQLite's SQLITE_BUSY (after the busy timeout), SQLITE_BUSY_SNAPSHOT and
                        // SQLITE_LOCKED.
                        Some("40001" | "40P01" | "55P03" | "5" | "517" | "6") => {
                            return Self::Contended;
                        }
                        // PostgreSQL's shutting down, crashed, starting up; too many connections; a transaction that
                        // sat idle for too long.
                        Some("57P01" | "57P02" | "57P03" | "53300" | "25P03") => {
                            return Self::Unavailable;
                        }
                        _ => {}
                    },
                    _ => {}
                }
            }
            _ => {}
        }
        Self::internal(error)
    }
}

/// Turns the violation of a named constraint into what it means to the caller.
pub trait OnConstraint<T> {
    /// `or` when the error is a violation of the unique index or check `name`; any other error as it is.
    ///
    /// # Errors
    /// The mapped or the original error.
    fn on_constraint(self, name: &str, or: impl FnOnce() -> Error) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, DbErr> {
    #[track_caller]
    fn on_constraint(self, name: &str, or: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| {
            let violated = match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(text)) => text.contains(name),
                _ => error.to_string().contains(name),
            };
            if violated { or() } else { error.into() }
        })
    }
}
