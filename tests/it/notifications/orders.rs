//! Letters about orders: who gets which, once, and what it says.

use crate::{
    cart::{Market, address, changed, eur, guest, with},
    ledger::{account, fund},
    orders::{bought, buy, by, by_wallet, lay_down, shopper},
    payments::support::{DECLINED, PATIENCE, SUCCESS},
    support::{
        TestApp,
        shops::{done, join, mutate, person},
    },
};
use entity::{ids::SellerId, sellers::member::Role as ShopRole};
use serde_json::{Value, json};
use tradewind::{caller::Actor, outbox::relay, ports::mailer::Mail};

impl TestApp {
    /// Has all that is to be written written; the letters, by their readers.
    async fn letters(&self) -> Vec<Mail> {
        let subscriptions = tradewind::worker::subscriptions();
        while relay::round(&self.app, &subscriptions).await.unwrap() > 0 {}
        let worker = self.serve_jobs();
        let living = "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND kind LIKE 'notifications.%'";
        self.until(living, 0).await;
        worker.stop(PATIENCE).await;
        assert_eq!(
            self.value::<i64>("SELECT count(*) FROM job WHERE state = 'DEAD'")
                .await,
            0
        );
        let mut mails = self.mails.take();
        mails.sort_by(|a, b| a.to.cmp(&b.to));
        mails
    }
}

/// To whom, and about what.
fn heads(mails: &[Mail]) -> Vec<(&str, &str)> {
    let heads = mails
        .iter()
        .map(|mail| (mail.to.as_str(), mail.subject.as_str()));
    heads.collect()
}

async fn send(app: &TestApp, actor: Actor, part: &Value) {
    let input = json!({ "id": part, "carrier": "Post", "trackingNumber": "P-1" });
    done(&mutate(app, actor, "fulfilmentShip", "fulfilment { id }", input).await);
}

