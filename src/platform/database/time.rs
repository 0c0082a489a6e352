//! The database's own time, in SQL. What processes agree upon (leases, what is due) is measured by this one clock: the
//! machines' own may differ, and jump.

use sea_orm::DbBackend;

/// SQL of now, to the microsecond on PostgreSQL and to the millisecond on SQLite.
#[must_use]
pub fn now(backend: DbBackend) -> &'static str {
    match backend {
        // Not the time at which the transaction began.
        DbBackend::Postgres => "clock_timestamp()",
        _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    }
}

/// SQL of the moment so many seconds from now as the expression `seconds` says, a number with or without decimals that
/// may be negative.
#[must_use]
pub fn from_now(backend: DbBackend, seconds: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!(
                "clock_timestamp() + make_interval(secs => CAST({seconds} AS double precision))"
            )
        }
        _ => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ({seconds}) || ' seconds')"),
    }
}
