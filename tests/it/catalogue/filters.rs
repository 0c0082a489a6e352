//! Filters, on the demo catalogue.

use crate::support::TestApp;
use sea_orm::ConnectionTrait;
use serde_json::json;

/// The slugs that a filter lets through, by name.
async fn slugs(app: &TestApp, filter: &str) -> Vec<String> {
    let document = format!(
        "{{ products(first: 100, sort: {{ by: NAME }}, filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }}"
    );
    let reply = app.gql(&document, json!({})).await;
    let list = &reply.data()["products"];
    let slugs: Vec<_> = list["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["slug"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(list["totalCount"], slugs.len(), "{filter}");
    slugs
}

async fn execute(app: &TestApp, sql: &str) {
    let done = app
        .app
        .database
        .write()
        .execute_unprepared(sql)
        .await
        .unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
}

fn has(slugs: &[String], slug: &str) -> bool {
    slugs.iter().any(|known| known == slug)
}

on_both_databases! {
    async fn by_category_and_those_below_it(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let reply = app
            .gql("{ category(slug: \"clothing\") { id name parent { id } ancestors { id }
                children(first: 50) { totalCount nodes { id parent { slug } } }
                products(first: 100) { totalCount nodes { slug category { slug ancestors { slug } } } } } }", json!({}))
            .await;
        let clothing = &reply.data()["category"];
        assert!(clothing["parent"].is_null() && clothing["ancestors"] == json!([]));
        assert!(clothing["children"]["nodes"].as_array().unwrap().iter().all(|node| node["parent"]["slug"] == "clothing"));
        let filtered = slugs(&app, &format!("categoryId: {}", clothing["id"])).await;
        assert!(has(&filtered, "harbour-rain-jacket"));
        let nodes = clothing["products"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), filtered.len());
        for node in nodes {
            let category = &node["category"];
            let above = category["ancestors"].as_array().unwrap();
            assert!(category["slug"] == "clothing" || above[0]["slug"] == "clothing", "{node:#}");
        }
        assert!(!has(&filtered, "tidepool-mug"));
    }

    /// "XS and yellow" is a jacket in both at once, not one that comes in XS and, elsewhere, in yellow.
    async fn by_options_of_one_variant(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let filter = "options: [{ name: \"Size\", values: [\"XS\"] }, { name: \"Colour\", values: [\"Signal Yellow\"] }]";
        assert_eq!(slugs(&app, filter).await, ["harbour-rain-jacket"]);
        execute(&app, "UPDATE variant SET deleted_at = created_at WHERE sku = 'NQO-HRJ-XS-SIG'").await;
        assert!(slugs(&app, filter).await.is_empty());
        let either = "options: [{ name: \"Size\", values: [\"XS\", \"S\"] }, { name: \"Colour\", values: [\"Signal Yellow\"] }]";
        assert_eq!(slugs(&app, either).await, ["harbour-rain-jacket"]);
    }

    async fn by_price(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let all = slugs(&app, "").await.len();
        let cheap = slugs(&app, "price: { max: \"49.99\" }").await;
        let dear = slugs(&app, "price: { min: \"50\" }").await;
        assert_eq!(cheap.len() + dear.len(), all);
        assert!(has(&dear, "harbour-rain-jacket") && !cheap.is_empty());
        assert_eq!(slugs(&app, "price: { min: \"189\", max: \"189.00\" }").await.len(), slugs(&app, "price: { min: \"189.00\", max: \"189\" }").await.len());
        assert!(slugs(&app, "price: { min: \"0\", currency: \"JPY\" }").await.is_empty());
    }

    async fn by_tag_stock_rating_and_metadata(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        assert!(has(&slugs(&app, "tags: [\"Canvas\"]").await, "slipway-deck-trousers"));
        let sold_out = slugs(&app, "inStock: false").await;
        assert!(has(&sold_out, "harbourmaster-teapot") && !has(&sold_out, "harbour-rain-jacket"));
        let all = slugs(&app, "").await.len();
        let rated = slugs(&app, "ratingAtLeast: \"1\"").await.len();
        assert!(slugs(&app, "ratingAtLeast: \"4.5\"").await.len() < rated && rated <= all);

        execute(&app, "UPDATE product SET metadata = '{\"season\": \"winter\", \"rank\": 7}' WHERE slug = 'tidepool-mug'").await;
        assert_eq!(slugs(&app, "metadata: [{ key: \"season\", value: \"winter\" }]").await, ["tidepool-mug"]);
        assert!(slugs(&app, "metadata: [{ key: \"season\", value: \"summer\" }]").await.is_empty());
        assert!(slugs(&app, "metadata: [{ key: \"rank\", value: \"7\" }]").await.is_empty(), "a number is no text");
    }
}
