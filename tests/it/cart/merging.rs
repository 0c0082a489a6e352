//! Bringing a guest's cart along at signing in.

use super::{Market, changed, guest, insist, own, update, with};
use crate::support::{
    TestApp,
    shops::{done, mutate, person, refused},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tradewind::caller::Actor;

async fn merge(app: &TestApp, actor: Actor, token: &Value) -> crate::support::Reply {
    let selection = "cart { id quantity note lines { variantId quantity } }";
    mutate(
        app,
        actor,
        "cartMerge",
        selection,
        json!({ "cartToken": token }),
    )
    .await
}

on_both_databases! {
    async fn quantities_add_up_to_the_most_there_can_be(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 3).await;
        let ada = person(&app, "ada").await;
        let (first, second, third) = (&shop.variants[0], &shop.variants[1], &shop.variants[2]);
        let add = json!([{ "variantId": first, "quantity": 600 }, { "variantId": second, "quantity": 2 }]);
        changed(&app, ada, json!({ "add": add })).await;
        let add = json!([{ "variantId": first, "quantity": 600 }, { "variantId": second, "quantity": 3 }, { "variantId": third, "quantity": 1 }]);
        let (token, _) = guest(&app, json!({ "add": add })).await;
        changed(&app, Actor::Anonymous, json!({ "cartToken": token, "note": "Ring." })).await;
        let merged = merge(&app, ada, &token).await;
        let cart = &done(&merged)["cart"];
        let quantities: Vec<_> = cart["lines"].as_array().unwrap().iter().map(|line| line["quantity"].clone()).collect();
        assert_eq!(quantities, [json!(999), json!(5), json!(1)]);
        assert_eq!(cart["note"], "Ring.");
        assert_eq!(merged.statements, 10, "whatever is in them");
        // Again it is done already; the token opens nothing any more, and to others it never did.
        assert_eq!(done(&merge(&app, ada, &token).await)["cart"]["quantity"], 1_005);
        let gone = update(&app, Actor::Anonymous, with(shop.add(1), json!({ "cartToken": token }))).await;
        assert_eq!(refused(&gone).0, "NOT_FOUND");
        let eve = person(&app, "eve").await;
        assert_eq!(refused(&merge(&app, eve, &token).await).0, "NOT_FOUND");
        assert_eq!(merge(&app, Actor::Anonymous, &token).await.error_code(), "UNAUTHENTICATED");
    }

    /// Signing in on eight devices at once loses nothing and doubles nothing.
    async fn of_many_at_once_one_merges(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 10).await;
        let ada = person(&app, "ada").await;
        let (token, _) = guest(&app, shop.add(2)).await;
        let (other, _) = guest(&app, shop.add(3)).await;
        let tokens = [&token, &other, &token, &other, &token, &other, &token, &other];
        let merges = tokens.map(|token| {
            let app = &app;
            insist(async move || merge(app, ada, token).await)
        });
        let merges = join_all(merges).await;
        for reply in &merges {
            done(reply);
        }
        let cart = own(&app, ada).await;
        assert_eq!((cart["lines"].as_array().unwrap().len(), &cart["quantity"]), (10, &json!(50)));
        let active: i64 = app.value("SELECT count(*) FROM cart WHERE state = 'ACTIVE'").await;
        assert_eq!(active, 1);
        let foreign = "SELECT count(*) FROM cart_line l JOIN cart c ON c.id = l.cart_id WHERE l.customer_id IS DISTINCT FROM c.customer_id";
        assert_eq!(app.value::<i64>(foreign).await, 0);
    }

    async fn what_cannot_be_one_stays_two(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 60).await, Market::open(&app, "mill", "USD", 1).await);
        let far = Market::open(&app, "far", "EUR", 60).await;
        let ada = person(&app, "ada").await;
        changed(&app, ada, quay.add(1)).await;
        for other in [&mill, &far] {
            let (token, _) = guest(&app, other.add(1)).await;
            assert_eq!(refused(&merge(&app, ada, &token).await).0, "CONFLICT");
            let kept = changed(&app, Actor::Anonymous, json!({ "cartToken": token })).await;
            assert_eq!(kept["lines"].as_array().unwrap().len(), other.variants.len(), "nothing is lost");
        }
        assert_eq!(own(&app, ada).await["quantity"], 60);
    }

    /// A person who begins carts everywhere at once has one.
    async fn there_is_one_active_cart(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        let selection = "cartToken cart { id }";
        let begin = async || mutate(&app, ada, "cartCreate", selection, shop.add(1)).await;
        let begun = (0..16).map(|_| insist(&begin));
        let begun = join_all(begun).await;
        let first = done(&begun[0])["cart"]["id"].clone();
        for reply in &begun {
            assert_eq!((&done(reply)["cart"]["id"], &done(reply)["cartToken"]), (&first, &json!(null)));
        }
        assert_eq!(own(&app, ada).await["quantity"], 16);
    }
}
