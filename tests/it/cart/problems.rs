//! What a cart says before it is bought.

use super::{Market, changed, codes, eur, own, update};
use crate::support::{
    TestApp, admin,
    shops::{done, mutate, person, refused},
    stepped_up,
};
use chrono::{TimeDelta, Utc};
use serde_json::json;

on_both_databases! {
    async fn a_price_that_changed_is_told_until_it_is_accepted(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = person(&app, "ada").await;
        changed(&app, ada, shop.add(1)).await;
        let input = json!({ "id": shop.variants[0], "price": eur("12.00"), "expectedVersion": 1 });
        done(&mutate(&app, shop.owner, "variantUpdate", "variant { id }", input).await);
        let cart = own(&app, ada).await;
        assert_eq!(codes(&cart, "problems"), ["PRICE_CHANGED"]);
        assert_eq!(cart["problems"][0]["lineId"], cart["lines"][0]["id"]);
        assert_eq!((&cart["lines"][0]["priceSeen"]["amount"], &cart["lines"][0]["unitPrice"]["amount"]), (&json!("10.00"), &json!("12.00")));
        assert_eq!(cart["totals"]["total"]["amount"], "22.00", "it comes to what it costs now");
        let accepted = changed(&app, ada, json!({ "acceptPrices": true })).await;
        assert_eq!(codes(&accepted, "problems"), Vec::<String>::new());
    }

    async fn stock_that_is_sold_is_told(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = person(&app, "ada").await;
        let cart = changed(&app, ada, shop.add(3)).await;
        assert_eq!(codes(&cart, "problems"), Vec::<String>::new());
        app.execute("UPDATE stock SET on_hand = 2, reserved = 2").await;
        assert_eq!(codes(&own(&app, ada).await, "problems"), ["OUT_OF_STOCK", "OUT_OF_STOCK"]);
        app.execute("UPDATE stock SET on_hand = 4, reserved = 2").await;
        let cart = own(&app, ada).await;
        assert_eq!(codes(&cart, "problems"), ["LESS_AVAILABLE", "LESS_AVAILABLE"]);
        assert_eq!(cart["lines"][0]["available"], 2);
        app.execute("UPDATE stock SET tracked = false").await;
        assert_eq!(codes(&own(&app, ada).await, "problems"), Vec::<String>::new());
    }

    async fn what_is_not_for_sale_any_more_counts_for_nothing(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let ada = person(&app, "ada").await;
        changed(&app, ada, quay.add(1)).await;
        let cart = changed(&app, ada, mill.add(1)).await;
        assert_eq!(cart["totals"]["total"]["amount"], "20.00");
        let boss = stepped_up(admin(), app.app.clock.now());
        let input = json!({ "id": mill.seller, "reason": "Sold what was not theirs." });
        done(&mutate(&app, boss, "sellerSuspend", "seller { id }", input).await);
        let cart = own(&app, ada).await;
        assert_eq!(codes(&cart, "problems"), ["SELLER_SUSPENDED"]);
        assert_eq!((&cart["totals"]["total"]["amount"], cart["sellers"].as_array().unwrap().len()), (&json!("10.00"), 1));
        assert_eq!(refused(&update(&app, ada, mill.add(1)).await), ("NOT_FOUND".to_owned(), "add.0.variantId".to_owned()));
        app.execute("UPDATE product SET status = 'INACTIVE'").await;
        assert_eq!(codes(&own(&app, ada).await, "problems"), ["PRODUCT_GONE", "SELLER_SUSPENDED"]);
        // They can be taken out, and the rest goes on.
        let lines = own(&app, ada).await["lines"].clone();
        let emptied = changed(&app, ada, json!({ "remove": [lines[0]["id"], lines[1]["id"]] })).await;
        assert_eq!(codes(&emptied, "problems"), Vec::<String>::new());
    }

    async fn a_way_of_shipping_that_went_is_told(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        let post = shop.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        changed(&app, ada, shop.add(1)).await;
        changed(&app, ada, json!({ "shipping": [{ "sellerId": shop.seller, "methodId": post["id"] }] })).await;
        let input = json!({ "id": post["id"], "expectedVersion": 1, "method": { "name": "Post", "price": eur("4.90"), "active": false } });
        done(&mutate(&app, shop.owner, "shippingMethodUpdate", "method { id }", input).await);
        assert_eq!(codes(&own(&app, ada).await, "problems"), ["SHIPPING_METHOD_GONE"]);
    }

    async fn vouchers_that_are_no_longer_good_are_told(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        changed(&app, ada, shop.add(3)).await;
        let ends = (Utc::now() + TimeDelta::days(1)).to_rfc3339();
        shop.voucher(&app, json!({ "code": "Day", "rateBps": 1000, "endsAt": ends })).await;
        shop.voucher(&app, json!({ "code": "Big", "amount": eur("5.00"), "minimum": eur("30.00") })).await;
        let cart = changed(&app, ada, json!({ "addVoucherCodes": ["day", "BIG"] })).await;
        assert_eq!(cart["totals"]["discount"]["amount"], "8.00");
        let line = cart["lines"][0]["id"].clone();
        let cart = changed(&app, ada, json!({ "set": [{ "lineId": line, "quantity": 1 }] })).await;
        assert_eq!(codes(&cart, "problems"), ["VOUCHER_UNUSABLE"]);
        assert_eq!((&cart["problems"][0]["voucherCode"], &cart["totals"]["discount"]["amount"]), (&json!("Big"), &json!("1.00")));
        app.app.clock.advance(TimeDelta::days(2));
        assert_eq!(codes(&own(&app, ada).await, "problems"), ["VOUCHER_EXPIRED", "VOUCHER_UNUSABLE"]);
        let without = changed(&app, ada, json!({ "removeVoucherCodes": ["DAY", "big"] })).await;
        assert_eq!((codes(&without, "problems"), without["vouchers"].as_array().unwrap().len()), (Vec::new(), 0));
    }
}
