//! Leases: what is lost with a worker, and what a worker can no longer do once it has lost a job.

use super::kinds::{Hold, Note, Once};
use crate::support::{TestApp, TestDatabase};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
const SHORT: &[(&str, &str)] = &[("--jobs-lease-seconds", "2")];

async fn with_short_leases() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite_with(SHORT).await.with_effects().await];
    if let Some(database) = TestDatabase::postgres().await {
        let app = TestApp::on_database(database, SHORT).await;
        apps.push(app.with_effects().await);
    }
    apps
}

/// SQL of a job that a worker took and then died.
const TAKEN_BY_THE_DEAD: &str = "UPDATE job SET state = 'RUNNING', attempts = attempts + 1, lease_id = id, \
     leased_until = created_at, worker = 'dead:1', started_at = created_at";

#[tokio::test]
async fn a_dead_workers_job_is_done_by_another() {
    for app in with_short_leases().await {
        app.enqueue(Note("done".to_owned())).await;
        app.execute(TAKEN_BY_THE_DEAD).await;
        let worker = app.work();
        app.until_done().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.effects().await, ["done"]);
        // The attempt that died counts.
        assert_eq!(app.value::<i64>("SELECT attempts FROM job").await, 2);
    }
}

/// What kills every worker that tries it must not be tried for ever.
#[tokio::test]
async fn a_job_that_kills_its_workers_is_dead_in_the_end() {
    for app in with_short_leases().await {
        app.enqueue(Note("never".to_owned())).await;
        app.execute(TAKEN_BY_THE_DEAD).await;
        app.execute("UPDATE job SET attempts = 20, losses = 19")
            .await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'DEAD'", 1)
            .await;
        worker.stop(PATIENCE).await;
        let error: String = app.value("SELECT last_error FROM job").await;
        assert!(
            error.starts_with("The worker dead:1 was not heard of for 2 s"),
            "{error}"
        );
        assert!(app.effects().await.is_empty());
    }
}

/// The first attempt is given up by the database's clock while it works, a second is done, and then the first comes back:
/// what it writes under its lease is refused.
#[tokio::test]
async fn whoever_lost_the_lease_cannot_write() {
    for app in with_short_leases().await {
        app.enqueue(Hold(2_500)).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'RUNNING'", 1)
            .await;
        app.execute(
            "UPDATE job SET state = 'WAITING', lease_id = NULL, leased_until = NULL, run_at = created_at, rank_at = created_at",
        )
        .await;
        let other = app.work();
        app.until_done().await;
        assert_eq!(app.effects().await, ["attempt 2"]);
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(app.effects().await, ["attempt 2"]);
        worker.stop(PATIENCE).await;
        other.stop(PATIENCE).await;
        let fate = "SELECT state || ' ' || attempts FROM job";
        assert_eq!(app.value::<String>(fate).await, "DONE 2");
    }
}

/// Long work outlives its lease many times over, since the lease is kept.
#[tokio::test]
async fn a_lease_is_kept_while_work_goes_on() {
    for app in with_short_leases().await {
        let long = Once {
            text: "long".to_owned(),
            group: None,
            millis: 6_000,
        };
        app.enqueue(long).await;
        let workers = [app.work(), app.work()];
        app.until_done().await;
        for worker in workers {
            worker.stop(PATIENCE).await;
        }
        assert_eq!(app.effects().await, ["long"]);
        assert_eq!(app.value::<i64>("SELECT attempts FROM job").await, 1);
    }
}

on_both_databases! {
    /// The lease would last for half a minute; whoever comes next need not wait for that.
    async fn a_worker_that_stops_gives_its_jobs_back(app: TestApp) {
        let app = app.with_effects().await;
        let long = Once { text: "long".to_owned(), group: None, millis: 600_000 };
        app.enqueue(long).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'RUNNING'", 1).await;
        worker.stop(Duration::ZERO).await;
        let fate = "SELECT state || ' ' || attempts FROM job";
        assert_eq!(app.value::<String>(fate).await, "WAITING 0");
        assert!(app.effects().await.is_empty());
    }

    /// With patience, what is under way comes to its end, and nothing new is begun.
    async fn a_worker_that_stops_lets_work_end(app: TestApp) {
        let app = app.with_effects().await;
        let short = Once { text: "short".to_owned(), group: None, millis: 300 };
        app.enqueue(short).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'RUNNING'", 1).await;
        let stopping = worker.stop(PATIENCE);
        let asking = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            app.enqueue(Note("new".to_owned())).await;
        };
        tokio::join!(stopping, asking);
        assert_eq!(app.effects().await, ["short"]);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE state = 'WAITING'").await, 1);
    }
}
