//! GraphQL over server-sent events, at `/graphql`: the distinct connections mode of PROTOCOL.md of the npm package graphql-sse. Each
//! operation is a request, and its answers are the events `next`, and at the end `complete`.

use super::{connection::Streams, edge::Edge, refused::Refused, seats::Seat};
use crate::{
    caller::Caller,
    error::Error,
    graphql::{
        engine::Prepared,
        live::{Access, Answers},
        present_errors::answer_of,
    },
    platform::{rate_limits::Limit, telemetry::RequestId},
};
use async_graphql::Response as Answer;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use std::{convert::Infallible, sync::Arc};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

const CONTENT_TYPE: &str = "text/event-stream";
/// Proxies that collect answers before they pass them on are asked not to.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// A comment: whoever passes it on sees that the stream lives.
const SIGN_OF_LIFE: &str = ":\n\n";
/// Data for those whose `EventSource` passes over events without.
const COMPLETE: &str = "event: complete\ndata: \n\n";

/// Whether the client takes a stream of events.
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    let mut ranges = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    ranges.any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_it = parts
            .next()
            .is_some_and(|of| of.eq_ignore_ascii_case(CONTENT_TYPE));
        is_it && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// One answer as a stream.
pub(super) fn single(answer: &Answer) -> Response {
    response(Body::from(format!("{}{COMPLETE}", next(answer))))
}

/// Begins a subscription and passes its answers on, until it ends, its client leaves or may not listen any more, or the server
/// stops.
///
/// # Errors
/// Where there is no room.
pub(super) async fn subscribe(
    edge: &Edge,
    caller: Caller,
    access: Arc<Access>,
    prepared: Prepared,
) -> Result<Response, Refused> {
    if edge.is_closing() {
        return Err(Error::Unavailable.into());
    }
    let seats = (
        edge.seats().take(caller.client.ip)?,
        edge.seats().take_for(access.actor())?,
    );
    let request_id = caller.request_id.clone();
    if let Err(error) = caller.spend(Limit::Subscribe).await {
        return Ok(single(&answer_of(error, &request_id)));
    }
    let answers = match edge.engine().subscribe(caller, &access, prepared).await {
        Ok(answers) => answers,
        Err(refused) => return Ok(single(&refused)),
    };
    let mut signs = interval(edge.app().settings.subscriptions.ping_every());
    signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stream = EventStream {
        answers: Some(answers),
        over: async move { access.ended().await }.boxed(),
        closing: edge.closing().clone(),
        signs,
        request_id,
        _seats: seats,
        _counted: Counted::new(),
    };
    let chunks = stream::unfold(stream, |mut stream| async move {
        let chunk = stream.next().await?;
        Some((Ok::<_, Infallible>(chunk), stream))
    });
    let mut response = response(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response.extensions_mut().insert(Streams);
    Ok(response)
}

/// A subscription on its way to its client.
struct EventStream {
    /// Nothing once the last was passed on.
    answers: Option<Answers>,
    over: BoxFuture<'static, ()>,
    closing: CancellationToken,
    signs: Interval,
    request_id: RequestId,
    _seats: (Seat, Option<Seat>),
    _counted: Counted,
}

impl EventStream {
    async fn next(&mut self) -> Option<Bytes> {
        let answers = self.answers.as_mut()?;
        let chunk = tokio::select! {
            // Not told that it is complete, its client asks another server.
            () = self.closing.cancelled() => return None,
            () = &mut self.over => {
                self.answers = None;
                let refused = answer_of(Error::Unauthenticated, &self.request_id);
                format!("{}{COMPLETE}", next(&refused))
            }
            answer = answers.next() => if let Some(answer) = answer {
                metrics::counter!("subscription_events_total", "transport" => "sse").increment(1);
                next(&answer)
            } else {
                self.answers = None;
                COMPLETE.to_owned()
            },
            _ = self.signs.tick() => SIGN_OF_LIFE.to_owned(),
        };
        Some(Bytes::from(chunk))
    }
}

/// An answer as an event. JSON has no line breaks but those that are asked for.
fn next(answer: &Answer) -> String {
    let data = serde_json::to_string(answer).unwrap_or_default();
    format!("event: next\ndata: {data}\n\n")
}

fn response(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_static("text/event-stream; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// A subscription that is counted for as long as it lasts.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!("subscriptions_live", "transport" => "sse").increment(1.0);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("subscriptions_live", "transport" => "sse").decrement(1.0);
    }
}
