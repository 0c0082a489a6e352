//! What providers of payments send: `POST /api/v1/webhooks/payments/{provider}`.

use super::{edge::Edge, refused::Refused};
use crate::{payments, platform::to_its_end::to_its_end, ports::payments::Webhook};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/api/v1/webhooks/payments/{provider}", post(receive))
}

/// Takes a message in, and answers 200 when it is kept. The signature is over the body as it came.
async fn receive(
    State(edge): State<Edge>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let app = edge.app().clone();
    let signature = headers
        .get(app.payments.signature_header())
        .and_then(|value| value.to_str().ok());
    let webhook = Webhook {
        signature: signature.map(str::to_owned),
        body: body.to_vec(),
    };
    let tasks = app.tasks.clone();
    let work = async move { payments::webhook_receive(&app, &provider, &webhook).await };
    to_its_end(&tasks, work).await??;
    Ok(StatusCode::OK)
}
