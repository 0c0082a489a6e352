//! Jobs that come round by themselves.
//!
//! There is no leader to elect: of all workers that find a job due, the one whose UPDATE moves it on asks for it, in
//! the same transaction.

use super::{enqueue::enqueue_all, registry::Timer};
use crate::{
    app::App,
    error::{Error, Result},
    platform::database::time,
};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};

/// Writes down when each of `timers` is due next, where that is not known or its pattern has changed.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn install(app: &App, timers: &[Timer]) -> Result<()> {
    let db = app.database.write();
    let now = now(app).await?;
    for timer in timers {
        let sql = "INSERT INTO job_schedule (name, pattern, next_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET pattern = excluded.pattern, next_at = excluded.next_at \
             WHERE job_schedule.pattern <> excluded.pattern";
        let values = [
            timer.name.into(),
            timer.pattern.into(),
            next(timer, now)?.into(),
        ];
        db.execute_raw(Statement::from_sql_and_values(
            app.database.backend(),
            sql,
            values,
        ))
        .await?;
    }
    Ok(())
}

/// Asks for the jobs that are due.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn begin_due(app: &App, timers: &[Timer]) -> Result<()> {
    let backend = app.database.backend();
    let sql = format!(
        "SELECT name FROM job_schedule WHERE next_at <= {}",
        time::now(backend)
    );
    let rows = app
        .database
        .write()
        .query_all_raw(Statement::from_string(backend, sql))
        .await?;
    for row in rows {
        let name: String = row.try_get("", "name")?;
        // Left over from another version of the server where it is not among them.
        if let Some(timer) = timers.iter().find(|timer| timer.name == name) {
            begin(app, timer).await?;
        }
    }
    Ok(())
}

async fn begin(app: &App, timer: &Timer) -> Result<()> {
    let backend = app.database.backend();
    let next = next(timer, now(app).await?)?;
    app.transaction(async |tx| {
        let sql = format!(
            "UPDATE job_schedule SET next_at = $2, last_at = {now} WHERE name = $1 AND next_at <= {now}",
            now = time::now(backend)
        );
        let values = [timer.name.into(), next.into()];
        let moved = tx
            .execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
        if moved.rows_affected() == 1 {
            enqueue_all(tx, &[(timer.new_job)()?]).await?;
        }
        Ok(())
    })
    .await
}

/// When `timer` is due after `now`.
fn next(timer: &Timer, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    timer
        .cron
        .find_next_occurrence(&now, false)
        .map_err(Error::internal)
}

/// The database's time.
async fn now(app: &App) -> Result<DateTime<Utc>> {
    let backend = app.database.backend();
    let sql = format!("SELECT {} AS now", time::now(backend));
    let row = app
        .database
        .write()
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    let row = row.ok_or(Error::Unavailable)?;
    Ok(row.try_get("", "now")?)
}
