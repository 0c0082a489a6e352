//! Stock: promised once, sold once, and always where the movements say.

mod expiring;
mod locations;
mod looked_up;
mod office;
mod racing;
mod reading;
mod refusals;
mod reserving;
mod written_down;

use crate::support::{
    TestApp,
    shops::{done, mutate, person},
};
use entity::ids::{ProductId, SellerId, VariantId};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{
    caller::Actor,
    error::{Error, Result},
    inventory::{self, ExpireReservations, ReserveWish, Shortage},
    jobs::{self, Worker},
    outbox::relay,
};
use uuid::Uuid;

/// A shop with a product whose variants lie at its first location.
struct Shop {
    id: Value,
    owner: Actor,
    /// The shop's first location.
    first: Value,
    product: Value,
    /// Global ids, in the order of their ids.
    variants: Vec<Value>,
}

impl Shop {
    /// A shop of this name; of each variant so many units were received.
    async fn open(app: &TestApp, name: &str, units: &[i64]) -> Self {
        let owner = person(app, name).await;
        let input = json!({ "name": name, "currency": "EUR" });
        let opened = mutate(
            app,
            owner,
            "sellerOpen",
            "seller { id locations { nodes { id } } }",
            input,
        )
        .await;
        let seller = done(&opened)["seller"].clone();
        let price = json!({ "amount": "5.00", "currency": "EUR" });
        let variants: Vec<_> = (0..units.len())
            .map(|number| json!({ "price": price, "options": [{ "name": "Size", "value": number.to_string() }] }))
            .collect();
        let input = json!({ "sellerId": seller["id"], "name": "Mug", "options": ["Size"], "variants": variants });
        let selection = "product { id version variants(first: 100) { nodes { id } } }";
        let made = mutate(app, owner, "productCreate", selection, input).await;
        let product = done(&made)["product"].clone();
        let mut ids: Vec<Value> = product["variants"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["id"].clone())
            .collect();
        ids.sort_by_key(|id| id.as_str().unwrap().to_owned());
        let shop = Self {
            id: seller["id"].clone(),
            owner,
            first: seller["locations"]["nodes"][0]["id"].clone(),
            product: product["id"].clone(),
            variants: ids,
        };
        for (index, units) in units.iter().enumerate().filter(|(_, units)| **units > 0) {
            done(
                &shop
                    .adjust(app, &shop.first, "RECEIVED", &[(index, *units)])
                    .await,
            );
        }
        shop
    }

    /// So many units of each of these variants come to a location, or go.
    async fn adjust(
        &self,
        app: &TestApp,
        location: &Value,
        reason: &str,
        items: &[(usize, i64)],
    ) -> crate::support::Reply {
        let items = items
            .iter()
            .map(|(index, delta)| json!({ "variantId": self.variants[*index], "delta": delta }));
        let input =
            json!({ "locationId": location, "reason": reason, "items": items.collect::<Vec<_>>() });
        mutate(app, self.owner, "stockAdjust", ITEMS, input).await
    }

    /// A new location of this name.
    async fn location(&self, app: &TestApp, name: &str, priority: i32) -> Value {
        let input = json!({ "sellerId": self.id, "name": name, "priority": priority });
        let made = mutate(app, self.owner, "locationCreate", LOCATION, input).await;
        done(&made)["location"].clone()
    }

    /// The shop's variants as the tables have them.
    async fn ids(&self, app: &TestApp) -> Vec<VariantId> {
        app.column("SELECT id FROM variant ORDER BY id").await
    }
}

const LOCATION: &str = "location { id name priority version isActive isFirst }";
const ITEMS: &str = "items { variantId onHand reserved available isLow lowThreshold levels { onHand version location { name } } }";

fn wish(variant: VariantId, quantity: i64) -> ReserveWish {
    ReserveWish { variant, quantity }
}

/// Reserves, or keeps nothing.
async fn reserve(app: &TestApp, holder: Uuid, wishes: &[ReserveWish]) -> Result<(), Vec<Shortage>> {
    let now = app.app.clock.now();
    let until = now + app.app.settings.reservation();
    let mut short = Vec::new();
    let done = app.app.transaction(async |tx| {
        short = inventory::stock_reserve(tx, holder, wishes, until, now).await?;
        if short.is_empty() {
            Ok(())
        } else {
            Err(Error::Conflict("too little".to_owned()))
        }
    });
    match done.await {
        Ok(()) => Ok(()),
        Err(Error::Conflict(_)) if !short.is_empty() => Err(short),
        Err(error) => panic!("{}", error.for_operator()),
    }
}

/// Sells what is reserved, or keeps it.
async fn claim(app: &TestApp, holder: Uuid) -> Result<(), Vec<Shortage>> {
    let now = app.app.clock.now();
    let mut short = Vec::new();
    let done = app.app.transaction(async |tx| {
        short = inventory::stock_claim(tx, holder, now).await?;
        if short.is_empty() {
            Ok(())
        } else {
            Err(Error::Conflict("too little".to_owned()))
        }
    });
    match done.await {
        Ok(()) => Ok(()),
        Err(Error::Conflict(_)) if !short.is_empty() => Err(short),
        Err(error) => panic!("{}", error.for_operator()),
    }
}

async fn release(app: &TestApp, holder: Uuid) {
    let now = app.app.clock.now();
    let released = app
        .app
        .transaction(async |tx| inventory::stock_release(tx, holder, now).await);
    released.await.unwrap();
}

/// What is on hand and reserved in all, in the order of the variants.
async fn totals(app: &TestApp) -> Vec<String> {
    app.column("SELECT CAST(on_hand AS text) || '/' || CAST(reserved AS text) FROM stock ORDER BY variant_id").await
}

/// How many events of this name there are.
async fn events(app: &TestApp, name: &str) -> i64 {
    app.value(&format!(
        "SELECT count(*) FROM outbox_event WHERE name = 'inventory.{name}'"
    ))
    .await
}

/// Has a worker give back what has expired.
async fn expire(app: &TestApp) {
    app.app
        .transaction(async |tx| {
            jobs::enqueue(tx, &ExpireReservations::default())
                .await
                .map(|_| ())
        })
        .await
        .unwrap();
    let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
    let waiting = "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND kind = 'inventory.expire_reservations'";
    app.until(waiting, 0).await;
    worker.stop(Duration::from_secs(5)).await;
}

/// Has everyone told what happened; then everything that must always hold does.
async fn sound(app: &TestApp) {
    let subscriptions = tradewind::worker::subscriptions();
    while relay::round(&app.app, &subscriptions).await.unwrap() > 0 {}
    let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
    let waiting =
        "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND queue = 'events'";
    app.until(waiting, 0).await;
    worker.stop(Duration::from_secs(5)).await;
    let (output, text) = crate::doctor::doctor(&app.database);
    assert!(output.status.success(), "{text}");
}

/// Runs a statement with ids in it.
async fn run(app: &TestApp, sql: &str, ids: &[Uuid]) {
    let db = app.app.database.write();
    let values: Vec<sea_orm::Value> = ids.iter().map(|id| (*id).into()).collect();
    let statement = Statement::from_sql_and_values(app.app.database.backend(), sql, values);
    db.execute_raw(statement).await.unwrap();
}

async fn seller(app: &TestApp) -> SellerId {
    app.value("SELECT id FROM seller ORDER BY id LIMIT 1").await
}

async fn in_stock(app: &TestApp) -> bool {
    app.value::<i64>("SELECT count(*) FROM product WHERE in_stock")
        .await
        == 1
}

/// The only product.
async fn product(app: &TestApp) -> ProductId {
    app.value("SELECT id FROM product").await
}
