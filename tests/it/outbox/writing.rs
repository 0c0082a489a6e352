//! Writing events down.

use super::kinds::{Moved, Renamed, moves};
use crate::support::TestApp;
use std::time::Duration;
use tradewind::{
    error::{Error, Result},
    outbox,
    platform::{statements::counted, telemetry::RequestId},
};
use uuid::Uuid;

on_both_databases! {
    async fn any_number_of_events_costs_one_statement(app: TestApp) {
        let counts = async |events: &[Moved]| {
            let emit = app.app.transaction(async |tx| {
                let (emitted, cost) = counted(outbox::emit(tx, events)).await;
                emitted?;
                Ok(cost.count)
            });
            emit.await.unwrap()
        };
        let many: Vec<_> = (0..100).flat_map(|_| moves(Uuid::now_v7(), 3)).collect();
        assert_eq!(counts(&many[..1]).await, 1);
        assert_eq!(counts(&many).await, 1);
        assert_eq!(counts(&[]).await, 0);
    }

    /// Each aggregate counts its own, in the order in which they were told.
    async fn aggregates_are_numbered_one_by_one(app: TestApp) {
        let [a, b] = [Uuid::now_v7(), Uuid::now_v7()];
        let event = |thing, number| Moved { thing, number };
        app.emit(&[event(b, 1), event(a, 1), event(b, 2)]).await;
        app.emit(&[event(a, 2)]).await;
        let numbers = "SELECT count(*) FROM outbox_event WHERE sequence = ";
        assert_eq!(app.value::<i64>(&format!("{numbers} 1")).await, 2);
        assert_eq!(app.value::<i64>(&format!("{numbers} 2")).await, 2);
        let payload = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "CAST(payload ->> 'number' AS bigint)",
            _ => "payload ->> 'number'",
        };
        let order = format!("SELECT count(*) FROM outbox_event WHERE sequence <> {payload}");
        assert_eq!(app.value::<i64>(&order).await, 0);
        assert_eq!(app.column::<i64>("SELECT last_sequence FROM outbox_aggregate").await, [2, 2]);
    }

    /// Kinds that come together keep the order in which they were put in, those of one aggregate too.
    async fn several_kinds_are_told_at_once(app: TestApp) {
        let [a, b] = [Uuid::now_v7(), Uuid::now_v7()];
        let told = app.app.transaction(async |tx| {
            let mut batch = outbox::Batch::default();
            batch.add(&moves(a, 1))?;
            batch.add(&[Renamed { thing: a, name: "Ann".to_owned() }, Renamed { thing: b, name: "Ben".to_owned() }])?;
            batch.add(&moves(a, 1))?;
            let (emitted, cost) = counted(batch.emit(tx)).await;
            emitted?;
            Ok(cost.count)
        });
        assert_eq!(told.await.unwrap(), 1);
        let names: Vec<String> = app.column("SELECT name FROM outbox_event WHERE sequence > 1 ORDER BY sequence").await;
        assert_eq!(names, ["test.renamed", "test.moved"]);
        let first: Vec<String> = app.column("SELECT name FROM outbox_event WHERE sequence = 1 ORDER BY name").await;
        assert_eq!(first, ["test.moved", "test.renamed"]);
    }

    async fn what_is_rolled_back_was_never_told(app: TestApp) {
        let thing = Uuid::now_v7();
        app.emit(&moves(thing, 1)).await;
        let failed: Result<()> = app.app.transaction(async |tx| {
            outbox::emit(tx, &moves(thing, 5)).await?;
            Err(Error::Conflict("no".to_owned()))
        }).await;
        assert!(failed.is_err());
        app.emit(&moves(thing, 1)).await;
        assert_eq!(app.column::<i64>("SELECT sequence FROM outbox_event ORDER BY position").await, [1, 2]);
    }

    async fn the_request_is_known(app: TestApp) {
        let id = RequestId::parse("who-asked").unwrap();
        RequestId::scope(Some(id), app.emit(&moves(Uuid::now_v7(), 1))).await;
        assert_eq!(app.value::<String>("SELECT request_id FROM outbox_event").await, "who-asked");
        app.relay_all().await;
        assert_eq!(app.value::<String>("SELECT request_id FROM job").await, "who-asked");
    }

    async fn too_much_is_refused(app: TestApp) {
        let long = Renamed { thing: Uuid::now_v7(), name: "x".repeat(40_000) };
        let emitted = app.app.transaction(async |tx| outbox::emit_one(tx, &long).await).await;
        assert!(emitted.unwrap_err().for_operator().contains("32768"));
    }

    /// Positions are given under the lock of the aggregate: whoever has the lower number has the lower position, also
    /// where many write at once.
    async fn positions_follow_the_sequence(app: TestApp) {
        let things: Vec<_> = (0..4).map(|_| Uuid::now_v7()).collect();
        let tasks = tokio_util::task::TaskTracker::new();
        for writer in 0..8 {
            let (server, mut things) = (app.app.clone(), things.clone());
            tasks.spawn(async move {
                for _ in 0..15 {
                    fastrand::shuffle(&mut things);
                    let events: Vec<_> = things[..2].iter().flat_map(|thing| moves(*thing, 2)).collect();
                    let emit = server.transaction(async |tx| {
                        outbox::emit(tx, &events).await?;
                        tokio::time::sleep(Duration::from_millis(writer % 4)).await;
                        Ok(())
                    });
                    emit.await.unwrap();
                }
            });
        }
        tasks.close();
        tasks.wait().await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outbox_event").await, 8 * 15 * 4);
        let inversions = "SELECT count(*) FROM outbox_event a JOIN outbox_event b ON a.aggregate_id = b.aggregate_id \
             AND a.sequence < b.sequence AND a.position > b.position";
        assert_eq!(app.value::<i64>(inversions).await, 0);
        assert_eq!(app.value::<i64>("SELECT CAST(sum(last_sequence) AS bigint) FROM outbox_aggregate").await, 480);
    }
}
