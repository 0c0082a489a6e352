//! Many who ask for the same at once.

use super::shop::Shop;
use crate::support::TestApp;
use futures_util::future::join_all;
use serde_json::json;

const LIST: &str = "{ products(sort: { by: NAME }) { nodes { name seller { name } } } }";

on_both_databases! {
    async fn one_asks_the_database_for_all(app: TestApp) {
        let app = app.caching().await;
        let shop = Shop::open(&app, "quay").await;
        for round in 0..3 {
            // Whatever was kept is gone.
            shop.sells(&app, &format!("Mug {round}"), "5").await;
            // In other words each, so that nobody goes by the bytes.
            let ask = |number: u32| app.gql(LIST, json!({ "unused": number }));
            let replies = join_all((0..100).map(ask)).await;
            let statements: u32 = replies.iter().map(|reply| reply.statements).sum();
            assert!((1..=2).contains(&statements), "{statements} statements for a hundred who ask");
            assert!(replies.iter().all(|reply| reply.data() == replies[0].data()));
            let nodes = replies[0].data()["products"]["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), round + 1);
        }
    }

    async fn those_who_wait_for_one_who_leaves_go_on(app: TestApp) {
        let app = app.caching().await;
        Shop::open(&app, "quay").await.sells(&app, "Mug", "5").await;
        for _ in 0..20 {
            let app = &app;
            let leaving = async {
                // Dropped while it waits for the database.
                let ask = app.gql(LIST, json!({ "unused": "leaving" }));
                let _ = tokio::time::timeout(std::time::Duration::from_micros(50), ask).await;
            };
            let staying = join_all((0..10).map(|number| app.gql(LIST, json!({ "unused": number }))));
            let ((), replies) = tokio::join!(leaving, staying);
            for reply in replies {
                assert_eq!(reply.data()["products"]["nodes"][0]["name"], "Mug");
            }
            let shop = "UPDATE seller SET name = name";
            app.execute(shop).await;
            app.app.purger.purge_all();
        }
    }

    async fn what_went_wrong_is_each_ones_own(app: TestApp) {
        let app = app.caching().await;
        let document = "{ product(slug: \"none\") { name } }";
        let replies = join_all((0..20).map(|number| app.gql(document, json!({ "unused": number })))).await;
        let mut ids: Vec<_> = replies
            .iter()
            .map(|reply| {
                assert_eq!(reply.error_code(), "NOT_FOUND");
                reply.header("x-request-id").unwrap().to_owned()
            })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 20);
    }
}
