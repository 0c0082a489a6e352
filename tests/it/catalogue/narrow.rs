//! Lists read no more columns than are shown, and all of these.

use crate::support::TestApp;
use serde_json::{Value, json};

/// What is shown of the type beside its lists: each of its fields as it is selected.
async fn fields(app: &TestApp, type_name: &str) -> Vec<String> {
    let document = "query ($name: String!) { __type(name: $name) { fields { name args { name } type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } } } }
        fragment T on __Type { kind fields { name args { name } type { kind ofType { kind } } } }";
    let reply = app.gql(document, json!({ "name": type_name })).await;
    let fields = reply.data()["__type"]["fields"].as_array().unwrap();
    fields.iter().filter_map(selection).collect()
}

/// The field with the plain fields of what it leads to; nothing where it takes arguments.
fn selection(field: &Value) -> Option<String> {
    let is_plain = |kind: &Value| kind == "SCALAR" || kind == "ENUM";
    let takes_none = |field: &Value| field["args"].as_array().is_some_and(Vec::is_empty);
    if !takes_none(field) {
        return None;
    }
    let name = field["name"].as_str()?;
    let mut of = &field["type"];
    while of["kind"] == "NON_NULL" || of["kind"] == "LIST" {
        of = &of["ofType"];
    }
    let Some(inner) = of["fields"].as_array() else {
        return Some(name.to_owned());
    };
    let is_leaf = |field: &&Value| {
        let of = &field["type"];
        takes_none(field) && (is_plain(&of["kind"]) || is_plain(&of["ofType"]["kind"]))
    };
    let leaves: Vec<_> = inner
        .iter()
        .filter(is_leaf)
        .filter_map(|field| field["name"].as_str())
        .collect();
    let leaves = if leaves.is_empty() {
        "__typename".to_owned()
    } else {
        leaves.join(" ")
    };
    Some(format!("{name} {{ {leaves} }}"))
}

/// Whatever is asked for of the items of `list`, each by itself, is what is known of them by their ids.
async fn each_field_is_read(app: &TestApp, type_name: &str, list: &str, place: &str) {
    let ask = async |selected: &str| {
        let reply = app.gql(&list.replace('$', selected), json!({})).await;
        reply
            .data()
            .pointer(place)
            .unwrap()
            .as_array()
            .unwrap()
            .clone()
    };
    let ids = ask("id").await;
    assert!(ids.len() > 1, "{type_name}");
    let ids: Vec<_> = ids.iter().map(|item| item["id"].clone()).collect();
    let fields = fields(app, type_name).await;
    assert!(fields.len() > 5, "{fields:?}");
    for field in fields {
        let document = format!(
            "query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_name} {{ {field} }} }} }}"
        );
        let whole = app.gql(&document, json!({ "ids": ids })).await;
        assert_eq!(json!(ask(&field).await), whole.data()["nodes"], "{field}");
    }
}

/// Values that nobody could mistake for none.
async fn fill(app: &TestApp) {
    tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
    for sql in [
        "UPDATE product SET description = 'Of wood', metadata = '{\"shelf\": 7}', version = 3",
        "UPDATE variant SET barcode = '4006381333931', weight_grams = 907, weight_unit = 'POUNDS', compare_at_price = price + 100, version = 4",
        "UPDATE review SET title = 'Well made', version = 5",
    ] {
        app.execute(sql).await;
    }
}

on_both_databases! {
    async fn of_whatever_is_asked_for(app: TestApp) {
        fill(&app).await;
        for sort in ["CREATED_AT", "NAME", "PRICE", "RATING"] {
            let list = format!("{{ products(first: 5, sort: {{ by: {sort}, direction: DESC }}) {{ nodes {{ $ }} pageInfo {{ endCursor }} }} }}");
            each_field_is_read(&app, "Product", &list, "/products/nodes").await;
        }
        let variants = "{ products(first: 1) { nodes { variants(first: 3) { nodes { $ } } } } }";
        each_field_is_read(&app, "Variant", variants, "/products/nodes/0/variants/nodes").await;
        each_field_is_read(&app, "Review", "{ reviews(first: 5) { nodes { $ } } }", "/reviews/nodes").await;
        let of_product = "{ products(first: 1, sort: { by: RATING, direction: DESC }) { nodes { reviews(first: 5) { nodes { $ } } } } }";
        each_field_is_read(&app, "Review", of_product, "/products/nodes/0/reviews/nodes").await;
        let of_seller = "{ sellers(first: 1) { nodes { products(first: 3, sort: { by: PRICE, direction: ASC }) { nodes { $ } } } } }";
        each_field_is_read(&app, "Product", of_seller, "/sellers/nodes/0/products/nodes").await;
    }

    /// Pages are found again by columns that are not shown.
    async fn cursors_hold_what_is_not_shown(app: TestApp) {
        fill(&app).await;
        for sort in ["NAME", "PRICE", "RATING"] {
            let document = format!(
                "query ($after: String) {{ products(first: 7, after: $after, sort: {{ by: {sort}, direction: ASC }}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"
            );
            let first = app.gql(&document, json!({})).await;
            let page = &first.data()["products"];
            let second = app.gql(&document, json!({ "after": page["pageInfo"]["endCursor"] })).await;
            let both: Vec<_> = [page, &second.data()["products"]]
                .iter()
                .flat_map(|page| page["nodes"].as_array().unwrap().clone())
                .collect();
            let whole = document.replace("first: 7", "first: 14");
            assert_eq!(json!(both), app.gql(&whole, json!({})).await.data()["products"]["nodes"], "{sort}");
        }
    }
}
