//! `tradewind doctor` finds what does not hold, and says so by its exit code.

use crate::support::{TestApp, TestDatabase};
use chrono::{DateTime, Utc};
use entity::{
    catalogue::{product, variant},
    ids::{ProductId, SellerId, VariantId},
    money::CurrencyCode,
    sellers::seller,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use std::process::{Command, Output};

pub fn doctor(database: &TestDatabase) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .arg("doctor")
        .env_clear()
        .env("DATABASE_URL", &database.url)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output, text)
}

fn currency() -> CurrencyCode {
    tradewind::platform::currency::parse_code("USD", "currency").unwrap()
}

async fn a_seller(app: &TestApp, now: DateTime<Utc>) -> SellerId {
    let id = SellerId::generate();
    let seller = seller::ActiveModel {
        id: Set(id),
        handle: Set("shop".to_owned()),
        name: Set("Shop".to_owned()),
        name_key: Set("shop".to_owned()),
        description: Set(String::new()),
        status: Set(seller::Status::Active),
        currency: Set(currency()),
        active_products: Set(0),
        rating_sum: Set(7),
        rating_count: Set(2),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    seller.insert(app.app.database.write()).await.unwrap();
    id
}

/// A product of which nothing is derived rightly.
async fn a_product(app: &TestApp, seller_id: SellerId, now: DateTime<Utc>) -> ProductId {
    let id = ProductId::generate();
    let product = product::ActiveModel {
        id: Set(id),
        seller_id: Set(seller_id),
        handle: Set("mug".to_owned()),
        slug: Set("mug".to_owned()),
        name: Set("Mug".to_owned()),
        name_key: Set("mug".to_owned()),
        description: Set(String::new()),
        status: Set(product::Status::Active),
        metadata: Set(serde_json::json!({})),
        currency: Set(currency()),
        price_min: Set(100),
        price_max: Set(200),
        variant_count: Set(2),
        in_stock: Set(true),
        rating_sum: Set(4),
        rating_count: Set(1),
        rating_average: Set(400),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    product.insert(app.app.database.write()).await.unwrap();
    let variant = variant::ActiveModel {
        id: Set(VariantId::generate()),
        product_id: Set(id),
        seller_id: Set(seller_id),
        name: Set(String::new()),
        price: Set(150),
        currency: Set(currency()),
        weight_unit: Set(variant::WeightUnit::Grams),
        position: Set(1),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    variant.insert(app.app.database.write()).await.unwrap();
    id
}

on_both_databases! {
    async fn finds_every_fault(app: TestApp) {
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");
        assert!(!text.contains("FAIL") && text.lines().count() >= 7, "{text}");

        let now = app.app.clock.now();
        let seller = a_seller(&app, now).await.0;
        let product = a_product(&app, SellerId(seller), now).await.0;
        let id = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "gen_random_uuid()",
            _ => "randomblob(16)",
        };
        let then = "'2020-01-01T00:00:00+00:00'";
        app.execute(&format!(
            "INSERT INTO idempotency_key (actor, operation, key, fingerprint, claim_id, leased_until, created_at, expires_at) \
             VALUES ('admin', 'queuePause', 'a', 'b', {id}, {then}, {then}, {then})"
        ))
        .await;
        let (output, text) = doctor(&app.database);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for fault in [
            format!("{product}: it says 2 variants from 100 to 200, they are 1 from 150 to 150"),
            format!("{product}: search does not know it"),
            format!("{product}: it says it is in stock, and no variant is"),
            format!("{product}: it says 1 ratings of 4 stars and a mean of 400 hundredths, its reviews are 0 of 0"),
            format!("{seller}: it says 0 active products, they are 1"),
            format!("{seller}: it says 2 ratings of 7 stars, its products have 1 of 4"),
            "a key of the mutation queuePause is kept beyond its time".to_owned(),
        ] {
            assert!(text.contains(&fault), "{fault} is missing in\n{text}");
        }
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with("error: 7 of what must always hold"), "{error}");
    }
}

#[test]
fn finds_missing_migrations() {
    let (output, text) = doctor(&TestDatabase::empty_sqlite());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text.contains("FAIL  Every migration is applied.\n      m2026"),
        "{text}"
    );
    assert!(text.contains("cannot be told"), "{text}");
}
