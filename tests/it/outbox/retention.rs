//! How long events are kept.

use super::kinds::moves;
use crate::support::TestApp;
use sea_orm::DbBackend;
use std::time::Duration;
use tradewind::{jobs::Worker, worker};
use uuid::Uuid;

on_both_databases! {
    /// What is old and was handed on goes; what waits stays however old it is, and so does what came after something
    /// that stays.
    async fn old_events_go_once_they_were_handed_on(app: TestApp) {
        let things: Vec<_> = (0..1_500).map(|_| Uuid::now_v7()).collect();
        let all: Vec<_> = things.iter().flat_map(|thing| moves(*thing, 1)).collect();
        app.emit(&all).await;
        app.relay_all().await;
        app.emit(&moves(things[0], 2)).await;
        let before = |hours: u32| match app.app.database.backend() {
            DbBackend::Postgres => format!("now() - interval '{hours} hours'"),
            _ => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{hours} hours')"),
        };
        for (hours, which) in [
            (169, "feed_position <= 1400 OR feed_position IS NULL"),
            (167, "feed_position = 1300"),
        ] {
            app.execute(&format!("UPDATE outbox_event SET occurred_at = {} WHERE {which}", before(hours))).await;
        }
        // The timer finds it due.
        app.execute(&format!(
            "INSERT INTO job_schedule (name, pattern, next_at) VALUES ('outbox.sweep', '57 * * * *', {})", before(1)
        ))
        .await;
        app.execute("DELETE FROM job").await;
        let worker = Worker::start(app.app.clone(), worker::registry());
        app.until("SELECT count(*) FROM outbox_event", 203).await;
        app.until("SELECT count(*) FROM job WHERE kind = 'outbox.sweep' AND state = 'DONE'", 1).await;
        worker.stop(Duration::from_secs(5)).await;
        assert_eq!(app.value::<i64>("SELECT min(feed_position) FROM outbox_event").await, 1_300);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outbox_event WHERE feed_position IS NULL").await, 2);
    }
}
