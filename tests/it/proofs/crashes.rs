//! A crash loses nothing: processes die at every step of buying and of giving money back, and at any moment under load.

use super::{
    process::{Process, free_address},
    rig::{Bought, Rig, apps},
};
use crate::{
    payments::support::{CAPTURE_DECLINED, DECLINED, DUPLICATES, LOST_ANSWER, SUCCESS, UNORDERED},
    support::{TestApp, sagas::AbortsAt, settings, variable},
};
use futures_util::future::join_all;
use serde_json::json;
use std::{
    io::Read,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use tradewind::{app::App, jobs::Worker, platform::probes::Probes};

/// Tells the process below that it is one, and where it dies.
const DATABASE: &str = "TRADEWIND_TEST_PROOF_DATABASE";
const BANK: &str = "TRADEWIND_TEST_PROOF_BANK";
const PLACE: &str = "TRADEWIND_TEST_PROOF_PLACE";

const MOMENTS: [&str; 3] = ["begun", "worked", "recorded"];
const PATIENCE: Duration = Duration::from_secs(2);

/// Not a test of its own: what the processes of the test below do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is run by the other tests, in processes of their own"]
async fn dying_process() {
    let (Some(url), Some(bank), Some(place)) =
        (variable(DATABASE), variable(BANK), variable(PLACE))
    else {
        return;
    };
    // Whoever started it holds the other end, and may die.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let flags = [
        ("--jobs-lease-seconds", "2"),
        ("--payments-sandbox-url", bank.as_str()),
        ("--database-url", url.as_str()),
    ];
    let mut app = App::from_settings(settings(&flags)).await.unwrap();
    app.probes = Probes::new(Arc::new(AbortsAt(place)));
    let _worker = Worker::start(app.clone(), tradewind::worker::registry());
    app.wakes
        .relay(&app.database, &CancellationToken::new())
        .await;
    std::future::pending::<()>().await;
}

/// Starts a process that dies at `place`, and waits until it has.
async fn die_at(rig: &Rig, place: &str) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proofs::crashes::dying_process", "--ignored"])
        .env(DATABASE, &rig.app.database.url)
        .env(BANK, format!("http://{}", rig.bank.address))
        .env(PLACE, place)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while process.try_wait().unwrap().is_none() {
        let patience = Duration::from_secs(120);
        assert!(began.elapsed() < patience, "nothing comes to {place}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Has somebody who lives do what there is to do.
async fn work_off(rig: &Rig) -> Duration {
    let began = Instant::now();
    let worker: Process = rig.serve(free_address(), &[]).await;
    rig.settle(Duration::from_secs(120)).await;
    worker.kill();
    began.elapsed()
}

/// What one buys here, by its token.
async fn bought(rig: &Rig, client: usize, card: &str) -> String {
    let token = rig.cart(client, &[(0, 1), (1, 2)]).await;
    let bought = rig
        .insist(client, &token, card, Duration::from_secs(60))
        .await;
    assert!(matches!(bought, Bought::Order(_)), "{bought:?}");
    token
}

async fn cancel(rig: &Rig, client: usize, token: &str) -> bool {
    let document = "mutation ($input: OrderCancelInput!) { done: orderCancel(input: $input) { order { id } userErrors { code } } }";
    let answer = rig
        .ask(client, None, document, json!({ "token": token }))
        .await;
    answer.is_some_and(|answer| answer["data"]["done"]["order"].is_object())
}

/// Processes die at these moments of every step of both sagas, done and undone.
async fn at_every_step(app: TestApp, moments: &[&str]) {
    let backend = app.app.database.backend();
    let nobody_works = [("SERVE_JOBS", "false")];
    let rig = Rig::open(app, &[1_000, 1_000], &nobody_works).await;
    let done = ["place", "authorise", "capture", "settle"].map(|step| (step, SUCCESS));
    let undone = ["authorise:undo", "place:undo"].map(|step| (step, CAPTURE_DECLINED));
    let (mut client, mut sold, mut back) = (0, Vec::new(), 0_i64);
    for (step, card) in done.into_iter().chain(undone) {
        for moment in moments {
            client += 1;
            let token = bought(&rig, client, card).await;
            if card == SUCCESS {
                sold.push(token);
            }
            die_at(&rig, &format!("orders.checkout/{step}/{moment}")).await;
        }
    }
    let after_checkouts = work_off(&rig).await;
    let confirmed = "SELECT count(*) FROM customer_order WHERE state = 'CONFIRMED'";
    let paid = i64::try_from(sold.len()).unwrap();
    assert_eq!(rig.app.value::<i64>(confirmed).await, paid);
    rig.is_sound().await;
    for step in ["refund", "settle"] {
        for moment in moments {
            let token = sold.pop().unwrap();
            assert!(cancel(&rig, client, &token).await);
            back += 1;
            die_at(&rig, &format!("orders.refund/{step}/{moment}")).await;
        }
    }
    let after_refunds = work_off(&rig).await;
    assert_eq!(rig.app.value::<i64>(confirmed).await, paid - back);
    let kept = 3_000 * (paid - back);
    let left = 2_000 - 3 * (paid - back);
    assert_eq!(rig.app.outcome().await, (left, 0, kept));
    rig.is_sound().await;
    println!(
        "{backend:?}: {} crashes at {} places; all over {:.1} s after those of buying, {:.1} s after those of giving back",
        client + 2 * moments.len(),
        8 * moments.len(),
        after_checkouts.as_secs_f64(),
        after_refunds.as_secs_f64(),
    );
}

/// Between what a step does and what is written down of it: where most can go wrong.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_doing_and_writing_it_down_loses_nothing() {
    for app in apps().await {
        at_every_step(app, &["worked"]).await;
    }
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes, and prints figures"]
async fn a_crash_at_every_moment_of_every_step_loses_nothing() {
    for app in apps().await {
        at_every_step(app, &MOMENTS).await;
    }
}

/// Buys, and changes its mind now and then, until told to stop; how much was acknowledged.
async fn shop(rig: &Rig, number: &AtomicUsize, stop: &CancellationToken) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !stop.is_cancelled() {
        let client = number.fetch_add(1, Ordering::Relaxed);
        let card = match client % 10 {
            0 => DECLINED,
            1 => CAPTURE_DECLINED,
            2 => LOST_ANSWER,
            3 => DUPLICATES,
            4 => UNORDERED,
            _ => SUCCESS,
        };
        let token = rig.cart(client, &[(client % 2, 1)]).await;
        if let Bought::Order(id) = rig.insist(client, &token, card, PATIENCE).await {
            acknowledged.push(id);
            if client.is_multiple_of(3) {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(..1_500))).await;
                cancel(rig, client, &token).await;
            }
        }
    }
    acknowledged
}

