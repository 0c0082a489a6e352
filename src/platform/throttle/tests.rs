//! Tests: Holding off those who guess.

use super::*;
use chrono::TimeDelta;

fn throttle() -> Throttle {
    let policy = ThrottlePolicy {
        name: "test",
        free: 3,
        first: Duration::from_secs(1),
        longest: Duration::from_secs(60),
        forget: Duration::from_secs(3_600),
    };
    Throttle::new(policy, None)
}

#[tokio::test]
async fn waits_begin_after_a_few_failures_and_double() {
    let (throttle, now) = (throttle(), DateTime::<Utc>::UNIX_EPOCH);
    let mut waits = Vec::new();
    for _ in 0..12 {
        throttle.failed("a", now).await.unwrap();
        let wait = throttle.wait("a", now).await.unwrap();
        waits.push(wait.map_or(0, |wait| wait.as_secs()));
    }
    assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(throttle.wait("b", now).await.unwrap(), None);
    let later = now + TimeDelta::seconds(60);
    assert_eq!(throttle.wait("a", later).await.unwrap(), None);
    throttle.succeeded("a", now).await.unwrap();
    throttle.failed("a", now).await.unwrap();
    assert_eq!(throttle.wait("a", now).await.unwrap(), None);
}

#[tokio::test]
async fn attempts_that_come_together_are_not_all_the_first() {
    let (throttle, now) = (throttle(), DateTime::<Utc>::UNIX_EPOCH);
    let mut begun = 0;
    for _ in 0..100 {
        begun += u32::from(throttle.begin("a", now).await.unwrap().is_none());
    }
    assert_eq!(begun, 4);
    // Those who were to wait did not make it longer.
    let later = now + TimeDelta::seconds(1);
    assert_eq!(throttle.begin("a", later).await.unwrap(), None);
    let wait = throttle.begin("a", later).await.unwrap();
    assert_eq!(wait, Some(Duration::from_secs(2)));
    throttle.succeeded("a", later).await.unwrap();
    assert_eq!(throttle.begin("a", later).await.unwrap(), None);
}

#[test]
fn failures_at_once_all_count() {
    let (throttle, now) = (throttle(), DateTime::<Utc>::UNIX_EPOCH);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let fail = || {
                throttle
                    .here
                    .step(&throttle.policy, "a", Step::Fail, false, now)
            };
            scope.spawn(fail);
        }
    });
    let wait = throttle.here.get("a", now).wait(now);
    assert_eq!(wait, Duration::from_secs(16));
}
