//! Input that makes no sense.

use super::{ITEMS, LOCATION, Shop, sound, totals};
use crate::support::{
    TestApp,
    shops::{mutate, refused},
};
use serde_json::{Value, json};

on_both_databases! {
    async fn numbers_that_nobody_counts_to_are_refused(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3]).await;
        let items = |field: &str, number: i64| json!([{ "variantId": shop.variants[0], field: number }]);
        let invalid = |field: &str| ("INVALID".to_owned(), format!("items.0.{field}"));
        for number in [0, 1_000_000_001, -1_000_000_001, -4] {
            let input = json!({ "locationId": shop.first, "reason": "ADJUSTED", "items": items("delta", number) });
            assert_eq!(refused(&mutate(&app, shop.owner, "stockAdjust", ITEMS, input).await), invalid("delta"), "{number}");
        }
        // What no `Int` holds is not even read.
        for number in [i64::MAX, i64::MIN] {
            let input = json!({ "locationId": shop.first, "reason": "ADJUSTED", "items": items("delta", number) });
            let refused = mutate(&app, shop.owner, "stockAdjust", ITEMS, input).await;
            assert!(refused.body["errors"].is_array(), "{number}");
        }
        let input = json!({ "locationId": shop.first, "reason": "RECEIVED", "items": items("delta", 1_000_000_000) });
        assert_eq!(refused(&mutate(&app, shop.owner, "stockAdjust", ITEMS, input).await), invalid("delta"));
        for (reason, number) in [("RECEIVED", -1), ("DAMAGED", 1)] {
            let input = json!({ "locationId": shop.first, "reason": reason, "items": items("delta", number) });
            assert_eq!(refused(&mutate(&app, shop.owner, "stockAdjust", ITEMS, input).await), invalid("delta"));
        }
        for number in [-1, 1_000_000_001] {
            let mut counted = items("counted", number);
            counted[0]["expectedVersion"] = json!(1);
            let input = json!({ "locationId": shop.first, "items": counted });
            assert_eq!(refused(&mutate(&app, shop.owner, "stockRecount", ITEMS, input).await), invalid("counted"));
            let input = json!({ "variantId": shop.variants[0], "threshold": number });
            let refusal = refused(&mutate(&app, shop.owner, "stockThresholdSet", "item { isLow }", input).await);
            assert_eq!(refusal, ("INVALID".to_owned(), "threshold".to_owned()));
        }
        let attic = shop.location(&app, "Attic", 0).await;
        for number in [0, -1, 4] {
            let input = json!({ "fromLocationId": shop.first, "toLocationId": attic["id"], "items": items("quantity", number) });
            assert_eq!(refused(&mutate(&app, shop.owner, "stockTransfer", ITEMS, input).await), invalid("quantity"));
        }
        assert_eq!(totals(&app).await, ["3/0"]);
        sound(&app).await;
    }

    async fn lists_and_texts_that_make_no_sense_are_refused(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3]).await;
        let item = json!({ "variantId": shop.variants[0], "delta": 1 });
        let adjust = async |items: Value, note: Value| {
            let input = json!({ "locationId": shop.first, "reason": "ADJUSTED", "items": items, "note": note });
            refused(&mutate(&app, shop.owner, "stockAdjust", ITEMS, input).await)
        };
        let invalid = |field: &str| ("INVALID".to_owned(), field.to_owned());
        assert_eq!(adjust(json!([]), Value::Null).await, invalid("items"));
        assert_eq!(adjust(json!(vec![item.clone(); 51]), Value::Null).await, invalid("items"));
        assert_eq!(adjust(json!([item, item]), Value::Null).await, invalid("items.1.variantId"));
        assert_eq!(adjust(json!([item]), json!("x".repeat(501))).await, invalid("note"));
        assert_eq!(adjust(json!([item]), json!("a\u{0}b")).await, invalid("note"));
        let input = json!({ "fromLocationId": shop.first, "toLocationId": shop.first, "items": [{ "variantId": shop.variants[0], "quantity": 1 }] });
        assert_eq!(refused(&mutate(&app, shop.owner, "stockTransfer", ITEMS, input).await), invalid("toLocationId"));
        for name in ["", "  ", "a\u{0}b", &"x".repeat(101)] {
            let input = json!({ "sellerId": shop.id, "name": name });
            assert_eq!(refused(&mutate(&app, shop.owner, "locationCreate", LOCATION, input).await), invalid("name"), "{name:?}");
        }
        for priority in [-1, 1_001] {
            let input = json!({ "sellerId": shop.id, "name": "Attic", "priority": priority });
            assert_eq!(refused(&mutate(&app, shop.owner, "locationCreate", LOCATION, input).await), invalid("priority"));
        }
        // What is deleted has no stock to speak of.
        app.execute("UPDATE variant SET deleted_at = created_at").await;
        assert_eq!(adjust(json!([item]), Value::Null).await, invalid("items.0.variantId"));
    }
}
