//! The feed, as one subscription hears it. Every subscription listens to the process's one reading of it, and looks at most events
//! no closer than to see that they are not for it: a statement is run only for what is watched, and in turn.

use super::{Access, position};
use crate::{
    caller::Caller,
    error::{Error, Result},
    graphql::caller,
    outbox::{self, Envelope, Listener},
};
use async_graphql::Context;
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long to wait where the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// What a subscription's stream finds in its context.
#[derive(Clone)]
pub(crate) struct Listening {
    /// Who listens.
    pub(crate) access: Arc<Access>,
    /// How many events are looked up at once in this process.
    pub(crate) turns: Arc<Semaphore>,
}

/// What a subscription wants to hear of.
pub(crate) trait Interest: Send + Sync + 'static {
    /// What an event is about, as far as it says itself.
    type Matter: Send + Sync;
    /// What the viewer is told.
    type Found: Send + 'static;

    /// What is to be looked up for the event; nothing where it is not for this subscription. Asked for every event there is, so it
    /// asks no database.
    fn concerns(&self, envelope: &Envelope) -> Option<Self::Matter>;

    /// What `caller` may know of it, as it is by now; nothing where that is nothing.
    fn look(&self, by: &Caller, at: &Self::Matter) -> impl Future<Output = Seen<Self>> + Send;
}

/// What a viewer is told of a matter, if anything.
type Seen<I> = Result<Option<<I as Interest>::Found>>;

/// What is heard.
pub(crate) enum News<T> {
    /// Everything after this position will be told.
    Started { position: i64 },
    /// Something that is watched changed.
    Change {
        found: T,
        position: i64,
        occurred_at: DateTime<Utc>,
        /// Held until it is told.
        turn: OwnedSemaphorePermit,
    },
    /// Up to this position some events were left out.
    Missed { position: i64 },
}

/// Hears what `interest` wants of what is handed on from now on, or from the position `after`.
///
/// # Errors
/// Invalid when `after` is no position; Conflict when events after it are not kept any more.
pub(crate) async fn listen<I: Interest>(
    ctx: &Context<'_>,
    after: Option<&str>,
    interest: I,
) -> Result<impl Stream<Item = News<I::Found>> + Send + use<I>> {
    let caller = caller(ctx).clone();
    let listening = ctx.data_unchecked::<Listening>().clone();
    let listener = match after {
        None => outbox::subscribe(&caller).await?,
        Some(after) => {
            let position = position::decode(after)?;
            let found = outbox::subscribe_from(&caller, position).await;
            found.map_err(|error| match error {
                Error::Invalid { message, .. } => Error::invalid("after", message),
                other => other,
            })?
        }
    };
    let feed = Feed {
        caller,
        listening,
        listener,
        interest,
        has_begun: false,
    };
    Ok(stream::unfold(feed, |mut feed| async move {
        Some((feed.next().await, feed))
    }))
}

struct Feed<I> {
    caller: Caller,
    listening: Listening,
    listener: Listener,
    interest: I,
    has_begun: bool,
}

impl<I: Interest> Feed<I> {
    async fn next(&mut self) -> News<I::Found> {
        if !self.has_begun {
            self.has_begun = true;
            return News::Started {
                position: self.listener.position(),
            };
        }
        loop {
            let event = match self.listener.next().await {
                Ok(outbox::News::Event(event)) => event,
                Ok(outbox::News::Missed) => {
                    return News::Missed {
                        position: self.listener.position(),
                    };
                }
                // Nothing is left out by it: it goes on where it stood.
                Err(error) => {
                    pause(&error).await;
                    continue;
                }
            };
            let Some(matter) = self.interest.concerns(&event.envelope) else {
                continue;
            };
            let (found, turn) = self.look(&matter).await;
            if let Some(found) = found {
                return News::Change {
                    found,
                    position: event.position,
                    occurred_at: event.envelope.occurred_at,
                    turn,
                };
            }
        }
    }

    /// What the viewer may know of the matter, as soon as the database says so, and for as long as it is still the viewer.
    async fn look(&self, matter: &I::Matter) -> (Option<I::Found>, OwnedSemaphorePermit) {
        loop {
            // Never closed.
            let Ok(turn) = Arc::clone(&self.listening.turns).acquire_owned().await else {
                return std::future::pending().await;
            };
            let looked = match self.listening.access.confirm().await {
                // Whoever carries the answers is told too, and ends them.
                Err(Error::Unauthenticated) => return std::future::pending().await,
                Err(error) => Err(error),
                Ok(()) => {
                    let actor = self.listening.access.actor();
                    let caller = self.caller.clone().acting_as(actor);
                    self.interest.look(&caller, matter).await
                }
            };
            match looked {
                Ok(found) => return (found, turn),
                Err(error) => {
                    drop(turn);
                    pause(&error).await;
                }
            }
        }
    }
}

async fn pause(error: &Error) {
    tracing::debug!(
        error = error.for_operator(),
        "an event could not be looked up, and will be again"
    );
    tokio::time::sleep(PAUSE).await;
}
