//! Hearing of what other processes write, and taking it out of the caches of this one.
//!
//! What this process writes it takes out itself, before whoever asked for it is answered; here it hears of it once more and passes it
//! over. Of all others it hears by the outbox's feed: as late as the feed is, which is milliseconds on PostgreSQL and up to two seconds
//! on SQLite.

use crate::{
    accounts::AuthorChanged,
    app::App,
    catalogue::{CategoryChanged, CategoryRenamed, ProductChanged, SearchRefreshed},
    error::Result,
    imports::ProductsImported,
    inventory::{AvailabilityChanged, LowStock, StockChanged},
    ledger::WalletChanged,
    orders::{OrderChanged, OrderPlaced},
    outbox::{self, Envelope, Event, Listener, News},
    payments::PaymentChanged,
    platform::cache::CacheTag,
    reviews::{ProductReviewed, RatingsChanged},
    seed::Seeded,
    sellers::{MemberChanged, SellerChanged, SellerOpened},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long to wait after the database could not be asked.
const PAUSE: Duration = Duration::from_millis(500);

/// What an event of one type purges.
type Purges = fn(&Envelope) -> Result<Vec<CacheTag>>;

/// Every type of event. What comes and is not listed takes everything out: whoever wrote it is newer than this process.
const EVENTS: &[(&str, Purges)] = &[
    row::<AuthorChanged>(),
    row::<AvailabilityChanged>(),
    row::<CategoryChanged>(),
    row::<CategoryRenamed>(),
    row::<LowStock>(),
    row::<MemberChanged>(),
    row::<OrderChanged>(),
    row::<OrderPlaced>(),
    row::<PaymentChanged>(),
    row::<ProductChanged>(),
    row::<ProductReviewed>(),
    row::<ProductsImported>(),
    row::<RatingsChanged>(),
    row::<SearchRefreshed>(),
    row::<Seeded>(),
    row::<SellerChanged>(),
    row::<SellerOpened>(),
    row::<StockChanged>(),
    row::<WalletChanged>(),
];

const fn row<E: Event>() -> (&'static str, Purges) {
    (E::NAME, purges::<E>)
}

fn purges<E: Event>(envelope: &Envelope) -> Result<Vec<CacheTag>> {
    let delivered = envelope.read::<E>()?;
    Ok(delivered.map_or_else(everything, |delivered| delivered.event.purges()))
}

fn everything() -> Vec<CacheTag> {
    vec![CacheTag::EVERYTHING]
}

/// Takes out of the caches what is written elsewhere, until `stop`.
pub async fn run(app: App, stop: CancellationToken) {
    stop.run_until_cancelled(listen(&app)).await;
}

async fn listen(app: &App) {
    let mut listener = subscribed(app).await;
    // What was read before anyone listened may be untrue by now.
    app.purger.purge_all();
    loop {
        match listener.next().await {
            Ok(News::Event(event)) => hear(app, &event.envelope),
            Ok(News::Missed) => app.purger.purge_all(),
            Err(error) => {
                // Nothing is left out: asking again goes on where it stood. Meanwhile what is kept ends by itself.
                tracing::warn!(
                    error = error.for_operator(),
                    "what other processes write cannot be heard of for now"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn subscribed(app: &App) -> Listener {
    loop {
        match outbox::subscribe(app).await {
            Ok(listener) => return listener,
            Err(error) => {
                tracing::warn!(
                    error = error.for_operator(),
                    "what other processes write cannot be heard of yet"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn hear(app: &App, envelope: &Envelope) {
    if app.purger.has_noted(envelope.id) {
        return;
    }
    let known = EVENTS.iter().find(|(name, _)| *name == envelope.name);
    let tags = match known.map(|(_, purges)| purges(envelope)) {
        Some(Ok(tags)) => tags,
        Some(Err(_)) | None => everything(),
    };
    app.purger.purge(&tags);
}
