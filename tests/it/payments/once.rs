//! Never twice, and never too much: many at once, and what the sandbox's own log says of it.

use super::support::{AMOUNT, LOST_ANSWER, QUICK, SUCCESS, call};
use crate::support::{TestApp, TestDatabase};
use futures_util::future::join_all;
use std::collections::HashMap;
use tradewind::payments::{self, Standing};

async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite_with(QUICK).await];
    if let Some(database) = TestDatabase::postgres().await {
        apps.push(TestApp::on_database(database, QUICK).await);
    }
    apps
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_of_captures_take_the_money_once() {
    take_once(6, 6).await;
}

/// For the figures in docs/payments.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes two minutes"]
async fn twenty_twins_of_twenty_captures_take_the_money_once() {
    take_once(20, 20).await;
}

/// So many twins of each of so many captures at once, every fifth payment with a provider whose first answers are lost. Those who heard
/// nothing ask again, with the same key.
async fn take_once(captures: usize, twins: usize) {
    for app in apps().await {
        let mut payments_made = Vec::new();
        for number in 0..captures {
            let card = if number % 5 == 0 {
                LOST_ANSWER
            } else {
                SUCCESS
            };
            let id = app.opened(card).await;
            until_known(
                &app,
                async |key| payments::authorise(&app.app, id, &call(key)).await,
                &format!("{number}:hold"),
            )
            .await;
            payments_made.push((number, id));
        }
        let app_ref = &app;
        let all = payments_made
            .iter()
            .flat_map(|made| std::iter::repeat_n(*made, twins));
        let all = all.map(|(number, id)| async move {
            let capture = async |key: &str| payments::capture(&app_ref.app, id, &call(key)).await;
            until_known(app_ref, capture, &format!("{number}:take")).await
        });
        let stands = join_all(all).await;
        assert_eq!(stands.len(), captures * twins);
        assert!(stands.iter().all(|stands| *stands == Standing::Captured));
        let mut taken: HashMap<_, usize> = HashMap::new();
        for line in app.bank_log().await {
            if line.operation == "CAPTURE" {
                assert_eq!((line.outcome.as_str(), line.amount), ("SUCCEEDED", AMOUNT));
                *taken.entry(line.payment_id).or_default() += 1;
            }
        }
        assert_eq!(taken.len(), captures);
        assert!(taken.values().all(|number| *number == 1), "{taken:?}");
    }
}

/// Asks until an answer comes.
async fn until_known(
    app: &TestApp,
    ask: impl AsyncFn(&str) -> tradewind::error::Result<Standing>,
    key: &str,
) -> Standing {
    for _ in 0..200 {
        match ask(key).await {
            Ok(Standing::Unknown)
            | Err(tradewind::error::Error::Contended | tradewind::error::Error::Unavailable) => {}
            Ok(stands) => return stands,
            Err(error) => panic!("{}", error.for_operator()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!(
        "nothing is known of {key} on {:?}",
        app.app.database.backend()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_given_back_than_was_taken() {
    for app in apps().await {
        let id = app.taken(SUCCESS).await;
        // Twenty times a quarter, each for a reason of its own.
        let app_ref = &app;
        let refunds = (0..20).map(|number| async move {
            let key = call(&format!("back:{number}"));
            loop {
                match payments::refund(&app_ref.app, id, 500, &key).await {
                    Err(
                        tradewind::error::Error::Contended | tradewind::error::Error::Unavailable,
                    ) => {}
                    other => return other,
                }
            }
        });
        let done = join_all(refunds).await;
        let given = done
            .iter()
            .filter(|done| matches!(done, Ok(Standing::Refunded)));
        assert_eq!(given.count(), 3);
        assert!(
            done.iter().all(|done| matches!(
                done,
                Ok(Standing::Refunded) | Err(tradewind::error::Error::Conflict(_))
            )),
            "{done:?}"
        );
        assert_eq!(app.payment_state(id).await, "CAPTURED 1999 0 1500");
        let back: i64 = app
            .bank_log()
            .await
            .iter()
            .filter(|line| line.operation == "REFUND")
            .map(|line| line.amount)
            .sum();
        assert_eq!(back, 1_500, "nobody asked for more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn captures_for_several_reasons_take_the_money_once() {
    for app in apps().await {
        let id = app.opened(SUCCESS).await;
        payments::authorise(&app.app, id, &call("a")).await.unwrap();
        let app_ref = &app;
        let both = (0..10).map(|number| async move {
            let key = call(&format!("try:{number}"));
            if number % 2 == 0 {
                payments::capture(&app_ref.app, id, &key).await
            } else {
                payments::void(&app_ref.app, id, &key).await
            }
        });
        let done = join_all(both).await;
        let ended = done
            .iter()
            .filter(|done| matches!(done, Ok(Standing::Captured)))
            .count();
        let state = app.payment_state(id).await;
        let did = app.bank_did(id).await;
        if ended == 1 {
            assert_eq!(
                (state.as_str(), did.as_slice()),
                (
                    "CAPTURED 1999 0 0",
                    ["AUTHORISE".to_owned(), "CAPTURE".to_owned()].as_slice()
                )
            );
        } else {
            assert_eq!(
                (ended, state.as_str(), did.as_slice()),
                (
                    0,
                    "VOIDED 0 0 0",
                    ["AUTHORISE".to_owned(), "VOID".to_owned()].as_slice()
                )
            );
        }
        // The database holds it too, whatever the code does.
        let too_much = "UPDATE payment SET state = 'CAPTURED', captured = amount + 1";
        let refused =
            sea_orm::ConnectionTrait::execute_unprepared(app.app.database.write(), too_much).await;
        assert!(refused.is_err());
    }
}
