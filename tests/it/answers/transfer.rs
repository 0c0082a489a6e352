//! How what is kept goes over the wire: compressed, asked for in pieces, and when it is no longer fresh.

use super::shop::Shop;
use crate::support::{Reply, TestApp, gql_request};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Request},
};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::{convert::Infallible, io::Read, time::Duration};
use tower::ServiceExt;
use tradewind::{caller::Actor, platform::statements::Statements};

const LIST: &str = "query List { products(first: 50) { nodes { id name slug createdAt variants { nodes { id } } } } }";
/// The least of what it asks for is good for five seconds.
const STOCK: &str = "{ products { nodes { name variants { nodes { stock { inStock } } } } } }";

/// What came over the wire for `request`, and how many statements it took.
async fn bytes(app: &TestApp, request: Request<Body>) -> (HeaderMap, Bytes, u32) {
    let response = app.router.clone().oneshot(request).await;
    let (parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
    let statements = parts
        .extensions
        .get::<Statements>()
        .map_or(0, |cost| cost.count);
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (parts.headers, body, statements)
}

fn taking(encoding: &str) -> Request<Body> {
    let mut request = gql_request(Actor::Anonymous, LIST, &json!({}));
    let encoding = encoding.parse().unwrap();
    request.headers_mut().insert("accept-encoding", encoding);
    request
}

/// The request with its body in two frames, the second of which is a while in coming.
fn in_pieces(document: &str) -> Request<Body> {
    let text = json!({ "query": document, "variables": {} }).to_string();
    let (head, tail) = text.split_at(text.len() / 2);
    let (head, tail) = (Bytes::from(head.to_owned()), Bytes::from(tail.to_owned()));
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, Infallible>>(2);
    tokio::spawn(async move {
        sender.send(Ok(head)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        sender.send(Ok(tail)).await.unwrap();
    });
    let frames = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|frame| (frame, receiver))
    });
    gql_request(Actor::Anonymous, document, &json!({})).map(|_| Body::from_stream(frames))
}

fn names(reply: &Reply) -> Vec<Value> {
    let nodes = reply.data()["products"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["name"].clone()).collect()
}

on_both_databases! {
    async fn what_is_kept_is_compressed_for_those_who_take_it(app: TestApp) {
        let app = app.caching().await;
        let shop = Shop::open(&app, "quay").await;
        for number in 0..12 {
            shop.sells(&app, &format!("Mug {number}"), "5").await;
        }
        let first = app.gql(LIST, json!({})).await;
        for (encoding, is_taken) in [("gzip, br", true), ("gzip;q=0", false), ("identity", false)] {
            let (headers, body, statements) = bytes(&app, taking(encoding)).await;
            assert_eq!(statements, 0, "{encoding}");
            let text = if is_taken {
                assert_eq!(headers["content-encoding"], "gzip");
                let mut text = String::new();
                GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
                assert!(body.len() * 2 < text.len(), "{} of {}", body.len(), text.len());
                text
            } else {
                assert_eq!(headers.get("content-encoding"), None, "{encoding}");
                String::from_utf8(body.to_vec()).unwrap()
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(&answer["data"], first.data());
            assert!(headers["etag"].to_str().unwrap().starts_with("W/\""));
        }
    }

    async fn a_request_in_pieces_finds_what_is_kept(app: TestApp) {
        let app = app.caching().await;
        Shop::open(&app, "quay").await.sells(&app, "Mug", "5").await;
        let first = app.gql(LIST, json!({})).await;
        let (_, body, statements) = bytes(&app, in_pieces(LIST)).await;
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((statements, &answer["data"]), (0, first.data()));
    }

    async fn what_is_no_longer_fresh_is_given_while_it_is_made_anew(app: TestApp) {
        let app = app.caching().await;
        let shop = Shop::open(&app, "quay").await;
        shop.sells(&app, "Mug", "5").await;
        assert_eq!(names(&app.gql(STOCK, json!({})).await), ["Mug"]);
        // Past the server, so that nothing is purged.
        app.execute("UPDATE product SET name = 'Cup'").await;
        assert_eq!(names(&app.gql(STOCK, json!({})).await), ["Mug"]);
        tokio::time::sleep(Duration::from_millis(5_200)).await;
        let stale = app.gql(STOCK, json!({})).await;
        assert_eq!((names(&stale), stale.statements), (vec![json!("Mug")], 0));
        assert!(stale.header("age").unwrap().parse::<u64>().unwrap() >= 5);
        let renewed = async {
            while names(&app.gql(STOCK, json!({})).await) != ["Cup"] {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), renewed).await.expect("it is made anew");
        assert_eq!(app.gql(STOCK, json!({})).await.statements, 0);
    }
}
