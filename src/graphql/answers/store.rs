//! Where answers are kept, and how one comes by them.

use super::{
    AnswerKey, KeptAnswer,
    flights::{Flights, Follow, Lead, Outcome, Part},
    kept::{Graveyard, Made, New},
};
use crate::platform::{
    cache::{Admission, Counts, Purgeable, Purger, Recorder},
    config::Settings,
};
use async_graphql::Response;
use bytes::Bytes;
use moka::sync::Cache;
use std::{
    sync::{Arc, PoisonError, Weak},
    time::Duration,
};

/// For how long anything is kept at most, whatever its hint says.
const LONGEST: Duration = Duration::from_secs(3_600);
/// The part of the bytes that the requests take which lead to answers without being read.
const RAW_PART: u64 = 8;

/// A request as it came over the network: whether by GET, and its body or query string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawKey {
    /// A query string and a body may be of the same bytes.
    pub is_get: bool,
    /// The bytes, compared as a whole.
    pub bytes: Bytes,
}

/// The answers that are kept.
pub(in crate::graphql) struct Answers {
    /// Nothing where the setting says so.
    kept: Option<Cache<AnswerKey, Arc<KeptAnswer>>>,
    raw: Cache<RawKey, Weak<KeptAnswer>>,
    flights: Flights,
    graveyard: Graveyard,
    purger: Arc<Purger>,
    counts: Arc<Counts>,
}

/// What comes of asking for an answer.
pub(in crate::graphql) enum Asked {
    /// It is there.
    Fresh(Arc<KeptAnswer>),
    /// It is there and a little old: whoever hears this has a new one made.
    Stale(Arc<KeptAnswer>),
    /// It is to be made.
    Make(Making),
    /// It is to be made, and nobody else to be told.
    MakeAlone,
}

/// An answer that is being made, and is read from now on.
pub(in crate::graphql) struct Making {
    key: AnswerKey,
    lead: Lead,
    recorder: Arc<Recorder>,
    /// What it is to take the place of.
    _old: Option<Old>,
}

/// An answer that is no longer fresh: when whoever is to make a new one is done, or gives up, the next may try.
struct Old(Arc<KeptAnswer>);

impl Drop for Old {
    fn drop(&mut self) {
        self.0.was_not_renewed();
    }
}

impl Answers {
    pub(in crate::graphql) fn new(settings: &Settings, purger: Arc<Purger>) -> Self {
        let bytes = settings.caches.graphql_answers_bytes;
        let weigh = |_: &AnswerKey, answer: &Arc<KeptAnswer>| answer.weight();
        let weigh_raw = |key: &RawKey, _: &Weak<KeptAnswer>| {
            u32::try_from(key.bytes.len() + 256).unwrap_or(u32::MAX)
        };
        Self {
            kept: (bytes > 0).then(|| {
                Cache::builder()
                    .max_capacity(bytes)
                    .weigher(weigh)
                    .time_to_live(LONGEST)
                    .build()
            }),
            raw: Cache::builder()
                .max_capacity(bytes / RAW_PART)
                .weigher(weigh_raw)
                .time_to_live(LONGEST)
                .build(),
            flights: Flights::default(),
            graveyard: Graveyard::default(),
            purger,
            counts: Arc::new(Counts::new("answers")),
        }
    }

    /// Whether any are kept.
    pub(in crate::graphql) fn is_on(&self) -> bool {
        self.kept.is_some()
    }

    /// The answer to a request of these very bytes, while it is fresh.
    pub(in crate::graphql) fn by_raw(&self, raw: &RawKey) -> Option<Arc<KeptAnswer>> {
        let answer = self.raw.get(raw)?.upgrade()?;
        answer.is_fresh().then(|| {
            self.counts.hit(1);
            answer
        })
    }

    /// From now on a request of these bytes gets this answer without being read.
    pub(in crate::graphql) fn know_raw(&self, raw: &RawKey, answer: &Arc<KeptAnswer>) {
        if self.is_on() && answer.is_fresh() {
            // The bytes may be a part of a larger buffer.
            let bytes = Bytes::copy_from_slice(&raw.bytes);
            self.raw
                .insert(RawKey { bytes, ..*raw }, Arc::downgrade(answer));
        }
    }

    /// From now on every request is read.
    pub(in crate::graphql) fn forget_raw(&self) {
        self.raw.invalidate_all();
    }

    /// The answer of `key`, or the task of making it. Waits while another makes it.
    pub(in crate::graphql) async fn ask(&self, key: AnswerKey) -> Asked {
        let arrived = self.purger.now();
        loop {
            if let Some(known) = self.known(key) {
                return known;
            }
            match self.join(key, None) {
                Ok(flight) => match self.shared(flight, arrived).await {
                    Some(Ok(answer)) => return Asked::Fresh(answer),
                    Some(Err(())) => return Asked::MakeAlone,
                    // Whoever led it is gone, or it read too early for this one.
                    None => {}
                },
                Err(making) => {
                    // Someone may have made it between the look and the lead.
                    if let Some(known) = self.known(key) {
                        return known;
                    }
                    self.counts.miss(1);
                    return Asked::Make(making);
                }
            }
        }
    }

