//! The outermost layer: what is done for every request, whatever it asks.

use super::{
    at_once::{self, at_once},
    edge::Edge,
    product_import_file,
    refused::Refused,
    security_headers::add_security_headers,
};
use crate::{
    error::Error,
    platform::{
        resilience::deadline,
        statements::{self, Statements},
        telemetry::{self, RequestId},
    },
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use metrics::{Counter, Histogram};
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
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
    waits_for_body: AtomicBool,
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

    /// Whether it is the client that is waited for.
    pub(super) fn waits_for_body(&self, does: bool) {
        self.0.waits_for_body.store(does, Ordering::Relaxed);
    }
}

/// Gives the request its id, its deadline and its log line; counts it; catches its panics; completes the answer.
pub(super) async fn observe(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let mut observed = Observed::new(&request);
    let (response, cost) = match at_once(&edge, request, &observed.noted) {
        Ok(response) => (response, Statements::default()),
        Err(request) => worked_on(&edge, &observed, request, next).await,
    };
    complete(&edge, &mut observed, response, cost)
}

/// Has the request answered by whoever is to.
async fn worked_on(
    edge: &Edge,
    observed: &Observed,
    mut request: Request,
    next: Next,
) -> (Response, Statements) {
    let settings = &edge.app().settings;
    let request_id = observed.request_id.clone();
    request.extensions_mut().insert(request_id.clone());
    request.extensions_mut().insert(observed.noted.clone());

    let limit = product_import_file::time_for(&request).unwrap_or(settings.request_timeout());
    let work = in_time(limit, &observed.noted, caught(next.run(request)));
    let work = RequestId::scope(Some(request_id.clone()), work);
    let span = tracing::info_span!("request", request_id = request_id.as_str());
    let (mut response, cost) = statements::counted(work).instrument(span).await;
    Refused::fill_in(&mut response, &request_id);
    add_retry_after(&mut response);
    (response, cost)
}

