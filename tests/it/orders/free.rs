//! Orders of which nothing is to be paid: vouchers took off all of it, or it costs nothing. Nobody is asked for money, and the books are right all the same.

use super::{bought, buy, by, seen, shopper};
use crate::{
    cart::{Market, changed},
    doctor::doctor,
    payments::support::{DECLINED, SUCCESS},
    support::{
        TestApp, admin,
        shops::{done, mutate},
    },
};
use serde_json::json;

/// What lies on the accounts of a kind.
async fn held(app: &TestApp, kind: &str) -> i64 {
    app.value(&format!(
        "SELECT CAST(coalesce(sum(balance), 0) AS bigint) FROM ledger_account WHERE kind = '{kind}'"
    ))
    .await
}

#[track_caller]
fn assert_sound(app: &TestApp) {
    let (output, text) = doctor(&app.database);
    assert!(output.status.success(), "{text}");
}

/// A voucher of the marketplace's that takes all off.
async fn all_off(app: &TestApp) {
    let input = json!({ "voucher": { "code": "Free", "rateBps": 10000 } });
    done(&mutate(app, admin(), "voucherCreate", "voucher { id }", input).await);
}

on_both_databases! {
    async fn nobody_is_asked_for_nothing(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        all_off(&app).await;
        let ada = shopper(&app, "ada", &shop, 2).await;
        let cart = changed(&app, ada, json!({ "addVoucherCodes": ["free"] })).await;
        assert_eq!(cart["totals"]["total"]["amount"], "0.00");
        // The card would be declined.
        let order = bought(&app, ada, DECLINED).await;
        assert_eq!((&order["state"], &order["payment"]), (&json!("CONFIRMED"), &json!(null)));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM payment").await, 0);
        assert_eq!(app.bank_log().await.len(), 0);
        assert_eq!(app.outcome().await, (998, 0, 0));
        // The marketplace pays the shop, less its commission.
        assert_eq!(held(&app, "VOUCHER_COST").await, -2_000);
        assert_eq!(held(&app, "SELLER").await + held(&app, "PLATFORM_REVENUE").await + held(&app, "TAX").await, 2_000);
        app.is_sound().await;
        assert_sound(&app);

        // A half goes back, and then the other.
        let line = &order["lines"][0]["id"];
        for (left, state) in [(-1_000, "CONFIRMED"), (0, "CANCELLED")] {
            let input = json!({ "id": line, "quantity": 1 });
            done(&mutate(&app, shop.owner, "orderLineCancel", "fulfilment { id }", input).await);
            app.work_off().await;
            assert_eq!(held(&app, "VOUCHER_COST").await, left);
            assert_eq!(seen(&app, ada, &order["id"]).await["state"], state);
        }
        for kind in ["SELLER", "PLATFORM_REVENUE", "TAX"] {
            assert_eq!(held(&app, kind).await, 0, "{kind}");
        }
        assert_eq!(app.outcome().await, (1_000, 0, 0));
        app.is_sound().await;
        assert_sound(&app);
    }

    async fn it_is_cancelled_before_it_is_settled_and_after(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        // The shop's own voucher costs the marketplace nothing.
        shop.voucher(&app, json!({ "code": "Gift", "rateBps": 10000 })).await;
        for (name, is_settled) in [("ada", false), ("bob", true)] {
            let actor = shopper(&app, name, &shop, 1).await;
            changed(&app, actor, json!({ "addVoucherCodes": ["gift"] })).await;
            let order = done(&buy(&app, actor, by(SUCCESS)).await)["order"].clone();
            if is_settled {
                app.work_off().await;
                assert_eq!(seen(&app, actor, &order["id"]).await["state"], "CONFIRMED");
            }
            done(&mutate(&app, actor, "orderCancel", "order { id }", json!({ "id": order["id"] })).await);
            app.work_off().await;
            let order = seen(&app, actor, &order["id"]).await;
            assert_eq!((&order["state"], &order["refunded"]["amount"]), (&json!("CANCELLED"), &json!("0.00")));
            assert_eq!(app.outcome().await, (1_000, 0, 0));
            assert_eq!(app.value::<i64>("SELECT count(*) FROM payment").await, 0);
            for kind in ["SELLER", "VOUCHER_COST", "PLATFORM_REVENUE"] {
                assert_eq!(held(&app, kind).await, 0, "{kind}");
            }
            app.is_sound().await;
            assert_sound(&app);
        }
    }

    async fn what_costs_nothing_is_not_posted(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        app.execute("UPDATE variant SET price = 0 WHERE seller_id = (SELECT id FROM seller WHERE name = 'quay')").await;
        // Alone, and beside something that is paid.
        let ada = shopper(&app, "ada", &quay, 1).await;
        let order = bought(&app, ada, SUCCESS).await;
        assert_eq!((&order["state"], &order["payment"]), (&json!("CONFIRMED"), &json!(null)));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM ledger_transaction").await, 0);
        let bob = shopper(&app, "bob", &quay, 1).await;
        changed(&app, bob, mill.add(1)).await;
        let both = bought(&app, bob, SUCCESS).await;
        assert_eq!((&both["state"], &both["total"]["amount"]), (&json!("CONFIRMED"), &json!("10.00")));
        for (actor, order) in [(ada, &order), (bob, &both)] {
            done(&mutate(&app, actor, "orderCancel", "order { id }", json!({ "id": order["id"] })).await);
            app.work_off().await;
            assert_eq!(seen(&app, actor, &order["id"]).await["state"], "CANCELLED");
        }
        assert_eq!(app.outcome().await, (2_000, 0, 0));
        assert_eq!(held(&app, "PROVIDER_CLEARING").await, 0);
        app.is_sound().await;
    }
}