    /// The task of making a new answer in the place of `old`, unless someone does.
    pub(in crate::graphql) fn renew(&self, old: Arc<KeptAnswer>) -> Option<Making> {
        let key = old.key;
        self.join(key, Some(Old(old))).err()
    }

    /// Ends the making of an answer with `response`: shared with those who wait, and kept if nothing of it was written meanwhile.
    /// What has errors is for nobody else. The response stays as it is.
    pub(in crate::graphql) fn made(
        &self,
        making: Making,
        response: &mut Response,
        made: Made,
    ) -> Option<Arc<KeptAnswer>> {
        let Making {
            key,
            lead,
            recorder,
            _old,
        } = making;
        let tags = recorder.tags();
        let (Some(tags), true) = (tags, response.errors.is_empty()) else {
            lead.end(Outcome::Alone);
            return None;
        };
        let answer = Arc::new(KeptAnswer::new(New {
            key,
            response,
            made,
            tags: tags.len(),
            counts: &self.counts,
            graveyard: &self.graveyard,
        }));
        let entry: Weak<dyn Purgeable> =
            Arc::downgrade(&(Arc::clone(&answer) as Arc<dyn Purgeable>));
        let admission = self.purger.admit(recorder.begun(), &tags, &entry);
        self.bury();
        if let (Admission::Kept, Some(kept)) = (admission, &self.kept) {
            kept.insert(key, Arc::clone(&answer));
        } else {
            // It is for those who began to wait before it was begun, and for nobody else.
            answer.forgo();
        }
        lead.end(Outcome::Landed(Arc::clone(&answer)));
        Some(answer)
    }

    /// Shows its counts in the metrics.
    pub(in crate::graphql) fn show(&self) {
        let kept = self.kept.as_ref().map_or(0, Cache::weighted_size);
        self.counts.show(kept + self.raw.weighted_size());
    }

    /// Bytes that the answers take, once what was put in and taken out is accounted for.
    #[cfg(test)]
    fn bytes(&self) -> u64 {
        let kept = self.kept.as_ref().expect("they are kept");
        kept.run_pending_tasks();
        kept.weighted_size()
    }

    fn known(&self, key: AnswerKey) -> Option<Asked> {
        let answer = self.kept.as_ref()?.get(&key)?;
        if answer.is_fresh() {
            self.counts.hit(1);
            Some(Asked::Fresh(answer))
        } else if answer.is_good() {
            self.counts.hit(1);
            Some(if answer.renew() {
                Asked::Stale(answer)
            } else {
                Asked::Fresh(answer)
            })
        } else {
            None
        }
    }

    /// A place in the flight of `key`; as an error, the task of making its answer.
    fn join(&self, key: AnswerKey, old: Option<Old>) -> Result<Follow, Making> {
        // Noted before anything is read, and before anyone can follow.
        let recorder = Arc::new(Recorder::new(&self.purger));
        match self.flights.join(key, recorder.begun()) {
            Part::Lead(lead) => Err(Making {
                key,
                lead,
                recorder,
                _old: old,
            }),
            Part::Follow(flight) => Ok(flight),
        }
    }

    /// What the flight ends with, for someone who came after the purge `arrived`: an answer, or that there is none to share. Nothing
    /// where that is to be asked anew.
    async fn shared(&self, flight: Follow, arrived: u64) -> Option<Result<Arc<KeptAnswer>, ()>> {
        let begun = flight.begun();
        match flight.outcome().await? {
            // It was begun after this one came, or nothing of it was written since: else this one would be told what was before.
            Outcome::Landed(answer) if begun >= arrived || !answer.is_gone() => {
                self.counts.hit(1);
                Some(Ok(answer))
            }
            Outcome::Landed(..) => None,
            Outcome::Alone => Some(Err(())),
        }
    }

    /// Takes out what was purged.
    fn bury(&self) {
        let mut graveyard = self
            .graveyard
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let dead = std::mem::take(&mut *graveyard);
        drop(graveyard);
        let Some(kept) = &self.kept else {
            return;
        };
        for key in dead {
            // A new one may be there by now.
            if kept.get(&key).is_some_and(|answer| answer.is_gone()) {
                kept.invalidate(&key);
            }
        }
    }
}

impl Making {
    /// Where what is read is written down.
    pub(in crate::graphql) fn recorder(&self) -> Arc<Recorder> {
        Arc::clone(&self.recorder)
    }
}

#[cfg(test)]
mod tests;
