//! Listening.

use super::kinds::{Moved, moves};
use crate::support::TestApp;
use std::time::Duration;
use tradewind::{
    error::Error,
    outbox::{Listener, News, subscribe, subscribe_from},
};
use uuid::Uuid;

async fn next(listener: &mut Listener) -> News {
    let next = tokio::time::timeout(Duration::from_secs(20), listener.next());
    next.await.expect("news in time").unwrap()
}

/// Position and number of the next event; fails the test where some were missed.
async fn heard(listener: &mut Listener) -> (i64, i64) {
    match next(listener).await {
        News::Event(event) => {
            let moved = event.envelope.read::<Moved>().unwrap().expect("a move");
            (event.position, moved.event.number)
        }
        News::Missed => panic!("some were missed"),
    }
}

on_both_databases! {
    async fn listeners_hear_everything_once_and_in_order(app: TestApp) {
        app.emit(&moves(Uuid::now_v7(), 5)).await;
        app.relay_all().await;
        let mut early = subscribe(&app.app).await.unwrap();
        let relay = app.relay();
        let thing = Uuid::now_v7();
        for event in moves(thing, 700) {
            app.emit(&[event]).await;
        }
        let mut late = subscribe(&app.app).await.unwrap();
        let (first_of_late, _) = {
            app.emit(&[Moved { thing, number: 701 }]).await;
            heard(&mut late).await
        };
        for number in 1..=701 {
            assert_eq!(heard(&mut early).await, (number + 5, number));
        }
        assert!(first_of_late > 5 && first_of_late <= 706);
        for position in first_of_late + 1..=706 {
            assert_eq!(heard(&mut late).await.0, position);
        }
        relay.0.cancel();
        relay.1.wait().await;
    }

    async fn listeners_can_come_back(app: TestApp) {
        app.emit(&moves(Uuid::now_v7(), 1_300)).await;
        app.relay_all().await;
        let mut listener = subscribe_from(&app.app, 100).await.unwrap();
        for position in 101..=1_300 {
            assert_eq!(heard(&mut listener).await, (position, position));
        }
        app.emit(&moves(Uuid::now_v7(), 1)).await;
        app.relay_all().await;
        assert_eq!(heard(&mut listener).await, (1_301, 1));

        assert!(matches!(subscribe_from(&app.app, 1_302).await, Err(Error::Invalid { .. })));
        assert!(matches!(subscribe_from(&app.app, -1).await, Err(Error::Invalid { .. })));
        subscribe_from(&app.app, 1_301).await.unwrap();
        app.execute("DELETE FROM outbox_event WHERE feed_position <= 50").await;
        subscribe_from(&app.app, 50).await.unwrap();
        assert!(matches!(subscribe_from(&app.app, 49).await, Err(Error::Conflict(_))));
    }

    /// One that takes nothing while thousands come is told that it missed some, and goes on with what came last.
    async fn a_listener_that_is_too_slow_is_told(app: TestApp) {
        let mut slow = subscribe(&app.app).await.unwrap();
        let mut quick = subscribe(&app.app).await.unwrap();
        app.emit(&moves(Uuid::now_v7(), 1)).await;
        app.relay_all().await;
        assert_eq!(heard(&mut slow).await.0, 1);
        assert_eq!(heard(&mut quick).await.0, 1);
        let mut quick_heard = 1;
        for _ in 0..3 {
            app.emit(&moves(Uuid::now_v7(), 1_000)).await;
            app.relay_all().await;
            for _ in 0..1_000 {
                quick_heard += 1;
                assert_eq!(heard(&mut quick).await.0, quick_heard);
            }
        }
        assert!(matches!(next(&mut slow).await, News::Missed));
        let (mut last, _) = heard(&mut slow).await;
        assert!(last > 2, "{last}");
        while last < 3_001 {
            let (position, _) = heard(&mut slow).await;
            assert_eq!(position, last + 1);
            last = position;
        }
    }

    /// Where nobody listens nothing is read; who comes then hears of what comes then.
    async fn nothing_is_read_for_nobody(app: TestApp) {
        drop(subscribe(&app.app).await.unwrap());
        app.app.tasks.close();
        let ended = tokio::time::timeout(Duration::from_secs(20), app.app.tasks.wait());
        ended.await.expect("the task that reads ends with the last listener");
        app.app.tasks.reopen();
        let mut listener = subscribe(&app.app).await.unwrap();
        app.emit(&moves(Uuid::now_v7(), 2)).await;
        app.relay_all().await;
        assert_eq!(heard(&mut listener).await, (1, 1));
        assert_eq!(heard(&mut listener).await, (2, 2));
    }
}
