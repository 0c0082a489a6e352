//! Subscriptions: over WebSocket in raw frames, and as server-sent events.

mod access;
mod closing;
mod conversing;
mod events;
mod flood;
mod matrix;
mod orders;
mod paying;
mod server;
mod silence;
mod socket;
mod stopping;
mod watching;

use crate::support::{
    TestApp,
    shops::{done, mutate, person},
};
use serde_json::{Value, json};
use tradewind::{caller::Actor, outbox::relay};

const PRODUCT: &str = "product { id version }";

/// A shop and its owner.
struct Shop {
    id: Value,
    owner: Actor,
}

impl Shop {
    async fn open(app: &TestApp, name: &str) -> Self {
        let owner = person(app, name).await;
        let input = json!({ "name": name, "currency": "EUR" });
        let opened = mutate(app, owner, "sellerOpen", "seller { id }", input).await;
        Self {
            id: done(&opened)["seller"]["id"].clone(),
            owner,
        }
    }

    /// A new draft of this name, with a variant.
    async fn draft(&self, app: &TestApp, name: &str) -> Value {
        let price = json!({ "amount": "5.00", "currency": "EUR" });
        let input = json!({ "sellerId": self.id, "name": name, "variants": [{ "price": price }] });
        let made = mutate(app, self.owner, "productCreate", PRODUCT, input).await;
        done(&made)["product"].clone()
    }

    /// A product that is for sale.
    async fn product(&self, app: &TestApp, name: &str) -> Value {
        let draft = self.draft(app, name).await;
        self.step(app, "productPublish", &draft).await
    }

    /// Takes a step with the product; the product as it is then.
    async fn step(&self, app: &TestApp, mutation: &str, product: &Value) -> Value {
        let input = json!({ "id": product["id"], "expectedVersion": product["version"] });
        let taken = mutate(app, self.owner, mutation, PRODUCT, input).await;
        done(&taken)["product"].clone()
    }

    /// Gives the product another name; the product as it is then.
    async fn rename(&self, app: &TestApp, product: &Value, name: &str) -> Value {
        let input = json!({
            "id": product["id"], "expectedVersion": product["version"], "name": name,
        });
        let renamed = mutate(app, self.owner, "productUpdate", PRODUCT, input).await;
        done(&renamed)["product"].clone()
    }
}

/// Hands on what happened.
async fn relay(app: &TestApp) {
    let subscriptions = tradewind::worker::subscriptions();
    while relay::round(&app.app, &subscriptions).await.unwrap() > 0 {}
}
