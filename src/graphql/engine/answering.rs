//! Answering out of what is kept, and keeping what may be.

use super::{Engine, Prepared};
use crate::{
    caller::Caller,
    graphql::answers::{AnswerKey, Asked, KeptAnswer, Made, Making, RawKey},
};
use async_graphql::Response;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// An answer to a query.
pub enum Answer {
    /// It is for whoever asked.
    Made(Box<Response>),
    /// It was made for whoever asked, who is told what it cost; for everyone else it is kept.
    New(Box<Response>, Arc<KeptAnswer>),
    /// It is for everyone.
    Shared(Arc<KeptAnswer>),
    /// The same, and a little old: [`Engine::renew`] is to be called, which nobody need wait for.
    Stale(Arc<KeptAnswer>, Box<Renewal>),
}

/// What takes the place of an answer that is a little old.
pub struct Renewal {
    caller: Caller,
    prepared: Prepared,
    old: Arc<KeptAnswer>,
}

impl Engine {
    /// The answer to a request of these very bytes, if it is kept and fresh. Only for requests that show no credentials.
    #[must_use]
    pub fn kept(&self, raw: &RawKey) -> Option<Arc<KeptAnswer>> {
        self.answers.by_raw(raw)
    }

    /// Answers a query: with what is kept, or as [`Self::run`] does, but that objects in what comes of it may be text, so that only
    /// [`json::written`](crate::graphql::json::written) can write it. What comes of it is kept where it is for everyone, and is then
    /// found by `raw` too.
    pub async fn answer(
        &self,
        caller: Caller,
        mut prepared: Prepared,
        raw: Option<RawKey>,
    ) -> Answer {
        prepared.as_text = true;
        let Some((key, max_age)) = self.shared(&caller, &prepared) else {
            return Answer::Made(Box::new(self.run(caller, prepared).await));
        };
        let answer = match self.answers.ask(key).await {
            Asked::Fresh(answer) => answer,
            Asked::Stale(answer) => {
                let old = Arc::clone(&answer);
                return Answer::Stale(
                    answer,
                    Box::new(Renewal {
                        caller,
                        prepared,
                        old,
                    }),
                );
            }
            Asked::MakeAlone => {
                return Answer::Made(Box::new(self.run(caller, prepared).await));
            }
            Asked::Make(making) => {
                let (response, kept) = self.make(caller, prepared, making, max_age).await;
                let response = Box::new(response);
                let Some(answer) = kept else {
                    return Answer::Made(response);
                };
                self.know(raw.as_ref(), &answer);
                return Answer::New(response, answer);
            }
        };
        self.know(raw.as_ref(), &answer);
        Answer::Shared(answer)
    }

    fn know(&self, raw: Option<&RawKey>, answer: &Arc<KeptAnswer>) {
        if let Some(raw) = raw {
            self.answers.know_raw(raw, answer);
        }
    }

    /// Makes a new answer in the place of one that is a little old.
    pub async fn renew(&self, renewal: Renewal) {
        let Renewal {
            caller,
            prepared,
            old,
        } = renewal;
        let (Some((_, max_age)), Some(making)) =
            (self.shared(&caller, &prepared), self.answers.renew(old))
        else {
            return;
        };
        // Who asks next finds it, or the old one.
        let _ = self.make(caller, prepared, making, max_age).await;
    }

    /// Under what the answer is kept and for how long it is good, where it is for everyone.
    fn shared(&self, caller: &Caller, prepared: &Prepared) -> Option<(AnswerKey, Duration)> {
        let document = prepared.document();
        let max_age = document.max_age?;
        (self.answers.is_on() && caller.is_the_public()).then(|| {
            (
                AnswerKey::new(document, &prepared.request.variables),
                max_age,
            )
        })
    }

    /// Makes an answer, and keeps it where it is without errors.
    async fn make(
        &self,
        caller: Caller,
        prepared: Prepared,
        making: Making,
        max_age: Duration,
    ) -> (Response, Option<Arc<KeptAnswer>>) {
        let operation = prepared.operation_name().map(str::to_owned);
        let caller = caller.recorded_by(making.recorder());
        let measures = OnceLock::new();
        let mut response = self.answered(caller, prepared, &measures).await;
        let made = Made {
            max_age,
            operation,
            measures: measures.into_inner(),
        };
        let kept = self.answers.made(making, &mut response, made);
        (response, kept)
    }
}
