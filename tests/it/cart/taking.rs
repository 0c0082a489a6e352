//! Taking carts for orders, as the room of orders does.

use super::{Market, address, changed, codes, eur, guest, own, update, with};
use crate::support::{
    TestApp,
    shops::{done, mutate, person, refused},
};
use entity::ids::CartId;
use futures_util::future::join_all;
use serde_json::json;
use tradewind::{
    caller::{Actor, Caller},
    cart::{CartRef, Problem, ProblemCode, Taken, give_back, take},
    error::{Error, Result},
    platform::{statements::counted, telemetry::RequestId},
};

/// Takes the caller's own cart, and rolls back where it cannot be.
async fn taken(
    app: &TestApp,
    actor: Actor,
    cart: &CartRef,
    version: Option<i64>,
) -> Result<Result<Taken, Vec<Problem>>> {
    let caller = Caller::new(app.app.clone(), actor, RequestId::generate());
    let mut problems = None;
    let done = app
        .app
        .transaction(async |tx| match take(tx, &caller, cart, version).await? {
            Ok(taken) => Ok(taken),
            Err(found) => {
                problems = Some(found);
                Err(Error::Conflict("rolled back".to_owned()))
            }
        })
        .await;
    match problems {
        Some(problems) => Ok(Err(problems)),
        None => done.map(Ok),
    }
}

async fn give(app: &TestApp, cart: CartId) {
    let now = app.app.clock.now();
    let given = app
        .app
        .transaction(async |tx| give_back(tx, cart, now).await);
    given.await.unwrap();
}

use ProblemCode as P;

on_both_databases! {
    async fn what_is_taken_is_all_that_an_order_keeps(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 2).await, Market::open(&app, "mill", "EUR", 1).await);
        let ada = person(&app, "ada").await;
        done(&mutate(&app, crate::support::admin(), "taxRateSet", "taxRate { rateBps }",
            json!({ "country": "DE", "name": "VAT", "rateBps": 1900, "included": false })).await);
        quay.voucher(&app, json!({ "code": "Ten", "rateBps": 1000 })).await;
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        changed(&app, ada, quay.add(2)).await;
        let input = with(mill.add(1), json!({ "shippingAddress": address(), "addVoucherCodes": ["ten"],
            "shipping": [] }));
        let cart = changed(&app, ada, input).await;
        assert_eq!(codes(&cart, "missing"), ["SHIPPING_METHOD_MISSING"]);
        let problems = taken(&app, ada, &CartRef::Own, None).await.unwrap().unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [ProblemCode::ShippingMethodMissing]);
        let choose = json!({ "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] });
        let cart = changed(&app, ada, choose).await;
        // 50.00 less 4.00, 4.90 to send it, and 19 % of both.
        assert_eq!(cart["totals"]["total"]["amount"], "60.57");
        let (got, cost) = counted(taken(&app, ada, &CartRef::Own, cart["version"].as_i64())).await;
        let got = got.unwrap().unwrap();
        assert_eq!(cost.count, 3);
        assert_eq!((got.totals.total, got.totals.discount, got.totals.tax_added), (6_057, 400, 967));
        assert_eq!((got.email.as_str(), got.address.country.as_str()), ("ada@shop.example", "DE"));
        let lines: i64 = got.lines.iter().map(|line| line.total).sum();
        let sent: i64 = got.sellers.iter().map(|part| part.totals.shipping + part.totals.shipping_tax).sum();
        assert_eq!(lines + sent, got.totals.total);
        assert_eq!((got.uses().len(), got.vouchers[0].amount), (1, 400));
        assert!(got.vouchers[0].seller.is_some(), "the shop bears it");
        assert_eq!(own(&app, ada).await, json!(null), "it is no cart any more");
        let gone = update(&app, ada, with(mill.add(1), json!({ "cartId": cart["id"] }))).await;
        assert_eq!(refused(&gone).0, "CONFLICT");
    }

    /// Without vouchers one statement less; of many who take it at once one does.
    async fn of_many_one_takes_it(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 3).await;
        let ada = person(&app, "ada").await;
        let cart = changed(&app, ada, with(shop.add(1), json!({ "shippingAddress": address() }))).await;
        let stale = taken(&app, ada, &CartRef::Own, Some(1)).await;
        assert!(matches!(stale, Err(Error::Conflict(_))));
        let takes = (0..16).map(|_| async { counted(taken(&app, ada, &CartRef::Own, None)).await });
        let results = join_all(takes).await;
        let won: Vec<_> = results.iter().filter(|(got, _)| matches!(got, Ok(Ok(_)))).collect();
        assert_eq!(won.len(), 1);
        assert_eq!(won[0].1.count, 2);
        assert_eq!(cart["version"], 2);
    }

    async fn nothing_is_taken_where_anything_stands_against_it(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let (ada, ready) = (person(&app, "ada").await, json!({ "shippingAddress": address() }));
        changed(&app, ada, json!({ "email": null })).await;
        let codes = async || {
            let problems = taken(&app, ada, &CartRef::Own, None).await.unwrap().unwrap_err();
            problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
        };
        assert_eq!(codes().await, [P::CartEmpty, P::AddressMissing, P::EmailMissing]);
        changed(&app, ada, with(with(shop.add(2), ready), json!({ "email": "ada@home.example" }))).await;
        app.execute("UPDATE variant SET price = 1200").await;
        assert_eq!(codes().await, [P::PriceChanged]);
        app.execute("UPDATE stock SET on_hand = 1").await;
        assert_eq!(codes().await, [P::LessAvailable, P::PriceChanged]);
        app.execute("UPDATE seller SET status = 'SUSPENDED'").await;
        assert_eq!(codes().await, [P::SellerSuspended]);
        assert_eq!(app.value::<String>("SELECT state FROM cart").await, "ACTIVE");
        let eve = person(&app, "eve").await;
        let id: CartId = app.value("SELECT id FROM cart").await;
        let foreign = taken(&app, eve, &CartRef::Id(id), None).await;
        assert!(matches!(foreign, Err(Error::NotFound(_))));
        let nobody = taken(&app, Actor::Anonymous, &CartRef::Own, None).await;
        assert!(matches!(nobody, Err(Error::Unauthenticated)));
    }

    async fn a_cart_is_given_back_once(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = person(&app, "ada").await;
        let input = with(shop.add(2), json!({ "shippingAddress": address() }));
        changed(&app, ada, input.clone()).await;
        let got = taken(&app, ada, &CartRef::Own, None).await.unwrap().unwrap();
        let one = json!({ "add": [{ "variantId": shop.variants[0] }] });
        changed(&app, ada, one).await;
        join_all((0..4).map(|_| give(&app, got.cart))).await;
        let cart = own(&app, ada).await;
        assert_eq!((&cart["quantity"], &cart["shippingAddress"]["country"]), (&json!(5), &json!("DE")));
        let (token, _) = guest(&app, shop.add(1)).await;
        let ready = json!({ "cartToken": token, "shippingAddress": address(), "email": "guest@home.example" });
        changed(&app, Actor::Anonymous, ready).await;
        let meant = CartRef::read(None, token.as_str()).unwrap();
        let got = taken(&app, Actor::Anonymous, &meant, None).await.unwrap().unwrap();
        assert_eq!((got.customer, got.email.as_str()), (None, "guest@home.example"));
        give(&app, got.cart).await;
        give(&app, got.cart).await;
        let again = changed(&app, Actor::Anonymous, json!({ "cartToken": token })).await;
        assert_eq!(again["quantity"], 2);
    }
}
