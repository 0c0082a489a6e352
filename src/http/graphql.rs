//! GraphQL over HTTP: `/graphql`.
//!
//! Follows the GraphQL-over-HTTP draft. Ours rather than the library's, which runs mutations by GET and reads
//! bodies of any type.

use super::{
    accept::MediaType,
    auth, client,
    edge::Edge,
    event_stream, graphql_body, graphql_request,
    kept_answer::{self, Wishes},
    observe::Noted,
    refused::Refused,
    shed::Slot,
    websocket,
};
use crate::{
    caller::{Actor, Caller},
    error::{Error, Result},
    graphql::{
        answers::KeptAnswer,
        engine::{self, Prepared, Renewal},
        idempotent::HEADER,
        live::Access,
        persisted::HASH_MISMATCH,
        present_errors::{RETRY_AFTER, was_executed},
        refresh_cookie::RefreshCookie,
    },
    idempotency::Key,
    platform::{resilience::deadline, telemetry::RequestId, to_its_end::to_its_end},
};
use async_graphql::{Response as Answer, Value};
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// Answers one GraphQL request.
pub(super) async fn handle(
    State(edge): State<Edge>,
    Extension(request_id): Extension<RequestId>,
    Extension(noted): Extension<Noted>,
    request: Request,
) -> Result<Response, Refused> {
    if websocket::is_meant(&request) {
        return websocket::upgrade(edge, request_id, request).await;
    }
    let takes_events = event_stream::is_accepted(request.headers());
    let media_type = MediaType::negotiate(request.headers());
    if media_type.is_none() && !takes_events {
        return Err(Refused::invalid(
            StatusCode::NOT_ACCEPTABLE,
            "Answers are application/graphql-response+json or application/json, and those of subscriptions text/event-stream; the \
             header Accept names none of them.",
        ));
    }
    // What is refused is an answer of GraphQL's form too, so it has the type that was asked for.
    // On the heap: it is large, and all requests pass here.
    Box::pin(answer(
        edge,
        request_id,
        noted,
        (media_type, takes_events),
        request,
    ))
    .await
    .map_err(|refused| refused.of_type(media_type))
}

/// Answers in the first of the types that are accepted, or in events.
async fn answer(
    edge: Edge,
    request_id: RequestId,
    noted: Noted,
    (media_type, takes_events): (Option<MediaType>, bool),
    request: Request,
) -> Result<Response, Refused> {
    let may_write = request.method() == Method::POST;
    let wishes = Wishes::of(
        media_type.unwrap_or(MediaType::Json),
        request.method(),
        request.headers(),
    );
    // Tests mint one. Nothing of a request over the network becomes an extension by itself.
    let minted = request.extensions().get::<Actor>().copied();
    let bearer = auth::bearer(request.headers())?;
    let client = client::of(&request, &edge.app().settings);
    let cookie = RefreshCookie::of(request.headers());
    let key = idempotency_key(request.headers());
    noted.waits_for_body(true);
    // No GraphQL request, so no answer to one: clients of batches would take it for one of several.
    let as_json = |refused: Refused| refused.of_type(Some(MediaType::Json));
    let raw = graphql_request::receive(request).await.map_err(as_json)?;
    noted.waits_for_body(false);
    let is_bare = wishes.is_bare && minted.is_none() && media_type.is_some();
    // Before anything is read: what was asked for in these words shortly before costs next to nothing.
    if is_bare && let Some(answer) = edge.engine().kept(&raw) {
        return Ok(shared(&answer, &wishes, &noted));
    }
    let request = graphql_request::read(&raw).map_err(as_json)?.data(cookie);
    let slot = edge.slots().take()?;
    let actor = match minted {
        Some(actor) => actor,
        None => auth::actor(edge.app(), bearer.clone()).await?,
    };
    let caller = Caller::new(edge.app().clone(), actor, request_id).at(client);
    let answer = match edge.engine().prepare(&caller, request).await {
        Err(refused) => *refused,
        Ok(prepared) if !may_write && !is_for_get(&prepared, takes_events) => {
            return Ok(only_by_post(media_type));
        }
        Ok(prepared) if takes_events && prepared.is_subscription() => {
            let access = match minted {
                Some(actor) => Access::of_actor(edge.app(), actor),
                None => Access::begin(edge.app(), bearer.as_ref()).await?,
            };
            return event_stream::subscribe(&edge, caller, access, prepared).await;
        }
        Ok(prepared) => {
            if let Some(name) = prepared.operation_name() {
                noted.operation(name);
            }
            if prepared.is_mutation() {
                mutate(&edge, slot, caller, prepared.with_key(key?)?).await?
            } else if media_type.is_none() {
                edge.engine().run(caller, prepared).await
            } else {
                // Nothing to be done, so nothing to be done once: the header is passed over.
                let raw = is_bare.then_some(raw);
                let answer = edge.engine().answer(caller, prepared, raw).await;
                return given(&edge, answer, &wishes, &noted);
            }
        }
    };
    noted.errors(answer.errors.len());
    match media_type {
        Some(media_type) => response(answer, media_type, graphql_body::with_values),
        None => Ok(event_stream::single(&answer)),
    }
}

/// The answer to a query, which may be everyone's.
fn given(
    edge: &Edge,
    answer: engine::Answer,
    wishes: &Wishes,
    noted: &Noted,
) -> Result<Response, Refused> {
    Ok(match answer {
        engine::Answer::Made(answer) => {
            noted.errors(answer.errors.len());
            response(*answer, wishes.media_type, graphql_body::with_text)?
        }
        engine::Answer::New(answer, kept) => {
            let response = response(*answer, wishes.media_type, graphql_body::with_text)?;
            kept_answer::first(response, &kept, wishes)
        }
        engine::Answer::Shared(kept) => shared(&kept, wishes, noted),
        engine::Answer::Stale(kept, renewal) => {
            renew(edge, renewal);
            shared(&kept, wishes, noted)
        }
    })
}

