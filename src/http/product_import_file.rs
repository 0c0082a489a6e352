//! Taking in the files of imports: `PUT /api/v1/product-imports/{id}/file`.

use super::{auth, client, edge::Edge, refused::Refused};
use crate::{
    caller::{Actor, Caller},
    graphql::ids::decode,
    imports::product_imports::{LARGEST_FILE, UPLOAD_TIME, product_import_upload},
    platform::{telemetry::RequestId, to_its_end::to_its_end},
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::StatusCode,
    routing::put,
};
use futures_util::TryStreamExt;
use std::time::Duration;

const PATH: &str = "/api/v1/product-imports/{id}/file";

/// How long the request may take, if it is one of these: files take longer than anything else that is asked.
pub(super) fn time_for(request: &Request) -> Option<Duration> {
    let is_file = request.uri().path().starts_with("/api/v1/product-imports/");
    is_file.then_some(UPLOAD_TIME + Duration::from_mins(1))
}

pub(super) fn router() -> Router<Edge> {
    // The file is counted as it comes, and refused with a reason.
    Router::new().route(
        PATH,
        put(upload).layer(DefaultBodyLimit::max(2 * LARGEST_FILE)),
    )
}

/// Takes in the file, and answers 202 when it is there: the import itself goes on in the background.
async fn upload(
    State(edge): State<Edge>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Refused> {
    // Tests mint one. Nothing of a request over the network becomes an extension by itself.
    let minted = request.extensions().get::<Actor>().copied();
    let bearer = auth::bearer(request.headers())?;
    let client = client::of(&request, &edge.app().settings);
    let actor = match minted {
        Some(actor) => actor,
        None => auth::actor(edge.app(), bearer).await?,
    };
    let caller = Caller::new(edge.app().clone(), actor, request_id).at(client);
    let id = decode(&id.into(), "id")?;
    let file = request
        .into_body()
        .into_data_stream()
        .map_err(std::io::Error::other);
    let tasks = edge.app().tasks.clone();
    // Where the client hangs up, what came of the file is put away.
    let work = async move { product_import_upload(&caller, id, file).await };
    to_its_end(&tasks, work).await??;
    Ok(StatusCode::ACCEPTED)
}
