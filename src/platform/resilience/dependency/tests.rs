//! What calls do, with time that passes as fast as everyone waits.

use super::*;
use crate::platform::resilience::BreakerPolicy;
use futures_util::future::join_all;
use std::{
    cell::Cell,
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
};

const SECOND: Duration = Duration::from_secs(1);

/// A breaker that never opens, where it is not what is tested.
const NO_BREAKER: BreakerPolicy = BreakerPolicy {
    error_rate: 2.0,
    window: 10,
    open_wait: SECOND,
};

fn policy() -> Policy {
    Policy {
        timeout: SECOND,
        attempts: 3,
        concurrency: 100,
        queue_wait: SECOND / 10,
        breaker: NO_BREAKER,
    }
}

fn broken<T>() -> Result<T, CallError> {
    Err(CallError::retryable(anyhow::anyhow!("connection reset")))
}

#[tokio::test(start_paused = true)]
async fn what_may_go_better_is_tried_again() {
    let dependency = Dependency::new("test", policy());
    let tries = Cell::new(0);
    let answer = dependency
        .call(|| async {
            tries.set(tries.get() + 1);
            if tries.get() < 3 {
                broken()
            } else {
                Ok("hello")
            }
        })
        .await;
    assert_eq!((answer.unwrap(), tries.get()), ("hello", 3));

    tries.set(0);
    let began = tokio::time::Instant::now();
    let answer: Result<()> = dependency
        .call(|| async {
            tries.set(tries.get() + 1);
            broken()
        })
        .await;
    assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
    assert_eq!(tries.get(), 3);
    // Twice, the second time longer, and no more than doubled by chance.
    let waited = began.elapsed();
    assert!(
        waited >= 3 * FIRST_WAIT && waited <= 6 * FIRST_WAIT + SECOND / 100,
        "{waited:?}"
    );
}

/// Resolvers and tasks need that of whatever they call.
#[tokio::test]
async fn calls_can_move_between_threads() {
    fn moves<T: Send>(value: T) -> T {
        value
    }
    let dependency = Dependency::new("test", policy());
    let greeting = "hello".to_owned();
    let call = moves(dependency.call(|| async { Ok(greeting.as_str()) }));
    assert_eq!(call.await.unwrap(), "hello");
}

