//! Closing an account, and what is left of it.

use super::{CHANGE_EMAIL, CLOSE, FORGOT, PASSWORD, VERIFY, VIEWER, token};
use crate::support::{
    TestApp,
    shops::{done, join, mutate, refused},
    stepped_up,
};
use entity::{
    ids::{AccountId, PaymentId, SellerId},
    money::Money,
    sellers::member::Role as ShopRole,
};
use serde_json::{Value, json};
use tradewind::{
    caller::{Actor, Person, Role},
    ledger::{TopUp, top_up},
};

const OWNERS: &str = "SELECT count(*) FROM seller_member WHERE role = 'OWNER'";

/// The shop that the actor opens.
async fn open(app: &TestApp, actor: Actor, name: &str) -> SellerId {
    let opened = mutate(
        app,
        actor,
        "sellerOpen",
        "seller { id }",
        json!({ "name": name }),
    )
    .await;
    done(&opened);
    app.value(&format!("SELECT id FROM seller WHERE name = '{name}'"))
        .await
}

on_both_databases! {
    async fn a_closed_account_is_gone_at_once_and_erased_soon(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        app.deliver().await;
        let wrong = app.mutate(actor, CLOSE, json!({ "password": "not hers at all" })).await;
        assert_eq!(wrong.refusal(), ("INVALID", &json!(["password"])));
        app.mutate(actor, CLOSE, json!({ "password": PASSWORD })).await.done();
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        assert_eq!(app.gql_as(actor, VIEWER, json!({})).await.data()["viewer"], Value::Null);
        assert_eq!(app.end_reasons().await, [Some("CLOSED".to_owned())]);
        for (table, left) in [("account", 1), ("account_login", 0), ("account_token", 0), ("session", 1)] {
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM {table}")).await, left, "{table}");
        }

        assert_eq!(app.deliver().await, []);
        let row = "SELECT display_name || status || CASE WHEN deleted_at IS NULL THEN 'there' ELSE 'gone' END FROM account";
        assert_eq!(app.value::<String>(row).await, "Closed accountCLOSEDgone");
        assert_eq!(app.value::<String>("SELECT user_agent || ip FROM session").await, "");
    }

    async fn money_is_not_left_behind(app: TestApp) {
        let (ada, ben) = (app.person("ada@example.com").await, app.person("ben@example.com").await);
        let (Actor::Person(ada_person), Actor::Person(_)) = (ada, ben) else {
            unreachable!("people are people");
        };
        let pay = async |customer, minor| {
            let money = Money { minor, currency: "EUR".parse().unwrap() };
            let paid = TopUp { payment: PaymentId::generate(), customer, money, at: app.app.clock.now() };
            app.app.transaction(async |tx| top_up(tx, &paid).await).await.unwrap();
        };
        pay(ada_person.account, 1_250).await;
        let refused = app.mutate(ada, CLOSE, json!({ "password": PASSWORD })).await;
        assert_eq!(refused.refusal().0, "CONFLICT");
        assert!(refused.user_errors()[0]["message"].as_str().unwrap().contains("12.50 EUR"));

        // Of sending the money there and closing the account at once, one comes first.
        let to_ben = "mutation ($to: ID!) { done: walletTransfer(input: { recipient: { accountId: $to },
            amount: { amount: \"12.50\", currency: \"EUR\" } }) { userErrors { code field message } } }";
        let id = app.gql_as(ben, VIEWER, json!({})).await.data()["viewer"]["account"]["id"].clone();
        let rich = stepped_up(ada, app.app.clock.now());
        let (sent, closed) = tokio::join!(
            app.gql_keyed(rich, "to ben", to_ben, json!({ "to": id })),
            app.mutate(ben, CLOSE, json!({ "password": PASSWORD }))
        );
        let (sent, closed) = (sent.user_errors().is_empty(), closed.user_errors().is_empty());
        assert!(sent != closed, "sent: {sent}, closed: {closed}");
        let orphaned = "SELECT count(*) FROM ledger_account JOIN account ON account.id = customer_id \
            WHERE account.status = 'CLOSED' AND balance <> 0";
        assert_eq!(app.value::<i64>(orphaned).await, 0);
    }

    async fn its_address_is_free_again(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(actor, CLOSE, json!({ "password": PASSWORD })).await.done();
        let again = app.person("ada@example.com").await;
        assert_ne!(again, actor);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM account").await, 2);
    }

    async fn letters_under_way_are_good_for_nothing(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(actor, CHANGE_EMAIL, json!({ "newEmail": "eve@example.com", "password": PASSWORD })).await.done();
        let mails = app.deliver().await;
        let token = token(mails.iter().find(|mail| mail.to == "eve@example.com").unwrap());
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        app.mutate(actor, CLOSE, json!({ "password": PASSWORD })).await.done();
        assert_eq!(app.deliver().await, [], "the letter that waited is not sent");
        let refused = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })).await;
        assert_eq!(refused.refusal().0, "INVALID");
    }

    async fn twins_close_it_once(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let close = || app.mutate(actor, CLOSE, json!({ "password": PASSWORD }));
        let (one, other) = tokio::join!(close(), close());
        assert!(one.body.get("errors").is_none() || other.body.get("errors").is_none());
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE kind = 'accounts.erase'").await, 1);
        assert_eq!(app.value::<i64>("SELECT version FROM account").await, 2);
    }

    async fn whoever_is_a_shops_last_owner_hands_it_on_first(app: TestApp) {
        let (ada, eve) = (app.person("ada@example.com").await, app.person("eve@example.com").await);
        let (quay, mole) = (open(&app, ada, "Quay").await, open(&app, eve, "Mole").await);
        join(&app, eve, quay, ShopRole::Manager).await;
        join(&app, ada, mole, ShopRole::Staff).await;
        let refusal = app.mutate(ada, CLOSE, json!({ "password": PASSWORD })).await;
        assert_eq!(refusal.refusal().0, "CONFLICT");
        let message = refusal.user_errors()[0]["message"].as_str().unwrap();
        assert!(message.contains("Hand the shop Quay to another owner first"), "{message}");
        // Nothing of it was done.
        assert!(app.check("ada@example.com", PASSWORD).await.is_some());
        assert_eq!(app.value::<i64>("SELECT count(*) FROM seller_member").await, 4);

        app.execute("UPDATE seller_member SET role = 'OWNER' WHERE role = 'MANAGER'").await;
        app.mutate(ada, CLOSE, json!({ "password": PASSWORD })).await.done();
        let left: Vec<AccountId> = app.column("SELECT account_id FROM seller_member").await;
        let Actor::Person(eve) = eve else { unreachable!() };
        assert_eq!(left, [eve.account, eve.account]);
        let audited = "SELECT action FROM audit_entry WHERE action IN ('member.remove', 'account.close') ORDER BY action";
        assert_eq!(app.column::<String>(audited).await, ["account.close", "member.remove", "member.remove"]);
        let told = "SELECT count(*) FROM outbox_event WHERE name = 'sellers.member_changed'";
        assert_eq!(app.value::<i64>(told).await, 2);
    }

    async fn of_two_owners_who_close_at_once_one_stays(app: TestApp) {
        for round in 0..4 {
            let name = |who: &str| format!("{who}{round}@example.com");
            let (ada, eve) = (app.person(&name("ada")).await, app.person(&name("eve")).await);
            let shop = open(&app, ada, &format!("Quay {round}")).await;
            join(&app, eve, shop, ShopRole::Owner).await;
            let close = |actor| app.mutate(actor, CLOSE, json!({ "password": PASSWORD }));
            let errors = if round % 2 == 0 {
                let (one, other) = tokio::join!(close(ada), close(eve));
                [one, other].map(|reply| reply.user_errors().len())
            } else {
                // And who closes while the other leaves.
                let own = app.gql_as(eve, "{ viewer { shops { nodes { id } } } }", json!({})).await;
                let id = own.data()["viewer"]["shops"]["nodes"][0]["id"].clone();
                let leave = mutate(&app, eve, "sellerMemberRemove", "seller { id }", json!({ "id": id }));
                let (one, other) = tokio::join!(close(ada), leave);
                [one, other].map(|reply| reply.user_errors().len())
            };
            assert_eq!(errors.iter().sum::<usize>(), 1, "{errors:?}");
            assert_eq!(app.value::<i64>(OWNERS).await, round + 1);
        }
    }

    async fn nobody_is_given_a_shop_while_closing(app: TestApp) {
        for round in 0..4 {
            let ada = app.person(&format!("ada{round}@example.com")).await;
            let input = json!({ "name": format!("Quay {round}") });
            let open = mutate(&app, ada, "sellerOpen", "seller { id }", input);
            tokio::join!(app.mutate(ada, CLOSE, json!({ "password": PASSWORD })), open);
        }
        let of_closed = "SELECT count(*) FROM seller_member JOIN account ON account.id = seller_member.account_id \
            WHERE account.status = 'CLOSED'";
        assert_eq!(app.value::<i64>(of_closed).await, 0);
    }

    async fn the_last_admin_stays(app: TestApp) {
        let admin = async |email: &str| {
            let Actor::Person(person) = app.person(email).await else { unreachable!() };
            Actor::Person(Person { role: Role::Admin, ..person })
        };
        let (ada, eve) = (admin("ada@example.com").await, admin("eve@example.com").await);
        app.execute("UPDATE account SET role = 'ADMIN'").await;
        let close = |actor| app.mutate(actor, CLOSE, json!({ "password": PASSWORD }));
        let (one, other) = tokio::join!(close(ada), close(eve));
        let closed = [&one, &other].map(|reply| reply.user_errors().is_empty());
        assert_ne!(closed[0], closed[1]);
        let refusal = if closed[0] { other } else { one };
        assert_eq!(refused(&refusal).0, "CONFLICT");
        assert!(refusal.user_errors()[0]["message"].as_str().unwrap().contains("someone else an admin first"));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM account WHERE status = 'ACTIVE' AND role = 'ADMIN'").await, 1);
    }
}
