//! What the doctor and the metrics say of events.

use super::kinds::moves;
use crate::{doctor::doctor, support::TestApp};
use sea_orm::DbBackend;
use tradewind::{
    outbox::{self, Lag},
    platform::telemetry::render_metrics,
};
use uuid::Uuid;

fn ago(app: &TestApp, seconds: u32) -> String {
    match app.app.database.backend() {
        DbBackend::Postgres => format!("now() - interval '{seconds} seconds'"),
        _ => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{seconds} seconds')"),
    }
}

on_both_databases! {
    async fn the_lag_is_the_age_of_what_waits(app: TestApp) {
        app.emit(&moves(Uuid::now_v7(), 3)).await;
        app.execute(&format!("UPDATE outbox_event SET occurred_at = {}", ago(&app, 100))).await;
        let lag = outbox::measure(&app.app).await.unwrap();
        assert_eq!(lag.depth, 3);
        assert!((99.0..160.0).contains(&lag.seconds), "{lag:?}");
        app.relay_all().await;
        assert_eq!(outbox::measure(&app.app).await.unwrap(), Lag::default());
        // Their values are those of whichever test measured last.
        let text = render_metrics();
        let relayed = "outbox_events_relayed_total{event=\"test.moved\"}";
        for name in ["outbox_depth", "outbox_lag_seconds", relayed] {
            assert!(text.lines().any(|line| line.starts_with(name)), "{name} is missing in {text}");
        }
    }

    async fn the_doctor_finds_what_does_not_hold(app: TestApp) {
        let [gap, beyond, late, ahead, inverted] = [(); 5].map(|()| Uuid::now_v7());
        for thing in [gap, beyond, ahead, inverted] {
            app.emit(&moves(thing, 3)).await;
        }
        app.relay_all().await;
        app.emit(&moves(late, 1)).await;
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");

        let id = |thing: Uuid| match app.app.database.backend() {
            DbBackend::Postgres => format!("'{thing}'"),
            _ => format!("x'{}'", thing.simple()),
        };
        for sql in [
            format!("DELETE FROM outbox_event WHERE sequence = 2 AND aggregate_id = {}", id(gap)),
            format!("UPDATE outbox_aggregate SET last_sequence = 2 WHERE aggregate_id = {}", id(beyond)),
            format!("UPDATE outbox_event SET occurred_at = {} WHERE aggregate_id = {}", ago(&app, 400), id(late)),
            format!("UPDATE outbox_event SET feed_position = 99 WHERE sequence = 3 AND aggregate_id = {}", id(ahead)),
            format!("UPDATE outbox_event SET feed_position = 98 WHERE sequence = 1 AND aggregate_id = {}", id(inverted)),
        ] {
            app.execute(&sql).await;
        }
        let (output, text) = doctor(&app.database);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for fault in [
            format!("{gap}: it is a test_thing with 2 events from 1 to 3, and 3 was the last number given"),
            format!("{beyond}: it is a test_thing with 3 events from 1 to 3, and 2 was the last number given"),
            "an event test.moved waits for the relay".to_owned(),
            "its place in the feed is 99, and the last one given is 12".to_owned(),
            "it was handed on before the event 1 of the same test_thing".to_owned(),
        ] {
            assert!(text.contains(&fault), "{fault} is missing in\n{text}");
        }
        assert_eq!(text.matches("FAIL").count(), 3, "{text}");
    }

    /// What waits to be summed is nothing for the doctor; what nobody will sum any more is.
    async fn ratings_under_way_are_no_fault(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        assert!(doctor(&app.database).0.status.success());
        let events = "SELECT count(*) FROM outbox_event WHERE name = 'reviews.product_reviewed'";
        assert!(app.value::<i64>(events).await > 5);
        app.execute("UPDATE product SET rating_sum = 0, rating_count = 0, rating_average = 0").await;
        app.execute("UPDATE seller SET rating_sum = 0, rating_count = 0").await;
        assert!(!doctor(&app.database).0.status.success());
        for (waiting, faulty) in [
            ("UPDATE job SET state = 'WAITING', finished_at = NULL", false),
            ("UPDATE job SET state = 'DEAD', finished_at = created_at, last_error = 'no'", true),
            ("UPDATE outbox_event SET feed_position = NULL", false),
        ] {
            app.execute(waiting).await;
            let (output, text) = doctor(&app.database);
            assert_eq!(!output.status.success(), faulty, "{waiting}\n{text}");
        }
    }
}
