//! Server-sent events, as a client reads them.

use crate::support::{TestApp, gql_request};
use axum::{
    body::BodyDataStream,
    http::{HeaderValue, StatusCode, header},
};
use futures_util::StreamExt;
use serde_json::Value;
use std::time::Duration;
use tower::ServiceExt;
use tradewind::{
    caller::Actor,
    platform::statements::{Statements, counted},
};

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A stream of events.
pub struct Events {
    pub status: StatusCode,
    pub content_type: String,
    body: BodyDataStream,
    unread: String,
}

impl Events {
    /// Subscribes as `actor`.
    pub async fn of(app: &TestApp, actor: Actor, document: &str, variables: &Value) -> Self {
        let mut request = gql_request(actor, document, variables);
        let accept = HeaderValue::from_static("text/event-stream");
        request.headers_mut().insert(header::ACCEPT, accept);
        Self::ask(app, request).await
    }

    pub async fn ask(app: &TestApp, request: axum::http::Request<axum::body::Body>) -> Self {
        let answer = app.router.clone().oneshot(request).await.unwrap();
        let content_type = answer.headers().get(header::CONTENT_TYPE);
        Self {
            status: answer.status(),
            content_type: content_type
                .map(|value| value.to_str().unwrap().to_owned())
                .unwrap_or_default(),
            body: answer.into_body().into_data_stream(),
            unread: String::new(),
        }
    }

    /// The next event and its data, signs of life passed over; nothing at the end.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        tokio::time::timeout(PATIENCE, self.read())
            .await
            .expect("an event in time")
    }

    async fn read(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((event, rest)) = self.unread.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.unread = rest;
                let field = |name: &str| {
                    let mut lines = event.lines();
                    let value = lines.find_map(|line| line.strip_prefix(name));
                    value.map(|value| value.trim_start().to_owned())
                };
                if let Some(name) = field("event:") {
                    let data = field("data:").unwrap_or_default();
                    return Some((name, serde_json::from_str(&data).unwrap_or(Value::Null)));
                }
            }
            let chunk = self.body.next().await?.unwrap();
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The data of the subscription's next answer, which must have no errors.
    pub async fn told(&mut self) -> Value {
        let (event, answer) = self.next().await.expect("the subscription goes on");
        assert_eq!(event, "next");
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let data = answer["data"].as_object().unwrap();
        data.values().next().unwrap().clone()
    }

    /// The same, with what it cost the database.
    pub async fn told_and_counted(&mut self) -> (Value, Statements) {
        counted(self.told()).await
    }

    /// What came that was no event: the error of a request that was refused.
    pub fn rest(&self) -> Value {
        serde_json::from_str(&self.unread).unwrap_or(Value::Null)
    }

    /// Fails the test when anything is told within a while.
    pub async fn is_silent(&mut self) {
        let told = tokio::time::timeout(Duration::from_secs(2), self.read()).await;
        assert!(told.is_err(), "{told:?}");
    }
}
