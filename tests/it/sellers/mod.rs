//! Shops, and who works in them.

mod inviting;
mod members;
mod opening;
mod suspending;

use crate::support::{
    TestApp,
    shops::{done, mutate},
};
use serde_json::{Value, json};
use tradewind::caller::Actor;

const SHOP: &str = "seller { id name handle description version }";
const MEMBER: &str = "member { id role version person { displayName } }";

/// A new shop of `owner`, which has no members but it.
async fn shop(app: &TestApp, owner: Actor, name: &str) -> Value {
    let opened = mutate(app, owner, "sellerOpen", SHOP, json!({ "name": name })).await;
    done(&opened)["seller"].clone()
}

/// The shop's members as `actor` sees them.
async fn members(app: &TestApp, actor: Actor, shop: &Value) -> Vec<Value> {
    let document = "query ($id: ID!) { seller(id: $id) { members { totalCount nodes { id role version person { displayName } } } } }";
    let reply = app
        .gql_as(actor, document, json!({ "id": shop["id"] }))
        .await;
    let list = &reply.data()["seller"]["members"];
    let nodes = list["nodes"].as_array().unwrap().clone();
    assert_eq!(list["totalCount"], nodes.len());
    nodes
}
