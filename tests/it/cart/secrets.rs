//! The tokens of guests' carts stand nowhere.

use super::{CART, Market, update, with};
use crate::support::{TestApp, Watch, shops::mutate, shops::person};
use serde_json::json;
use tradewind::caller::Actor;

pub async fn run(watch: &mut Watch, app: &TestApp) {
    let shop = Market::open(app, "quay", "EUR", 1).await;
    let made = mutate(
        app,
        Actor::Anonymous,
        "cartCreate",
        "cartToken",
        shop.add(1),
    )
    .await;
    let token = made.data()["done"]["cartToken"].as_str().unwrap();
    let token = watch.secret("a cart's token", token);
    let input = with(shop.add(1), json!({ "cartToken": token }));
    watch.said(update(app, Actor::Anonymous, input.clone()).await);
    let document = format!(
        "mutation ($input: CartUpdateInput!) {{ cartUpdate(input: $input) {{ {CART} userErrors {{ message }} }} }}"
    );
    let variables = json!({ "input": input });
    let keyed = app
        .gql_keyed(Actor::Anonymous, "a-key-of-a-guest", &document, variables)
        .await;
    watch.said(keyed);
    let ada = person(app, "ada-of-carts").await;
    let input = json!({ "cartToken": token });
    watch.said(mutate(app, ada, "cartMerge", CART, input).await);
}