/// An answer that everyone gets alike.
fn shared(answer: &KeptAnswer, wishes: &Wishes, noted: &Noted) -> Response {
    answer.count();
    if let Some(name) = answer.operation() {
        noted.operation(name);
    }
    kept_answer::response(answer, wishes)
}

/// Has a new answer made in the place of one that is a little old, which nobody waits for.
fn renew(edge: &Edge, renewal: Box<Renewal>) {
    let owned = edge.clone();
    let limit = edge.app().settings.request_timeout();
    edge.app().tasks.spawn(async move {
        let work = Box::pin(owned.engine().renew(*renewal));
        // Where it takes too long the old one goes by itself.
        let _ = deadline::within(limit, work).await;
    });
}

/// Whether it may be asked by GET, by one who takes events or does not.
fn is_for_get(prepared: &Prepared, takes_events: bool) -> bool {
    prepared.is_query() || (takes_events && prepared.is_subscription())
}

/// A mutation, once begun, runs to its end also when its client hangs up: what becomes of it should not depend on when that
/// was, and who asks again with its key is told. Only the deadline stops it; what is not committed by then is rolled back.
pub(super) async fn mutate(
    edge: &Edge,
    slot: Slot,
    caller: Caller,
    prepared: Prepared,
) -> Result<Answer> {
    let owned = edge.clone();
    // On the heap: it would be moved several times.
    let work = Box::pin(async move {
        let _slot = slot;
        owned.engine().run(caller, prepared).await
    });
    let in_time = deadline::within(Duration::MAX, work);
    let work = deadline::scope(deadline::current(), in_time);
    Ok(to_its_end(&edge.app().tasks, work).await??)
}

/// The key under which the request's mutation may be sent again.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<Key>> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Key::parse(text, HEADER).map(Some),
        (Ok(_), Some(_)) => Err(Error::IdempotencyKeyInvalid {
            field: HEADER,
            message: "There are several. Send one.",
        }),
        (Err(_), _) => Err(Error::IdempotencyKeyInvalid {
            field: HEADER,
            message: "It is not plain ASCII. A new UUID is a good key.",
        }),
    }
}

/// A link or an image on any page makes a browser GET with the user's cookies, so that must change nothing.
fn only_by_post(media_type: Option<MediaType>) -> Response {
    let refused = Refused::invalid(
        StatusCode::METHOD_NOT_ALLOWED,
        "Only queries can be asked by GET, and subscriptions for text/event-stream. Send this operation by POST.",
    )
    .of_type(media_type);
    ([(header::ALLOW, "POST")], refused).into_response()
}

/// The response that says `answer`; `with_data` writes it where there are data.
fn response(
    answer: Answer,
    media_type: MediaType,
    with_data: fn(Answer) -> Response,
) -> Result<Response, Refused> {
    let status = status(&answer, media_type);
    // A twin is done within seconds, one way or the other.
    let is_soon_over = failed_with(&answer, &[Error::IdempotencyInProgress.code()]);
    let wait = retry_after(&answer).or(is_soon_over.then_some(1));
    // An answer with data has a status of success, whatever else it says.
    let has_data = status.is_success() && was_executed(&answer);
    let mut response = if has_data {
        with_data(answer)
    } else {
        graphql_body::without_data(answer).map_err(Error::internal)?
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type.content_type()),
    );
    // The library reckons by the hints alone; it does not know whether it is one person's.
    headers.remove(header::CACHE_CONTROL);
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    // Where an answer is kept, the one for the other media type must not be served in its place.
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

fn status(answer: &Answer, media_type: MediaType) -> StatusCode {
    if failed_with(answer, &[Error::Unavailable.code()]) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if failed_with(answer, &[Error::Timeout.code()]) {
        StatusCode::GATEWAY_TIMEOUT
    } else if failed_with(answer, &[RATE_LIMITED]) {
        StatusCode::TOO_MANY_REQUESTS
    } else if failed_with(answer, &KEY_REFUSED.map(|error| error.code())) {
        StatusCode::CONFLICT
    } else if failed_with(answer, &[HASH_MISMATCH]) {
        // Whoever keeps answers must not keep this one under the hash.
        StatusCode::BAD_REQUEST
    } else if media_type == MediaType::GraphqlResponse && !was_executed(answer) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    }
}

/// The code of what was asked for too often.
const RATE_LIMITED: &str = "RATE_LIMITED";

/// How long to wait, as the errors say: the longest of them.
fn retry_after(answer: &Answer) -> Option<u64> {
    let waits = answer.errors.iter().filter_map(|error| {
        match error.extensions.as_ref()?.get(RETRY_AFTER)? {
            Value::Number(seconds) => seconds.as_u64(),
            _ => None,
        }
    });
    waits.max()
}

/// What is wrong with a key.
const KEY_REFUSED: [Error; 2] = [Error::IdempotencyKeyReused, Error::IdempotencyInProgress];

/// Whether errors of these codes are all there is to the answer.
fn failed_with(answer: &Answer, codes: &[&str]) -> bool {
    let is_empty = match &answer.data {
        Value::Object(fields) => fields.values().all(|field| *field == Value::Null),
        data => *data == Value::Null,
    };
    let has_code = |error: &async_graphql::ServerError| {
        let extensions = error.extensions.as_ref();
        match extensions.and_then(|extensions| extensions.get("code")) {
            Some(Value::String(code)) => codes.contains(&code.as_str()),
            _ => false,
        }
    };
    is_empty && !answer.errors.is_empty() && answer.errors.iter().all(has_code)
}
