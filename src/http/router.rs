//! The routes and the layers around them.

use super::{
    account_export::{self, account_export_file},
    at_once,
    edge::Edge,
    graphiql, graphql, health, jwks, ledger_statement, metrics,
    observe::observe,
    oidc, payment_webhooks, product_import_file,
    refused::Refused,
    sandbox_payments,
};
use crate::{app::App, platform::config::Settings};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate, predicate::NotForContentType, predicate::SizeAbove,
    },
    cors::{AllowOrigin, CorsLayer},
};

/// Everything the server answers.
pub fn router(app: App) -> Router {
    for_edge(Edge::new(app))
}

/// Everything the server answers, with `edge` kept in hand.
pub fn for_edge(edge: Edge) -> Router {
    let settings = edge.app().settings.clone();
    let routes = Router::new()
        .route("/", get(home))
        .route(at_once::PATH, get(graphql::handle).post(graphql::handle))
        .route(account_export::PATH, get(account_export_file))
        .route(jwks::PATH, get(jwks::jwks))
        .merge(oidc::router())
        .merge(payment_webhooks::router())
        .merge(sandbox_payments::of_server())
        .merge(product_import_file::router())
        .merge(ledger_statement::router())
        .merge(probes())
        .merge(for_developers(&settings))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path);
    layered(routes, &edge, &settings).with_state(edge)
}

/// What tells of the process itself, and nothing else.
pub(super) fn of_probes(edge: Edge) -> Router {
    let settings = edge.app().settings.clone();
    let routes = probes()
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path);
    layered(routes, &edge, &settings).with_state(edge)
}

fn probes() -> Router<Edge> {
    Router::new()
        .route("/health", get(health::alive))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
}

/// GraphiQL needs introspection, which production does not answer.
fn for_developers(settings: &Settings) -> Router<Edge> {
    if settings.is_production() {
        Router::new()
    } else {
        graphiql::router()
    }
}

/// Puts the layers around `routes`, outermost first. As one stack, since the router boxes and copies what it is given
/// for every request.
fn layered(routes: Router<Edge>, edge: &Edge, settings: &Settings) -> Router<Edge> {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(edge.clone(), observe))
        .option_layer(cors(settings))
        .layer(compression())
        .layer(DefaultBodyLimit::max(settings.request_body_limit_bytes));
    routes.layer(layers)
}

/// In production there is nothing to see.
async fn home(State(edge): State<Edge>) -> Response {
    if edge.app().settings.is_production() {
        unknown_path().await
    } else {
        Redirect::temporary("/graphiql").into_response()
    }
}

async fn unknown_path() -> Response {
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such path.").into_response()
}

/// The router adds the methods that are allowed.
async fn wrong_method() -> Response {
    Refused::invalid(
        StatusCode::METHOD_NOT_ALLOWED,
        "This path does not answer this method; the header Allow names those it does.",
    )
    .into_response()
}

/// Fast rather than small: compressing costs more than making most answers.
fn compression() -> CompressionLayer<impl Predicate> {
    let worthwhile = SizeAbove::new(1_024)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE);
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(worthwhile)
}

/// Nothing where no origin is allowed: browsers then keep other pages out by themselves.
fn cors(settings: &Settings) -> Option<CorsLayer> {
    let origins = &settings.cors_allowed_origins;
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        // The settings let nothing else through than what is a header's value.
        AllowOrigin::list(
            origins
                .iter()
                .filter_map(|origin| HeaderValue::from_str(origin).ok()),
        )
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            HeaderName::from_static("server-timing"),
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(Duration::from_hours(24));
    Some(layer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::Request};
    use secrecy::SecretString;
    use tower::ServiceExt;

    /// No handler of ours panics, so this one does.
    async fn panics() {
        panic!("on purpose");
    }

    #[tokio::test]
    async fn a_panic_becomes_an_answer() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let settings = Settings {
            database_url: SecretString::from(url),
            ..Settings::defaults()
        };
        crate::platform::telemetry::init_metrics();
        let edge = Edge::new(App::from_settings(settings.clone()).await.unwrap());
        let routes = Router::new()
            .route("/panics", get(panics))
            .route("/metrics", get(metrics::metrics));
        let router = layered(routes, &edge, &settings).with_state(edge);
        let ask = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            (parts, String::from_utf8(body.to_vec()).unwrap())
        };

        let (parts, body) = ask("/panics").await;
        assert_eq!(parts.status, StatusCode::INTERNAL_SERVER_ERROR);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "INTERNAL_ERROR");
        assert_eq!(error["message"], "Something went wrong on our side.");
        let id = parts.headers["x-request-id"].to_str().unwrap();
        assert_eq!(error["extensions"]["requestId"], id);

        let (_, metrics) = ask("/metrics").await;
        assert!(metrics.contains("http_panics_total 1"), "{metrics}");
    }
}
