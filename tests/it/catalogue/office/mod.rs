//! The seller's back office: what those who work in a shop do to its products.

mod bulk;
mod copies;
mod lives;
mod races;
mod refusals;
mod roles;
mod tour;
mod variants;

use crate::support::{
    TestApp,
    shops::{done, mutate, person},
};
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{caller::Actor, jobs::Worker, outbox::relay};

const PRODUCT: &str = "product { id name slug handle description status version priceRange { min { amount } max { amount } }
    category { id } options { name values } tags(first: 50) { nodes { slug } } metadata
    variants(first: 100) { nodes { id sku name version price { amount } } } }";

/// A shop and its owner.
struct Shop {
    id: Value,
    owner: Actor,
}

impl Shop {
    async fn open(app: &TestApp, name: &str) -> Self {
        let owner = person(app, name).await;
        let opened = mutate(
            app,
            owner,
            "sellerOpen",
            "seller { id }",
            json!({ "name": name, "currency": "EUR" }),
        )
        .await;
        Self {
            id: done(&opened)["seller"]["id"].clone(),
            owner,
        }
    }

    /// A new draft with these fields.
    async fn product(&self, app: &TestApp, fields: Value) -> Value {
        let made = mutate(app, self.owner, "productCreate", PRODUCT, self.of(fields)).await;
        done(&made)["product"].clone()
    }

    /// A draft of this name with a variant.
    async fn mug(&self, app: &TestApp, name: &str) -> Value {
        self.product(
            app,
            json!({ "name": name, "variants": [{ "price": eur("5.00") }] }),
        )
        .await
    }

    /// The fields with the shop's id.
    fn of(&self, mut fields: Value) -> Value {
        fields["sellerId"] = self.id.clone();
        fields
    }

    /// The statuses of the shop's products as `actor` sees them.
    async fn seen(&self, app: &TestApp, actor: Actor) -> Vec<String> {
        let document = "query ($id: ID!) { seller(id: $id) { products(statuses: [DRAFT, ACTIVE, INACTIVE, ARCHIVED], first: 100) {
            totalCount nodes { status } } } }";
        let reply = app.gql_as(actor, document, json!({ "id": self.id })).await;
        let products = &reply.data()["seller"]["products"];
        let nodes = products["nodes"].as_array().unwrap();
        assert_eq!(products["totalCount"], nodes.len());
        nodes
            .iter()
            .map(|node| node["status"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// What `product` and what follows it says about the version: the input of a step.
fn step(product: &Value) -> Value {
    json!({ "id": product["id"], "expectedVersion": product["version"] })
}

/// Takes a step, which must succeed; the product as it is then.
async fn take(app: &TestApp, shop: &Shop, mutation: &str, product: &Value) -> Value {
    let taken = mutate(app, shop.owner, mutation, PRODUCT, step(product)).await;
    done(&taken)["product"].clone()
}

/// The product as `actor` sees it, by id and by slug; nothing where it does not.
async fn see(app: &TestApp, actor: Actor, product: &Value) -> Option<Value> {
    let document = "query ($id: ID!, $slug: String!) { product(id: $id) { id status seller { id } } bySlug: product(slug: $slug) { id } node(id: $id) { id } }";
    let variables = json!({ "id": product["id"], "slug": product["slug"] });
    let reply = app.gql_as(actor, document, variables).await;
    let data = &reply.body["data"];
    let all = [&data["product"], &data["bySlug"], &data["node"]];
    assert!(
        all.iter().all(|one| one.is_null()) || all.iter().all(|one| one["id"] == product["id"]),
        "{data:#}"
    );
    (!data["product"].is_null()).then(|| data["product"].clone())
}

/// Has everyone told what happened; then everything that must always hold does.
async fn sound(app: &TestApp) {
    let subscriptions = tradewind::worker::subscriptions();
    while relay::round(&app.app, &subscriptions).await.unwrap() > 0 {}
    let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
    app.until(
        "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND queue = 'events'",
        0,
    )
    .await;
    worker.stop(Duration::from_secs(5)).await;
    let (output, text) = crate::doctor::doctor(&app.database);
    assert!(output.status.success(), "{text}");
}