#[tokio::test(start_paused = true)]
async fn what_will_not_go_better_is_not() {
    let dependency = Dependency::new("test", policy());
    let tries = Cell::new(0);
    let answer: Result<()> = dependency
        .call(|| async {
            tries.set(tries.get() + 1);
            Err(CallError::refused(anyhow::anyhow!("400 Bad Request")))
        })
        .await;
    assert_eq!(tries.get(), 1);
    let said = answer.unwrap_err().for_operator();
    assert!(said.starts_with("test: 400 Bad Request"), "{said}");

    let answer: Result<()> = dependency
        .call(|| async { Err(CallError::refused(Error::invalid("card", "It is expired."))) })
        .await;
    assert!(matches!(answer, Err(Error::Invalid { .. })), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_retries_ends_with_the_budget() {
    let dependency = Dependency::new("test", policy());
    let tries = AtomicUsize::new(0);
    let calls = (0..100).map(async |_| {
        let answer: Result<()> = dependency
            .call(|| async {
                tries.fetch_add(1, Ordering::Relaxed);
                broken()
            })
            .await;
        assert!(matches!(answer, Err(Error::Unavailable)));
    });
    join_all(calls).await;
    // Ten saved up, ten earned.
    let tries = tries.into_inner();
    assert!((101..=120).contains(&tries), "{tries} tries for 100 calls");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_takes_no_longer_than_the_policy_and_the_deadline_allow() {
    let dependency = Dependency::new(
        "test",
        Policy {
            attempts: 2,
            ..policy()
        },
    );
    let began = tokio::time::Instant::now();
    let answer = dependency
        .call(|| async { pending::<Result<(), _>>().await })
        .await;
    assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
    assert!(began.elapsed() >= 2 * SECOND && began.elapsed() < 3 * SECOND);

    let began = tokio::time::Instant::now();
    let tries = Cell::new(0);
    let answer = deadline::within(SECOND / 2, async {
        let call = dependency.call(|| async {
            tries.set(tries.get() + 1);
            pending::<Result<(), _>>().await
        });
        call.await
    })
    .await;
    assert!(matches!(answer, Ok(Err(Error::Timeout))), "{answer:?}");
    assert_eq!((began.elapsed(), tries.get()), (SECOND / 2, 1));
}

#[tokio::test(start_paused = true)]
async fn nobody_comes_back_after_the_deadline() {
    let dependency = Dependency::new("test", policy());
    let tries = Cell::new(0);
    let began = tokio::time::Instant::now();
    let answer: Result<Result<()>, _> = deadline::within(FIRST_WAIT, async {
        let call = dependency.call(|| async {
            tries.set(tries.get() + 1);
            broken()
        });
        call.await
    })
    .await;
    assert!(matches!(answer, Ok(Err(Error::Unavailable))), "{answer:?}");
    assert_eq!((began.elapsed(), tries.get()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_left_alone_and_tried_with_one_call() {
    let breaker = BreakerPolicy {
        error_rate: 0.5,
        window: 4,
        open_wait: 10 * SECOND,
    };
    let dependency = Dependency::new(
        "test",
        Policy {
            attempts: 1,
            breaker,
            ..policy()
        },
    );
    let tries = AtomicUsize::new(0);
    let hangs = async || {
        let work = || async {
            tries.fetch_add(1, Ordering::Relaxed);
            pending::<Result<(), _>>().await
        };
        dependency.call(work).await
    };
    // What we asked wrongly is no fault of the service's.
    for _ in 0..10 {
        let refused = || async { Err::<(), _>(CallError::refused(anyhow::anyhow!("400"))) };
        assert!(matches!(
            dependency.call(refused).await,
            Err(Error::Internal { .. })
        ));
    }
    for _ in 0..2 {
        assert!(hangs().await.is_err());
    }
    assert_eq!(tries.swap(0, Ordering::Relaxed), 2);
    let began = tokio::time::Instant::now();
    let answer = hangs().await;
    assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
    assert_eq!(
        (began.elapsed(), tries.load(Ordering::Relaxed)),
        (Duration::ZERO, 0)
    );

    tokio::time::advance(10 * SECOND).await;
    let answers = join_all((0..20).map(async |_| hangs().await)).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(tries.load(Ordering::Relaxed), 1, "one probe");

    tokio::time::advance(10 * SECOND).await;
    assert_eq!(dependency.call(|| async { Ok(1) }).await.unwrap(), 1);
    let answers = join_all((0..20).map(|_| dependency.call(|| async { Ok(1) }))).await;
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn a_slow_dependency_takes_no_more_than_its_share() {
    let slow = Dependency::new(
        "slow",
        Policy {
            concurrency: 4,
            attempts: 1,
            ..policy()
        },
    );
    let at_once = Cell::new(0);
    let most = Cell::new(0);
    let calls = (0..50).map(|_| {
        slow.call(|| async {
            at_once.set(at_once.get() + 1);
            most.set(most.get().max(at_once.get()));
            tokio::time::sleep(SECOND / 2).await;
            at_once.set(at_once.get() - 1);
            Ok(())
        })
    });
    let began = tokio::time::Instant::now();
    let answers = join_all(calls).await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((most.get(), answered), (4, 4));
    // Whoever found no place was told long before the slow ones ended, and has left none taken.
    assert_eq!(began.elapsed(), SECOND / 2);
    assert_eq!(slow.places.available_permits(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_place_comes_free_when_the_caller_leaves() {
    let dependency = Dependency::new(
        "test",
        Policy {
            concurrency: 1,
            ..policy()
        },
    );
    let left = tokio::time::timeout(
        SECOND / 20,
        dependency.call(|| async { pending::<Result<(), _>>().await }),
    );
    let (left, waited) = tokio::join!(left, dependency.call(|| async { Ok(1) }));
    assert!(left.is_err());
    assert_eq!(waited.unwrap(), 1);
}

#[tokio::test]
async fn no_call_is_made_inside_a_transaction() {
    let dependency = Dependency::new("test", policy());
    let was_called = Cell::new(false);
    let answer = transactions::scope(
        std::sync::Arc::default(),
        dependency.call(|| async {
            was_called.set(true);
            Ok(())
        }),
    )
    .await
    .0;
    let said = answer.unwrap_err().for_operator();
    assert!(said.contains("inside a database transaction"), "{said}");
    assert!(!was_called.get());
}

#[tokio::test(start_paused = true)]
async fn calls_are_measured() {
    crate::platform::telemetry::init_metrics();
    let breaker = BreakerPolicy {
        error_rate: 0.5,
        window: 3,
        open_wait: SECOND,
    };
    let policy = Policy {
        attempts: 2,
        concurrency: 1,
        breaker,
        ..policy()
    };
    let dependency = Dependency::new("measured", policy);
    dependency.call(|| async { Ok(()) }).await.unwrap();
    let hangs = async || {
        dependency
            .call(|| async { pending::<Result<(), _>>().await })
            .await
    };
    assert!(tokio::time::timeout(SECOND / 2, hangs()).await.is_err());
    // Two attempts that fail are enough of three; one finds no place meanwhile.
    let (slow, crowded) = tokio::join!(hangs(), hangs());
    assert!(slow.is_err() && crowded.is_err());
    for _ in 0..2 {
        assert!(hangs().await.is_err());
    }

    let text = crate::platform::telemetry::render_metrics();
    for line in [
        r#"dependency_calls_total{dependency="measured",outcome="ok"} 1"#,
        r#"dependency_calls_total{dependency="measured",outcome="abandoned"} 1"#,
        r#"dependency_calls_total{dependency="measured",outcome="timed_out"} 1"#,
        r#"dependency_calls_total{dependency="measured",outcome="rejected_by_bulkhead"} 1"#,
        r#"dependency_calls_total{dependency="measured",outcome="rejected_by_breaker"} 2"#,
        r#"dependency_retries_total{dependency="measured"} 1"#,
        r#"breaker_state{dependency="measured"} 2"#,
        r#"bulkhead_in_use{dependency="measured"} 0"#,
        r#"dependency_call_duration_seconds_count{dependency="measured"} 6"#,
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(
            text.contains(&format!("# HELP {name} ")),
            "{name} is not described"
        );
    }
}
