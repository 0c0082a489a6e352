//! Ways of shipping, and what tax is due where.

use crate::{
    cart::{Market, address, changed, eur},
    support::{
        TestApp, admin,
        shops::{done, join, mutate, person, refused},
    },
};
use entity::{ids::SellerId, sellers::member::Role as ShopRole};
use serde_json::json;
use tradewind::caller::Actor;

const RATES: &str = "{ taxRates { totalCount nodes { country region name rateBps included } } }";

on_both_databases! {
    async fn ways_of_shipping_are_made_by_those_who_may(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let (staff, eve) = (person(&app, "staff").await, person(&app, "eve").await);
        let seller: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, staff, seller, ShopRole::Staff).await;
        let post = shop.method(&app, json!({ "name": " Parcel  post ", "price": eur("4.90"), "countries": ["at", "de"], "minDays": 1, "maxDays": 3 })).await;
        let dollars = json!({ "sellerId": shop.seller, "method": { "name": "Post", "price": { "amount": "1", "currency": "USD" } } });
        let wrong = mutate(&app, shop.owner, "shippingMethodCreate", "method { id }", dollars.clone()).await;
        assert_eq!(refused(&wrong), ("INVALID".to_owned(), "method.price".to_owned()));
        assert_eq!(mutate(&app, staff, "shippingMethodCreate", "method { id }", dollars.clone()).await.error_code(), "FORBIDDEN");
        assert_eq!(refused(&mutate(&app, eve, "shippingMethodCreate", "method { id }", dollars).await).0, "NOT_FOUND");
        let change = json!({ "id": post["id"], "expectedVersion": 1, "method": { "name": "Post", "price": eur("0") } });
        let changed = mutate(&app, shop.owner, "shippingMethodUpdate", "method { name version countries price { amount } }", change.clone()).await;
        assert_eq!(done(&changed)["method"], json!({ "name": "Post", "version": 2, "countries": [], "price": { "amount": "0.00" } }));
        assert_eq!(refused(&mutate(&app, shop.owner, "shippingMethodUpdate", "method { id }", change.clone()).await).0, "CONFLICT");
        assert_eq!(refused(&mutate(&app, eve, "shippingMethodUpdate", "method { id }", change).await).0, "NOT_FOUND");
        let list = "query ($id: ID!) { shippingMethods(sellerId: $id) { totalCount nodes { name seller { id } } } }";
        let seen = async |actor: Actor| app.gql_as(actor, list, json!({ "id": shop.seller })).await;
        let listed = seen(staff).await;
        assert_eq!((listed.statements, &listed.data()["shippingMethods"]["totalCount"]), (3, &json!(1)));
        assert_eq!(seen(eve).await.data()["shippingMethods"]["totalCount"], 0);
        let actions: Vec<String> = app.column("SELECT action FROM audit_entry WHERE action LIKE 'shipping%' ORDER BY action").await;
        assert_eq!(actions, ["shippingMethod.create", "shippingMethod.update"]);
    }

    async fn a_shop_has_at_most_twenty(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for number in 0..20 {
            shop.method(&app, json!({ "name": format!("Way {number}"), "price": eur("1") })).await;
        }
        let input = json!({ "sellerId": shop.seller, "method": { "name": "More", "price": eur("1") } });
        assert_eq!(refused(&mutate(&app, shop.owner, "shippingMethodCreate", "method { id }", input).await).0, "CONFLICT");
    }

    async fn tax_is_what_is_due_where_it_goes(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        let set = async |rate: serde_json::Value| mutate(&app, admin(), "taxRateSet", "taxRate { country region rateBps }", rate).await;
        done(&set(json!({ "country": "de", "name": "MwSt", "rateBps": 1900, "included": true })).await);
        let island = set(json!({ "country": "DE", "region": " heligoland ", "name": "None", "rateBps": 0, "included": true })).await;
        assert_eq!(done(&island)["taxRate"]["region"], "HELIGOLAND");
        let again = set(json!({ "country": "DE", "name": "MwSt", "rateBps": 1600, "included": true })).await;
        assert_eq!(done(&again)["taxRate"]["rateBps"], 1600);
        assert_eq!(refused(&set(json!({ "country": "DE", "name": "x", "rateBps": 10001, "included": true })).await).1, "rateBps");
        assert_eq!(refused(&set(json!({ "country": "XX", "name": "x", "rateBps": 1, "included": true })).await).1, "country");
        let listed = app.gql_as(admin(), RATES, json!({})).await;
        assert_eq!((listed.statements, &listed.data()["taxRates"]["totalCount"]), (2, &json!(2)));
        assert_eq!(app.gql_as(ada, RATES, json!({})).await.error_code(), "FORBIDDEN");
        changed(&app, ada, shop.add(1)).await;
        let cart = changed(&app, ada, json!({ "shippingAddress": address() })).await;
        assert_eq!(cart["tax"], json!({ "name": "MwSt", "rateBps": 1600, "included": true }));
        let totals = &cart["totals"];
        assert_eq!((&totals["tax"]["amount"], &totals["taxAdded"]["amount"], &totals["total"]["amount"]), (&json!("1.38"), &json!("0.00"), &json!("10.00")));
        let mut there = address();
        there["region"] = json!("Heligoland");
        assert_eq!(changed(&app, ada, json!({ "shippingAddress": there })).await["tax"]["rateBps"], 0);
        let gone = mutate(&app, admin(), "taxRateRemove", "taxRate { name }", json!({ "country": "DE", "region": "HELIGOLAND" })).await;
        done(&gone);
        assert_eq!(changed(&app, ada, json!({})).await["tax"]["rateBps"], 1600);
        there["country"] = json!("FR");
        assert_eq!(changed(&app, ada, json!({ "shippingAddress": there })).await["tax"], json!(null), "where nothing is said, none is due");
    }
}