on_both_databases! {
    async fn what_is_bought_and_sent_is_written_of(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let staff = person(&app, "staff").await;
        let seller: SellerId = app.value("SELECT id FROM seller WHERE name = 'quay'").await;
        join(&app, staff, seller, ShopRole::Staff).await;
        quay.voucher(&app, json!({ "code": "Off", "amount": eur("1.00") })).await;
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        let ada = shopper(&app, "ada", &quay, 2).await;
        changed(&app, ada, with(mill.add(1), json!({ "addVoucherCodes": ["off"],
            "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] }))).await;
        let order = bought(&app, ada, SUCCESS).await;
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [
            ("ada@shop.example", "Your order 100001"),
            ("mill@shop.example", "New order 100001"),
            ("quay@shop.example", "New order 100001"),
            ("staff@shop.example", "New order 100001"),
        ]);
        let text = &mails[0].text;
        for line in [
            "2 × Mug of quay (0): 19.00 EUR", "1 × Mug of mill (0): 10.00 EUR", "Goods: 30.00 EUR", "Vouchers: -1.00 EUR",
            "Shipping: 4.90 EUR", "Total: 33.90 EUR", "Look at the order: http://localhost:3000/orders/100001",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
        assert!(mails[0].html.contains("<a href=\"http://localhost:3000/orders/100001\">"), "{}", mails[0].html);
        // A shop reads of its own part, and nothing of who bought it.
        let text = &mails[2].text;
        assert!(text.contains("2 × Mug of quay") && !text.contains("mill"), "{text}");
        assert!(text.contains("http://localhost:3000/shop/orders/100001"), "{text}");
        for private in ["ada", "Ada", "Hamburg", "Quay 1"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
        let parts = order["fulfilments"].as_array().unwrap();
        let part = parts.iter().find(|part| part["sellerName"] == "quay").unwrap();
        send(&app, quay.owner, &part["id"]).await;
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [("ada@shop.example", "A part of your order 100001 is on its way")]);
        let text = &mails[0].text;
        assert!(text.contains("quay has sent it.") && text.contains("Post carries it, and knows it by P-1."), "{text}");
        assert!(text.contains("2 × Mug of quay") && !text.contains("Mug of mill"), "{text}");
        done(&mutate(&app, quay.owner, "fulfilmentDeliver", "fulfilment { id }", json!({ "id": part["id"] })).await);
        assert_eq!(app.letters().await, []);
    }

    async fn what_is_cancelled_says_what_goes_back(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 3).await;
        let order = bought(&app, ada, SUCCESS).await;
        app.letters().await;
        let input = json!({ "id": order["lines"][0]["id"], "quantity": 1 });
        done(&mutate(&app, shop.owner, "orderLineCancel", "fulfilment { id }", input).await);
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [("ada@shop.example", "A part of your order 100001 was cancelled")]);
        let text = &mails[0].text;
        for line in ["1 × Mug of quay (0)", "Goes back: 10.00 EUR", "Cancelled in all: 10.00 EUR", "Total of the order: 30.00 EUR"] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
        let input = json!({ "id": order["id"], "reason": "Buy pills at spam.example" });
        done(&mutate(&app, ada, "orderCancel", "order { id }", input).await);
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [("ada@shop.example", "Your order 100001 was cancelled")]);
        let text = &mails[0].text;
        for part in ["It was cancelled as you asked.", "Goes back: 20.00 EUR", "Cancelled in all: 30.00 EUR"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("spam"), "nobody has a letter say what they like: {text}");
    }

    async fn what_the_wallet_paid_goes_back_there(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        fund(&app, account(ada), 1_000).await;
        let order = done(&buy(&app, ada, by_wallet()).await)["order"].clone();
        app.work_off().await;
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [("ada@shop.example", "Your order 100001"), ("quay@shop.example", "New order 100001")]);
        assert!(mails[0].text.contains("Your wallet has paid the order"), "{}", mails[0].text);
        done(&mutate(&app, ada, "orderCancel", "order { id }", json!({ "id": order["id"] })).await);
        app.work_off().await;
        let mails = app.letters().await;
        assert!(mails[0].text.contains("10.00 EUR goes back into your wallet."), "{}", mails[0].text);

        // Two orders, and money for one.
        for _ in 0..2 {
            changed(&app, ada, with(shop.add(1), json!({ "shippingAddress": address() }))).await;
            done(&buy(&app, ada, by_wallet()).await);
        }
        app.work_off().await;
        let mails = app.letters().await;
        let withdrawn = mails.iter().find(|mail| mail.subject == "Your order came to nothing");
        assert!(withdrawn.unwrap().text.contains("Your wallet held too little when it was to pay."), "{mails:?}");
    }

    async fn what_was_never_paid_is_told_to_those_with_an_account(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        bought(&app, ada, DECLINED).await;
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [("ada@shop.example", "Your order came to nothing")]);
        assert!(mails[0].text.contains("The payment was declined. Nothing was charged."), "{}", mails[0].text);
        assert!(mails[0].text.contains("http://localhost:3000/cart"), "{}", mails[0].text);
    }

    async fn guests_are_written_to_at_the_carts_address(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        lay_down(&app).await;
        for (card, expected) in [(SUCCESS, 1), (DECLINED, 0)] {
            let (token, _) = guest(&app, shop.add(1)).await;
            let ready = json!({ "cartToken": token, "shippingAddress": address(), "email": "guest@home.example" });
            changed(&app, Actor::Anonymous, ready).await;
            let input = with(by(card), json!({ "cartToken": token }));
            done(&buy(&app, Actor::Anonymous, input).await);
            app.work_off().await;
            let mails = app.letters().await;
            let own = mails.iter().filter(|mail| mail.to == "guest@home.example");
            assert_eq!(own.count(), expected, "{mails:?}");
        }
    }

    async fn whoever_has_gone_is_not_written_to(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let staff = person(&app, "staff").await;
        let seller: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, staff, seller, ShopRole::Staff).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = bought(&app, ada, SUCCESS).await;
        app.letters().await;
        app.execute("UPDATE account SET status = 'CLOSED', deleted_at = updated_at WHERE display_name IN ('ada', 'staff')").await;
        send(&app, shop.owner, &order["fulfilments"][0]["id"]).await;
        assert_eq!(app.letters().await, []);
        let bob = shopper(&app, "bob", &shop, 1).await;
        bought(&app, bob, SUCCESS).await;
        let mails = app.letters().await;
        assert_eq!(heads(&mails), [("bob@shop.example", "Your order 100002"), ("quay@shop.example", "New order 100002")]);
    }
}
