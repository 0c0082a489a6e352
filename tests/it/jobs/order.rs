//! In which order jobs are done.

use super::kinds::{Note, NoteHigh, NoteLow, Once};
use crate::support::{TestApp, TestDatabase};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
const ONE_AT_A_TIME: &[(&str, &str)] = &[("--jobs-concurrency", "default=1")];

async fn one_at_a_time() -> Vec<TestApp> {
    let mut apps = vec![
        TestApp::on_sqlite_with(ONE_AT_A_TIME)
            .await
            .with_effects()
            .await,
    ];
    if let Some(database) = TestDatabase::postgres().await {
        let app = TestApp::on_database(database, ONE_AT_A_TIME).await;
        apps.push(app.with_effects().await);
    }
    apps
}

/// A job of high priority comes before those that came a little earlier, and never before one that has waited for long.
#[tokio::test]
async fn priority_is_a_head_start() {
    for app in one_at_a_time().await {
        app.enqueue(NoteLow("low".to_owned())).await;
        app.enqueue(Note("normal".to_owned())).await;
        app.enqueue(NoteHigh("high".to_owned())).await;
        app.enqueue(NoteLow("low, waiting for an hour".to_owned()))
            .await;
        let hour_ago = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "run_at - interval '1 hour'",
            _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', run_at, '-1 hour')",
        };
        app.execute(&format!(
            "UPDATE job SET run_at = {hour_ago}, rank_at = {hour_ago} WHERE CAST(payload AS text) LIKE '%hour%'"
        ))
        .await;
        let worker = app.work();
        app.until_done().await;
        worker.stop(PATIENCE).await;
        let expected = ["low, waiting for an hour", "high", "normal", "low"];
        assert_eq!(app.effects().await, expected);
    }
}

#[tokio::test]
async fn a_queue_runs_no_more_at_once_than_it_may() {
    for app in one_at_a_time().await {
        for number in 0..4 {
            let text = number.to_string();
            app.enqueue(Once {
                text,
                group: None,
                millis: 100,
            })
            .await;
        }
        let worker = app.work();
        for _ in 0..20 {
            let running: i64 = app
                .value("SELECT count(*) FROM job WHERE state = 'RUNNING'")
                .await;
            assert!(running <= 1, "{running}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        app.until_done().await;
        worker.stop(PATIENCE).await;
    }
}

on_both_databases! {
    /// Two workers with room for sixteen; each job of a group sleeps for a while that would let others overtake it.
    async fn jobs_of_a_group_come_one_after_the_other(app: TestApp) {
        let app = app.with_effects().await;
        let groups = ["a", "b", "c"];
        for number in 0..6_i64 {
            for group in groups {
                app.enqueue(Once {
                    text: format!("{group}{number}"),
                    group: Some((group.to_owned(), number)),
                    millis: if number % 2 == 0 { 40 } else { 0 },
                }).await;
            }
        }
        let workers = [app.work(), app.work()];
        app.until_done().await;
        for worker in workers {
            worker.stop(PATIENCE).await;
        }
        let effects = app.effects().await;
        for group in groups {
            let of_group: Vec<_> = effects.iter().filter(|text| text.starts_with(group)).collect();
            let expected: Vec<_> = (0..6).map(|number| format!("{group}{number}")).collect();
            assert_eq!(of_group, expected.iter().collect::<Vec<_>>());
        }
        // They did not all wait for each other: each began before any other was through.
        let place = |text: String| effects.iter().position(|effect| *effect == text).unwrap();
        let began = groups.map(|group| place(format!("{group}0")));
        let ended = groups.map(|group| place(format!("{group}5")));
        assert!(began.iter().max() < ended.iter().min(), "{effects:?}");
    }
}
