//! The messages of the protocol.

use super::ending::Ending;
use crate::http::graphql_request::Parameters;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest id of an operation, in bytes. Clients use numbers or UUIDs.
const LONGEST_ID: usize = 128;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Heard {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Pong {
        #[serde(default, rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    Subscribe {
        id: String,
        payload: Box<Parameters>,
    },
    Complete {
        id: String,
    },
}

impl Heard {
    /// # Errors
    /// `BadMessage` for what is none of the protocol's.
    pub(super) fn parse(text: &str) -> Result<Self, Ending> {
        let heard: Self = serde_json::from_str(text).map_err(|error| {
            Ending::BadMessage(match error.classify() {
                serde_json::error::Category::Data => {
                    "Invalid message: it has not the form of one of the protocol's"
                }
                _ => "Invalid message: it is not JSON",
            })
        })?;
        match &heard {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() => {
                Err(Ending::BadMessage("Invalid message: the id is empty"))
            }
            Self::Subscribe { id, .. } if id.len() > LONGEST_ID => Err(Ending::BadMessage(
                "Invalid message: an id has at most 128 bytes",
            )),
            _ => Ok(heard),
        }
    }

    /// The message's type, for those who count.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::ConnectionInit { .. } => "connection_init",
            Self::Ping { .. } => "ping",
            Self::Pong { .. } => "pong",
            Self::Subscribe { .. } => "subscribe",
            Self::Complete { .. } => "complete",
        }
    }
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said<'a, P: Serialize> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<P>,
    },
    Next {
        id: &'a str,
        payload: P,
    },
    Error {
        id: &'a str,
        payload: P,
    },
    Complete {
        id: &'a str,
    },
}

impl<P: Serialize> Said<'_, P> {
    /// As text.
    pub(super) fn text(&self) -> String {
        // What it is made of are strings and JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The header `Authorization` in the payload of `connection_init`, by any case of its name, at the top or among `headers`.
pub(super) fn authorization(payload: &Map<String, Value>) -> Option<&Value> {
    let found = |among: &'_ Map<String, Value>| -> Option<String> {
        let mut names = among.keys();
        names
            .find(|name| name.eq_ignore_ascii_case("authorization"))
            .cloned()
    };
    if let Some(name) = found(payload) {
        return payload.get(&name);
    }
    let headers = payload.get("headers")?.as_object()?;
    headers.get(&found(headers)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn takes_what_the_protocol_has_and_nothing_else() {
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"connection_init","payload":{"a":1},"other":2}"#,
            r#"{"type":"ping","payload":{}}"#,
            r#"{"type":"pong"}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ a }","variables":null,"extensions":{},"operationName":null}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            assert!(Heard::parse(text).is_ok(), "{text}");
        }
        let deep = format!(
            r#"{{"type":"ping","payload":{}"#,
            r#"{"a":"#.repeat(200_000)
        );
        for text in [
            "",
            "nonsense",
            "[]",
            "null",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"connection_init","payload":"a"}"#,
            r#"{"type":"ping","payload":[1]}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"id":1,"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"id":"","type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"id":"1","type":"subscribe"}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":1}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ a }","variables":1}}"#,
            r#"{"type":"complete"}"#,
            deep.as_str(),
        ] {
            assert!(
                matches!(Heard::parse(text), Err(Ending::BadMessage(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn authorization_is_found_where_clients_put_it() {
        for payload in [
            json!({ "authorization": "Bearer a" }),
            json!({ "Authorization": "Bearer a" }),
            json!({ "headers": { "AUTHORIZATION": "Bearer a" } }),
        ] {
            let found = authorization(payload.as_object().unwrap());
            assert_eq!(found, Some(&json!("Bearer a")), "{payload}");
        }
        assert_eq!(authorization(&Map::new()), None);
    }
}
