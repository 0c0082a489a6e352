//! The one way to open a transaction, and what it refuses.

use crate::support::TestApp;
use sea_orm::{ConnectionTrait, Statement};
use std::sync::atomic::{AtomicU32, Ordering};
use tradewind::{
    error::{Error, Result},
    platform::database::Tx,
};

async fn number(tx: &Tx, sql: &str) -> Result<i64> {
    let statement = Statement::from_string(tx.get_database_backend(), sql);
    let row = tx.query_one_raw(statement).await?.expect("a row");
    Ok(row.try_get_by_index(0)?)
}

/// Resolvers and jobs need futures that may move between threads.
fn movable<T>(work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    work
}

/// As a resolver would: what it borrows, it borrows from its arguments.
async fn borrow(app: &TestApp, notes: &[String]) -> Result<usize> {
    let count = app.app.transaction_serializable(|tx| async move {
        let mut length = 0;
        for note in notes {
            number(&tx, "SELECT CAST(1 AS bigint)").await?;
            length += note.len();
        }
        Ok(length)
    });
    movable(count).await
}

on_both_databases! {
    async fn what_is_retried_may_borrow_and_move(app: TestApp) {
        let notes = ["a".to_owned(), "bc".to_owned()];
        assert_eq!(movable(borrow(&app, &notes)).await.unwrap(), 3);
    }

    async fn one_inside_another_is_refused(app: TestApp) {
        let server = &app.app;
        let inner = server.transaction(async |_| Ok(server.transaction(async |_| Ok(())).await)).await;
        assert!(matches!(inner.unwrap(), Err(Error::Internal { .. })));
        // And nothing is left behind that would refuse the next.
        server.transaction(async |_| Ok(())).await.unwrap();
    }

    /// Each transaction reads what all have written and writes what follows from it: run one after the other, and only
    /// then, they count to their number.
    async fn serialisable_ones_are_as_if_alone(app: TestApp) {
        app.execute("CREATE TABLE tally (number bigint NOT NULL)").await;
        let attempts = AtomicU32::new(0);
        let attempts = &attempts;
        let add = || app.app.transaction_serializable(|tx| async move {
            attempts.fetch_add(1, Ordering::Relaxed);
            let next = number(&tx, "SELECT coalesce(max(number), 0) + 1 FROM tally").await?;
            tokio::task::yield_now().await;
            tx.execute_unprepared(&format!("INSERT INTO tally (number) VALUES ({next})")).await?;
            Ok(())
        });
        let mut succeeded = 0;
        for _ in 0..5 {
            let (a, b, c, d) = tokio::join!(add(), add(), add(), add());
            for outcome in [a, b, c, d] {
                match outcome {
                    Ok(()) => succeeded += 1,
                    Err(error) => assert!(matches!(error, Error::Contended), "{error:?}"),
                }
            }
        }
        assert_eq!(app.value::<i64>("SELECT count(DISTINCT number) FROM tally").await, succeeded);
        assert_eq!(app.value::<i64>("SELECT max(number) FROM tally").await, succeeded);
        assert!(succeeded >= 15, "{succeeded}");
        if app.app.database.backend() == sea_orm::DbBackend::Postgres {
            // Without conflicts this test would show nothing.
            assert!(attempts.load(Ordering::Relaxed) > 20, "{attempts:?}");
        }
    }
}
