//! Listening is paid for, as asking is.

use super::{Shop, server::Server};
use serde_json::json;

const WATCH: &str =
    "subscription ($shop: ID!) { productChanged(sellerId: $shop) { kind product { name } } }";

#[tokio::test]
async fn whoever_begins_too_many_is_told_to_wait() {
    let flags = [
        ("--cost-bucket-per-address", "20"),
        ("--cost-restore-per-second-per-address", "1"),
    ];
    let server = Server::on_sqlite(&flags).await;
    let shop = Shop::open(&server.app, "watched").await;
    let mut socket = server.anonymous().await;
    // Nothing is given back, so twenty points do not last for more.
    for number in 0..40 {
        let id = number.to_string();
        socket
            .subscribe(&id, WATCH, json!({ "shop": shop.id }))
            .await;
        let heard = socket.heard().await;
        assert_eq!(heard["id"], json!(id), "{heard}");
        if heard["type"] == "error" {
            assert!(number > 0, "there is enough for one: {heard}");
            let error = &heard["payload"][0]["extensions"];
            assert_eq!(error["code"], "RATE_LIMITED", "{heard}");
            return;
        }
        socket.say(json!({ "id": id, "type": "complete" })).await;
    }
    panic!("forty subscriptions were begun for twenty points");
}
