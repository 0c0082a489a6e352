//! Sending money from one wallet to another, and giving it.

use super::{TRANSFER, account, assert_sound, customer, fund, global_id, send, total, wallet};
use crate::support::{
    TestApp, admin,
    shops::{person, refused},
    stepped_up,
};
use futures_util::future::join_all;
use serde_json::json;

const CREDIT: &str = "mutation ($input: WalletCreditInput!) { done: walletCredit(input: $input) {
    wallet { balance { amount } } userErrors { code field message } } }";

on_both_databases! {
    async fn money_goes_from_one_to_the_other(app: TestApp) {
        let (ada, ben) = (customer(&app, "ada").await, customer(&app, "ben").await);
        fund(&app, account(ada), 10_000).await;
        let to_ben = json!({ "accountId": global_id(&app, ben).await });
        let sent = send(&app, ada, to_ben.clone(), "25.50", "For the lamp").await;
        assert_eq!(sent.data()["done"]["wallet"]["balance"]["amount"], "74.50", "{:#}", sent.body);
        assert_eq!((wallet(&app, ada).await, wallet(&app, ben).await), (json!("74.50"), json!("25.50")));
        let again = send(&app, ada, to_ben, "0.50", "").await;
        // The key: claimed, finished. What the sender has, both people, both wallets; the transaction, the balances, the
        // entries; the events, the log in two, and the wallet that is shown. On SQLite the log takes one more.
        let sqlite = u32::from(app.app.database.backend() == sea_orm::DbBackend::Sqlite);
        assert_eq!(again.statements, 12 + sqlite, "{:#}", again.body);
        let by_mail = send(&app, ben, json!({ "email": "ADA@shop.example" }), "1", "").await;
        assert_eq!(by_mail.data()["done"]["wallet"]["balance"]["amount"], "25.00", "{:#}", by_mail.body);
        let log: i64 = app.value("SELECT count(*) FROM audit_entry WHERE action = 'wallet.transfer'").await;
        assert_eq!(log, 3);
        assert_sound(&app);
    }

    async fn what_cannot_be_sent_is_told_and_nothing_written(app: TestApp) {
        let (ada, ben) = (customer(&app, "ada").await, customer(&app, "ben").await);
        let (gone, held) = (customer(&app, "gone").await, customer(&app, "held").await);
        fund(&app, account(ada), 1_000).await;
        let (to_ben, to_ada) = (global_id(&app, ben).await, global_id(&app, ada).await);
        let (to_gone, to_held) = (global_id(&app, gone).await, global_id(&app, held).await);
        app.execute("UPDATE account SET status = 'CLOSED', deleted_at = updated_at WHERE display_name = 'gone'").await;
        app.execute("UPDATE account SET status = 'SUSPENDED' WHERE display_name = 'held'").await;
        app.execute("UPDATE account_login SET email_verified_at = NULL WHERE email_key = 'ben@shop.example'").await;
        let before: i64 = app.value("SELECT count(*) FROM ledger_entry").await;
        let mut words = Vec::new();
        for (recipient, amount, expected) in [
            (json!({ "accountId": to_ben }), "0", ("INVALID", "amount.amount")),
            (json!({ "accountId": to_ben }), "-1", ("INVALID", "amount.amount")),
            (json!({ "accountId": to_ben }), "0.001", ("INVALID", "amount.amount")),
            (json!({ "accountId": to_ben }), "99999999999999999999", ("INVALID", "amount.amount")),
            (json!({ "accountId": to_ben }), "10.01", ("CONFLICT", "")),
            (json!({ "accountId": to_ben }), "90000000000000000", ("CONFLICT", "")),
            (json!({ "accountId": to_ada }), "1", ("INVALID", "recipient")),
            (json!({ "email": "ada@shop.example" }), "1", ("INVALID", "recipient")),
            (json!({ "email": "no address" }), "1", ("INVALID", "recipient.email")),
            (json!({}), "1", ("INVALID", "recipient")),
            (json!({ "accountId": to_gone }), "1", ("INVALID", "recipient")),
            (json!({ "accountId": to_held }), "1", ("INVALID", "recipient")),
            (json!({ "email": "held@shop.example" }), "1", ("INVALID", "recipient")),
            (json!({ "email": "ben@shop.example" }), "1", ("INVALID", "recipient")),
            (json!({ "email": "nobody@shop.example" }), "1", ("INVALID", "recipient")),
        ] {
            let reply = send(&app, ada, recipient.clone(), amount, "").await;
            let found = refused(&reply);
            assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{recipient} {amount}");
            words.push(reply.data()["done"]["userErrors"][0]["message"].clone());
        }
        assert!(words[10..].iter().all(|text| *text == words[10]), "who is there is not told: {words:?}");
        let poor = send(&app, ben, json!({ "email": "nobody@shop.example" }), "1", "").await;
        assert_eq!(refused(&poor).0, "CONFLICT", "who has nothing to send finds out about nobody");
        let long = send(&app, ada, json!({ "accountId": to_ben }), "1", &"x".repeat(201)).await;
        assert_eq!(refused(&long).1, "note");
        let dollars = json!({ "recipient": { "accountId": to_ben }, "amount": { "amount": "1", "currency": "USD" } });
        let dollars = app.gql_keyed(ada, "dollars", TRANSFER, json!({ "input": dollars })).await;
        assert_eq!(refused(&dollars).0, "CONFLICT", "there is no such wallet, and nothing in it");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM ledger_entry").await, before);
        assert_eq!(total(&app, "CUSTOMER_WALLET").await, 1_000);
        assert_sound(&app);
    }

    async fn it_takes_a_key_and_a_second_factor(app: TestApp) {
        let (ada, ben) = (customer(&app, "ada").await, customer(&app, "ben").await);
        fund(&app, account(ada), 1_000).await;
        let input = json!({ "recipient": { "accountId": global_id(&app, ben).await }, "amount": { "amount": "1", "currency": "EUR" } });
        let input = json!({ "input": input });
        let keyless = app.gql_as(ada, TRANSFER, input.clone()).await;
        assert_eq!(keyless.error_code(), "VALIDATION_ERROR");
        let eve = person(&app, "eve").await;
        let hasty = app.gql_keyed(eve, "key", TRANSFER, input.clone()).await;
        assert_eq!(hasty.error_code(), "STEP_UP_REQUIRED");
        let twins = join_all((0..20).map(|_| app.gql_keyed(ada, "once", TRANSFER, input.clone()))).await;
        assert!(twins.iter().any(|reply| reply.body["errors"].is_null()));
        assert_eq!(wallet(&app, ben).await, json!("1.00"));
        assert_sound(&app);
    }

    async fn admins_give_out_of_goodwill(app: TestApp) {
        let ada = customer(&app, "ada").await;
        let input = json!({ "input": {
            "accountId": global_id(&app, ada).await, "amount": { "amount": "5", "currency": "EUR" }, "reason": "A late parcel",
        } });
        let hasty = app.gql_keyed(admin(), "key", CREDIT, input.clone()).await;
        assert_eq!(hasty.error_code(), "STEP_UP_REQUIRED");
        let boss = stepped_up(admin(), app.app.clock.now());
        let given = app.gql_keyed(boss, "key", CREDIT, input.clone()).await;
        assert_eq!(given.data()["done"]["wallet"]["balance"]["amount"], "5.00", "{:#}", given.body);
        let again = app.gql_keyed(boss, "key", CREDIT, input.clone()).await;
        assert_eq!(again.data()["done"]["wallet"]["balance"]["amount"], "5.00");
        assert_eq!((total(&app, "GOODWILL_COST").await, total(&app, "CUSTOMER_WALLET").await), (-500, 500));
        let log: String = app.value("SELECT after FROM audit_entry WHERE action = 'wallet.credit'").await;
        assert!(log.contains("A late parcel"), "{log}");
        let denied = app.gql_keyed(ada, "key", CREDIT, input).await;
        assert_eq!(denied.error_code(), "FORBIDDEN");
        assert_sound(&app);
    }
}
