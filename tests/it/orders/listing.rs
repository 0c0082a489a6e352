//! Lists of orders: who finds what by what.

use super::{SHOP_ORDERS, bought, buy, by, caught_up, shopper};
use crate::{
    cart::{Market, changed, with},
    payments::support::SUCCESS,
    support::{
        Reply, TestApp, admin,
        shops::{done, mutate, person},
    },
};
use serde_json::{Value, json};
use tradewind::caller::Actor;

const ORDERS: &str =
    "query ($customer: ID, $filter: OrderFilter, $sort: OrderSort, $first: Int, $after: String) {
    orders(customerId: $customer, filter: $filter, sort: $sort, first: $first, after: $after) {
        totalCount nodes { id state } pageInfo { hasNextPage endCursor } } }";
const OWN: &str = "query ($filter: OrderFilter) { viewer { account { id } orders(filter: $filter) { totalCount nodes { id } } } }";

async fn asked(app: &TestApp, variables: Value) -> Reply {
    app.gql_as(admin(), ORDERS, variables).await
}

/// The ids of the nodes of the list of this name.
fn ids(list: &Value) -> Vec<Value> {
    let nodes = list["nodes"].as_array().unwrap().iter();
    let ids: Vec<_> = nodes.map(|node| node["id"].clone()).collect();
    assert_eq!(list["totalCount"], ids.len(), "{list}");
    ids
}

fn code(reply: &Reply) -> &Value {
    &reply.body["errors"][0]["extensions"]["code"]
}

