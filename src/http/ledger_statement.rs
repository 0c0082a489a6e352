//! The statement of an account of the ledger: `GET /api/v1/ledger-accounts/{id}/statement`.

use super::{auth, client, edge::Edge, refused::Refused};
use crate::{
    caller::{Actor, Caller},
    graphql::ids::decode,
    ledger,
    platform::{rate_limits::Limit, telemetry::RequestId},
};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt;

const PATH: &str = "/api/v1/ledger-accounts/{id}/statement";

pub(super) fn router() -> Router<Edge> {
    Router::new().route(PATH, get(statement))
}

/// The statement as CSV, for those who see the account; not for keys.
async fn statement(
    State(edge): State<Edge>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    // Tests mint one. Nothing of a request over the network becomes an extension by itself.
    let minted = request.extensions().get::<Actor>().copied();
    let bearer = auth::bearer(request.headers())?;
    let client = client::of(&request, &edge.app().settings);
    let slot = edge.slots().take()?;
    let actor = match minted {
        Some(actor) => actor,
        None => auth::actor(edge.app(), bearer).await?,
    };
    let caller = Caller::new(edge.app().clone(), actor, request_id).at(client);
    caller.require_session()?;
    caller.spend(Limit::Export).await?;
    let account = ledger::by_id(&caller, decode(&id.into(), "id")?).await?;
    // Who is being told counts as being worked for until the last piece.
    let pieces = ledger::statement(caller, account).map(move |piece| {
        let _held = &slot;
        piece.inspect_err(|error| {
            tracing::error!(error = error.for_operator(), "a statement ended midway");
        })
    });
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"statement.csv\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok((headers, Body::from_stream(pieces)).into_response())
}
