//! Transactions of SQLite that share a commit, and what becomes of the others where one of them comes to no good end.

use crate::support::TestApp;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use std::{
    future::pending,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::sync::Notify;
use tradewind::{
    error::{Error, Result},
    platform::database::Tx,
};

const PAUSE: Duration = Duration::from_millis(50);

async fn write(tx: &Tx, note: &str) -> Result<()> {
    let sql = "INSERT INTO effect (note) VALUES ($1)";
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, [note.into()]);
    tx.execute_raw(insert).await?;
    Ok(())
}

/// How much of it others see.
async fn seen(app: &TestApp) -> i64 {
    let database = &app.app.database;
    let count = Statement::from_string(database.backend(), "SELECT count(*) AS seen FROM effect");
    let row = database.read().query_one_raw(count).await.unwrap().unwrap();
    row.try_get("", "seen").unwrap()
}

/// Writes `text`, and takes long enough for others to come and wait.
async fn slowly(app: &TestApp, text: &str) -> Result<()> {
    let work = async |tx: &Tx| {
        write(tx, text).await?;
        tokio::time::sleep(PAUSE).await;
        Ok(())
    };
    app.app.transaction(work).await
}

#[tokio::test]
async fn nobody_is_told_before_the_shared_commit() {
    let app = TestApp::on_sqlite().await.with_effects().await;
    let is_told = AtomicBool::new(false);
    let first = async {
        slowly(&app, "first").await.unwrap();
        is_told.store(true, Ordering::Relaxed);
    };
    let second = app.app.transaction(async |tx| {
        write(tx, "second").await?;
        tokio::time::sleep(PAUSE).await;
        assert!(!is_told.load(Ordering::Relaxed), "it is not committed yet");
        assert_eq!(seen(&app).await, 0);
        Ok(())
    });
    let ((), second) = tokio::join!(first, second);
    second.unwrap();
    assert_eq!(app.effects().await, ["first", "second"]);
}

/// Whoever fails, or is stopped in the midst of it, takes nobody along.
#[tokio::test]
async fn one_that_fails_is_undone_alone() {
    let app = TestApp::on_sqlite().await.with_effects().await;
    let failing = app.app.transaction(async |tx| {
        write(tx, "failed").await?;
        Err::<(), _>(Error::Conflict("It is sold out.".to_owned()))
    });
    let is_written = Notify::new();
    let stopped = async {
        let work = app.app.transaction(async |tx| {
            write(tx, "stopped").await?;
            is_written.notify_one();
            pending::<Result<()>>().await
        });
        tokio::select! {
            _ = work => unreachable!("it waits for ever"),
            () = is_written.notified() => {}
        }
    };
    let done = tokio::join!(
        slowly(&app, "first"),
        slowly(&app, "second"),
        failing,
        slowly(&app, "third"),
        slowly(&app, "fourth"),
        stopped,
        slowly(&app, "fifth"),
    );
    assert!(matches!(done.2, Err(Error::Conflict(_))), "{:?}", done.2);
    for good in [done.0, done.1, done.3, done.4, done.6] {
        good.unwrap();
    }
    assert_eq!(
        app.effects().await,
        ["first", "second", "third", "fourth", "fifth"]
    );
}

/// Where a statement that writes is stopped since it takes too long, SQLite undoes the whole transaction: all who are in it are told so.
#[tokio::test]
async fn what_is_undone_with_another_is_told() {
    let flags = [("--database-statement-timeout-ms", "300")];
    let app = TestApp::on_sqlite_with(&flags).await.with_effects().await;
    let endless = app.app.transaction(async |tx| {
        let sql = "INSERT INTO effect (note) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
             SELECT 'endless' FROM n WHERE i < 0";
        tx.execute_unprepared(sql).await?;
        Ok(())
    });
    let (first, second, endless, third) = tokio::join!(
        slowly(&app, "first"),
        slowly(&app, "second"),
        endless,
        slowly(&app, "third"),
    );
    assert!(matches!(endless, Err(Error::Timeout)), "{endless:?}");
    assert!(first.is_err() && second.is_err());
    third.unwrap();
    slowly(&app, "fourth").await.unwrap();
    assert_eq!(app.effects().await, ["third", "fourth"]);
}

/// The same for one that is alone: whoever comes next is served.
#[tokio::test]
async fn a_statement_that_was_stopped_leaves_the_writer_whole() {
    let flags = [("--database-statement-timeout-ms", "300")];
    let app = TestApp::on_sqlite_with(&flags).await.with_effects().await;
    for _ in 0..2 {
        let endless = app.app.transaction(async |tx| {
            write(tx, "before").await?;
            let sql = "UPDATE effect SET note = (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                 SELECT max(i) FROM n)";
            tx.execute_unprepared(sql).await?;
            Ok(())
        });
        assert!(matches!(endless.await, Err(Error::Timeout)));
    }
    slowly(&app, "after").await.unwrap();
    assert_eq!(app.effects().await, ["after"]);
}

/// More than share a commit, all at once.
#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_crowd_are_served() {
    let app = TestApp::on_sqlite().await.with_effects().await;
    let crowd = (0..100).map(|number| {
        let app = &app;
        async move {
            let work = app
                .app
                .transaction(async |tx| write(tx, &number.to_string()).await);
            work.await.unwrap();
            // Told is committed.
            let sql = format!("SELECT count(*) AS seen FROM effect WHERE note = '{number}'");
            let database = &app.app.database;
            let count = Statement::from_string(database.backend(), sql);
            let row = database.read().query_one_raw(count).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "seen").unwrap(), 1);
        }
    });
    join_all(crowd).await;
    assert_eq!(app.effects().await.len(), 100);
}
