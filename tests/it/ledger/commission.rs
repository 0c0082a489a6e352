//! Agreeing with a shop what the marketplace keeps.

use super::shop;
use crate::support::{TestApp, admin, stepped_up};
use entity::ids::SellerId;
use serde_json::json;

const SET: &str =
    "mutation ($input: SellerCommissionSetInput!) { done: sellerCommissionSet(input: $input) {
    seller { commissionBps } userErrors { code field message } } }";

async fn shop_id(app: &TestApp) -> (SellerId, String) {
    let shop = shop(app, "quay").await;
    let reply = app
        .gql("{ seller(handle: \"quay\") { id } }", json!({}))
        .await;
    let id = reply.data()["seller"]["id"].as_str().unwrap().to_owned();
    (shop, id)
}

on_both_databases! {
    async fn admins_agree_on_a_rate(app: TestApp) {
        let (_, id) = shop_id(&app).await;
        let boss = stepped_up(admin(), app.app.clock.now());
        let set = async |rate: Option<i64>| {
            let input = json!({ "input": { "id": id, "commissionBps": rate } });
            app.gql_as(boss, SET, input).await
        };
        assert_eq!(set(Some(750)).await.data()["done"]["seller"]["commissionBps"], 750);
        for wrong in [-1, 10_001] {
            let refused = set(Some(wrong)).await;
            let error = &refused.data()["done"]["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID"), &json!(["commissionBps"])));
        }
        assert_eq!(set(None).await.data()["done"]["seller"]["commissionBps"], 1_000, "the usual");
        let log: Vec<String> = app.column("SELECT before || after FROM audit_entry WHERE action = 'seller.set_commission' ORDER BY id").await;
        assert_eq!(log, [r#"{"commissionBps":null}{"commissionBps":750}"#, r#"{"commissionBps":750}{"commissionBps":null}"#]);
        let input = json!({ "input": { "id": id, "commissionBps": 1 } });
        assert_eq!(app.gql_as(admin(), SET, input).await.error_code(), "STEP_UP_REQUIRED");
    }
}