on_both_databases! {
    async fn support_finds_orders_by_what_is_known_of_them(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let ada = shopper(&app, "ada", &quay, 1).await;
        let first = bought(&app, ada, SUCCESS).await;
        let bob = shopper(&app, "bob", &mill, 2).await;
        let second = done(&buy(&app, bob, by(SUCCESS)).await)["order"].clone();
        caught_up(&app).await;
        let (first, second) = (&first["id"], &second["id"]);
        let times = app.gql_as(bob, "{ viewer { account { id } orders { nodes { createdAt } } } }", json!({})).await;
        let viewer = &times.data()["viewer"];
        let later = &viewer["orders"]["nodes"][0]["createdAt"];
        for (filter, expected) in [
            (json!({}), vec![second, first]),
            (json!({ "states": ["CONFIRMED"] }), vec![first]),
            (json!({ "states": ["CONFIRMED", "PENDING"] }), vec![second, first]),
            (json!({ "states": ["CANCELLED"] }), vec![]),
            (json!({ "createdAfter": later }), vec![second]),
            (json!({ "createdBefore": later }), vec![first]),
            (json!({ "currency": "EUR" }), vec![second, first]),
            (json!({ "currency": "USD" }), vec![]),
            (json!({ "search": "100001" }), vec![first]),
            (json!({ "search": " #100001" }), vec![first]),
            (json!({ "search": "100002" }), vec![]),
            (json!({ "search": "ADA@shop.Example" }), vec![first]),
            (json!({ "search": "bob" }), vec![second]),
            (json!({ "search": "bo" }), vec![]),
            (json!({ "search": "ob@shop" }), vec![]),
            (json!({ "search": "%" }), vec![]),
            (json!({ "search": "mill-0" }), vec![second]),
            (json!({ "search": "MILL-0" }), vec![]),
            (json!({ "search": "mill-0", "states": ["CONFIRMED"] }), vec![]),
        ] {
            let reply = asked(&app, json!({ "filter": filter })).await;
            let expected: Vec<_> = expected.into_iter().cloned().collect();
            assert_eq!(ids(&reply.data()["orders"]), expected, "{filter}");
        }
        let of_bob = asked(&app, json!({ "customer": viewer["account"]["id"] })).await;
        assert_eq!(ids(&of_bob.data()["orders"]), std::slice::from_ref(second));
        // By what they come to: 10.00 and 20.00.
        for (direction, expected) in [("ASC", [first, second]), ("DESC", [second, first])] {
            let sort = json!({ "by": "TOTAL", "direction": direction });
            let sorted = asked(&app, json!({ "filter": { "currency": "EUR" }, "sort": sort })).await;
            assert_eq!(ids(&sorted.data()["orders"]), expected.map(Clone::clone));
            assert_eq!(code(&asked(&app, json!({ "sort": sort })).await), "VALIDATION_ERROR");
        }
        for search in ["", "  ", &"a".repeat(256)] {
            let refused = asked(&app, json!({ "filter": { "search": search } })).await;
            assert_eq!(code(&refused), "VALIDATION_ERROR");
        }
        // A page at a time, either way round.
        let sort = json!({ "by": "PLACED_AT" });
        let page = asked(&app, json!({ "sort": sort, "first": 1 })).await;
        let page = &page.data()["orders"];
        assert_eq!((&page["nodes"][0]["id"], &page["pageInfo"]["hasNextPage"]), (first, &json!(true)));
        let after = &page["pageInfo"]["endCursor"];
        let rest = asked(&app, json!({ "sort": sort, "first": 1, "after": after })).await;
        let rest = &rest.data()["orders"];
        assert_eq!((&rest["nodes"][0]["id"], &rest["pageInfo"]["hasNextPage"]), (second, &json!(false)));
        // A cursor of another order is none.
        assert_eq!(code(&asked(&app, json!({ "after": after, "filter": { "currency": "EUR" }, "sort": { "by": "TOTAL" } })).await), "VALIDATION_ERROR");
        assert_eq!(code(&app.gql_as(ada, ORDERS, json!({})).await), "FORBIDDEN");
    }

    /// What someone has just bought is in their own list, before anyone has heard of it.
    async fn what_was_just_bought_is_in_ones_own_list(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = done(&buy(&app, ada, by(SUCCESS)).await)["order"]["id"].clone();
        for (filter, count) in [
            (json!({}), 1),
            (json!({ "states": ["PENDING"] }), 1),
            (json!({ "states": ["CONFIRMED"] }), 0),
            (json!({ "search": "quay-0", "currency": "EUR" }), 1),
            (json!({ "search": "ada@shop.example" }), 0),
            (json!({ "createdBefore": "2020-01-01T00:00:00Z" }), 0),
            (json!({ "createdAfter": "2020-01-01T00:00:00Z" }), 1),
        ] {
            let own = app.gql_as(ada, OWN, json!({ "filter": filter })).await;
            assert_eq!(ids(&own.data()["viewer"]["orders"]), vec![order.clone(); count], "{filter}");
        }
        // Support's list hears of it, and says how far it is behind until then.
        assert_eq!(ids(&asked(&app, json!({})).await.data()["orders"]), [Value::Null; 0]);
        assert!(tradewind::orders::measure_view(&app.app).await.unwrap() > 0.0);
        caught_up(&app).await;
        assert_eq!(tradewind::orders::measure_view(&app.app).await.unwrap().to_bits(), 0.0_f64.to_bits());
        assert_eq!(ids(&asked(&app, json!({})).await.data()["orders"]), std::slice::from_ref(&order));
        app.work_off().await;
        // What is behind lists it as it was, and shows it as it is.
        let listed = asked(&app, json!({ "filter": { "states": ["PENDING"] } })).await;
        assert_eq!(listed.data()["orders"]["nodes"][0], json!({ "id": order, "state": "CONFIRMED" }));
        // By its number it is found at once, by whose it is and by support.
        let numbered = "{ order(number: 100001) { id } }";
        let eve = person(&app, "eve").await;
        for actor in [ada, admin()] {
            assert_eq!(app.gql_as(actor, numbered, json!({})).await.data()["order"]["id"], order);
        }
        assert_eq!(code(&app.gql_as(eve, numbered, json!({})).await), "NOT_FOUND");
        assert_eq!(code(&app.gql(numbered, json!({})).await), "UNAUTHENTICATED");
        let two = "query ($id: ID) { order(number: 100001, id: $id) { id } }";
        assert_eq!(code(&app.gql_as(ada, two, json!({ "id": order })).await), "VALIDATION_ERROR");
    }

    async fn shops_find_their_own_parts_and_nothing_of_others(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let ada = shopper(&app, "ada", &quay, 1).await;
        changed(&app, ada, with(mill.add(1), json!({}))).await;
        let both = bought(&app, ada, SUCCESS).await;
        let bob = shopper(&app, "bob", &quay, 1).await;
        done(&buy(&app, bob, by(SUCCESS)).await);
        caught_up(&app).await;
        let of_quay = both["fulfilments"].as_array().unwrap().iter().find(|part| part["sellerName"] == "quay").unwrap()["id"].clone();
        let found = async |actor: Actor, shop: &Market, filter: Value| {
            let variables = json!({ "id": shop.seller, "filter": filter });
            let reply = app.gql_as(actor, SHOP_ORDERS, variables).await;
            ids(&reply.data()["shopOrders"])
        };
        // What bob has not paid is nothing for the shop yet.
        for (filter, count) in [
            (json!({}), 1),
            (json!({ "states": ["OPEN"] }), 1),
            (json!({ "states": ["SHIPPED", "PENDING"] }), 0),
            (json!({ "search": "100001" }), 1),
            (json!({ "search": "quay-0" }), 1),
            (json!({ "search": "mill-0" }), 0),
            (json!({ "search": "ada@shop.example" }), 0),
            (json!({ "createdBefore": "2020-01-01T00:00:00Z" }), 0),
            (json!({ "createdAfter": "2020-01-01T00:00:00Z" }), 1),
        ] {
            assert_eq!(found(quay.owner, &quay, filter.clone()).await, vec![of_quay.clone(); count], "{filter}");
            assert_eq!(found(mill.owner, &quay, filter).await.len(), 0);
        }
        assert_eq!(found(admin(), &quay, json!({})).await, std::slice::from_ref(&of_quay));
        assert_eq!(found(bob, &quay, json!({})).await.len(), 0);
        done(&mutate(&app, quay.owner, "fulfilmentShip", "fulfilment { state }", json!({ "id": of_quay })).await);
        caught_up(&app).await;
        assert_eq!(found(quay.owner, &quay, json!({ "states": ["SHIPPED"] })).await, [of_quay]);
        assert_eq!(found(mill.owner, &mill, json!({ "states": ["OPEN"] })).await.len(), 1);
        // Who is shown the door sees nothing any more, whatever the view says.
        app.execute("DELETE FROM seller_member").await;
        assert_eq!(found(quay.owner, &quay, json!({})).await.len(), 0);
    }
}
