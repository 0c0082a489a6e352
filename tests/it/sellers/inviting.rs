//! Asking people into a shop by mail.

use super::{MEMBER, members, shop};
use crate::support::{
    Reply, TestApp,
    shops::{done, join, mutate, person, refused},
};
use chrono::TimeDelta;
use entity::{ids::SellerId, sellers::member::Role};
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{caller::Actor, jobs::Worker};

async fn invite(app: &TestApp, actor: Actor, shop: &Value, email: &str, role: &str) -> Reply {
    let input = json!({ "sellerId": shop["id"], "email": email, "role": role });
    mutate(app, actor, "sellerMemberInvite", "", input).await
}

async fn accept(app: &TestApp, actor: Actor, token: &str) -> Reply {
    mutate(
        app,
        actor,
        "sellerMemberAccept",
        MEMBER,
        json!({ "token": token }),
    )
    .await
}

/// Has the letters written; the addresses and tokens of those that were.
async fn letters(app: &TestApp) -> Vec<(String, String)> {
    let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
    app.until("SELECT count(*) FROM job WHERE kind = 'sellers.send_invitation' AND state IN ('WAITING', 'RUNNING')", 0).await;
    worker.stop(Duration::from_secs(5)).await;
    let token = |text: &str| {
        text.split("token=")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    app.mails
        .take()
        .iter()
        .map(|mail| (mail.to.clone(), token(&mail.text)))
        .collect()
}

on_both_databases! {
    async fn nobody_learns_who_has_an_account(app: TestApp) {
        let (owner, ada) = (person(&app, "owner").await, person(&app, "ada").await);
        let shop = shop(&app, owner, "Quay").await;
        let known = invite(&app, owner, &shop, "ADA@shop.example", "STAFF").await;
        let unknown = invite(&app, owner, &shop, "nobody@shop.example", "STAFF").await;
        done(&known);
        assert_eq!(known.body, unknown.body);
        assert_eq!(known.statements, unknown.statements);
        assert!(known.statements <= 6, "{}", known.statements);
        let jobs: Vec<String> = app.column("SELECT CAST(payload AS text) || coalesce(unique_key, '') FROM job").await;
        assert!(jobs.iter().all(|job| !job.contains("ada@")), "{jobs:?}");
        let letters = letters(&app).await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].0, "ada@shop.example");
        let kept: Vec<String> = app.column("SELECT coalesce(token_hash, '') FROM seller_invitation").await;
        assert!(kept.iter().all(|hash| *hash != letters[0].1));

        // The letter is good for nobody else, and once.
        let eve = person(&app, "eve").await;
        assert_eq!(refused(&accept(&app, eve, &letters[0].1).await), ("INVALID".to_owned(), "token".to_owned()));
        assert_eq!(accept(&app, Actor::Anonymous, &letters[0].1).await.error_code(), "UNAUTHENTICATED");
        let (one, other) = tokio::join!(accept(&app, ada, &letters[0].1), accept(&app, ada, &letters[0].1));
        let is_done = |reply: &Reply| !reply.data()["done"]["member"].is_null();
        assert!(is_done(&one) != is_done(&other));
        assert_eq!(members(&app, owner, &shop).await.len(), 2);
    }

    async fn who_may_ask_whom(app: TestApp) {
        let owner = person(&app, "owner").await;
        let shop = shop(&app, owner, "Quay").await;
        let id: SellerId = app.value("SELECT id FROM seller").await;
        let (manager, staff) = (person(&app, "manager").await, person(&app, "staff").await);
        join(&app, manager, id, Role::Manager).await;
        join(&app, staff, id, Role::Staff).await;
        let ask = async |actor, role| invite(&app, actor, &shop, "ada@shop.example", role).await;
        assert_eq!(ask(staff, "STAFF").await.error_code(), "FORBIDDEN");
        assert_eq!(ask(manager, "OWNER").await.error_code(), "FORBIDDEN");
        done(&ask(manager, "MANAGER").await);
        done(&ask(owner, "OWNER").await);
        assert_eq!(refused(&ask(person(&app, "eve").await, "STAFF").await).0, "NOT_FOUND");
        assert_eq!(refused(&invite(&app, owner, &shop, "no address", "STAFF").await), ("INVALID".to_owned(), "email".to_owned()));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM seller_invitation").await, 1);
    }

    async fn an_invitation_ends(app: TestApp) {
        let (owner, manager, ada) = (person(&app, "owner").await, person(&app, "manager").await, person(&app, "ada").await);
        let shop = shop(&app, owner, "Quay").await;
        let id: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, manager, id, Role::Manager).await;

        // Asked again, the older letter is good for nothing.
        done(&invite(&app, owner, &shop, "ada@shop.example", "STAFF").await);
        let first = letters(&app).await.remove(0).1;
        done(&invite(&app, manager, &shop, "ada@shop.example", "MANAGER").await);
        let second = letters(&app).await.remove(0).1;
        assert_eq!(refused(&accept(&app, ada, &first).await).0, "INVALID");

        // Whoever asked works there no more.
        let all = members(&app, owner, &shop).await;
        let manager_is = all.iter().find(|member| member["role"] == "MANAGER").unwrap();
        done(&mutate(&app, owner, "sellerMemberRemove", "", json!({ "id": manager_is["id"] })).await);
        assert_eq!(refused(&accept(&app, ada, &second).await).0, "INVALID");

        done(&invite(&app, owner, &shop, "ada@shop.example", "STAFF").await);
        let third = letters(&app).await.remove(0).1;
        app.app.clock.advance(TimeDelta::days(8));
        assert_eq!(refused(&accept(&app, ada, &third).await).0, "INVALID");
        assert_eq!(members(&app, owner, &shop).await.len(), 1);
        // Whoever works there already gets no letter.
        done(&invite(&app, owner, &shop, "owner@shop.example", "STAFF").await);
        assert_eq!(letters(&app).await, []);
    }
}
