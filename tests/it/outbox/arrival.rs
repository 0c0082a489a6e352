//! Events arrive, whatever becomes of the relays and workers on their way.

use super::kinds::{Moved, subscriptions};
use crate::support::TestApp;
use std::time::Duration;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tradewind::{
    app::App,
    error::{Error, Result},
    outbox::{self, News, relay},
};
use uuid::Uuid;

const WRITERS: usize = 32;
const EACH: usize = 20;
const THINGS: usize = 12;

/// Writes events about a few things, holding each transaction open for a while; one in eight is rolled back. Returns how
/// many were committed.
async fn write(app: &TestApp, things: &[Uuid]) -> usize {
    let tasks = TaskTracker::new();
    let writers: Vec<JoinHandle<usize>> = (0..WRITERS)
        .map(|_| {
            let (server, things) = (app.app.clone(), things.to_vec());
            tasks.spawn(async move {
                let mut committed = 0;
                for number in 0..EACH {
                    let thing = things[fastrand::usize(..things.len())];
                    let event = Moved {
                        thing,
                        number: i64::try_from(number).unwrap(),
                    };
                    let delay = Duration::from_millis(fastrand::u64(..15));
                    let is_kept = fastrand::u8(..8) > 0;
                    let emit = server.transaction(async |tx| {
                        outbox::emit_one(tx, &event).await?;
                        tokio::time::sleep(delay).await;
                        if is_kept {
                            Ok(())
                        } else {
                            Err(Error::Conflict("changed its mind".to_owned()))
                        }
                    });
                    let emitted: Result<()> = emit.await;
                    match emitted {
                        Ok(()) => committed += 1,
                        // Many wait for the same thing; whoever waited for too long was told so.
                        Err(Error::Conflict(_) | Error::Unavailable | Error::Contended) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
                committed
            })
        })
        .collect();
    let mut committed = 0;
    for writer in writers {
        committed += writer.await.unwrap();
    }
    committed
}

/// Runs two relays on connections of their own, each of which is dropped wherever it stands after a while, and begun again.
async fn relays_that_die(app: &TestApp, stop: &CancellationToken) -> TaskTracker {
    let tasks = TaskTracker::new();
    for _ in 0..2 {
        let server = App::from_settings(app.database.settings()).await.unwrap();
        let stop = stop.clone();
        tasks.spawn(async move {
            while !stop.is_cancelled() {
                let life = Duration::from_micros(fastrand::u64(..60_000));
                let relay = relay::run(server.clone(), subscriptions(), stop.clone());
                let _ = tokio::time::timeout(life, relay).await;
            }
        });
    }
    tasks.close();
    tasks
}

/// The place in the feed, the thing and the sequence of what a listener heard.
type Heard = mpsc::UnboundedReceiver<(i64, Uuid, i64)>;

async fn listen(app: &TestApp) -> Heard {
    let mut listener = outbox::subscribe(&app.app).await.unwrap();
    let (hear, heard) = mpsc::unbounded_channel();
    TaskTracker::new().spawn(async move {
        while let News::Event(event) = listener.next().await.unwrap() {
            let envelope = &event.envelope;
            let place = (event.position, envelope.aggregate_id, envelope.sequence);
            if hear.send(place).is_err() {
                return;
            }
        }
        panic!("some were missed");
    });
    heard
}

on_both_databases! {
    /// 32 writers whose transactions end in any order, relays that are dropped in the middle of their work every few
    /// milliseconds, and two workers: nothing is missing, nothing was there that was rolled back, and of each thing all
    /// came in order, to the subscriber as to the one who listens.
    async fn nothing_is_missing_and_nothing_out_of_order(app: TestApp) {
        let app = app.with_ears().await;
        let things: Vec<_> = (0..THINGS).map(|_| Uuid::now_v7()).collect();
        let stop = CancellationToken::new();
        let workers = [app.tell(), app.tell()];
        let relays = relays_that_die(&app, &stop).await;
        let mut listener = listen(&app).await;
        let committed = write(&app, &things).await;
        stop.cancel();
        relays.wait().await;
        app.relay_all().await;
        app.until_told().await;
        for worker in workers {
            worker.stop(Duration::from_secs(5)).await;
        }
        let count = i64::try_from(committed).unwrap();
        assert!(committed > WRITERS * EACH / 2, "{committed}");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outbox_event").await, count);
        let heard = "SELECT count(*) FROM (SELECT DISTINCT thing, sequence FROM heard) AS h";
        assert_eq!(app.value::<i64>(heard).await, count, "missing");
        let inversions = "SELECT count(*) FROM heard a JOIN heard b ON a.thing = b.thing AND a.sequence < b.sequence \
             AND a.number > b.number";
        assert_eq!(app.value::<i64>(inversions).await, 0, "inversions");
        assert_eq!(app.value::<i64>("SELECT CAST(sum(last_sequence) AS bigint) FROM outbox_aggregate").await, count);

        let mut heard = Vec::new();
        while heard.len() < committed {
            let next = tokio::time::timeout(Duration::from_secs(10), listener.recv());
            heard.push(next.await.expect("in time").expect("none was missed"));
        }
        let positions: Vec<_> = heard.iter().map(|(position, ..)| *position).collect();
        assert_eq!(positions, (1..=count).collect::<Vec<_>>());
        for thing in things {
            let sequences: Vec<_> = heard.iter().filter(|(_, one, _)| *one == thing).map(|(.., sequence)| *sequence).collect();
            assert_eq!(sequences, (1..=i64::try_from(sequences.len()).unwrap()).collect::<Vec<_>>());
        }
    }
}
