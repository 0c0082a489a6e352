//! Jepsen's bank: many send money to many at random, while others look; whatever happens, none is made or lost.

use super::{account, assert_sound, customer, fund, global_id, send, total};
use crate::support::{OwnPostgres, TestApp};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tradewind::caller::Actor;

const PEOPLE: usize = 10;
const TASKS: usize = 16;
const EACH: usize = 25;
const FUNDS: i64 = 1_000;
const ALL: i64 = 10_000;

/// People with money, and their global ids.
async fn people(app: &TestApp) -> Vec<(Actor, String)> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let actor = customer(app, &format!("p{number}")).await;
        fund(app, account(actor), FUNDS).await;
        people.push((actor, global_id(app, actor).await));
    }
    people
}

/// What became of transfers.
#[derive(Debug, Default)]
struct Tally {
    done: i64,
    refused: i64,
    unknown: i64,
}

/// Has all tasks send money at random.
async fn rush(app: &Arc<TestApp>, people: &Arc<Vec<(Actor, String)>>) -> Tally {
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (app, people) = (Arc::clone(app), Arc::clone(people));
        tasks.spawn(async move {
            let mut tally = Tally::default();
            for _ in 0..EACH {
                let from = fastrand::usize(0..PEOPLE);
                let to = (from + fastrand::usize(1..PEOPLE)) % PEOPLE;
                let amount = format!("{}.{:02}", fastrand::u8(0..6), fastrand::u8(1..100));
                let recipient = json!({ "accountId": people[to].1 });
                let reply = send(&app, people[from].0, recipient, &amount, "").await;
                let done = &reply.body["data"]["done"];
                if done["transactionId"].is_string() {
                    tally.done += 1;
                } else if done["userErrors"][0].is_object() {
                    tally.refused += 1;
                } else {
                    tally.unknown += 1;
                }
            }
            tally
        });
    }
    let mut all = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        let tally = tally.unwrap();
        all.done += tally.done;
        all.refused += tally.refused;
        all.unknown += tally.unknown;
    }
    all
}

/// Looks at all balances in one statement, again and again, until told to stop; how often it could.
async fn look(app: Arc<TestApp>, stop: CancellationToken) -> usize {
    let sql = "SELECT CAST(sum(CASE WHEN kind = 'CUSTOMER_WALLET' THEN balance ELSE 0 END) AS bigint) AS wallets, \
        CAST(sum(balance) AS bigint) AS everything, \
        (SELECT CAST(sum(amount) AS bigint) FROM ledger_entry) AS entries, \
        min(CASE WHEN kind = 'CUSTOMER_WALLET' THEN balance ELSE 0 END) AS least FROM ledger_account";
    let mut looks = 0;
    while !stop.is_cancelled() {
        let database = &app.app.database;
        let statement = Statement::from_string(database.backend(), sql);
        // Connections may have been killed.
        if let Ok(Some(row)) = database.read().query_one_raw(statement).await {
            let number = |name| row.try_get::<i64>("", name).unwrap();
            let seen = (number("wallets"), number("everything"), number("entries"));
            assert_eq!(seen, (ALL, 0, 0), "in the snapshot {looks}");
            assert!(number("least") >= 0, "in the snapshot {looks}");
            looks += 1;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    looks
}

const TRANSFERS: &str = "SELECT count(*) FROM ledger_transaction WHERE kind = 'TRANSFER'";

/// The whole of it, with `disturb` beside it until it is over.
async fn bank(app: TestApp, disturb: impl AsyncFnOnce(Arc<TestApp>, CancellationToken)) {
    let app = Arc::new(app);
    let people = Arc::new(people(&app).await);
    let stop = CancellationToken::new();
    let looking = tokio::spawn(look(Arc::clone(&app), stop.clone()));
    let began = std::time::Instant::now();
    let rush = async {
        let tally = rush(&app, &people).await;
        stop.cancel();
        tally
    };
    let (tally, ()) = tokio::join!(rush, disturb(Arc::clone(&app), stop.clone()));
    let elapsed = began.elapsed();
    let looks = looking.await.unwrap();
    forget_dead_connections(&app).await;
    let posted: i64 = app.value(TRANSFERS).await;
    println!("{tally:?}, {posted} posted in {elapsed:.1?}, {looks} snapshots");
    assert!(looks > 3 && tally.done > 50, "{tally:?}, {looks} snapshots");
    assert!(
        (tally.done..=tally.done + tally.unknown).contains(&posted),
        "what was acknowledged is there, and nothing that was refused: {tally:?}, {posted}"
    );
    assert_eq!(total(&app, "CUSTOMER_WALLET").await, ALL);
    assert_sound(&app);
}

/// Whatever was killed while it was idle is found out by whoever uses it next.
async fn forget_dead_connections(app: &TestApp) {
    for _ in 0..5 {
        let db = app.app.database.write();
        join_all((0..32).map(|_| db.execute_unprepared("SELECT 1")))
            .await
            .into_iter()
            .for_each(drop);
    }
}

async fn nothing(_: Arc<TestApp>, _: CancellationToken) {}

/// Kills connections of the server's.
async fn kill(app: Arc<TestApp>, stop: CancellationToken) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND random() < 0.2";
    let mut kills = 0;
    while !stop.is_cancelled() {
        tokio::time::sleep(Duration::from_millis(60)).await;
        kills += usize::from(
            app.app
                .database
                .write()
                .execute_unprepared(sql)
                .await
                .is_ok(),
        );
    }
    println!("connections were killed {kills} times");
    assert!(kills > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_stays_on_sqlite() {
    bank(TestApp::on_sqlite().await, nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_stays_on_postgres() {
    if let Some(app) = TestApp::on_postgres().await {
        bank(app, nothing).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_stays_while_connections_are_killed() {
    if let Some(app) = TestApp::on_postgres().await {
        bank(app, kill).await;
    }
}

/// Breaks the database off, so that it has to find out by itself what was committed.
async fn bank_on_a_database_that_crashes(restarts: usize) {
    let Some(server) = OwnPostgres::start() else {
        return;
    };
    let app = TestApp::on_database(server.database().await, &[]).await;
    bank(app, async |_, stop| {
        let mut done = 0;
        while done < restarts && !stop.is_cancelled() {
            tokio::time::sleep(Duration::from_millis(700)).await;
            tokio::task::block_in_place(|| server.restart_at_once());
            done += 1;
        }
        println!("the database was broken off {done} times");
        assert!(done > 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_stays_while_the_database_crashes() {
    bank_on_a_database_that_crashes(2).await;
}

/// Two who send each other money at the same time wait for each other in no circle.
#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_is_no_deadlock() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let people = people(&app).await;
    let (a, b) = (&people[0], &people[1]);
    for _ in 0..20 {
        let there = send(&app, a.0, json!({ "accountId": b.1 }), "0.01", "");
        let back = send(&app, b.0, json!({ "accountId": a.1 }), "0.01", "");
        let (there, back) = tokio::join!(there, back);
        for reply in [there, back] {
            assert!(
                reply.data()["done"]["transactionId"].is_string(),
                "{:#}",
                reply.body
            );
        }
    }
    assert_sound(&app);
}
