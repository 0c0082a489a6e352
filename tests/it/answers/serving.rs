//! What is kept, for whom, and what is said of it over HTTP.

use super::shop::Shop;
use crate::support::{Reply, TestApp, admin, gql_request, someone};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};
use url::form_urlencoded;

const LIST: &str = "query List { products { nodes { name } } }";

async fn get(app: &TestApp, document: &str, headers: &[(&str, &str)]) -> Reply {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", document)
        .finish();
    let mut request = Request::get(format!("/graphql?{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Posts as nobody, with these headers.
async fn post(app: &TestApp, document: &str, headers: &[(&'static str, &str)]) -> Reply {
    let mut request = gql_request(Actor::Anonymous, document, &json!({}));
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    app.send(request).await
}

on_both_databases! {
    async fn what_was_asked_before_asks_the_database_nothing(app: TestApp) {
        let app = app.caching().await;
        Shop::open(&app, "quay").await.sells(&app, "Mug", "5").await;
        let first = app.gql(LIST, json!({})).await;
        assert_eq!(first.statements, 1);
        // The same words, and the same meaning in other words.
        let same = app.gql(LIST, json!({})).await;
        let other = app.gql(LIST, json!({ "unused": 1 })).await;
        let by_get = get(&app, LIST, &[]).await;
        for again in [&same, &other, &by_get] {
            assert_eq!((again.statements, again.data()), (0, first.data()));
            let cost = &again.body["extensions"]["cost"];
            assert_eq!((&cost["actual"], &cost["throttle"]), (&json!(0), &Value::Null));
        }
        assert_eq!(first.data()["products"]["nodes"], json!([{ "name": "Mug" }]));
    }

    async fn rows_are_kept_under_what_differs(app: TestApp) {
        let app = app.caching().await;
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.sells(&app, "Mug", "5").await;
        let ask = async |fields: &str| {
            let document = format!("query ($id: ID!) {{ product(id: $id) {{ {fields} seller {{ {fields} }} }} }}");
            app.gql(&document, json!({ "id": mug["id"] })).await
        };
        assert_eq!(ask("id").await.statements, 2);
        assert_eq!(ask("id name").await.statements, 0);
        let metrics = app.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
        let Value::String(text) = metrics.body else { panic!("the metrics are text") };
        for cache in ["answers", "products", "sellers", "categories"] {
            for name in ["cache_hits_total", "cache_misses_total", "cache_purges_total", "cache_bytes", "cache_hit_ratio"] {
                assert!(text.contains(&format!("{name}{{cache=\"{cache}\"}}")), "{name} of {cache}");
            }
        }
    }

    async fn only_the_public_shares(app: TestApp) {
        let app = app.caching().await;
        let shop = Shop::open(&app, "quay").await;
        shop.product(&app, "productCreate", json!({ "sellerId": shop.id, "name": "Draft" })).await;
        shop.sells(&app, "Mug", "5").await;
        let document = "query ($id: ID!) { seller(id: $id) { products(statuses: [DRAFT, ACTIVE]) { totalCount } } }";
        let ask = async |actor| app.gql_as(actor, document, json!({ "id": shop.id })).await;
        let count = |reply: &Reply| reply.data()["seller"]["products"]["totalCount"].clone();
        // Whoever comes first: nobody is shown what another is.
        for _ in 0..2 {
            assert_eq!(count(&ask(shop.owner).await), 2);
            assert_eq!(count(&ask(Actor::Anonymous).await), 1);
        }
        for actor in [shop.owner, someone(Role::Customer), admin()] {
            let reply = ask(actor).await;
            assert!(reply.statements > 0);
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("etag"), None);
        }
        assert_eq!(ask(Actor::Anonymous).await.statements, 0);
    }

    async fn what_went_wrong_is_not_kept(app: TestApp) {
        let app = app.caching().await;
        let document = "{ product(slug: \"mug\") { name } products { totalCount } }";
        for _ in 0..2 {
            let reply = app.gql(document, json!({})).await;
            assert_eq!(reply.error_code(), "NOT_FOUND");
            assert!(reply.statements > 0);
            assert_eq!(reply.header("cache-control"), Some("no-store"));
        }
        Shop::open(&app, "quay").await.sells(&app, "Mug", "5").await;
        assert_eq!(app.gql(document, json!({})).await.data()["product"]["name"], "Mug");
    }

    async fn caches_on_the_way_are_told(app: TestApp) {
        let app = app.caching().await;
        Shop::open(&app, "quay").await.sells(&app, "Mug", "5").await;
        let mut etags = Vec::new();
        for reply in [get(&app, LIST, &[]).await, get(&app, LIST, &[]).await, app.gql(LIST, json!({})).await] {
            assert_eq!(reply.header("cache-control"), Some("public, max-age=10, stale-while-revalidate=60"));
            assert!(reply.header("age").unwrap().parse::<u64>().is_ok());
            let vary: Vec<_> = reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            let vary = vary.join(", ").to_ascii_lowercase();
            for name in ["accept", "authorization", "cookie", "accept-encoding"] {
                assert!(vary.split(", ").any(|known| known == name), "{vary}");
            }
            etags.push(reply.header("etag").unwrap().to_owned());
        }
        assert!(etags.iter().all(|etag| *etag == etags[0] && etag.starts_with("W/\"")), "{etags:?}");
        // The least of what is asked for.
        let stock = "{ products { nodes { variants { nodes { stock { inStock } } } } } }";
        assert!(get(&app, stock, &[]).await.header("cache-control").unwrap().contains("max-age=5,"));
        // Whoever says who it is gets the same, for itself.
        let cookie = post(&app, LIST, &[("cookie", "a=b")]).await;
        assert_eq!(cookie.header("cache-control"), Some("private, no-store"));
        assert_eq!((cookie.header("etag"), cookie.statements), (None, 0));
        // No one but the public, and nothing but what is for it.
        for document in ["{ viewer { account { id } } }", "{ sellers { nodes { members { totalCount } } } }", "{ __typename }"] {
            for _ in 0..2 {
                assert_eq!(get(&app, document, &[]).await.header("cache-control"), Some("no-store"), "{document}");
            }
        }
    }

    async fn what_is_known_does_not_come_twice(app: TestApp) {
        let app = app.caching().await;
        let shop = Shop::open(&app, "quay").await;
        shop.sells(&app, "Mug", "5").await;
        let etag = get(&app, LIST, &[]).await.header("etag").unwrap().to_owned();
        let strong = etag.trim_start_matches("W/");
        for known in [&etag, strong, "*", &format!("\"other\", {etag}")] {
            let reply = get(&app, LIST, &[("if-none-match", known)]).await;
            assert_eq!((reply.status, &reply.body), (StatusCode::NOT_MODIFIED, &json!("")), "{known}");
            assert_eq!(reply.header("etag"), Some(&*etag));
            assert!(reply.header("cache-control").unwrap().starts_with("public"));
            assert_eq!(reply.header("content-type"), None);
        }
        for known in ["\"other\"", "W/\"\"", "nonsense"] {
            assert_eq!(get(&app, LIST, &[("if-none-match", known)]).await.status, StatusCode::OK, "{known}");
        }
        // A POST is answered as a whole.
        assert_eq!(post(&app, LIST, &[("if-none-match", &etag)]).await.status, StatusCode::OK);
        shop.sells(&app, "Cup", "6").await;
        let changed = get(&app, LIST, &[("if-none-match", &etag)]).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_ne!(changed.header("etag"), Some(&*etag));
    }

    async fn both_media_types_are_of_one_answer(app: TestApp) {
        let app = app.caching().await;
        for (accept, content_type) in [
            ("application/json", "application/json; charset=utf-8"),
            ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8"),
        ] {
            for _ in 0..2 {
                let reply = get(&app, LIST, &[("accept", accept)]).await;
                assert_eq!(reply.header("content-type"), Some(content_type));
            }
        }
        // What is kept does not open what is shut.
        let mut request = gql_request(Actor::Anonymous, LIST, &json!({}));
        assert_eq!(app.gql(LIST, json!({})).await.status, StatusCode::OK);
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        assert_eq!(app.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(get(&app, LIST, &[("accept", "text/html")]).await.status, StatusCode::NOT_ACCEPTABLE);
        assert_eq!(get(&app, LIST, &[("authorization", "Bearer nonsense")]).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn nothing_is_kept_where_the_setting_says_so(app: TestApp) {
        for _ in 0..2 {
            let reply = get(&app, LIST, &[]).await;
            assert_eq!((reply.statements, reply.header("cache-control")), (1, Some("no-store")));
        }
    }
}
