//! Roles in a shop.

use super::{MEMBER, SHOP, members, shop};
use crate::support::{
    TestApp,
    shops::{done, join, mutate, person, refused},
};
use entity::{ids::SellerId, sellers::member::Role};
use serde_json::{Value, json};
use tradewind::caller::Actor;

/// Gives a member another role.
async fn give(app: &TestApp, actor: Actor, member: &Value, role: &str) -> crate::support::Reply {
    let input = json!({ "id": member["id"], "role": role, "expectedVersion": member["version"] });
    mutate(app, actor, "sellerMemberUpdate", MEMBER, input).await
}

async fn remove(app: &TestApp, actor: Actor, member: &Value) -> crate::support::Reply {
    mutate(
        app,
        actor,
        "sellerMemberRemove",
        SHOP,
        json!({ "id": member["id"] }),
    )
    .await
}

on_both_databases! {
    async fn each_role_does_what_the_table_says(app: TestApp) {
        let owner = person(&app, "owner").await;
        let shop = shop(&app, owner, "Quay").await;
        let id: SellerId = app.value("SELECT id FROM seller").await;
        let (manager, staff) = (person(&app, "manager").await, person(&app, "staff").await);
        join(&app, manager, id, Role::Manager).await;
        join(&app, staff, id, Role::Staff).await;
        let all = members(&app, staff, &shop).await;
        let of = |name: &str| all.iter().find(|member| member["person"]["displayName"] == name).unwrap();

        // Strangers learn nothing, and have nothing to say.
        let stranger = person(&app, "stranger").await;
        assert_eq!(members(&app, stranger, &shop).await, [json!(null); 0]);
        assert_eq!(members(&app, Actor::Anonymous, &shop).await, [json!(null); 0]);
        assert_eq!(refused(&give(&app, stranger, of("staff"), "OWNER").await).0, "NOT_FOUND");
        assert_eq!(refused(&remove(&app, stranger, of("staff")).await).0, "NOT_FOUND");

        assert_eq!(give(&app, staff, of("staff"), "OWNER").await.error_code(), "FORBIDDEN");
        assert_eq!(remove(&app, staff, of("manager")).await.error_code(), "FORBIDDEN");
        for (member, role) in [("owner", "STAFF"), ("manager", "OWNER"), ("staff", "OWNER")] {
            assert_eq!(give(&app, manager, of(member), role).await.error_code(), "FORBIDDEN");
        }
        assert_eq!(remove(&app, manager, of("owner")).await.error_code(), "FORBIDDEN");
        let given = give(&app, manager, of("staff"), "MANAGER").await;
        assert!(given.statements <= 14, "{}", given.statements);
        assert_eq!(done(&given)["member"]["role"], "MANAGER");
        assert_eq!(refused(&give(&app, owner, of("staff"), "STAFF").await).0, "CONFLICT");
        done(&remove(&app, manager, of("staff")).await);
        assert_eq!(refused(&give(&app, owner, of("staff"), "STAFF").await).0, "NOT_FOUND");
        // Everyone may leave by themselves.
        done(&remove(&app, manager, of("manager")).await);
        let audited = "SELECT action FROM audit_entry WHERE action LIKE 'member.%' ORDER BY action";
        assert_eq!(app.column::<String>(audited).await, ["member.add", "member.remove", "member.remove", "member.update"]);
    }

    async fn the_last_owner_stays(app: TestApp) {
        let owner = person(&app, "owner").await;
        let shop = shop(&app, owner, "Quay").await;
        let own = members(&app, owner, &shop).await.remove(0);
        assert_eq!(refused(&give(&app, owner, &own, "STAFF").await).0, "CONFLICT");
        assert_eq!(refused(&remove(&app, owner, &own).await).0, "CONFLICT");
        assert_eq!(members(&app, owner, &shop).await, [own]);
    }

    async fn of_two_owners_who_demote_each_other_one_stays(app: TestApp) {
        let (ada, eve) = (person(&app, "ada").await, person(&app, "eve").await);
        let shop = shop(&app, ada, "Quay").await;
        let id: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, eve, id, Role::Owner).await;
        for round in 0..5 {
            let all = members(&app, ada, &shop).await;
            let of = |name: &str| all.iter().find(|member| member["person"]["displayName"] == name).unwrap().clone();
            let (ada_is, eve_is) = (of("ada"), of("eve"));
            if round % 2 == 0 {
                tokio::join!(give(&app, ada, &eve_is, "STAFF"), give(&app, eve, &ada_is, "STAFF"));
            } else {
                // And who both leave at once.
                tokio::join!(give(&app, ada, &ada_is, "STAFF"), give(&app, eve, &eve_is, "STAFF"));
            }
            let owners = "SELECT count(*) FROM seller_member WHERE role = 'OWNER'";
            assert_eq!(app.value::<i64>(owners).await, 1);
            app.execute("UPDATE seller_member SET role = 'OWNER'").await;
        }
    }
}
