//! The outermost layer: what is done for every request, whatever it asks.

use super::{edge::Edge, refused::Refused, security_headers::add_security_headers};
use crate::{
    error::Error,
    platform::{
        statements::{self, Statements},
        telemetry::RequestId,
    },
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What a handler lets its log line know. It outlives the handler, which may be stopped or panic.
#[derive(Clone, Debug, Default)]
pub(super) struct Noted(Arc<Notes>);

#[derive(Debug, Default)]
struct Notes {
    operation: OnceLock<String>,
    errors: AtomicUsize,
}

impl Noted {
    /// Longest name of an operation that is logged, in characters.
    const LONGEST: usize = 64;

    /// The GraphQL operation that is executed.
    pub(super) fn operation(&self, name: &str) {
        let name = name.chars().take(Self::LONGEST).collect();
        let _ = self.0.operation.set(name);
    }

    /// How many errors the answer has.
    pub(super) fn errors(&self, count: usize) {
        self.0.errors.store(count, Ordering::Relaxed);
    }
}

/// Gives the request its id, its deadline and its log line; counts it; catches its panics; completes the answer.
pub(super) async fn observe(
    State(edge): State<Edge>,
    mut request: Request,
    next: Next,
) -> Response {
    let settings = &edge.app().settings;
    let began = Instant::now();
    let request_id = request_id(request.headers());
    let noted = Noted::default();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let path = match &route {
        Some(_) => String::new(),
        None => request.uri().path().chars().take(100).collect(),
    };
    request.extensions_mut().insert(request_id.clone());
    request.extensions_mut().insert(noted.clone());

    let work = within(settings.request_timeout(), caught(next.run(request)));
    let span = tracing::info_span!("request", request_id = request_id.as_str());
    let (mut response, cost) = statements::counted(work).instrument(span).await;

    Refused::fill_in(&mut response, &request_id);
    let elapsed = began.elapsed();
    let headers = response.headers_mut();
    add_security_headers(headers);
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    // How long things take tells of other people's data; in production it is for operators.
    if !settings.is_production() {
        headers.insert(SERVER_TIMING, server_timing(elapsed, cost));
    }
    response.extensions_mut().insert(cost);

    let status = response.status().as_u16();
    let template = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    count(method, template, status, elapsed);
    let line = Line {
        method,
        path: route.as_ref().map_or(&path, MatchedPath::as_str),
        status,
        elapsed,
        request_id: request_id.as_str(),
        operation: noted.0.operation.get().map(String::as_str),
        errors: noted.0.errors.load(Ordering::Relaxed),
        cost,
    };
    line.log();
    response
}

/// A client's own id is taken over when it is harmless, so that its log and ours speak of the same request.
fn request_id(headers: &HeaderMap) -> RequestId {
    headers
        .get(REQUEST_ID)
        .and_then(|value| RequestId::parse(value.to_str().ok()?))
        .unwrap_or_else(RequestId::generate)
}

async fn within(limit: Duration, work: impl Future<Output = Response>) -> Response {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Refused::from(Error::Timeout).into_response())
}

/// A panic becomes an answer like any other; the panic hook has logged it.
async fn caught(work: impl Future<Output = Response>) -> Response {
    if let Ok(response) = AssertUnwindSafe(work).catch_unwind().await {
        response
    } else {
        metrics::counter!("http_panics_total").increment(1);
        Refused::from(Error::internal(anyhow::anyhow!("panicked"))).into_response()
    }
}

fn server_timing(elapsed: Duration, cost: Statements) -> HeaderValue {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let text = format!(
        "total;dur={:.1}, db;dur={:.1};desc=\"{} statement{}\"",
        milliseconds(elapsed),
        milliseconds(cost.elapsed),
        cost.count,
        if cost.count == 1 { "" } else { "s" },
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Clients may invent methods, and every label's value is kept for ever.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}

fn count(method: &'static str, template: &str, status: u16, elapsed: Duration) {
    let path = metrics::SharedString::from(template.to_owned());
    metrics::counter!(
        "http_requests_total",
        "method" => method, "path" => path.clone(), "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "path" => path)
        .record(elapsed.as_secs_f64());
}

/// One request in the log. Never its variables nor its headers.
struct Line<'a> {
    method: &'static str,
    path: &'a str,
    status: u16,
    elapsed: Duration,
    request_id: &'a str,
    operation: Option<&'a str>,
    errors: usize,
    cost: Statements,
}

impl Line<'_> {
    fn log(&self) {
        // Those who look every few seconds whether the server lives would drown everyone else.
        let is_probe = self.path.starts_with("/health") || self.path == "/metrics";
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    method = self.method,
                    path = self.path,
                    status = self.status,
                    duration_ms = rounded(self.elapsed),
                    request_id = self.request_id,
                    operation = self.operation,
                    errors = self.errors,
                    statements = self.cost.count,
                    db_ms = rounded(self.cost.elapsed),
                    "request"
                )
            };
        }
        if self.status >= 500 {
            line!(tracing::Level::WARN);
        } else if is_probe {
            line!(tracing::Level::DEBUG);
        } else {
            line!(tracing::Level::INFO);
        }
    }
}

/// Milliseconds with two decimals.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}