/// Adds to the response what all have, counts it, and writes its line.
fn complete(
    edge: &Edge,
    observed: &mut Observed,
    mut response: Response,
    cost: Statements,
) -> Response {
    let headers = response.headers_mut();
    add_security_headers(headers);
    if let Ok(id) = HeaderValue::from_str(observed.request_id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    // How long things take tells of other people's data; in production it is for operators.
    if !edge.app().settings.is_production() {
        let elapsed = observed.began.elapsed();
        headers.insert(SERVER_TIMING, server_timing(elapsed, cost));
    }
    response.extensions_mut().insert(cost);
    observed.answered(response.status().as_u16(), cost);
    response
}

/// A client's own id is taken over when it is harmless, so that its log and ours speak of the same request.
fn request_id(headers: &HeaderMap) -> RequestId {
    headers
        .get(REQUEST_ID)
        .and_then(|value| RequestId::parse(value.to_str().ok()?))
        .unwrap_or_else(RequestId::generate)
}

async fn in_time(limit: Duration, noted: &Noted, work: impl Future<Output = Response>) -> Response {
    match deadline::within(limit, work).await {
        Ok(response) => response,
        Err(_) if noted.0.waits_for_body.load(Ordering::Relaxed) => Refused::new(
            StatusCode::REQUEST_TIMEOUT,
            Error::Timeout.code(),
            "The body did not arrive within the time there is for a request (REQUEST_TIMEOUT_MS).",
        )
        .into_response(),
        Err(elapsed) => Refused::from(Error::from(elapsed)).into_response(),
    }
}

/// Seconds, by chance: those who were refused together should not come back together.
fn add_retry_after(response: &mut Response) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .entry(header::RETRY_AFTER)
            .or_insert_with(|| HeaderValue::from(fastrand::u16(1..=3)));
    }
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
    // As whole numbers, which are far cheaper to write than fractions.
    let tenths = |duration: Duration| duration.as_micros() / 100;
    let (total, db) = (tenths(elapsed), tenths(cost.elapsed));
    let text = format!(
        "total;dur={}.{}, db;dur={}.{};desc=\"{} statement{}\"",
        total / 10,
        total % 10,
        db / 10,
        db % 10,
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

/// A request on its way to its log line. Never its variables nor its headers.
struct Observed {
    began: Instant,
    request_id: RequestId,
    noted: Noted,
    method: &'static str,
    /// The route's template, where there is a route.
    route: Option<MatchedPath>,
    /// The path itself where there is none, cut short. For the log only: as a label it would be kept for ever.
    path: String,
    is_answered: bool,
}

impl Observed {
    /// Stands for a status where the client was gone before there was an answer.
    const ABANDONED: u16 = 499;

    fn new(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self {
            began: Instant::now(),
            request_id: request_id(request.headers()),
            noted: Noted::default(),
            method: known(request.method()),
            path: match route {
                Some(_) => String::new(),
                None => request.uri().path().chars().take(100).collect(),
            },
            route,
            is_answered: false,
        }
    }

    /// Counts the request and writes its line.
    fn answered(&mut self, status: u16, cost: Statements) {
        self.is_answered = true;
        let elapsed = self.began.elapsed();
        self.count(status, elapsed);
        let path = self.route.as_ref().map_or(&*self.path, MatchedPath::as_str);
        // Those who look every few seconds whether the server lives would drown everyone else.
        let is_probe = path.starts_with("/health") || path == "/metrics";
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    method = self.method,
                    path,
                    status,
                    duration_ms = rounded(elapsed),
                    request_id = self.request_id.as_str(),
                    operation = self.noted.0.operation.get().map(String::as_str),
                    errors = self.noted.0.errors.load(Ordering::Relaxed),
                    statements = cost.count,
                    db_ms = rounded(cost.elapsed),
                    "request"
                )
            };
        }
        if status >= Self::ABANDONED {
            line!(tracing::Level::WARN);
        } else if is_probe {
            line!(tracing::Level::DEBUG);
        } else {
            line!(tracing::Level::INFO);
        }
    }

    fn count(&self, status: u16, elapsed: Duration) {
        if let Some(known) = self.usual(status) {
            known.count.increment(1);
            known.duration.record(elapsed.as_secs_f64());
            return;
        }
        let template = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let path = metrics::SharedString::from(template.to_owned());
        metrics::counter!(
            "http_requests_total",
            "method" => self.method, "path" => path.clone(), "status" => status.to_string()
        )
        .increment(1);
        metrics::histogram!(
            "http_request_duration_seconds", "method" => self.method, "path" => path
        )
        .record(elapsed.as_secs_f64());
    }
}

/// What most requests are counted by.
struct Usual {
    count: Counter,
    duration: Histogram,
}

impl Usual {
    fn new(method: &'static str) -> Self {
        // Whoever looked it up before there is a recorder would count for nobody.
        telemetry::init_metrics();
        Self {
            count: metrics::counter!("http_requests_total", "method" => method, "path" => at_once::PATH, "status" => "200"),
            duration: metrics::histogram!("http_request_duration_seconds", "method" => method, "path" => at_once::PATH),
        }
    }
}

impl Observed {
    /// What an answered question is counted by, looked up once: putting its labels together costs more than all the rest of an answer
    /// that is kept.
    fn usual(&self, status: u16) -> Option<&'static Usual> {
        static BY_GET: OnceLock<Usual> = OnceLock::new();
        static BY_POST: OnceLock<Usual> = OnceLock::new();
        let is_question = self.route.as_ref().map(MatchedPath::as_str) == Some(at_once::PATH);
        match (is_question && status == 200, self.method) {
            (true, "GET") => Some(BY_GET.get_or_init(|| Usual::new("GET"))),
            (true, "POST") => Some(BY_POST.get_or_init(|| Usual::new("POST"))),
            _ => None,
        }
    }
}

impl Drop for Observed {
    /// A client that gives up takes its request's future with it; the slow ones are those that must not get lost.
    fn drop(&mut self) {
        if !self.is_answered {
            self.answered(Self::ABANDONED, Statements::default());
        }
    }
}

/// Milliseconds with two decimals.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}
