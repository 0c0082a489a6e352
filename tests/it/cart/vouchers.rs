//! Vouchers: who makes them, what they take off, and how often.

use super::{Market, changed, codes, eur, guest, own, update, with};
use crate::support::{
    TestApp, admin,
    shops::{done, join, mutate, person, refused},
};
use entity::{
    ids::{OrderId, SellerId, VoucherId},
    sellers::member::Role as ShopRole,
};
use futures_util::future::join_all;
use serde_json::json;
use tradewind::{
    caller::Actor,
    cart::{Redeemer, Use, voucher_redeem, voucher_release},
    error::{Error, Result},
    platform::statements::counted,
};

/// Uses the vouchers for a new order, or rolls back; the order, where they could be.
async fn redeem(app: &TestApp, by: &Redeemer, vouchers: &[VoucherId]) -> Result<Option<OrderId>> {
    let uses: Vec<_> = vouchers
        .iter()
        .map(|voucher| Use {
            voucher: *voucher,
            seller: None,
            amount: 1,
        })
        .collect();
    loop {
        let (order, now) = (OrderId::generate(), app.app.clock.now());
        let done = app.app.transaction(async |tx| {
            match voucher_redeem(tx, order, by, &uses, now).await? {
                None => Ok(order),
                Some(_) => Err(Error::NotFound("voucher")),
            }
        });
        match done.await {
            Ok(order) => return Ok(Some(order)),
            Err(Error::NotFound(_)) => return Ok(None),
            // Where others hold it for too long, it is tried again, as clients do.
            Err(Error::Contended | Error::Unavailable) => {}
            Err(error) => return Err(error),
        }
    }
}

fn someone(number: u32) -> Redeemer {
    Redeemer::of(None, &format!("guest{number}@home.example"))
}

/// Fails the test where a voucher's uses are not numbered from 1 without gaps.
async fn sound(app: &TestApp) {
    let wrong = "SELECT count(*) FROM voucher v WHERE redeemed <> (SELECT count(*) FROM voucher_redemption r WHERE r.voucher_id = v.id AND slot IS NOT NULL) \
        OR redeemed <> coalesce((SELECT max(slot) FROM voucher_redemption r WHERE r.voucher_id = v.id), 0)";
    assert_eq!(app.value::<i64>(wrong).await, 0);
    let gaps = "SELECT count(*) FROM (SELECT count(nth) AS number, max(nth) AS last FROM voucher_redemption \
        WHERE nth IS NOT NULL GROUP BY voucher_id, redeemer) AS uses WHERE number <> last";
    assert_eq!(app.value::<i64>(gaps).await, 0);
}

