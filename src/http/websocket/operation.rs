//! One operation on a socket: the same guards, slots, deadlines and ways as for one that comes by HTTP.

use super::message::Said;
use crate::{
    caller::{Caller, Client},
    error::Error,
    graphql::{
        engine::Prepared,
        live::Access,
        present_errors::{answer_of, was_executed},
    },
    http::{edge::Edge, graphql, graphql_request::Parameters, refused::Refused, shed::Slot},
    platform::{rate_limits::Limit, resilience::deadline, statements, telemetry::RequestId},
};
use async_graphql::Response;
use axum::http::StatusCode;
use futures_util::{FutureExt, StreamExt};
use serde::Serialize;
use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{sync::mpsc, time::Instant};
use tracing::Instrument;

/// What a client asked.
pub(super) struct Asked {
    pub(super) edge: Edge,
    pub(super) access: Arc<Access>,
    pub(super) client: Client,
    pub(super) id: String,
    pub(super) number: u64,
    /// Said as soon as it is known.
    pub(super) is_subscription: Arc<AtomicBool>,
    pub(super) answers: mpsc::Sender<Answer>,
}

/// Messages for the client about one operation.
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) texts: Vec<String>,
    /// Whether nothing more comes of it.
    pub(super) is_last: bool,
}

/// The errors of an operation that is refused, or its one answer.
enum Outcome {
    Refused(String),
    Answered(String),
    Complete,
}

/// What is said to an operation beyond `most`.
pub(super) fn too_many(id: &str, most: u32) -> String {
    let message = format!(
        "There are {most} operations under way on this WebSocket, which is the most (WEBSOCKET_MAX_OPERATIONS). Complete one first."
    );
    let refused = Refused::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message);
    let error = refused.error(&RequestId::generate());
    let payload = [error];
    Said::Error { id, payload }.text()
}

impl Asked {
    /// Answers, and says when that is done.
    pub(super) async fn answer(self, payload: Parameters) {
        let began = Instant::now();
        let request_id = RequestId::generate();
        let span = tracing::info_span!("operation", request_id = request_id.as_str());
        // On the heap, once: it would be moved several times.
        let work = Box::pin(self.work(payload, &request_id));
        let work = RequestId::scope(Some(request_id.clone()), work);
        let work = AssertUnwindSafe(work).catch_unwind();
        let (outcome, cost) = statements::counted(work).instrument(span).await;
        let outcome = outcome.unwrap_or_else(|_| {
            metrics::counter!("http_panics_total").increment(1);
            let error = Error::internal(anyhow::anyhow!("panicked"));
            Outcome::Refused(self.error(&answer_of(error, &request_id).errors))
        });
        tracing::info!(
            request_id = request_id.as_str(),
            statements = cost.count,
            duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            is_refused = matches!(outcome, Outcome::Refused(_)),
            "websocket operation"
        );
        let complete = || {
            let said: Said<'_, ()> = Said::Complete { id: &self.id };
            said.text()
        };
        let texts = match outcome {
            Outcome::Refused(text) => vec![text],
            Outcome::Answered(text) => vec![text, complete()],
            Outcome::Complete => vec![complete()],
        };
        self.say(texts, true).await;
    }

    async fn work(&self, payload: Parameters, request_id: &RequestId) -> Outcome {
        let limit = self.edge.app().settings.request_timeout();
        // On the heap, and given back: what it takes to begin is more than what it takes to go on, perhaps for days.
        let begin = Box::pin(self.begin(payload, request_id));
        let begun = deadline::within(limit, begin).await;
        let answers = match begun {
            Err(elapsed) => {
                let answer = answer_of(Error::from(elapsed), request_id);
                return Outcome::Refused(self.error(&answer.errors));
            }
            Ok(Err(outcome)) => return outcome,
            Ok(Ok(answers)) => answers,
        };
        let _live = Counted::new();
        let mut answers = answers;
        while let Some(answer) = answers.next().await {
            metrics::counter!("subscription_events_total", "transport" => "websocket").increment(1);
            self.say(vec![self.next(&answer)], false).await;
        }
        Outcome::Complete
    }

    /// Begins a subscription; anything else is done here.
    async fn begin(
        &self,
        payload: Parameters,
        request_id: &RequestId,
    ) -> Result<crate::graphql::live::Answers, Outcome> {
        let refused = |refused: Refused| Outcome::Refused(self.error(&[refused.error(request_id)]));
        let request = payload.into_request().map_err(refused)?;
        let slot = self.edge.slots().take().map_err(refused)?;
        let caller = Caller::new(
            self.edge.app().clone(),
            self.access.actor(),
            request_id.clone(),
        )
        .at(self.client.clone());
        let prepared = self.edge.engine().prepare(&caller, request).await;
        let prepared = prepared.map_err(|answer| Outcome::Refused(self.error(&answer.errors)))?;
        if !prepared.is_subscription() {
            return Err(self.single(slot, caller, prepared, request_id).await);
        }
        self.is_subscription.store(true, Ordering::Relaxed);
        let in_time = caller.spend(Limit::Subscribe).await;
        in_time
            .map_err(|error| Outcome::Refused(self.error(&answer_of(error, request_id).errors)))?;
        let begun = self.edge.engine().subscribe(caller, &self.access, prepared);
        begun
            .await
            .map_err(|answer| Outcome::Refused(self.error(&answer.errors)))
    }

    async fn single(
        &self,
        slot: Slot,
        caller: Caller,
        prepared: Prepared,
        request_id: &RequestId,
    ) -> Outcome {
        let answered = if prepared.is_query() {
            let answer = self.edge.engine().run(caller, prepared).await;
            drop(slot);
            Ok(answer)
        } else {
            graphql::mutate(&self.edge, slot, caller, prepared).await
        };
        let answer = answered.unwrap_or_else(|error| answer_of(error, request_id));
        if was_executed(&answer) {
            Outcome::Answered(self.next(&answer))
        } else {
            Outcome::Refused(self.error(&answer.errors))
        }
    }

    fn next(&self, payload: &Response) -> String {
        let id = &self.id;
        Said::Next { id, payload }.text()
    }

    fn error(&self, payload: impl Serialize) -> String {
        let id = &self.id;
        Said::Error { id, payload }.text()
    }

    /// Waits where the client is behind. Nobody hears it when the conversation is over.
    async fn say(&self, texts: Vec<String>, is_last: bool) {
        let answer = Answer {
            id: self.id.clone(),
            number: self.number,
            texts,
            is_last,
        };
        let _ = self.answers.send(answer).await;
    }
}

/// A subscription that is counted for as long as it lasts.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!("subscriptions_live", "transport" => "websocket").increment(1.0);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("subscriptions_live", "transport" => "websocket").decrement(1.0);
    }
}
