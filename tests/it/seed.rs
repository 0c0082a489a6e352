//! The seeds, through the command line: what they make, and when they refuse.

use crate::support::TestApp;
use entity::accounts::account;
use entity::catalogue::{
    category, image, option, option_value, product, product_tag, tag, variant, variant_option,
};
use entity::inventory::stock;
use entity::reviews::review;
use entity::sellers::seller;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, Iterable, PaginatorTrait, PrimaryKeyToColumn,
    QueryOrder, Statement,
};
use std::{fmt::Debug, process::Command};

/// Runs `tradewind seed` on the test's database; what it printed, or what it complained of.
pub fn seed(test: &TestApp, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .arg("seed")
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", &test.database.url)
        .output()
        .expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    }
}

async fn count<E: EntityTrait>(test: &TestApp) -> u64
where
    E::Model: Sync,
{
    E::find().count(test.app.database.read()).await.unwrap()
}

/// FNV-1a over every column of every row, in the order of their keys.
async fn fingerprint<E: EntityTrait>(test: &TestApp) -> u64
where
    E::Model: Debug,
{
    let mut query = E::find();
    for key in E::PrimaryKey::iter() {
        query = query.order_by_asc(key.into_column());
    }
    let rows = query.all(test.app.database.read()).await.unwrap();
    rows.iter()
        .flat_map(|row| format!("{row:?}\n").into_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

async fn number(test: &TestApp, sql: &str) -> i64 {
    let db = test.app.database.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().expect("a row");
    row.try_get_by_index(0).unwrap()
}

/// How many products a search for `jacket` finds.
async fn jackets(test: &TestApp) -> i64 {
    number(
        test,
        match test.app.database.backend() {
            DbBackend::Postgres => {
                "SELECT count(*) FROM product_search WHERE document @@ to_tsquery('english', 'jacket')"
            }
            _ => {
                "SELECT count(*) FROM product_search_text WHERE product_search_text MATCH 'jacket'"
            }
        },
    )
    .await
}

/// Rows in which something that is kept beside the rows it is derived from differs from what SQL derives from them.
const WRONG: [(&str, &str); 11] = [
    (
        "price_min",
        "product p WHERE price_min <> (SELECT min(price) FROM variant v WHERE v.product_id = p.id)",
    ),
    (
        "price_max",
        "product p WHERE price_max <> (SELECT max(price) FROM variant v WHERE v.product_id = p.id)",
    ),
    (
        "variant_count",
        "product p WHERE variant_count <> (SELECT count(*) FROM variant v WHERE v.product_id = p.id)",
    ),
    (
        "in_stock",
        "product p WHERE in_stock <> EXISTS (SELECT 1 FROM stock s WHERE s.product_id = p.id \
           AND (NOT tracked OR on_hand > reserved))",
    ),
    (
        "ratings",
        "product p WHERE rating_count <> (SELECT count(*) FROM review r WHERE r.product_id = p.id) \
           OR rating_sum <> (SELECT coalesce(sum(rating), 0) FROM review r WHERE r.product_id = p.id)",
    ),
    (
        "rating_average",
        "product p WHERE abs(rating_average - \
           (SELECT coalesce(100.0 * avg(rating), 0) FROM review r WHERE r.product_id = p.id)) > 0.5",
    ),
    (
        "active_products",
        "seller s WHERE active_products <> \
           (SELECT count(*) FROM product p WHERE p.seller_id = s.id AND p.status = 'ACTIVE')",
    ),
    (
        "the sellers' ratings",
        "seller s WHERE rating_count <> (SELECT count(*) FROM review r WHERE r.seller_id = s.id) \
           OR rating_sum <> (SELECT coalesce(sum(rating), 0) FROM review r WHERE r.seller_id = s.id)",
    ),
    (
        "the search index",
        "product p WHERE NOT EXISTS (SELECT 1 FROM product_search f WHERE f.product_id = p.id)",
    ),
    (
        "the reviews' sellers",
        "review r JOIN product p ON p.id = r.product_id WHERE r.seller_id <> p.seller_id",
    ),
    (
        "the variants' names",
        "variant v JOIN variant_option o ON o.variant_id = v.id JOIN option_value x ON x.id = o.value_id \
           WHERE v.name NOT LIKE '%' || x.value || '%'",
    ),
];

async fn assert_projections(test: &TestApp) {
    for (what, rows) in WRONG {
        let wrong = number(test, &format!("SELECT count(*) FROM {rows}")).await;
        assert_eq!(wrong, 0, "{what} is wrong in {wrong} rows");
    }
}

/// What the bench rows are, on every machine and both databases. A change here makes figures measured before it
/// incomparable with those after it.
const BENCH: [(&str, u64, u64); 13] = [
    ("account", 500, 0x54c6_e1b0_8964_52c5),
    ("seller", 50, 0x45a1_9bc5_aa82_ed01),
    ("category", 40, 0x96dc_e2a1_6b08_8764),
    ("tag", 30, 0x5b58_1dd7_82f0_43b8),
    ("product", 2_000, 0xa839_878f_e67d_9b4a),
    ("image", 2_000, 0x3686_5b35_d8a5_5a46),
    ("option", 2_000, 0xc3f3_ba5c_dbc1_e3f0),
    ("option_value", 6_000, 0x01b1_2047_e520_a2ba),
    ("variant", 6_000, 0x2256_b1cc_bc33_640f),
    ("variant_option", 6_000, 0x18bb_16bd_0a9e_160c),
    ("product_tag", 4_009, 0x0ddc_6afa_7276_a0d5),
    ("stock", 6_000, 0xc194_1221_ca9f_ca9a),
    ("review", 10_000, 0x2e5e_4818_89c7_d422),
];

macro_rules! tables {
    ($test:ident: $($table:ident),+) => {[$((
        stringify!($table),
        count::<$table::Entity>(&$test).await,
        fingerprint::<$table::Entity>(&$test).await,
    )),+]};
}

on_both_databases! {
    /// The same rows each time, to the byte, and only into an empty database.
    async fn bench_rows_are_always_the_same(test: TestApp) {
        let said = seed(&test, &["--bench"]).unwrap();
        assert!(said.contains("2000 products"), "{said}");
        let tables = tables!(
            test: account, seller, category, tag, product, image, option, option_value, variant, variant_option,
            product_tag, stock, review
        );
        assert_eq!(tables, BENCH);

        let refusal = seed(&test, &["--bench"]).unwrap_err();
        assert!(refusal.contains("tradewind migrate fresh"), "{refusal}");
        assert_eq!(count::<product::Entity>(&test).await, 2_000);
    }

    async fn bench_rows_hold_together(test: TestApp) {
        seed(&test, &["--bench"]).unwrap();
        assert_projections(&test).await;
        let named = number(&test, "SELECT count(*) FROM product WHERE name LIKE '%Jacket'").await;
        assert!(named > 0 && jackets(&test).await >= named, "{named} jackets by name");
        let unevenly = number(
            &test,
            "SELECT count(DISTINCT rating_count) FROM product WHERE rating_count BETWEEN 0 AND 12",
        );
        assert_eq!(unevenly.await, 11);
        let sold_out = number(&test, "SELECT count(*) FROM product WHERE NOT in_stock").await;
        assert!((40..200).contains(&sold_out), "{sold_out} are sold out");
        let descriptions = "SELECT count(*) FROM product WHERE length(description) BETWEEN 200 AND 600";
        assert_eq!(number(&test, descriptions).await, 2_000);
    }
}

on_both_databases! {
    async fn the_demo_is_a_whole_marketplace(test: TestApp) {
        let said = seed(&test, &["--demo"]).unwrap();
        assert!(said.contains("61 products in 196 variants of 8 sellers, and 150 reviews by 32 people"), "{said}");
        for (table, rows) in [
            ("product", 61),
            ("variant", 196),
            ("stock", 196),
            ("seller", 8),
            ("account", 35),
            ("review", 150),
            ("category", 67),
        ] {
            let sql = format!("SELECT count(*) FROM {table}");
            assert_eq!(number(&test, &sql).await, rows, "{table}");
        }
        assert_projections(&test).await;
        for (what, rows, expected) in [
            ("products without a variant", "product WHERE variant_count = 0", 0),
            (
                "products without a picture",
                "product p WHERE NOT EXISTS (SELECT 1 FROM product_image i WHERE i.product_id = p.id)",
                0,
            ),
            ("products without a category", "product WHERE category_id IS NULL", 0),
            ("sellers without a product", "seller WHERE active_products = 0", 0),
            ("categories beside the tree's roots", "category WHERE parent_id IS NULL", 6),
            ("drafts", "product WHERE status = 'DRAFT'", 1),
            ("products sold out", "product WHERE status = 'ACTIVE' AND NOT in_stock", 1),
            (
                "the rain jacket",
                "product p JOIN seller s ON s.id = p.seller_id WHERE p.slug = 'harbour-rain-jacket' \
                   AND s.handle = 'north-quay-outfitters' AND p.variant_count = 15",
                1,
            ),
            ("reviews of the future", "review r JOIN account a ON a.id = r.author_id WHERE r.created_at > a.created_at", 0),
        ] {
            let found = number(&test, &format!("SELECT count(*) FROM {rows}")).await;
            assert_eq!(found, expected, "{what}");
        }
        let reduced = number(&test, "SELECT count(*) FROM variant WHERE compare_at_price > price").await;
        assert!(reduced >= 10, "{reduced} variants at a reduced price");
        assert!(jackets(&test).await >= 5, "{} jackets", jackets(&test).await);

        let refusal = seed(&test, &["--demo"]).unwrap_err();
        assert!(refusal.contains("tradewind migrate fresh"), "{refusal}");
        assert_eq!(count::<review::Entity>(&test).await, 150);
    }
}

#[tokio::test]
async fn bench_rows_multiply_with_the_scale() {
    let test = TestApp::on_sqlite().await;
    seed(&test, &["--bench", "--scale", "2"]).unwrap();
    // The planner knows the catalogue, and nothing of events, of which there are hardly any yet: else it would read all of them for each new one.
    let known = |tables: &str| format!("SELECT count(*) FROM sqlite_stat1 WHERE tbl {tables}");
    assert!(number(&test, &known("= 'product'")).await > 0);
    assert_eq!(number(&test, &known("LIKE 'outbox%'")).await, 0);
    for (table, rows) in [
        ("account", 1_000),
        ("seller", 100),
        ("product", 4_000),
        ("variant", 12_000),
        ("review", 20_000),
        ("category", 40),
        ("tag", 30),
    ] {
        let sql = format!("SELECT count(*) FROM {table}");
        assert_eq!(number(&test, &sql).await, rows, "{table}");
    }
    assert_projections(&test).await;
}

#[tokio::test]
async fn a_seed_is_one_of_them_and_never_in_production() {
    let test = TestApp::on_sqlite().await;
    for arguments in [
        &[] as &[&str],
        &["--bench", "--demo"],
        &["--demo", "--scale", "2"],
        &["--bench", "--scale", "0"],
    ] {
        let refusal = seed(&test, arguments).unwrap_err();
        assert!(refusal.starts_with("error: "), "{refusal}");
    }
    let refusal = seed(&test, &["--bench", "--tradewind-env", "production"]).unwrap_err();
    assert!(refusal.contains("production"), "{refusal}");
    assert_eq!(count::<product::Entity>(&test).await, 0);
}