on_both_databases! {
    /// Sixty-four at once, and ten uses.
    async fn a_limit_holds_however_many_try(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        shop.voucher(&app, json!({ "code": "Few", "rateBps": 1000, "totalLimit": 10 })).await;
        let few: VoucherId = app.value("SELECT id FROM voucher").await;
        let tries = (0..64).map(|number| {
            let app = &app;
            async move { redeem(app, &someone(number), &[few]).await.unwrap() }
        });
        let orders: Vec<_> = join_all(tries).await.into_iter().flatten().collect();
        assert_eq!(orders.len(), 10);
        sound(&app).await;
        // Given back, also by many at once, they are there again, and no more of them.
        let now = app.app.clock.now();
        let back = orders.iter().take(4).flat_map(|order| [order, order]).map(|order| {
            app.app.transaction(async move |tx| voucher_release(tx, *order, now).await)
        });
        for done in join_all(back).await {
            done.unwrap();
        }
        sound(&app).await;
        let tries = (0..16).map(|number| {
            let app = &app;
            async move { redeem(app, &someone(100 + number), &[few]).await.unwrap() }
        });
        assert_eq!(join_all(tries).await.into_iter().flatten().count(), 4);
        sound(&app).await;
    }

    async fn one_person_uses_it_as_often_as_it_may(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        shop.voucher(&app, json!({ "code": "Twice", "rateBps": 1000, "customerLimit": 2 })).await;
        let twice: VoucherId = app.value("SELECT id FROM voucher").await;
        let ada = someone(1);
        let only = [twice];
        let tries = (0..12).map(|_| redeem(&app, &ada, &only));
        let orders: Vec<_> = join_all(tries).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(orders.len(), 2);
        assert!(redeem(&app, &someone(2), &[twice]).await.unwrap().is_some(), "others may");
        sound(&app).await;
        let now = app.app.clock.now();
        app.app.transaction(async |tx| voucher_release(tx, orders[0], now).await).await.unwrap();
        assert!(redeem(&app, &ada, &[twice]).await.unwrap().is_some());
        assert!(redeem(&app, &ada, &[twice]).await.unwrap().is_none());
        sound(&app).await;
    }

    /// Several vouchers in different orders, and nobody waits for each other in a circle.
    async fn several_are_used_together(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for code in ["one", "two", "six"] {
            shop.voucher(&app, json!({ "code": code, "rateBps": 1000, "totalLimit": 40 })).await;
        }
        let ids: Vec<VoucherId> = app.column("SELECT id FROM voucher").await;
        let tries = (0..48).map(|number| {
            let mut ids = ids.clone();
            ids.rotate_left(number as usize % 3);
            let app = &app;
            async move { redeem(app, &someone(number), &ids).await.unwrap() }
        });
        assert_eq!(join_all(tries).await.into_iter().flatten().count(), 40);
        sound(&app).await;
        let (_, cost) = counted(redeem(&app, &someone(99), &[])).await;
        assert_eq!(cost.count, 0);
        app.execute("UPDATE voucher SET total_limit = NULL").await;
        for number in 1..=ids.len() {
            let (_, cost) = counted(redeem(&app, &someone(99), &ids[..number])).await;
            assert_eq!(cost.count, 3);
        }
    }

    async fn a_shops_are_for_its_lines_and_the_marketplaces_for_all(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let ada = person(&app, "ada").await;
        quay.voucher(&app, json!({ "code": "Half", "rateBps": 5000 })).await;
        // The same code of another shop is another voucher.
        mill.voucher(&app, json!({ "code": "half", "amount": eur("1.00") })).await;
        let of_all = json!({ "voucher": { "code": "All", "amount": eur("3.00") } });
        done(&mutate(&app, admin(), "voucherCreate", "voucher { id }", of_all).await);
        let only = update(&app, ada, with(quay.add(1), json!({ "addVoucherCodes": ["HALF"] }))).await;
        assert_eq!(done(&only)["cart"]["vouchers"].as_array().unwrap().len(), 1, "nothing of the mill is in the cart");
        changed(&app, ada, mill.add(1)).await;
        let cart = changed(&app, ada, json!({ "addVoucherCodes": ["all", "half"] })).await;
        let discounts: Vec<_> = cart["vouchers"].as_array().unwrap().iter().map(|voucher| voucher["discount"]["amount"].clone()).collect();
        assert_eq!(discounts, [json!("5.00"), json!("3.00"), json!("1.00")]);
        assert_eq!((&cart["totals"]["discount"]["amount"], &cart["totals"]["total"]["amount"]), (&json!("9.00"), &json!("11.00")));
        // Of the five and nine that are left, the marketplace's three go to the larger first.
        let lines: Vec<_> = cart["lines"].as_array().unwrap().iter().map(|line| line["discount"]["amount"].clone()).collect();
        assert_eq!(lines, [json!("6.07"), json!("2.93")]);
        assert_eq!(codes(&cart, "problems"), Vec::<String>::new());
    }

    async fn vouchers_are_made_and_changed_by_those_who_may(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let (staff, eve) = (person(&app, "staff").await, person(&app, "eve").await);
        let seller: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, staff, seller, ShopRole::Staff).await;
        let made = shop.voucher(&app, json!({ "code": "Ten", "rateBps": 1000, "totalLimit": 5 })).await;
        let again = json!({ "sellerId": shop.seller, "voucher": { "code": "TEN", "rateBps": 1 } });
        let twice = mutate(&app, shop.owner, "voucherCreate", "voucher { id }", again.clone()).await;
        assert_eq!(refused(&twice), ("INVALID".to_owned(), "voucher.code".to_owned()));
        assert_eq!(mutate(&app, staff, "voucherCreate", "voucher { id }", again.clone()).await.error_code(), "FORBIDDEN");
        assert_eq!(refused(&mutate(&app, eve, "voucherCreate", "voucher { id }", again).await).0, "NOT_FOUND");
        let mut change = json!({ "id": made["id"], "expectedVersion": 1, "voucher": { "code": "Ten", "rateBps": 500, "totalLimit": 1 } });
        assert_eq!(refused(&mutate(&app, eve, "voucherUpdate", "voucher { id }", change.clone()).await).0, "NOT_FOUND");
        let updated = mutate(&app, shop.owner, "voucherUpdate", "voucher { version rateBps }", change.clone()).await;
        assert_eq!(done(&updated)["voucher"], json!({ "version": 2, "rateBps": 500 }));
        assert_eq!(refused(&mutate(&app, shop.owner, "voucherUpdate", "voucher { id }", change.clone()).await).0, "CONFLICT");
        change["expectedVersion"] = json!(2);
        app.execute("UPDATE voucher SET redeemed = 1").await;
        change["voucher"]["totalLimit"] = json!(1);
        done(&mutate(&app, shop.owner, "voucherUpdate", "voucher { id }", change).await);
        app.execute("UPDATE voucher SET redeemed = 0").await;
        let list = "query ($id: ID!) { vouchers(sellerId: $id) { totalCount nodes { code active redeemed seller { id } } } }";
        let seen = async |actor: Actor| app.gql_as(actor, list, json!({ "id": shop.seller })).await;
        let listed = seen(staff).await;
        assert_eq!((listed.statements, &listed.data()["vouchers"]["totalCount"]), (3, &json!(1)));
        assert_eq!(seen(eve).await.data()["vouchers"]["totalCount"], 0);
        assert_eq!(seen(Actor::Anonymous).await.error_code(), "UNAUTHENTICATED");
        let ada = person(&app, "ada").await;
        changed(&app, ada, with(shop.add(1), json!({ "addVoucherCodes": ["ten"] }))).await;
        let off = mutate(&app, shop.owner, "voucherDeactivate", "voucher { active }", json!({ "id": made["id"] })).await;
        assert_eq!(done(&off)["voucher"]["active"], false);
        assert_eq!(codes(&own(&app, ada).await, "problems"), ["VOUCHER_UNUSABLE"]);
        shop.voucher(&app, json!({ "code": "ten", "rateBps": 100 })).await;
        let actions: Vec<String> = app.column("SELECT action FROM audit_entry WHERE action LIKE 'voucher.%' ORDER BY action").await;
        assert_eq!(actions, ["voucher.create", "voucher.create", "voucher.deactivate", "voucher.update", "voucher.update"]);
    }

    async fn codes_cannot_be_guessed(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let (token, _) = guest(&app, shop.add(1)).await;
        let eve = person(&app, "eve").await;
        let mut refused = 0;
        for number in 0..25 {
            let input = json!({ "cartToken": token, "addVoucherCodes": [format!("guess-{number}")] });
            let reply = update(&app, eve, input).await;
            refused += i32::from(reply.body["errors"][0]["extensions"]["code"] == "RATE_LIMITED");
        }
        assert_eq!(refused, 5, "after twenty it takes a while");
    }
}
