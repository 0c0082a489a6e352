//! Who is told of what, and what it costs.

use super::{Shop, events::Events, relay};
use crate::imports::Import;
use crate::support::{
    TestApp, gql_request,
    shops::{done, join, mutate, person},
};
use axum::http::{HeaderValue, Method, Request, header};
use entity::{ids::SellerId, sellers::member::Role as ShopRole};
use serde_json::{Value, json};
use std::fmt::Write;
use tradewind::caller::Actor;

const OF_PRODUCTS: &str = "subscription ($ids: [ID!], $after: String) {
    productChanged(productIds: $ids, after: $after) { kind productId position occurredAt product { id name status seller { name } } } }";
const OF_SHOP: &str = "subscription ($shop: ID!, $after: String) {
    productChanged(sellerId: $shop, after: $after) { kind productId position product { name } } }";
const STOCK: &str = "subscription ($variants: [ID!], $products: [ID!], $shop: ID) {
    stockChanged(variantIds: $variants, productIds: $products, sellerId: $shop) {
        kind productId product { name } variants { variantId sku stock { available inStock } } } }";

async fn watch(app: &TestApp, actor: Actor, product: &Value) -> Events {
    let variables = json!({ "ids": [product["id"]] });
    let mut events = Events::of(app, actor, OF_PRODUCTS, &variables).await;
    assert_eq!(events.status, 200);
    assert_eq!(events.content_type, "text/event-stream; charset=utf-8");
    assert_eq!(events.told().await["kind"], "STARTED");
    events
}

