//! What is long over is deleted, and what doctors look at.

use super::{EMAIL, Signed};
use crate::{doctor::doctor, support::TestApp};
use chrono::TimeDelta;
use std::time::Duration;
use tradewind::{jobs::Worker, worker};

impl TestApp {
    /// Has the sweep run once: the timer finds it due.
    async fn sweep(&self) {
        let done =
            "SELECT count(*) FROM job WHERE kind = 'accounts.sweep_sessions' AND state = 'DONE'";
        self.execute("DELETE FROM job").await;
        self.execute("DELETE FROM job_schedule").await;
        self.execute(
            "INSERT INTO job_schedule (name, pattern, next_at) \
             VALUES ('accounts.sweep_sessions', '7 * * * *', '2020-01-01T00:00:00+00:00')",
        )
        .await;
        let worker = Worker::start(self.app.clone(), worker::registry());
        self.until(done, 1).await;
        worker.stop(Duration::from_secs(5)).await;
    }

    async fn counts(&self) -> (i64, i64) {
        let tokens = self.value("SELECT count(*) FROM refresh_token").await;
        (self.value("SELECT count(*) FROM session").await, tokens)
    }
}

on_both_databases! {
    async fn what_is_long_over_is_deleted(app: TestApp) {
        let mut signed = app.signed_in().await;
        let left = app.sign_in(EMAIL).await;
        for days in [1, 20] {
            app.app.clock.advance(TimeDelta::days(days));
            signed = Signed::of(&app.refresh(&signed.refresh).await.data()["sessionRefresh"]);
        }
        assert_eq!(app.counts().await, (2, 4));
        app.sweep().await;
        assert_eq!(app.counts().await, (2, 4), "a used token gives thieves away for as long as it would have been good");
        app.app.clock.advance(TimeDelta::days(29));
        app.sweep().await;
        assert_eq!(app.counts().await, (2, 3), "what was used more than 30 days ago goes");
        app.refresh(&signed.refresh).await.data();
        app.app.clock.advance(TimeDelta::days(180));
        app.sweep().await;
        assert_eq!(app.counts().await, (0, 0), "{}", left.session);
    }

    async fn a_session_that_was_ended_has_no_token(app: TestApp) {
        app.signed_in().await;
        let rule = "No session that was ended has a refresh token that could be used.";
        let (_, text) = doctor(&app.database);
        assert!(text.contains(&format!("ok    {rule}")), "{text}");
        let now = tradewind::platform::database::time::now(app.app.database.backend());
        app.execute(&format!("UPDATE session SET ended_at = {now}, end_reason = 'CLOSED'")).await;
        let (output, text) = doctor(&app.database);
        assert!(!output.status.success());
        assert!(text.contains(&format!("FAIL  {rule}")), "{text}");
        assert!(text.contains("the session was ended (CLOSED)"), "{text}");
    }
}
