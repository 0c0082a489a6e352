//! A WebSocket of a test's own, frame by frame.

use super::events::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue, protocol::Role},
};

/// One end of a conversation.
pub struct Socket(pub WebSocketStream<TcpStream>);

impl Socket {
    /// Shakes hands with these headers.
    pub async fn handshake(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().insert(*name, value);
        }
        let stream = TcpStream::connect(address).await.unwrap();
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self(socket))
    }

    pub async fn open(address: SocketAddr) -> Self {
        let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
        Self::handshake(address, &[protocol]).await.unwrap()
    }

    pub async fn begun(address: SocketAddr, payload: Value) -> Self {
        let mut socket = Self::open(address).await;
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(socket.heard().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// The status with which a handshake is refused.
    pub async fn refused(address: SocketAddr, headers: &[(&'static str, &str)]) -> u16 {
        match Self::handshake(address, headers).await {
            Err(Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("it was let in"),
        }
    }

    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        // Whoever was hung up on reads why.
        let _ = self.0.send(message).await;
    }

    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Value) {
        let payload = json!({ "query": document, "variables": variables });
        self.say(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }

    /// The next message.
    pub async fn heard(&mut self) -> Value {
        match self.frame().await {
            Ok(text) => text,
            Err(closed) => panic!("it was closed: {closed:?}"),
        }
    }

    /// The code and the reason with which it is closed, messages passed over.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Err(closed) = self.frame().await {
                return closed;
            }
        }
    }

    /// The next message, or the code and the reason with which it is closed before there is one.
    pub async fn heard_or_closed(&mut self) -> Result<Value, (u16, String)> {
        self.frame().await
    }

    async fn frame(&mut self) -> Result<Value, (u16, String)> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next());
            match next.await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err((frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return Err((0, format!("{other:?}"))),
            }
        }
    }

    /// Fails the test when any message comes within a while.
    pub async fn is_silent(&mut self) {
        let heard =
            tokio::time::timeout(std::time::Duration::from_millis(1_500), self.frame()).await;
        assert!(heard.is_err(), "{heard:?}");
    }

    /// The same socket, that sends what is no frame.
    pub async fn raw(self, bytes: &[u8]) -> Self {
        use tokio::io::AsyncWriteExt;
        let mut stream = self.0.into_inner();
        stream.write_all(bytes).await.unwrap();
        Self(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }
}
