//! What becomes of a job whose attempt failed.

use super::Lease;
use crate::{
    error::Result,
    platform::database::{Database, time},
};
use sea_orm::{ConnectionTrait, Statement};
use std::time::Duration;

/// Longest error text that is kept, in characters.
const LONGEST_ERROR: usize = 2_000;

/// How an attempt failed.
#[derive(Clone, Debug)]
pub(in crate::jobs) struct Failure {
    /// Why, for a person.
    pub(in crate::jobs) error: String,
    /// How long to wait before the next attempt; nothing where there is no use in one.
    pub(in crate::jobs) retry_in: Option<Duration>,
    /// Where the failure is that the lease ran out, which must still be so: after so many of these it is a dead letter.
    pub(in crate::jobs) most_losses: Option<u16>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jobs) enum Outcome {
    /// It waits for another attempt.
    Waiting,
    /// It is a dead letter.
    Dead,
    /// The lease was lost, so this was not for us to say.
    Fenced,
}

/// Puts a job back in line, or among the dead letters when `failure` says so or its attempts are used up. Those that ended with
/// their worker are counted apart: it takes all that it was at with it, and most of that is not to blame.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn fail(
    database: &Database,
    lease: Lease,
    failure: &Failure,
) -> Result<Outcome> {
    let backend = database.backend();
    let wait = failure.retry_in.unwrap_or_default();
    let is_over = match (failure.retry_in, failure.most_losses) {
        (None, _) => "true".to_owned(),
        (Some(_), Some(most)) => format!("losses + 1 >= {most}"),
        (Some(_), None) => "attempts - losses >= max_attempts".to_owned(),
    };
    let (lost, is_lost) = match failure.most_losses {
        Some(_) => (1, format!("AND leased_until < {}", time::now(backend))),
        None => (0, String::new()),
    };
    let sql = format!(
        "UPDATE job SET state = CASE WHEN {is_over} THEN 'DEAD' ELSE 'WAITING' END, \
             finished_at = CASE WHEN {is_over} THEN {now} END, lease_id = NULL, leased_until = NULL, \
             losses = losses + {lost}, last_error = $3, run_at = {run_at}, rank_at = {run_at} \
         WHERE id = $1 AND lease_id = $2 {is_lost} RETURNING state",
        now = time::now(backend),
        run_at = time::from_now(backend, "$4"),
    );
    // PostgreSQL's text cannot hold it.
    let error: String = failure
        .error
        .replace('\0', "\u{fffd}")
        .chars()
        .take(LONGEST_ERROR)
        .collect();
    let values = [
        lease.job.into(),
        lease.id.into(),
        error.into(),
        wait.as_secs_f64().into(),
    ];
    let row = database
        .write()
        .query_one_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(
        match row
            .map(|row| row.try_get::<String>("", "state"))
            .transpose()?
            .as_deref()
        {
            None => Outcome::Fenced,
            Some("DEAD") => Outcome::Dead,
            Some(_) => Outcome::Waiting,
        },
    )
}
