//! How long entries are kept, and what is left when they go.

use super::recording::updates;
use crate::{doctor::doctor, support::TestApp};
use chrono::{Datelike, Months};
use sea_orm::DbBackend;
use std::time::Duration;
use tradewind::{jobs::Worker, worker};

impl TestApp {
    /// Has the timer `name` find itself due, and waits until its job is done.
    async fn tick(&self, name: &str) {
        self.execute("DELETE FROM job").await;
        self.execute("DELETE FROM job_schedule").await;
        self.execute(&format!(
            "INSERT INTO job_schedule (name, pattern, next_at) VALUES ('{name}', '{}', '2020-01-01T00:00:00+00:00')",
            if name == "audit.sweep" { "27 2 * * *" } else { "7 2 * * *" }
        ))
        .await;
        let worker = Worker::start(self.app.clone(), worker::registry());
        self.until(
            &format!("SELECT count(*) FROM job WHERE kind = '{name}' AND state = 'DONE'"),
            1,
        )
        .await;
        worker.stop(Duration::from_secs(5)).await;
    }
}

const ENTRIES: &str = "SELECT count(*) FROM audit_entry";

on_both_databases! {
    /// The rest is verified from where the old ones ended, and what an anchor does not stand behind stays.
    async fn old_months_go_and_the_chains_stay_whole(app: TestApp) {
        app.record(&updates(1_200)).await;
        app.tick("audit.sweep").await;
        assert_eq!(app.value::<i64>(ENTRIES).await, 1_200);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM audit_anchor").await, 0);

        let now = app.app.clock.now();
        app.app.clock.advance(now + Months::new(25) - now);
        app.tick("audit.sweep").await;
        assert_eq!(app.value::<i64>(ENTRIES).await, 0);
        assert_eq!(app.value::<i64>("SELECT CAST(sum(sequence) AS bigint) FROM audit_anchor").await, 1_200);
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");
        // On PostgreSQL with the months' tables, of which this month's is one.
        if app.app.database.backend() == DbBackend::Postgres {
            let month = format!("audit_entry_{}_{:02}", now.year(), now.month());
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM pg_class WHERE relname = '{month}'")).await, 0);
        }

        // The database's clock was not moved: with no table of the present month, they land in the default one.
        app.record(&updates(40)).await;
        assert_eq!(app.value::<i64>(ENTRIES).await, 40);
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");
        app.tick("audit.sweep").await;
        assert_eq!(app.value::<i64>(ENTRIES).await, 0);
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");
    }

    async fn tables_are_made_for_months_to_come(app: TestApp) {
        let tables = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass";
        let is_postgres = app.app.database.backend() == DbBackend::Postgres;
        let before: i64 = if is_postgres { app.value(tables).await } else { 0 };
        let now = app.app.clock.now();
        app.app.clock.advance(now + Months::new(12) - now);
        app.tick("audit.make_partitions").await;
        app.tick("audit.make_partitions").await;
        if is_postgres {
            assert_eq!(app.value::<i64>(tables).await, before + 3);
            let month = now + Months::new(14);
            let name = format!("audit_entry_{}_{:02}", month.year(), month.month());
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM pg_class WHERE relname = '{name}'")).await, 1);
        }
        app.record(&updates(3)).await;
        if is_postgres {
            let now = format!("audit_entry_{}_{:02}", now.year(), now.month());
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM {now}")).await, 3);
        }
    }
}
