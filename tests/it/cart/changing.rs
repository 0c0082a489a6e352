//! Changing carts, one after the other and at once.

use super::{Market, address, changed, codes, eur, insist, own, update, with};
use crate::support::{
    TestApp,
    shops::{done, person, refused},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

on_both_databases! {
    async fn several_changes_are_one(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 3).await;
        let ada = person(&app, "ada").await;
        let cart = changed(&app, ada, shop.add(2)).await;
        assert_eq!((&cart["currency"], &cart["quantity"], &cart["version"]), (&json!("EUR"), &json!(6), &json!(2)));
        assert_eq!(cart["totals"]["total"]["amount"], "60.00");
        assert_eq!(cart["email"], "ada@shop.example", "the account's address is known");
        let lines = cart["lines"].as_array().unwrap();
        let change = json!({
            "cartId": cart["id"], "expectedVersion": 2,
            "remove": [lines[0]["id"]], "set": [{ "lineId": lines[1]["id"], "quantity": 5 }, { "lineId": lines[2]["id"], "quantity": 0 }],
            "add": [{ "variantId": shop.variants[0], "quantity": 1 }, { "variantId": shop.variants[0], "quantity": 2 }],
            "note": "Ring twice.", "shippingAddress": address(), "email": "ada@home.example",
        });
        let after = changed(&app, ada, change.clone()).await;
        let quantities: Vec<_> = after["lines"].as_array().unwrap().iter().map(|line| line["quantity"].clone()).collect();
        assert_eq!(quantities, [json!(5), json!(3)], "what is put in anew stands behind");
        assert_eq!((&after["note"], &after["shippingAddress"]["country"]), (&json!("Ring twice."), &json!("DE")));
        assert_eq!(own(&app, ada).await, after, "what is answered is what is kept");
        let stale = update(&app, ada, change).await;
        assert_eq!(refused(&stale).0, "CONFLICT");
        assert_eq!(own(&app, ada).await, after);
        let emptied = changed(&app, ada, json!({ "remove": [after["lines"][0]["id"], after["lines"][1]["id"]], "email": null })).await;
        assert_eq!((&emptied["currency"], &emptied["totals"], &emptied["email"]), (&json!(null), &json!(null), &json!(null)));
    }

    async fn an_empty_cart_takes_another_currency(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "USD", 1).await);
        let ada = person(&app, "ada").await;
        let cart = changed(&app, ada, quay.add(1)).await;
        let mixed = update(&app, ada, mill.add(1)).await;
        assert_eq!(refused(&mixed), ("CONFLICT".to_owned(), "add.0.variantId".to_owned()));
        let other = changed(&app, ada, with(mill.add(1), json!({ "remove": [cart["lines"][0]["id"]] }))).await;
        assert_eq!(other["currency"], "USD");
    }

    /// Twenty who put different things into one cart at once: nothing of it is lost.
    async fn no_change_is_lost(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 20).await;
        let ada = person(&app, "ada").await;
        let add = async |id: &Value, quantity: i32| {
            let input = json!({ "add": [{ "variantId": id, "quantity": quantity }] });
            insist(async || update(&app, ada, input.clone()).await).await
        };
        let adds = shop.variants.iter().map(|id| add(id, 2));
        for reply in join_all(adds).await {
            done(&reply);
        }
        let cart = own(&app, ada).await;
        assert_eq!((cart["lines"].as_array().unwrap().len(), &cart["quantity"]), (20, &json!(40)));
        assert_eq!(cart["version"], 21, "each counted once");
        let carts: i64 = app.value("SELECT count(*) FROM cart").await;
        assert_eq!(carts, 1, "there is one active cart, whoever came first");
        // And of the same line, all of it adds up.
        let adds = (0..20).map(|_| add(&shop.variants[0], 1));
        for reply in join_all(adds).await {
            done(&reply);
        }
        let cart = own(&app, ada).await;
        let quantities = cart["lines"].as_array().unwrap().iter().map(|line| line["quantity"].as_i64().unwrap());
        assert_eq!(quantities.max(), Some(22));
    }

    async fn of_twins_that_expect_the_same_version_one_is_done(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        changed(&app, ada, shop.add(1)).await;
        let input = with(shop.add(1), json!({ "expectedVersion": 2 }));
        let twins = (0..8).map(|_| insist(async || update(&app, ada, input.clone()).await));
        let replies = join_all(twins).await;
        let is_done = |reply: &&crate::support::Reply| reply.data()["done"]["userErrors"] == json!([]);
        assert_eq!(replies.iter().filter(is_done).count(), 1);
        assert_eq!(own(&app, ada).await["quantity"], 2);
    }

    async fn a_key_does_it_once(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        let document = "mutation ($input: CartUpdateInput!) { cartUpdate(input: $input) { cart { quantity } userErrors { code } } }";
        let input = json!({ "input": shop.add(3) });
        let key = "5f0c8f0e-7c43-4a53-8f5a-0a4c3d1e9b11";
        for _ in 0..2 {
            let reply = app.gql_keyed(ada, key, document, input.clone()).await;
            assert_eq!(reply.data()["cartUpdate"]["cart"]["quantity"], 3);
        }
    }

    async fn shipping_is_chosen_shop_by_shop(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let ada = person(&app, "ada").await;
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90"), "freeFrom": eur("30.00"), "countries": ["de"] })).await;
        quay.method(&app, json!({ "name": "Ship", "price": eur("9.00"), "countries": ["US"] })).await;
        let add = json!({ "add": [{ "variantId": quay.variants[0] }, { "variantId": mill.variants[0] }], "shippingAddress": address() });
        let cart = changed(&app, ada, add).await;
        assert_eq!(codes(&cart, "missing"), ["SHIPPING_METHOD_MISSING"]);
        let of = |cart: &Value, name: &str| cart["sellers"].as_array().unwrap().iter().find(|part| part["name"] == name).unwrap().clone();
        assert_eq!(of(&cart, "quay")["shippingMethods"].as_array().unwrap().len(), 1, "what does not go there is not shown");
        let choose = json!({ "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] });
        let chosen = changed(&app, ada, choose.clone()).await;
        assert_eq!(codes(&chosen, "missing"), Vec::<String>::new(), "where a shop has no ways, none is to be chosen");
        assert_eq!((&chosen["totals"]["shipping"]["amount"], &chosen["totals"]["total"]["amount"]), (&json!("4.90"), &json!("24.90")));
        let more = changed(&app, ada, json!({ "set": [{ "lineId": of(&chosen, "quay")["lineIds"][0], "quantity": 3 }] })).await;
        assert_eq!(more["totals"]["shipping"]["amount"], "0.00", "from thirty on it is free");
        let foreign = update(&app, ada, json!({ "shipping": [{ "sellerId": mill.seller, "methodId": post["id"] }] })).await;
        assert_eq!(refused(&foreign), ("NOT_FOUND".to_owned(), "shipping.0.methodId".to_owned()));
    }
}
