//! The sandbox's pages, where people confirm what they pay, and its API where it is a process of its own.

use super::{edge::Edge, refused::Refused};
use crate::{
    error::{Error, Result},
    jobs,
    payments::BringWebhooks,
    ports::payments::sandbox::{Bank, Found, Line, Manner, PAGES, Told},
};
use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

/// The pages of the sandbox that is a part of this server; none where it is not.
pub(super) fn of_server() -> Router<Edge> {
    Router::new()
        .route(&format!("{PAGES}/{{reference}}"), get(page_here))
        .route(&format!("{PAGES}/{{reference}}/{{act}}"), post(act_here))
}

fn bank(edge: &Edge) -> Result<&Bank> {
    edge.app()
        .payments
        .embedded()
        .ok_or(Error::NotFound("payment"))
}

async fn page_here(
    State(edge): State<Edge>,
    Path(reference): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(bank(&edge)?, &reference).await?)
}

async fn act_here(
    State(edge): State<Edge>,
    Path((reference, act)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let acted = acted(bank(&edge)?, &reference, &act).await?;
    let app = edge.app();
    app.transaction(async |tx| jobs::enqueue(tx, &BringWebhooks::default()).await)
        .await?;
    Ok(acted)
}

/// Asks whoever pays.
async fn page(bank: &Bank, reference: &str) -> Result<Response> {
    let line = bank.payment(reference).await?;
    let line = line.ok_or(Error::NotFound("payment"))?;
    Ok(html(&line))
}

fn html(line: &Line) -> Response {
    // Nothing of it comes from outside: the sandbox made the reference, and the currency is three letters.
    let Line {
        reference,
        amount,
        currency,
        ..
    } = line;
    let text = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sandbox</title>\
         <h1>Is it you who pays?</h1><p>{amount} {currency} (minor units), in the sandbox: nobody pays anything.</p>\
         <form method=\"post\" action=\"{PAGES}/{reference}/confirm\"><button>Yes, pay</button></form>\
         <form method=\"post\" action=\"{PAGES}/{reference}/refuse\"><button>No</button></form></html>"
    );
    let mut response = Html(text).into_response();
    // The shop may be anywhere, and browsers hold the redirect after a form against this too: so no `form-action`.
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Takes in what whoever pays says, and sends them back to the shop.
async fn acted(bank: &Bank, reference: &str, act: &str) -> Result<Response> {
    let confirms = match act {
        "confirm" => true,
        "refuse" => false,
        _ => return Err(Error::NotFound("payment")),
    };
    let line = bank.act(reference, confirms).await?;
    let line = line.ok_or(Error::NotFound("payment"))?;
    if line.return_url.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&line.return_url).into_response())
}

/// All that the sandbox answers where it is a process of its own.
pub fn sandbox_payments(bank: Bank) -> Router {
    Router::new()
        .route("/v1/operations", post(call).get(find))
        .route("/v1/log", get(log))
        .route("/health", get(async || StatusCode::OK))
        .route(&format!("{PAGES}/{{reference}}"), get(page_there))
        .route(&format!("{PAGES}/{{reference}}/{{act}}"), post(act_there))
        .with_state(bank)
}

/// An error as the sandbox tells it: it has no envelope.
struct Fault(Error);

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = match self.0 {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Invalid { .. } => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.0.for_operator()).into_response()
    }
}

async fn call(State(bank): State<Bank>, Json(told): Json<Told>) -> Result<Response, Fault> {
    let (answer, manner) = bank.handle(&told.request()?).await?;
    match manner {
        Manner::Now => {}
        Manner::After(pause) => tokio::time::sleep(pause).await,
        Manner::Never => std::future::pending().await,
        Manner::Lost => return Ok(broken_off()),
    }
    let answer = Some(answer);
    Ok(Json(Found { answer }).into_response())
}

/// An answer that never comes to its end.
fn broken_off() -> Response {
    let parts = futures_util::stream::iter([
        Ok::<_, std::io::Error>("{"),
        Err(std::io::Error::other("the connection breaks")),
    ]);
    Response::new(Body::from_stream(parts))
}

#[derive(Deserialize)]
struct Which {
    key: String,
}

async fn find(State(bank): State<Bank>, Query(which): Query<Which>) -> Result<Response, Fault> {
    let answer = bank.find(&which.key).await?;
    Ok(Json(Found { answer }).into_response())
}

async fn log(State(bank): State<Bank>) -> Result<Json<Vec<Line>>, Fault> {
    Ok(Json(bank.log().await?))
}

async fn page_there(
    State(bank): State<Bank>,
    Path(reference): Path<String>,
) -> Result<Response, Fault> {
    Ok(page(&bank, &reference).await?)
}

async fn act_there(
    State(bank): State<Bank>,
    Path((reference, act)): Path<(String, String)>,
) -> Result<Response, Fault> {
    Ok(acted(&bank, &reference, &act).await?)
}
