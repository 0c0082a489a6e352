//! Looking into a test's database, past the server.

use super::TestApp;
use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable};
use std::time::{Duration, Instant};

impl TestApp {
    /// Runs statements without values.
    pub async fn execute(&self, sql: &str) {
        let db = self.app.database.write();
        db.execute_unprepared(sql).await.expect(sql);
    }

    async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.app.database.backend(), sql);
        let db = self.app.database.write();
        db.query_all_raw(statement).await.expect(sql)
    }

    /// The first column of every row.
    pub async fn column<T: TryGetable>(&self, sql: &str) -> Vec<T> {
        let rows = self.rows(sql).await;
        let value = |row: &QueryResult| row.try_get_by_index(0).expect(sql);
        rows.iter().map(value).collect()
    }

    /// The first column of the only row.
    pub async fn value<T: TryGetable>(&self, sql: &str) -> T {
        let mut values = self.column(sql).await;
        assert_eq!(values.len(), 1, "{sql}");
        values.remove(0)
    }

    /// Waits until the query's first number is `expected`; fails the test when that takes half a minute.
    pub async fn until(&self, sql: &str, expected: i64) {
        let began = Instant::now();
        loop {
            let number: i64 = self.value(sql).await;
            if number == expected {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{sql} stays {number} and does not become {expected}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
