//! From opening a shop to a product that everyone finds.

use super::{PRODUCT, Shop, eur, see, sound, step, take};
use crate::support::{
    TestApp, admin,
    shops::{done, mutate, person},
};
use serde_json::{Value, json};
use tradewind::caller::Actor;

/// How many products everyone finds by this word.
async fn found(app: &TestApp, word: &str) -> Value {
    let reply = app
        .gql(
            "query ($word: String!) { search(query: $word) { totalCount } }",
            json!({ "word": word }),
        )
        .await;
    reply.data()["search"]["totalCount"].clone()
}

on_both_databases! {
    async fn a_product_is_made_published_found_and_hidden(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let category = "INSERT INTO category (id, slug, name, created_at, updated_at) \
            SELECT id, 'mugs', 'Mugs', created_at, created_at FROM seller";
        app.execute(category).await;
        let reply = app.gql("{ categories(first: 1) { nodes { id } } }", json!({})).await;
        let category = reply.data()["categories"]["nodes"][0]["id"].clone();
        let input = shop.of(json!({
            "name": " Tide  Pool Mug ", "description": "<p onclick='x()'>Holds <b>tea</b>.<script>x()</script></p>",
            "categoryId": category, "tags": ["Kitchen", "tea time", "KITCHEN"], "options": ["Size", "Colour"],
            "metadata": [{ "key": "maker", "value": "Ada" }],
            "variants": [
                { "price": eur("12.50"), "sku": "MUG-S", "options": [{ "name": "Colour", "value": "Blue" }, { "name": "Size", "value": "S" }] },
                { "price": eur("15"), "sku": "MUG-L", "weight": { "value": "0.5", "unit": "KILOGRAMS" },
                  "options": [{ "name": "Size", "value": "L" }, { "name": "Colour", "value": "Blue" }] },
            ],
        }));
        let made = mutate(&app, shop.owner, "productCreate", PRODUCT, input).await;
        assert!(made.statements <= 32, "{}", made.statements);
        let product = done(&made)["product"].clone();
        for (field, expected) in [
            ("name", json!("Tide Pool Mug")), ("handle", json!("tide-pool-mug")), ("slug", json!("tide-pool-mug")),
            ("description", json!("<p>Holds <b>tea</b>.</p>")), ("status", json!("DRAFT")), ("version", json!(1)),
            ("category", json!({ "id": category })), ("metadata", json!({ "maker": "Ada" })),
            ("priceRange", json!({ "min": { "amount": "12.50" }, "max": { "amount": "15.00" } })),
            ("options", json!([{ "name": "Size", "values": ["S", "L"] }, { "name": "Colour", "values": ["Blue"] }])),
            ("tags", json!({ "nodes": [{ "slug": "kitchen" }, { "slug": "tea-time" }] })),
        ] {
            assert_eq!(product[field], expected, "{field}");
        }
        assert_eq!(product["variants"]["nodes"][1]["name"], "L / Blue");

        assert_eq!(see(&app, Actor::Anonymous, &product).await, None);
        assert_eq!(found(&app, "tide").await, 0);
        let published = mutate(&app, shop.owner, "productPublish", PRODUCT, step(&product)).await;
        assert!(published.statements <= 17, "{}", published.statements);
        let product = done(&published)["product"].clone();
        assert_eq!((&product["status"], &product["version"]), (&json!("ACTIVE"), &json!(2)));
        assert_eq!(see(&app, Actor::Anonymous, &product).await.unwrap()["status"], "ACTIVE");
        assert_eq!((found(&app, "tide mug").await, found(&app, "MUG-L").await), (json!(1), json!(1)));

        let product = take(&app, &shop, "productUnpublish", &product).await;
        assert_eq!(product["status"], "INACTIVE");
        assert_eq!(found(&app, "tide").await, 0);
        assert_eq!(see(&app, Actor::Anonymous, &product).await, None);
        sound(&app).await;
        let events = "SELECT count(*) FROM outbox_event WHERE name = 'catalogue.product_changed'";
        assert_eq!(app.value::<i64>(events).await, 3);
    }

    async fn what_is_changed_is_written_down_field_by_field(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let product = shop.mug(&app, "Mug").await;
        let input = json!({ "id": product["id"], "expectedVersion": 1, "name": "Cup", "tags": ["tea"], "description": "Holds tea." });
        let updated = mutate(&app, shop.owner, "productUpdate", PRODUCT, input).await;
        assert!(updated.statements <= 32, "{}", updated.statements);
        assert_eq!(done(&updated)["product"]["version"], 2);
        let variant = &product["variants"]["nodes"][0];
        let input = json!({ "id": variant["id"], "expectedVersion": variant["version"], "price": eur("6") });
        done(&mutate(&app, shop.owner, "variantUpdate", "variant { price { amount } }", input).await);
        // The same again is no change.
        let input = json!({ "id": product["id"], "expectedVersion": 2, "name": "Cup" });
        assert_eq!(done(&mutate(&app, shop.owner, "productUpdate", PRODUCT, input).await)["product"]["version"], 2);
        let rows: Vec<String> = app.column(
            "SELECT action || ' ' || before || ' ' || after FROM audit_entry WHERE action IN ('product.update', 'variant.update') \
             AND seller_id IS NOT NULL ORDER BY action"
        ).await;
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows[0].contains("\"name\":\"Mug\"") && rows[0].contains("\"name\":\"Cup\"") && rows[0].contains("tags"), "{}", rows[0]);
        assert!(!rows[0].contains("status"), "{}", rows[0]);
        assert_eq!(rows[1], "variant.update {\"price\":500} {\"price\":600}");
        sound(&app).await;
    }

    async fn the_demos_seller_can_publish(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let shop = "SELECT account.display_name FROM seller_member JOIN account ON account.id = seller_member.account_id \
            JOIN seller ON seller.id = seller_member.seller_id WHERE seller.handle = 'north-quay-outfitters'";
        assert_eq!(app.value::<String>(shop).await, "Selim Seller");
        // Strangers see what they saw before there were members.
        let ada = person(&app, "ada").await;
        let slug = json!({ "slug": "harbour-rain-jacket" });
        let document = "query ($slug: String!) { product(slug: $slug) { id slug } }";
        let product = app.gql(document, slug.clone()).await.data()["product"].clone();
        app.execute("UPDATE product SET status = 'DRAFT' WHERE slug = 'harbour-rain-jacket'").await;
        assert_eq!(see(&app, ada, &product).await, None);
    }

    async fn a_shop_is_found_by_its_new_name(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.mug(&app, "Mug").await;
        take(&app, &shop, "productPublish", &mug).await;
        let input = json!({ "id": shop.id, "name": "Lighthouse", "expectedVersion": 1 });
        done(&mutate(&app, shop.owner, "sellerUpdate", "", input).await);
        sound(&app).await;
        assert_eq!((found(&app, "lighthouse").await, found(&app, "quay").await), (json!(1), json!(0)));
    }

    async fn a_renamed_category_is_found_by_its_new_name(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let made = mutate(&app, admin(), "categoryCreate", "category { id version }", json!({ "name": "Kitchen" })).await;
        let category = done(&made)["category"].clone();
        let fields = json!({ "name": "Mug", "categoryId": category["id"], "variants": [{ "price": eur("5.00") }] });
        let mug = shop.product(&app, fields).await;
        done(&mutate(&app, shop.owner, "productPublish", "product { status }", step(&mug)).await);
        assert_eq!((found(&app, "kitchen").await, found(&app, "scullery").await), (json!(1), json!(0)));
        let rename = json!({ "id": category["id"], "expectedVersion": category["version"], "name": "Scullery" });
        done(&mutate(&app, admin(), "categoryUpdate", "category { name }", rename).await);
        sound(&app).await;
        assert_eq!((found(&app, "kitchen").await, found(&app, "scullery").await), (json!(0), json!(1)));
    }
}
