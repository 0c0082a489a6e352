//! Taking identities away, one by one or with the account.

use super::{EMAIL, IDENTITIES, Shop};
use crate::{
    accounts::{CLOSE, PASSWORD},
    support::TestApp,
};
use futures_util::future::join_all;
use serde_json::json;
use tradewind::caller::{Actor, Role};

const UNLINK: &str = "mutation ($input: IdentityUnlinkInput!) {
    done: identityUnlink(input: $input) { unlinkedId userErrors { code field message } } }";

on_both_databases! {
    async fn one_way_in_is_always_left(app: TestApp) {
        let shop = Shop::open(app).await;
        let ada = shop.app.holder(EMAIL, Role::Customer).await;
        let eve = shop.app.holder("eve@example.com", Role::Customer).await;
        for subject in ["person-1", "person-2", "person-3"] {
            shop.provider.script(|script| script.claims = json!({ "sub": subject }));
            shop.whose(&shop.sign_in().await).await;
        }
        let listed = shop.app.gql_as(ada, "{ viewer { identities { nodes { id } } } }", json!({})).await;
        let ids: Vec<_> = listed.data()["viewer"]["identities"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
        let foreign = shop.app.mutate(eve, UNLINK, json!({ "id": ids[0] })).await;
        assert_eq!(foreign.refusal(), ("NOT_FOUND", &json!(["id"])));
        let nobody = shop.app.mutate(Actor::Anonymous, UNLINK, json!({ "id": ids[0] })).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
        let replies = join_all(ids.iter().map(|id| shop.app.mutate(ada, UNLINK, json!({ "id": id })))).await;
        let refused: Vec<_> = replies.iter().filter(|reply| !reply.user_errors().is_empty()).collect();
        assert_eq!((refused.len(), refused[0].refusal().0), (1, "CONFLICT"), "also when all go at once");
        assert_eq!(shop.count(IDENTITIES).await, 1);
        shop.app.execute("UPDATE account_login SET password_hash = 'x'").await;
        let left = ids.iter().zip(&replies).find(|(_, reply)| !reply.user_errors().is_empty()).unwrap().0;
        let done = shop.app.mutate(ada, UNLINK, json!({ "id": left })).await;
        assert_eq!(&done.done()["unlinkedId"], left);
        assert_eq!(shop.count(IDENTITIES).await, 0);
        assert_eq!(shop.count("SELECT count(*) FROM audit_entry WHERE action = 'identity.unlink'").await, 3);
    }

    async fn a_closed_account_has_none(app: TestApp) {
        let shop = Shop::open(app).await;
        let ada = shop.app.person(EMAIL).await;
        shop.whose(&shop.sign_in().await).await;
        shop.app.mutate(ada, CLOSE, json!({ "password": PASSWORD })).await.done();
        assert_eq!(shop.count(IDENTITIES).await, 0);
        // Whoever comes again is someone new.
        shop.whose(&shop.sign_in().await).await;
        assert_eq!(shop.count("SELECT count(*) FROM account WHERE status = 'ACTIVE'").await, 1);
    }
}
