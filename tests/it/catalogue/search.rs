//! Search and facets, over the rows of the bench seed.

use crate::support::TestApp;
use serde_json::{Value, json};

/// What narrows a list to a facet's value.
type Filter = fn(&str) -> String;

async fn search(app: &TestApp, arguments: &str) -> Value {
    let document = format!(
        "{{ search({arguments}) {{ totalCount pageInfo {{ hasNextPage endCursor }}
            nodes {{ id name seller {{ id name }} category {{ id }} inStock priceRange {{ min {{ amount }} }} }}
            facets {{ field option values {{ value label count }} }} }} }}"
    );
    app.gql(&document, json!({})).await.data()["search"].clone()
}

fn names(found: &Value) -> Vec<&str> {
    found["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect()
}

fn facet<'a>(found: &'a Value, field: &str) -> &'a Vec<Value> {
    let facets = found["facets"].as_array().unwrap();
    let facet = facets.iter().find(|facet| facet["field"] == field);
    facet.unwrap_or_else(|| panic!("no facet {field} in {found:#}"))["values"]
        .as_array()
        .unwrap()
}

on_both_databases! {
    async fn finds_words_in_any_order_stemmed_folded_and_half_typed(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let all = search(&app, "query: \"merino beanie\", first: 100").await;
        assert!(!names(&all).is_empty());
        for query in ["BEANIE Merino", "merino beanies", "mérino   beanie!", "merino bean", "the merino and a beanie"] {
            let found = search(&app, &format!("query: \"{query}\", first: 100")).await;
            assert_eq!(found["totalCount"], all["totalCount"], "{query}");
        }
        for query in ["merino zzzz", "!!!", "\\\" OR zzzz=1 --", "merino & | ! ( beanie:* )zzzz", "NEAR(merino zzzz)"] {
            let found = search(&app, &format!("query: \"{query}\"")).await;
            assert_eq!((found["totalCount"].as_i64(), names(&found).len()), (Some(0), 0), "{query}");
        }
    }

    async fn an_empty_query_is_every_product(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let found = search(&app, "query: \" \", first: 3, facets: [AVAILABILITY]").await;
        assert_eq!(found["totalCount"], 2_000);
        let counted: i64 = facet(&found, "AVAILABILITY").iter().map(|value| value["count"].as_i64().unwrap()).sum();
        assert_eq!(counted, 2_000);
    }

    async fn the_name_weighs_most(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let found = search(&app, "query: \"beanie\", first: 5").await;
        assert!(names(&found).iter().all(|name| name.contains("Beanie")), "{found:#}");
    }

    async fn is_walked_without_gaps_or_repeats(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        for by in ["RELEVANCE", "PRICE", "NAME"] {
            let mut seen = std::collections::HashSet::new();
            let mut after = String::new();
            let total = loop {
                let page = search(&app, &format!("query: \"linen\", sort: {{ by: {by} }}, first: 7{after}")).await;
                for node in page["nodes"].as_array().unwrap() {
                    assert!(seen.insert(node["id"].as_str().unwrap().to_owned()), "{by} repeats");
                }
                if page["pageInfo"]["hasNextPage"] == false {
                    break page["totalCount"].as_u64().unwrap();
                }
                after = format!(", after: {}", page["pageInfo"]["endCursor"]);
            };
            assert_eq!(seen.len() as u64, total, "{by}");
            assert!(total > 20);
        }
    }

    /// Picking a facet's value gives as many matches as it promised.
    async fn facets_keep_their_word(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let found = search(
            &app,
            "query: \"linen\", first: 1, facets: [CATEGORY, SELLER, TAG, PRICE, RATING, OPTION, AVAILABILITY]",
        )
        .await;
        let filters: [(&str, Filter); 6] = [
            ("CATEGORY", |value| format!("categoryId: \"{value}\"")),
            ("SELLER", |value| format!("sellerIds: [\"{value}\"]")),
            ("TAG", |value| format!("tags: [\"{value}\"]")),
            ("RATING", |value| format!("ratingAtLeast: \"{value}\"")),
            ("AVAILABILITY", |value| format!("inStock: {value}")),
            ("OPTION", |value| format!("options: [{{ name: \"Size\", values: [\"{value}\"] }}]")),
        ];
        for (field, filter) in filters {
            let values = facet(&found, field);
            assert!(!values.is_empty(), "{field}");
            for value in values.iter().take(3) {
                let filter = filter(value["value"].as_str().unwrap());
                let narrowed = search(&app, &format!("query: \"linen\", filter: {{ {filter} }}")).await;
                assert_eq!(narrowed["totalCount"], value["count"], "{field} {filter}");
            }
        }
        let prices = facet(&found, "PRICE");
        let counted: i64 = prices.iter().map(|value| value["count"].as_i64().unwrap()).sum();
        assert_eq!(counted, found["totalCount"].as_i64().unwrap());
    }

    /// Who has picked one shop still sees what the others have.
    async fn a_facet_leaves_its_own_filter_aside(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let all = search(&app, "query: \"linen\", first: 1, facets: [SELLER, AVAILABILITY]").await;
        let seller = facet(&all, "SELLER")[0]["value"].as_str().unwrap();
        let picked = format!("query: \"linen\", first: 1, facets: [SELLER, AVAILABILITY], filter: {{ sellerIds: [\"{seller}\"] }}");
        let picked = search(&app, &picked).await;
        assert_eq!(facet(&picked, "SELLER"), facet(&all, "SELLER"));
        assert_ne!(facet(&picked, "AVAILABILITY"), facet(&all, "AVAILABILITY"));
    }

    async fn takes_a_bounded_number_of_statements(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        for first in [1, 20, 100] {
            let document = format!(
                "{{ search(query: \"l\", first: {first}, facets: [CATEGORY, SELLER, TAG, PRICE, RATING, OPTION, AVAILABILITY]) {{
                    totalCount nodes {{ seller {{ name }} variants(first: 2) {{ nodes {{ sku stock {{ available }} }} }} }}
                    facets {{ field values {{ value count }} }} }} }}"
            );
            let reply = app.gql(&document, json!({})).await;
            assert_eq!(reply.data()["search"]["nodes"].as_array().unwrap().len(), first);
            // Matches, sellers, variants, stock; the count; all facets.
            assert_eq!(reply.statements, 6, "{first}");
        }
    }
}