on_both_databases! {
    async fn whoever_watches_a_product_is_told_of_it(app: TestApp) {
        let shop = Shop::open(&app, "watched").await;
        let mug = shop.product(&app, "Mug").await;
        let jug = shop.product(&app, "Jug").await;
        relay(&app).await;
        let mut events = watch(&app, Actor::Anonymous, &mug).await;
        shop.rename(&app, &jug, "Other jug").await;
        let mug = shop.rename(&app, &mug, "Better mug").await;
        relay(&app).await;
        let (told, cost) = events.told_and_counted().await;
        assert_eq!(told["kind"], "CHANGED");
        assert_eq!(told["productId"], mug["id"]);
        assert_eq!(told["product"]["name"], "Better mug");
        assert_eq!(told["product"]["seller"]["name"], "watched");
        assert!(told["occurredAt"].is_string());
        // The feed's next page once it has begun, the product, and its shop.
        assert!(cost.count <= 3, "{cost:?}");
        // Loaders of the event before would tell the name of then.
        let mug = shop.rename(&app, &mug, "Best mug").await;
        relay(&app).await;
        let (told, cost) = events.told_and_counted().await;
        assert_eq!(told["product"]["name"], "Best mug");
        assert!(cost.count <= 2, "{cost:?}");
        shop.step(&app, "productUnpublish", &mug).await;
        relay(&app).await;
        let told = events.told().await;
        assert_eq!((&told["kind"], &told["product"]), (&json!("GONE"), &Value::Null));
    }

    /// What is not for the public is told to those who work in the shop, and to nobody else.
    async fn nobody_hears_of_what_it_may_not_see(app: TestApp) {
        let shop = Shop::open(&app, "secretive").await;
        let draft = shop.draft(&app, "Secret mug").await;
        let stranger = person(&app, "stranger").await;
        let staff = person(&app, "staff").await;
        let id = app.value::<SellerId>("SELECT id FROM seller").await;
        join(&app, staff, id, ShopRole::Staff).await;
        relay(&app).await;
        let mut public = watch(&app, Actor::Anonymous, &draft).await;
        let mut other = watch(&app, stranger, &draft).await;
        let mut inside = watch(&app, staff, &draft).await;
        let variables = json!({ "shop": shop.id });
        let mut of_shop = Events::of(&app, stranger, OF_SHOP, &variables).await;
        assert_eq!(of_shop.told().await["kind"], "STARTED");
        let draft = shop.rename(&app, &draft, "More secret mug").await;
        relay(&app).await;
        assert_eq!(inside.told().await["product"]["name"], "More secret mug");
        // Nothing came before it for the others.
        let draft = shop.step(&app, "productPublish", &draft).await;
        relay(&app).await;
        for events in [&mut public, &mut other, &mut inside, &mut of_shop] {
            let told = events.told().await;
            assert_eq!((&told["kind"], &told["product"]["name"]), (&json!("CHANGED"), &json!("More secret mug")));
        }
        let draft = shop.step(&app, "productUnpublish", &draft).await;
        relay(&app).await;
        for events in [&mut public, &mut other, &mut of_shop] {
            assert_eq!(events.told().await["kind"], "GONE");
        }
        assert_eq!(inside.told().await["product"]["status"], "INACTIVE");
        // What was not for sale goes unheard, but for those inside.
        let input = json!({ "id": draft["id"], "expectedVersion": draft["version"] });
        done(&mutate(&app, shop.owner, "productDelete", "productId", input).await);
        relay(&app).await;
        assert_eq!(inside.told().await["kind"], "GONE");
        public.is_silent().await;
        // Who is shown the door hears no more of what is inside.
        app.execute("DELETE FROM seller_member WHERE role = 'STAFF'").await;
        let other = shop.draft(&app, "Next mug").await;
        let variables = json!({ "shop": shop.id });
        let mut former = Events::of(&app, staff, OF_SHOP, &variables).await;
        assert_eq!(former.told().await["kind"], "STARTED");
        shop.rename(&app, &other, "Last mug").await;
        relay(&app).await;
        former.is_silent().await;
    }

    async fn whoever_comes_back_misses_nothing(app: TestApp) {
        let shop = Shop::open(&app, "resumed").await;
        let mug = shop.product(&app, "Mug").await;
        relay(&app).await;
        let variables = json!({ "shop": shop.id });
        let mut events = Events::of(&app, Actor::Anonymous, OF_SHOP, &variables).await;
        let started = events.told().await;
        let mug = shop.rename(&app, &mug, "One").await;
        relay(&app).await;
        let first = events.told().await;
        drop(events);
        shop.rename(&app, &mug, "Two").await;
        relay(&app).await;
        for (after, expected) in [(&started, 2), (&first, 1)] {
            let variables = json!({ "shop": shop.id, "after": after["position"] });
            let mut events = Events::of(&app, Actor::Anonymous, OF_SHOP, &variables).await;
            assert_eq!(events.told().await["position"], after["position"]);
            for _ in 0..expected {
                let told = events.told().await;
                assert_eq!((&told["kind"], &told["product"]["name"]), (&json!("CHANGED"), &json!("Two")));
            }
        }
        // What is lost is said to be: of a position that is none, one that nobody has had, and one too long ago.
        app.execute("DELETE FROM outbox_event WHERE feed_position <= (SELECT max(feed_position) - 1 FROM outbox_event)").await;
        for (after, code) in [
            (json!("nonsense"), "VALIDATION_ERROR"),
            (json!("ZmVlZDo5OTk5OTk"), "VALIDATION_ERROR"),
            (started["position"].clone(), "CONFLICT"),
        ] {
            let variables = json!({ "shop": shop.id, "after": after });
            let mut events = Events::of(&app, Actor::Anonymous, OF_SHOP, &variables).await;
            let (event, answer) = events.next().await.unwrap();
            assert_eq!(event, "next");
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer:#}");
            assert!(answer["data"].is_null());
            assert_eq!(events.next().await.unwrap().0, "complete");
            assert_eq!(events.next().await, None);
        }
    }

    /// Where more happens than is taken, that is said, and it goes on from there.
    async fn whoever_misses_something_is_told(app: TestApp) {
        let shop = Shop::open(&app, "hasty").await;
        let mug = shop.product(&app, "Mug").await;
        relay(&app).await;
        let mut events = watch(&app, Actor::Anonymous, &mug).await;
        let mut quick = watch(&app, Actor::Anonymous, &mug).await;
        // Its stream listens from here on.
        let mug = shop.rename(&app, &mug, "First").await;
        relay(&app).await;
        assert_eq!(events.told().await["product"]["name"], "First");
        assert_eq!(quick.told().await["product"]["name"], "First");
        let raw = mug["id"].clone();
        flood_feed(&app, 2_600).await;
        relay(&app).await;
        let mug = shop.rename(&app, &mug, "Last").await;
        relay(&app).await;
        // The one that reads the feed for all has handed it on when another has heard the last.
        assert_eq!(quick.told_last("Last").await["product"]["name"], "Last");
        let missed = events.told().await;
        assert_eq!((&missed["kind"], &missed["product"]), (&json!("MISSED"), &Value::Null));
        assert_eq!(events.told_last("Last").await["productId"], raw);
        assert_eq!(mug["id"], raw);
    }

    async fn stock_that_changes_is_told_with_the_event_of_its_write(app: TestApp) {
        let shop = Shop::open(&app, "stocked").await;
        import(&app, &[("mug", 3), ("jug", 5)]).await;
        relay(&app).await;
        let reply = app.gql("{ products(first: 2) { nodes { id handle variants(first: 1) { nodes { id } } } } }", json!({})).await;
        let nodes = reply.data()["products"]["nodes"].as_array().unwrap().clone();
        let mug = nodes.iter().find(|node| node["handle"] == "mug").unwrap();
        let variant = &mug["variants"]["nodes"][0]["id"];
        let started = async |variables: Value| {
            let mut events = Events::of(&app, Actor::Anonymous, STOCK, &variables).await;
            assert_eq!(events.told().await["kind"], "STARTED");
            events
        };
        let mut of_variant = started(json!({ "variants": [variant] })).await;
        let mut of_product = started(json!({ "products": [mug["id"]] })).await;
        let mut of_shop = started(json!({ "shop": shop.id })).await;
        // The same again changes nothing, and tells nothing.
        import(&app, &[("mug", 3), ("jug", 5)]).await;
        import(&app, &[("mug", 2), ("jug", 5)]).await;
        relay(&app).await;
        for events in [&mut of_variant, &mut of_product, &mut of_shop] {
            let (told, cost) = events.told_and_counted().await;
            assert_eq!((&told["kind"], &told["productId"]), (&json!("CHANGED"), &mug["id"]));
            assert_eq!(told["variants"].as_array().unwrap().len(), 1);
            assert_eq!(told["variants"][0]["variantId"], *variant);
            assert_eq!(told["variants"][0]["stock"], json!({ "available": 2, "inStock": true }));
            // The feed's page, the variants, their stock, and the product.
            assert!(cost.count <= 4, "{cost:?}");
        }
        import(&app, &[("mug", 2), ("jug", 0)]).await;
        relay(&app).await;
        let told = of_shop.told().await;
        assert_eq!(told["variants"][0]["stock"], json!({ "available": 0, "inStock": false }));
        of_variant.is_silent().await;
        // One event for each product and import that changed it, in the feed as in the table.
        let events = "SELECT count(*) FROM outbox_event WHERE name = 'inventory.stock_changed'";
        assert_eq!(app.value::<i64>(events).await, 4);
        // Nobody is told as a job of what is derived already.
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE kind = 'inventory.refresh_availability'").await, 0);
    }
}

