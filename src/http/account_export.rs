//! All that is kept about a person, for the person: `GET /api/v1/account/export`.

use super::{auth, client, edge::Edge, refused::Refused};
use crate::{
    accounts::account_export,
    caller::{Actor, Caller},
    data_export,
    platform::telemetry::RequestId,
};
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;

pub(super) const PATH: &str = "/api/v1/account/export";

/// The document, as a file to be kept. It takes the access token in the header, as everything does.
pub(super) async fn account_export_file(
    State(edge): State<Edge>,
    Extension(request_id): Extension<RequestId>,
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
    account_export(&caller).await?;
    // Who is being told counts as being worked for until the last piece.
    let pieces = data_export::document(caller).map(move |piece| {
        let _held = &slot;
        piece.inspect_err(|error| {
            tracing::error!(error = error.for_operator(), "an export ended midway");
        })
    });
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"account.json\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok((headers, Body::from_stream(pieces)).into_response())
}
