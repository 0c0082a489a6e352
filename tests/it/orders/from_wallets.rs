//! Orders that the shopper's wallet pays: no provider is asked, and what goes back goes back into the wallet.

use super::{ORDER, bought, buy, by, by_wallet, caught_up, lay_down, seen, shopper};
use crate::{
    cart::{Market, address, changed, eur, guest, own, with},
    doctor::doctor,
    ledger::{account, assert_sound, fund, total, wallet},
    payments::support::SUCCESS,
    support::{
        TestApp, admin,
        shops::{done, mutate, refused},
    },
};
use argon2::{Argon2, PasswordHasher};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use tradewind::caller::Actor;

const WRITTEN: &str = "SELECT (SELECT count(*) FROM customer_order) + (SELECT count(*) FROM saga) \
    + (SELECT count(*) FROM cart WHERE state = 'ORDERED') + (SELECT count(*) FROM stock_reservation)";

/// Buys what is in the cart from the wallet, and waits for what becomes of it.
async fn paid(app: &TestApp, actor: Actor) -> Value {
    let order = done(&buy(app, actor, by_wallet()).await)["order"].clone();
    app.work_off().await;
    seen(app, actor, &order["id"]).await
}

async fn keep_back(app: &TestApp, actor: Actor, line: &Value) {
    let input = json!({ "id": line, "quantity": 1 });
    done(&mutate(app, actor, "orderLineCancel", "fulfilment { id }", input).await);
    app.work_off().await;
}

async fn cancel(app: &TestApp, actor: Actor, id: &Value) -> Value {
    let input = json!({ "id": id });
    done(&mutate(app, actor, "orderCancel", "order { id }", input).await);
    app.work_off().await;
    seen(app, actor, id).await
}

/// How often people were told that their wallets hold something else.
async fn told(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM outbox_event WHERE name = 'ledger.wallet_changed'")
        .await
}

/// Nobody but the ledger was asked.
async fn assert_in_the_books_alone(app: &TestApp) {
    assert_eq!(app.value::<i64>("SELECT count(*) FROM payment").await, 0);
    assert_eq!(app.bank_log().await.len(), 0);
    app.is_sound().await;
    assert_sound(app);
}

