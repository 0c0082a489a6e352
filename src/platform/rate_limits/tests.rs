//! Tests: How often one may do what costs others something.

use super::*;
use crate::platform::config::CostSettings;

async fn wait(limits: &RateLimits, limit: Limit, key: &str, n: u32) -> Option<Duration> {
    match limits.spend(limit, key, n).await {
        Ok(()) => None,
        Err(Error::RateLimited { after }) => Some(after),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_burst_is_let_through_and_then_no_more() {
    let limits = RateLimits::new(&Settings::defaults(), None);
    let mut let_through = 0;
    for _ in 0..100 {
        let_through += u32::from(wait(&limits, Limit::Mail, "a", 1).await.is_none());
    }
    assert_eq!(let_through, 5);
    let after = wait(&limits, Limit::Mail, "a", 1).await.unwrap();
    assert!((50..=60).contains(&after.as_secs()), "{after:?}");
    assert_eq!(wait(&limits, Limit::Mail, "b", 1).await, None);
    assert_eq!(wait(&limits, Limit::SignUp, "a", 1).await, None);
}

#[tokio::test]
async fn several_are_spent_at_once_or_none_and_may_be_given_back() {
    let limits = RateLimits::new(&Settings::defaults(), None);
    assert_eq!(wait(&limits, Limit::Mail, "a", 3).await, None);
    assert!(wait(&limits, Limit::Mail, "a", 3).await.is_some());
    assert_eq!(wait(&limits, Limit::Mail, "a", 2).await, None);
    limits.give_back(Limit::Mail, "a", 1).await.unwrap();
    assert!(wait(&limits, Limit::Mail, "a", 2).await.is_some());
    assert_eq!(wait(&limits, Limit::Mail, "a", 1).await, None);
    // Nobody gets more than there is.
    limits.give_back(Limit::Mail, "b", 100).await.unwrap();
    assert!(wait(&limits, Limit::Mail, "b", 6).await.is_some());
    assert_eq!(wait(&limits, Limit::Mail, "b", 5).await, None);
}

#[tokio::test]
async fn of_several_limits_all_or_none_is_spent() {
    let settings = Settings {
        cost: CostSettings {
            bucket: 100,
            restore_per_second: 1,
            bucket_per_address: 150,
            restore_per_second_per_address: 1,
        },
        ..Settings::defaults()
    };
    let limits = RateLimits::new(&settings, None);
    let purses = [(Limit::Cost, "a"), (Limit::CostOfAddress, "here")];
    // One comes back each second, and the machine may be slow.
    let has = |levels: &[Level], expected: [u32; 2]| {
        let pairs = levels.iter().zip(expected);
        let mut near = pairs.map(|(level, least)| (least..least + 30).contains(&level.available));
        assert!(near.all(|is_near| is_near), "{expected:?}: {levels:?}");
    };
    has(&limits.full(&purses), [100, 150]);
    for rate in [1, 3, 7, 5_000, 1_000_000] {
        let one_in = Duration::from_secs(1) / rate;
        let level = Level::new(Limit::Cost, 10, one_in, Duration::ZERO);
        assert_eq!(level.restore_per_second(), rate);
    }
    let Spent::All(levels) = limits.spend_of_all(&purses, 90).await.unwrap() else {
        panic!("there is so much");
    };
    has(&levels, [10, 60]);
    assert!((60..=90).contains(&levels[0].full_in().as_secs()));
    assert_eq!(levels[0].with_given_back(95).available, 100);

    // The first has not so much, then the second.
    let spent = limits.spend_of_all(&purses, 50).await.unwrap();
    let Spent::Nothing { after, by, levels } = spent else {
        panic!("there is not so much");
    };
    assert_eq!(by, Some(Limit::Cost));
    has(&levels, [10, 60]);
    assert!((10..=40).contains(&after.as_secs()), "{after:?}");
    let others = [(Limit::Cost, "b"), (Limit::CostOfAddress, "here")];
    let spent = limits.spend_of_all(&others, 100).await.unwrap();
    let Spent::Nothing { by, levels, .. } = spent else {
        panic!("there is not so much");
    };
    assert_eq!((by, levels[0].available), (Some(Limit::CostOfAddress), 100));

    limits.give_back_here(&purses, 80);
    let Spent::All(levels) = limits.spend_of_all(&purses, 90).await.unwrap() else {
        panic!("it was given back");
    };
    has(&levels, [0, 50]);
    assert_eq!(
        limits.spend_of_all(&[], 1).await.unwrap(),
        Spent::All(Vec::new())
    );
}

#[test]
fn what_was_spent_comes_back_one_by_one() {
    let second = Duration::from_secs(1);
    let (gcra, now) = (Gcra::new(5, second), Instant::now());
    for _ in 0..5 {
        gcra.spend("a", second, now).unwrap();
    }
    assert_eq!(gcra.spend("a", second, now), Err(second));
    let half = gcra.spend("a", second, now + second / 2);
    assert_eq!(half, Err(second / 2));
    gcra.spend("a", second, now + second).unwrap();
    assert_eq!(gcra.spend("a", second, now + second), Err(second));
}

#[test]
fn spends_at_once_all_count() {
    let second = Duration::from_secs(1);
    let (gcra, now) = (Gcra::new(100, second), Instant::now());
    let spend = || {
        (0..50)
            .filter(|_| gcra.spend("a", second, now).is_ok())
            .count()
    };
    let spent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(spend)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(spent, 100);
}

#[test]
fn keys_do_not_pile_up() {
    // Long enough for none to come back while it runs.
    let hour = Duration::from_hours(1);
    let (gcra, now) = (Gcra::new(1, hour), Instant::now());
    for number in 0..150_000 {
        gcra.note(&number.to_string(), hour, now);
    }
    assert!(gcra.keys() <= 100_000, "{}", gcra.keys());
    // The newest are those that are remembered.
    assert_eq!(gcra.spent("149999", now), hour);
    assert_eq!(gcra.spent("0", now), Duration::ZERO);
}

#[test]
fn a_network_of_version_6_is_one_customer() {
    let key = |text: &str| address_key(Some(text.parse().unwrap()));
    assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
    assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
    assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
    assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
}