/// Kills servers under load, so often, each after a life of so long; and looks at what is left.
async fn killed(app: TestApp, kills: usize, life: Duration) {
    let backend = app.app.database.backend();
    let rig = Rig::open(app, &[100_000, 100_000], &[]).await;
    let (stop, number) = (CancellationToken::new(), AtomicUsize::new(0));
    let began = Instant::now();
    let killing = async {
        for turn in 0..kills {
            tokio::time::sleep(life.mul_f64(0.5 + fastrand::f64())).await;
            rig.crash(turn % rig.servers.len()).await;
        }
        stop.cancel();
    };
    let shoppers = join_all((0..6).map(|_| shop(&rig, &number, &stop)));
    let (acknowledged, ()) = tokio::join!(shoppers, killing);
    let under_load = began.elapsed();
    let acknowledged: Vec<_> = acknowledged.into_iter().flatten().collect();
    let settling = Instant::now();
    rig.settle(Duration::from_secs(300)).await;
    let settled = settling.elapsed();
    rig.are_there(&acknowledged).await;
    rig.is_sound().await;
    let count = async |what: &str| {
        rig.app
            .value::<i64>(&format!("SELECT count(*) FROM {what}"))
            .await
    };
    let again = count("saga_step WHERE attempts > 1 OR undo_attempts > 1").await;
    let text = format!(
        "{backend:?}: {kills} kills in {:.0} s, {} orders acknowledged, {} orders, {} confirmed, {} refunds, {again} steps begun again, \
         all over {:.1} s after the last kill, stuck {}, dead letters {}",
        under_load.as_secs_f64(),
        acknowledged.len(),
        count("customer_order").await,
        count("customer_order WHERE number IS NOT NULL").await,
        count("saga WHERE kind = 'orders.refund'").await,
        settled.as_secs_f64(),
        count("saga WHERE state = 'STUCK'").await,
        count("job WHERE state = 'DEAD'").await,
    );
    println!("{text}");
    assert!(acknowledged.len() > kills, "{text}");
    assert_eq!(count("job WHERE state = 'DEAD'").await, 0, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_under_load_lose_nothing() {
    for app in apps().await {
        killed(app, 3, Duration::from_secs(1)).await;
    }
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes, and prints figures"]
async fn two_hundred_kills_under_load_lose_nothing() {
    for app in apps().await {
        killed(app, 200, Duration::from_millis(900)).await;
    }
}