on_both_databases! {
    async fn the_wallet_pays_and_the_shop_has_it(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 2).await;
        fund(&app, account(ada), 2_500).await;
        let reply = buy(&app, ada, by_wallet()).await;
        // As many as by card: the balance is looked at in the place of the payment.
        assert_eq!(reply.statements, 13);
        let order = done(&reply)["order"].clone();
        assert_eq!(
            (&order["state"], &order["paidFromWallet"], &order["payment"]),
            (&json!("PENDING"), &json!(true), &json!(null))
        );
        assert_eq!(wallet(&app, ada).await, "25.00", "it is taken when the order is settled");
        app.work_off().await;
        let order = seen(&app, ada, &order["id"]).await;
        assert_eq!((&order["state"], &order["number"]), (&json!("CONFIRMED"), &json!(100_001)));
        assert_eq!((&order["paidFromWallet"], &order["payment"]), (&json!(true), &json!(null)));
        assert_eq!(wallet(&app, ada).await, "5.00");
        assert_eq!(app.outcome().await, (998, 0, 0));
        let shops = total(&app, "SELLER").await + total(&app, "PLATFORM_REVENUE").await + total(&app, "TAX").await;
        assert_eq!((shops, told(&app).await), (2_000, 2));
        let statement = "{ wallet(currency: \"EUR\") { statement(first: 1) { nodes { reason amount { amount } transaction { kind } } } } }";
        let statement = app.gql_as(ada, statement, json!({})).await.data()["wallet"]["statement"]["nodes"][0].clone();
        assert_eq!(statement, json!({ "reason": "PAYMENT", "amount": { "amount": "-20.00" }, "transaction": { "kind": "SALE" } }));
        assert_in_the_books_alone(&app).await;
        // Lists say so too, and so does what is told to whom it is about.
        caught_up(&app).await;
        for (actor, list, root) in [
            (ada, "{ viewer { orders(first: 1) { nodes { paidFromWallet } } } }", "viewer"),
            (admin(), "{ viewer: orders(first: 1) { nodes { paidFromWallet } } }", ""),
        ] {
            let reply = app.gql_as(actor, list, json!({})).await;
            let listed = if root.is_empty() { &reply.data()["viewer"] } else { &reply.data()["viewer"]["orders"] };
            assert_eq!(listed["nodes"], json!([{ "paidFromWallet": true }]));
        }
        let mut request = Request::get("/api/v1/account/export").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ada);
        assert_eq!(app.send(request).await.body["orders"][0]["paidFromWallet"], true);
        // Whoever asks again under the same key is told the same, and nothing is taken twice.
        let document = format!("mutation ($input: CheckoutCompleteInput!) {{ checkoutComplete(input: $input) {{ order {{ {ORDER} }} }} }}");
        changed(&app, ada, with(shop.add(1), json!({ "shippingAddress": address() }))).await;
        fund(&app, account(ada), 1_000).await;
        for statements in [13, 6] {
            let again = app.gql_keyed(ada, "one-key", &document, json!({ "input": by_wallet() })).await;
            assert_eq!(again.data()["checkoutComplete"]["order"]["paidFromWallet"], true);
            assert_eq!(again.statements, statements);
        }
        app.work_off().await;
        assert_eq!(wallet(&app, ada).await, "5.00");
        assert_in_the_books_alone(&app).await;
    }

    async fn nothing_is_written_where_the_wallet_cannot_pay(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 2).await;
        let poor = buy(&app, ada, by_wallet()).await;
        assert_eq!(refused(&poor), ("CONFLICT".to_owned(), "fromWallet".to_owned()));
        fund(&app, account(ada), 1_999).await;
        let short = buy(&app, ada, by_wallet()).await;
        assert_eq!(refused(&short), ("CONFLICT".to_owned(), "fromWallet".to_owned()));
        assert_eq!(
            short.data()["done"]["userErrors"][0]["message"],
            "Your wallet holds 19.99 EUR, and it comes to 20.00 EUR. Top it up, or pay by card."
        );
        let both = with(by(SUCCESS), by_wallet());
        for (input, code, field) in [
            (both, "INVALID", "fromWallet"),
            (json!({}), "INVALID", "payment"),
            (json!({ "fromWallet": false }), "INVALID", "payment"),
            (json!({ "payment": null }), "INVALID", "payment"),
            (with(by_wallet(), json!({ "expectedTotal": eur("19.99") })), "CONFLICT", "expectedTotal"),
        ] {
            let reply = buy(&app, ada, input.clone()).await;
            assert_eq!(refused(&reply), (code.to_owned(), field.to_owned()), "{input}");
        }
        lay_down(&app).await;
        let (token, _) = guest(&app, shop.add(1)).await;
        let ready = json!({ "cartToken": token, "shippingAddress": address(), "email": "guest@home.example" });
        changed(&app, Actor::Anonymous, ready).await;
        // Nor is it the wallet of whoever holds a guest's token.
        for actor in [Actor::Anonymous, ada] {
            let reply = buy(&app, actor, with(by_wallet(), json!({ "cartToken": token }))).await;
            assert_eq!(refused(&reply), ("INVALID".to_owned(), "fromWallet".to_owned()));
        }
        assert_eq!(app.value::<i64>(WRITTEN).await, 0);
        fund(&app, account(ada), 1).await;
        assert_eq!(paid(&app, ada).await["state"], "CONFIRMED");
        assert_eq!(wallet(&app, ada).await, "0.00");
        assert_in_the_books_alone(&app).await;
    }

    async fn an_order_of_nothing_needs_no_wallet(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        shop.voucher(&app, json!({ "code": "Gift", "rateBps": 10000 })).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        changed(&app, ada, json!({ "addVoucherCodes": ["gift"] })).await;
        let order = paid(&app, ada).await;
        assert_eq!((&order["state"], &order["paidFromWallet"]), (&json!("CONFIRMED"), &json!(false)));
        assert_eq!(cancel(&app, ada, &order["id"]).await["state"], "CANCELLED");
        assert_in_the_books_alone(&app).await;
    }

    async fn what_is_cancelled_goes_back_into_the_wallet(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        quay.voucher(&app, json!({ "code": "Off", "amount": eur("1.00") })).await;
        let ada = shopper(&app, "ada", &mill, 1).await;
        changed(&app, ada, with(quay.add(3), json!({ "addVoucherCodes": ["off"],
            "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] }))).await;
        fund(&app, account(ada), 5_000).await;
        let order = paid(&app, ada).await;
        assert_eq!((&order["total"]["amount"], wallet(&app, ada).await), (&json!("43.90"), json!("6.10")));
        let line = &order["lines"].as_array().unwrap().iter().find(|line| line["productName"] == "Mug of quay").unwrap()["id"];
        // A third of 29.00, of which the shopper is told.
        keep_back(&app, quay.owner, line).await;
        let part = seen(&app, ada, &order["id"]).await;
        assert_eq!((&part["state"], &part["refunded"]["amount"]), (&json!("CONFIRMED"), &json!("9.67")));
        assert_eq!((wallet(&app, ada).await, told(&app).await), (json!("15.77"), 3));
        assert_in_the_books_alone(&app).await;
        let whole = cancel(&app, ada, &order["id"]).await;
        assert_eq!((&whole["state"], &whole["refunded"]["amount"]), (&json!("CANCELLED"), &json!("43.90")));
        assert_eq!((wallet(&app, ada).await, told(&app).await), (json!("50.00"), 4));
        for kind in ["SELLER", "PLATFORM_REVENUE", "TAX", "VOUCHER_COST"] {
            assert_eq!(total(&app, kind).await, 0, "{kind}");
        }
        assert_eq!(app.outcome().await, (2_000, 0, 0));
        assert_in_the_books_alone(&app).await;
    }

    async fn what_is_cancelled_before_it_is_settled_was_never_taken(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        fund(&app, account(ada), 1_000).await;
        let order = done(&buy(&app, ada, by_wallet()).await)["order"].clone();
        let order = cancel(&app, ada, &order["id"]).await;
        assert_eq!((&order["state"], &order["cancelReason"]), (&json!("CANCELLED"), &json!("BY_SHOPPER")));
        assert_eq!((wallet(&app, ada).await, told(&app).await), (json!("10.00"), 1));
        assert_eq!(own(&app, ada).await["quantity"], 1);
        assert_in_the_books_alone(&app).await;
    }

    async fn doctor_looks_into_the_wallet(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        fund(&app, account(ada), 1_000).await;
        paid(&app, ada).await;
        let bob = shopper(&app, "bob", &shop, 1).await;
        bought(&app, bob, SUCCESS).await;
        caught_up(&app).await;
        assert_sound(&app);
        for harm in ["from_wallet = false", "cancelled = total"] {
            app.execute(&format!("UPDATE customer_order SET {harm} WHERE from_wallet")).await;
            let (_, text) = doctor(&app.database);
            let line = text.lines().find(|line| line.ends_with("Of an order so much is kept as was not cancelled."));
            assert!(line.unwrap().trim_start().starts_with("FAIL"), "{harm}: {text}");
            app.execute("UPDATE customer_order SET from_wallet = payment_id IS NULL, cancelled = 0").await;
            assert_sound(&app);
        }
    }

    /// Whoever closes the account has nothing come into the wallet after.
    async fn an_account_stays_while_money_may_come_back(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let hash = Argon2::default().hash_password(b"harbour lantern").unwrap().to_string();
        app.execute(&format!("UPDATE account_login SET password_hash = '{hash}' WHERE email = 'ada@shop.example'")).await;
        let close = async || mutate(&app, ada, "accountClose", "", json!({ "password": "harbour lantern" })).await;
        fund(&app, account(ada), 1_000).await;
        let order = done(&buy(&app, ada, by_wallet()).await)["order"].clone();
        // It is full, then an order is to be sent, then its money is on the way back, and there again.
        assert_eq!(refused(&close().await).0, "CONFLICT");
        app.work_off().await;
        assert_eq!(refused(&close().await).0, "CONFLICT");
        done(&mutate(&app, ada, "orderCancel", "order { id }", json!({ "id": order["id"] })).await);
        assert_eq!(refused(&close().await).0, "CONFLICT");
        app.work_off().await;
        assert_eq!(refused(&close().await).0, "CONFLICT");
        changed(&app, ada, with(shop.add(1), json!({ "shippingAddress": address() }))).await;
        let order = paid(&app, ada).await;
        let part = json!({ "id": order["fulfilments"][0]["id"] });
        done(&mutate(&app, shop.owner, "fulfilmentShip", "fulfilment { id }", part).await);
        done(&close().await);
        assert_in_the_books_alone(&app).await;
    }
}