impl Events {
    /// What is told of the product when it has this name.
    async fn told_last(&mut self, name: &str) -> Value {
        loop {
            let told = self.told().await;
            if told["product"]["name"] == name {
                return told;
            }
        }
    }
}

/// More events than a listener may be behind, about nothing that anybody watches.
async fn flood_feed(app: &TestApp, count: i64) {
    let moves = crate::outbox::kinds::moves(uuid::Uuid::now_v7(), count);
    for part in moves.chunks(500) {
        app.emit(part).await;
    }
}

/// Imports products of these handles into the shop "stocked", with so many units.
async fn import(app: &TestApp, stock: &[(&str, i64)]) {
    let mut text = "Handle,Title,Vendor,Status,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty\n".to_owned();
    for (handle, units) in stock {
        writeln!(
            text,
            "{handle},{handle} of ours,stocked,active,{handle}-1,5.00,shopify,{units}"
        )
        .unwrap();
    }
    let handle: String = app.value("SELECT handle FROM seller").await;
    assert_eq!(handle, "stocked");
    Import::of(app, text, &["--vendor-as-seller"]);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_said_before_anything_is_watched() {
    let app = TestApp::on_sqlite().await;
    let many: Vec<String> = (0..101)
        .map(|_| "product_00000000000000000000000000".to_owned())
        .collect();
    for (document, variables, expected) in [
        (
            "subscription { productChanged { kind } }",
            json!({}),
            "either `productIds` or `sellerId`",
        ),
        (OF_PRODUCTS, json!({ "ids": [] }), "productIds"),
        (OF_PRODUCTS, json!({ "ids": many }), "at most 100"),
        (
            OF_PRODUCTS,
            json!({ "ids": ["variant_00000000000000000000000000"] }),
            "productIds.0",
        ),
        (
            "subscription { a: productChanged(sellerId: \"x\") { kind } b: productChanged(sellerId: \"x\") { kind } }",
            json!({}),
            "exactly one field",
        ),
        ("subscription { __typename }", json!({}), "__typename"),
        (
            "subscription { productChanged(sellerId: \"x\") @skip(if: true) { kind } }",
            json!({}),
            "directives",
        ),
        (
            "subscription { ...F @include(if: false) } fragment F on Subscription { productChanged(sellerId: \"x\") { kind } }",
            json!({}),
            "directives",
        ),
        ("subscription { nothing { kind } }", json!({}), "nothing"),
        (
            "subscription { productChanged(sellerId: \"x\") { nothing } }",
            json!({}),
            "nothing",
        ),
    ] {
        let mut events = Events::of(&app, Actor::Anonymous, document, &variables).await;
        let (event, answer) = events.next().await.unwrap();
        assert_eq!(event, "next");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{document}: {message}");
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            "VALIDATION_ERROR"
        );
        assert_eq!(events.next().await.unwrap().0, "complete");
        assert_eq!(events.next().await, None);
    }
    assert_eq!(app.app.tasks.len(), 0);
}

