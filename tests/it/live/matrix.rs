//! What subscribing is, as the table of who may ask for what has it: the first event, or a refusal.

use super::events::Events;
use crate::support::{Reply, TestApp};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, header},
};
use std::time::Duration;

impl TestApp {
    /// Sends a subscription, and returns its first answer as that of any other operation.
    pub async fn subscribed(&self, mut request: Request<Body>) -> Reply {
        let accept = HeaderValue::from_static("text/event-stream");
        request.headers_mut().insert(header::ACCEPT, accept);
        let mut events = Events::ask(self, request).await;
        let status = events.status;
        let body = match events.next().await {
            Some((_, answer)) => answer,
            None => events.rest(),
        };
        Reply {
            status,
            headers: HeaderMap::new(),
            body,
            statements: 0,
            database_time: Duration::ZERO,
        }
    }
}
