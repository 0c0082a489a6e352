//! Refresh tokens: each is good once, and one that comes again later ends the session.

use super::{EMAIL, Signed};
use crate::support::TestApp;
use chrono::TimeDelta;
use futures_util::future::join_all;
use std::collections::HashSet;

impl TestApp {
    async fn refreshed(&self, token: &str) -> Signed {
        Signed::of(&self.refresh(token).await.data()["sessionRefresh"])
    }

    async fn refused(&self, token: &str) {
        assert_eq!(self.refresh(token).await.error_code(), "UNAUTHENTICATED");
    }

    async fn end_reason(&self) -> Option<String> {
        self.value("SELECT end_reason FROM session").await
    }
}

on_both_databases! {
    async fn a_session_goes_on_with_new_tokens(app: TestApp) {
        let first = app.signed_in().await;
        let second = app.refreshed(&first.refresh).await;
        let third = app.refreshed(&second.refresh).await;
        let sessions = HashSet::from([&first.session, &second.session, &third.session]);
        assert_eq!(sessions.len(), 1);
        let tokens = HashSet::from([&first.refresh, &second.refresh, &third.refresh]);
        assert_eq!(tokens.len(), 3);
        for token in tokens {
            // A prefix, and 256 bits.
            assert_eq!(token.len(), "twr_".len() + 43, "{token}");
        }
        for signed in [&first, &second, &third] {
            assert_eq!(app.status_bearing(&signed.access).await, 200);
        }
        let kept: Vec<String> = app.column("SELECT hash FROM refresh_token").await;
        assert_eq!(kept.len(), 3);
        for hash in kept {
            assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
        }
    }

    async fn twenty_at_once_get_the_same(app: TestApp) {
        let first = app.signed_in().await;
        let twins = join_all((0..20).map(|_| app.refreshed(&first.refresh))).await;
        let successors: HashSet<_> = twins.iter().map(|twin| &twin.refresh).collect();
        assert_eq!(successors.len(), 1);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM refresh_token").await, 2);
        for twin in &twins {
            assert_eq!(app.status_bearing(&twin.access).await, 200);
        }
        assert_eq!(app.end_reason().await, None);
        app.refreshed(&twins[0].refresh).await;
    }

    async fn an_answer_that_was_lost_comes_again(app: TestApp) {
        let first = app.signed_in().await;
        let lost = app.refreshed(&first.refresh).await;
        app.app.clock.advance(TimeDelta::seconds(9));
        let again = app.refreshed(&first.refresh).await;
        assert_eq!(lost.refresh, again.refresh);
        assert_eq!(app.end_reason().await, None);
    }

    async fn a_stolen_token_puts_both_out(app: TestApp) {
        let owner = app.signed_in().await;
        let stolen = owner.refresh.clone();
        let owner = app.refreshed(&owner.refresh).await;
        let elsewhere = app.sign_in(EMAIL).await;
        app.app.clock.advance(TimeDelta::seconds(11));
        app.refused(&stolen).await;
        // Also the tokens that were not reused, and what they got.
        app.refused(&owner.refresh).await;
        assert_eq!(app.status_bearing(&owner.access).await, 401);
        assert_eq!(app.status_bearing(&elsewhere.access).await, 200);
        let reasons: Vec<Option<String>> = app.column("SELECT end_reason FROM session ORDER BY id").await;
        assert_eq!(reasons, [Some("REUSE".to_owned()), None]);
    }

    async fn a_thief_who_is_first_is_found_out_by_the_owner(app: TestApp) {
        let owner = app.signed_in().await;
        let thief = app.refreshed(&owner.refresh).await;
        let thief = app.refreshed(&thief.refresh).await;
        app.app.clock.advance(TimeDelta::seconds(11));
        app.refused(&owner.refresh).await;
        app.refused(&thief.refresh).await;
        assert_eq!(app.status_bearing(&thief.access).await, 401);
        assert_eq!(app.end_reason().await.as_deref(), Some("REUSE"));
    }

    async fn sessions_that_nobody_uses_end(app: TestApp) {
        let unused = app.signed_in().await;
        app.app.clock.advance(TimeDelta::days(29));
        let used = app.refreshed(&unused.refresh).await;
        app.app.clock.advance(TimeDelta::days(29));
        let used = app.refreshed(&used.refresh).await;
        app.app.clock.advance(TimeDelta::days(31));
        app.refused(&used.refresh).await;
    }

    async fn sessions_end_however_much_they_are_used(app: TestApp) {
        let mut signed = app.signed_in().await;
        for _ in 0..8 {
            app.app.clock.advance(TimeDelta::days(20));
            signed = app.refreshed(&signed.refresh).await;
        }
        app.app.clock.advance(TimeDelta::days(20) - TimeDelta::minutes(5));
        let last = app.refreshed(&signed.refresh).await;
        assert_eq!(app.status_bearing(&last.access).await, 200);
        app.app.clock.advance(TimeDelta::minutes(6));
        assert_eq!(app.status_bearing(&last.access).await, 401, "a token outlives no session");
        app.refused(&last.refresh).await;
    }

    async fn what_is_no_token_is_refused(app: TestApp) {
        let signed = app.signed_in().await;
        let cut = &signed.refresh[..signed.refresh.len() - 1];
        let long = "x".repeat(100_000);
        for token in ["", "twr_", cut, &signed.access, &long, "' OR 1=1 --", "💥"] {
            app.refused(token).await;
        }
        app.refreshed(&signed.refresh).await;
    }
}
