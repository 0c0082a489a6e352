//! A shop to read and to write in.

use crate::support::{
    TestApp,
    shops::{done, mutate, person},
};
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{caller::Actor, jobs::Worker, outbox::relay};

/// What is asked of a product that was written.
pub const PRODUCT: &str =
    "product { id slug version variants(first: 10) { nodes { id version price { amount } } } }";

/// A shop and its owner.
pub struct Shop {
    pub id: Value,
    pub owner: Actor,
}

impl Shop {
    pub async fn open(app: &TestApp, name: &str) -> Self {
        let owner = person(app, &name.replace(' ', "-")).await;
        let input = json!({ "name": name });
        let opened = mutate(app, owner, "sellerOpen", "seller { id }", input).await;
        Self {
            id: done(&opened)["seller"]["id"].clone(),
            owner,
        }
    }

    /// Does something to a product, which must succeed; the product as it is then.
    pub async fn product(&self, app: &TestApp, mutation: &str, input: Value) -> Value {
        let reply = mutate(app, self.owner, mutation, PRODUCT, input).await;
        done(&reply)["product"].clone()
    }

    /// A product of this name for sale, at this price.
    pub async fn sells(&self, app: &TestApp, name: &str, amount: &str) -> Value {
        let variants = json!([{ "price": usd(amount) }]);
        let input = json!({ "sellerId": self.id, "name": name, "variants": variants });
        let draft = self.product(app, "productCreate", input).await;
        self.product(app, "productPublish", step(&draft)).await
    }

    /// Gives the product's only variant another price; the product as it is then.
    pub async fn reprices(&self, app: &TestApp, product: &Value, amount: &str) -> Value {
        let variant = &product["variants"]["nodes"][0];
        let mut input = step(variant);
        input["price"] = usd(amount);
        let selection = format!("variant {{ {PRODUCT} }}");
        let reply = mutate(app, self.owner, "variantUpdate", &selection, input).await;
        done(&reply)["variant"]["product"].clone()
    }
}

pub fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// The input of a step that is taken with `thing` as it was read.
pub fn step(thing: &Value) -> Value {
    json!({ "id": thing["id"], "expectedVersion": thing["version"] })
}

/// Hands on what happened, and has everyone who is told of it do their work.
pub async fn settle(app: &TestApp) {
    let subscriptions = tradewind::worker::subscriptions();
    let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
    loop {
        while relay::round(&app.app, &subscriptions).await.unwrap() > 0 {}
        app.until(
            "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND queue = 'events'",
            0,
        )
        .await;
        let waiting = "SELECT count(*) FROM outbox_event WHERE feed_position IS NULL";
        if app.value::<i64>(waiting).await == 0 {
            break;
        }
    }
    worker.stop(Duration::from_secs(5)).await;
}