/// The field may stand in a fragment, and as often as one likes under one name.
#[tokio::test]
async fn fragments_are_spread_out() {
    let app = TestApp::on_sqlite().await;
    let shop = Shop::open(&app, "spread").await;
    let document = "subscription ($s: ID!) { ...F ... on Subscription { productChanged(sellerId: $s) { position } } }
        fragment F on Subscription { productChanged(sellerId: $s) { kind } }";
    for _ in 0..2 {
        let mut events =
            Events::of(&app, Actor::Anonymous, document, &json!({ "s": shop.id })).await;
        let told = events.told().await;
        assert_eq!(told["kind"], "STARTED");
        assert!(told["position"].is_string());
    }
}

/// Whoever takes nothing but events gets them for everything, and whoever takes more gets them for subscriptions only.
#[tokio::test]
async fn answers_come_as_they_are_accepted() {
    let app = TestApp::on_sqlite().await;
    let shop = Shop::open(&app, "accepted").await;
    let subscription = format!(
        "subscription {{ productChanged(sellerId: {}) {{ kind }} }}",
        shop.id
    );
    let query = "{ sellers(first: 1) { nodes { name } } }";
    let ask = async |document: &str, accept: &'static str| {
        let mut request = gql_request(Actor::Anonymous, document, &json!({}));
        let accept = HeaderValue::from_static(accept);
        request.headers_mut().insert(header::ACCEPT, accept);
        Events::ask(&app, request).await
    };
    let mut events = ask(query, "text/event-stream").await;
    let (event, answer) = events.next().await.unwrap();
    assert_eq!(
        (
            event.as_str(),
            &answer["data"]["sellers"]["nodes"][0]["name"]
        ),
        ("next", &json!("accepted"))
    );
    assert_eq!(events.next().await.unwrap().0, "complete");
    assert_eq!(events.next().await, None);
    let all =
        "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    assert!(
        ask(query, all)
            .await
            .content_type
            .starts_with("application/graphql-response+json")
    );
    assert!(
        ask(&subscription, all)
            .await
            .content_type
            .starts_with("text/event-stream")
    );
    let refused = ask(&subscription, "application/json, text/event-stream;q=0").await;
    assert!(refused.content_type.starts_with("application/json"));
    assert_eq!(ask(query, "text/html").await.status, 406);
    // By GET too, as `EventSource` asks; but no mutation.
    for (document, status) in [
        (subscription.as_str(), 200),
        ("mutation { sessionEnd { userErrors { code } } }", 405),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(document.as_bytes()).collect();
        let request = Request::builder()
            .method(Method::GET)
            .uri(format!("/graphql?query={query}"))
            .header(header::ACCEPT, "text/event-stream")
            .body(axum::body::Body::empty())
            .unwrap();
        assert_eq!(Events::ask(&app, request).await.status, status);
    }
}
