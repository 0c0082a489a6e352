//! What becomes of events: each subscriber gets its own, in order, and what cannot be read is a dead letter.

use super::kinds::{Renamed, moves};
use crate::support::TestApp;
use std::time::Duration;
use uuid::Uuid;

on_both_databases! {
    async fn subscribers_get_what_was_told(app: TestApp) {
        let app = app.with_ears().await;
        let (relay, worker) = (app.relay(), app.tell());
        let thing = Uuid::now_v7();
        app.emit(&moves(thing, 3)).await;
        app.emit(&[Renamed { thing, name: "Ada's \"Mug\" \u{1F375}".to_owned() }]).await;
        app.until("SELECT count(*) FROM heard", 4).await;
        app.until_told().await;
        let heard: Vec<String> = app.column("SELECT note FROM heard ORDER BY sequence").await;
        assert_eq!(heard, ["1", "2", "3", "Ada's \"Mug\" \u{1F375}"]);
        assert_eq!(app.value::<i64>("SELECT count(DISTINCT thing) FROM heard").await, 1);
        relay.0.cancel();
        relay.1.wait().await;
        worker.stop(Duration::from_secs(5)).await;
    }

    /// Sixteen deliveries at once in each of two workers, and yet those of one thing one after the other.
    async fn one_things_events_come_in_order(app: TestApp) {
        let app = app.with_ears().await;
        let things: Vec<_> = (0..5).map(|_| Uuid::now_v7()).collect();
        for _ in 0..4 {
            for thing in &things {
                app.emit(&moves(*thing, 10)).await;
            }
        }
        assert_eq!(app.relay_all().await, 200);
        let workers = [app.tell(), app.tell()];
        app.until_told().await;
        for worker in workers {
            worker.stop(Duration::from_secs(5)).await;
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM heard").await, 200);
        let inversions = "SELECT count(*) FROM heard a JOIN heard b ON a.thing = b.thing \
             AND a.sequence < b.sequence AND a.number > b.number";
        assert_eq!(app.value::<i64>(inversions).await, 0);
        // Things did not wait for each other.
        let turns = "SELECT count(*) FROM heard a JOIN heard b ON b.number = a.number + 1 AND a.thing <> b.thing";
        assert!(app.value::<i64>(turns).await > 10);
    }

    async fn older_forms_are_read_and_unknown_ones_kept(app: TestApp) {
        let app = app.with_ears().await;
        let names = ["old", "number", "newer", "broken"];
        for name in names {
            app.emit(&[Renamed { thing: Uuid::now_v7(), name: name.to_owned() }]).await;
        }
        let (name, old, number) = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => ("payload ->> 'name'", "to_jsonb(payload ->> 'name')", "CAST('7' AS jsonb)"),
            _ => ("payload ->> 'name'", "payload -> 'name'", "'7'"),
        };
        let change = async |set: String, of: &str| {
            app.execute(&format!("UPDATE outbox_event SET {set} WHERE {name} = '{of}'")).await;
        };
        change(format!("version = 1, payload = {old}"), "old").await;
        change(format!("version = 1, payload = {number}"), "number").await;
        change("version = 9".to_owned(), "newer").await;
        change("payload = '{\"naem\": 1}'".to_owned(), "broken").await;
        app.relay_all().await;
        let worker = app.tell();
        app.until("SELECT count(*) FROM job WHERE state = 'DEAD'", 3).await;
        app.until_told().await;
        worker.stop(Duration::from_secs(5)).await;
        assert_eq!(app.column::<String>("SELECT note FROM heard").await, ["old"]);
        let errors: Vec<String> = app.column("SELECT last_error FROM job WHERE state = 'DEAD' ORDER BY last_error").await;
        assert!(errors[0].starts_with("The event is of version 9, and this server reads versions up to 2"), "{errors:?}");
        assert!(errors[1].starts_with("payload: It is no name."), "{errors:?}");
        assert!(errors[2].starts_with("payload: It is not one of an event test.renamed"), "{errors:?}");
        // What is wrong with a payload is wrong the next time too; a newer server may come.
        assert_eq!(app.column::<i64>("SELECT attempts FROM job WHERE state = 'DEAD' ORDER BY last_error").await, [2, 1, 1]);
    }

    async fn one_relay_works_at_a_time(app: TestApp) {
        let app = app.with_ears().await;
        app.emit(&(0..1_200).flat_map(|_| moves(Uuid::now_v7(), 1)).collect::<Vec<_>>()).await;
        let relays: Vec<_> = (0..4).map(|_| app.relay()).collect();
        app.until("SELECT count(*) FROM outbox_event WHERE feed_position IS NULL", 0).await;
        for (stop, tasks) in relays {
            stop.cancel();
            tasks.wait().await;
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job").await, 1_200);
        assert_eq!(app.value::<i64>("SELECT max(feed_position) FROM outbox_event").await, 1_200);
        assert_eq!(app.value::<i64>("SELECT last_position FROM outbox_feed").await, 1_200);
    }
}
