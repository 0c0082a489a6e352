//! Which shop products go to, and what that shop allows.

use super::{Files, Import, csv, execute, row_counts, texts};
use crate::support::TestApp;

on_both_databases! {
    async fn are_made_without_a_limit(app: TestApp) {
        Import::of(&app, csv("Status", &["a,A,Company 123,1,active", "b,B,Company 123,1,draft"]), &["--currency", "JPY"]);
        assert_eq!(
            texts(&app, "SELECT handle || '|' || name || '|' || name_key || '|' || currency || '|' || active_products || '|' ||
                coalesce(active_product_limit, -1) AS v FROM seller").await,
            ["company-123|Company 123|company 123|JPY|1|-1"]
        );
        assert_eq!(texts(&app, "SELECT DISTINCT price AS v FROM variant").await, ["1"]);
    }

    async fn have_handles_of_their_own(app: TestApp) {
        let import = Import::of(&app, csv("", &["art,Art,V,1", "art,Art,W,1"]), &[]);
        assert_eq!(import.line("sellers"), "2 (2 created)");
        assert_eq!(
            texts(&app, "SELECT handle || ' ' || slug AS v FROM product ORDER BY slug").await,
            ["art art", "art art-w"]
        );
    }

    async fn keep_their_currency(app: TestApp) {
        Import::of(&app, csv("", &["a,A,V,1"]), &["--seller", "v", "--currency", "JPY"]);
        // A setting is no statement; prices are read in the shop's currency.
        let import = Import::of(&app, csv("", &["b,B,V,1.5", "c,C,V,2"]), &["--seller", "v"]);
        assert_eq!(import.products(), "1 (1 created, 0 updated, 0 unchanged), 1 skipped");
        assert!(import.stderr.contains("JPY has 0"), "{}", import.stderr);
        for shop in [&["--seller", "v"][..], &["--vendor-as-seller"]] {
            let files = Files::new();
            let file = files.write("f.csv", csv("", &["d,D,V,1"]));
            let flags = [shop, &["--currency", "EUR"]].concat();
            let import = Import::run(&app, &[&file], &flags);
            assert!(!import.succeeded);
            assert!(import.stderr.contains("--currency: The shop 'v' sells in JPY"), "{}", import.stderr);
        }
        assert_eq!(texts(&app, "SELECT count(*) AS v FROM product").await, ["2"]);
    }

    async fn are_held_to_their_plan(app: TestApp) {
        Import::of(&app, csv("Status", &["a,A,V,1,active", "b,B,V,1,draft"]), &[]);
        execute(&app, "UPDATE seller SET active_product_limit = 2").await;
        let file = csv("Status", &["c,C,V,1,active", "b,B,V,1,active", "d,D,V,1,draft"]);
        for flags in [&["--dry-run"][..], &[]] {
            let import = Import::of(&app, &file, flags);
            assert_eq!(import.products(), "2 (2 created, 0 updated, 0 unchanged), 1 skipped");
            assert!(import.stderr.contains(":3: Status: The shop's plan allows 2 active products"), "{}", import.stderr);
        }
        // One that leaves makes room for another.
        let import = Import::of(&app, csv("Status", &["a,A,V,1,archived", "b,B,V,1,active"]), &[]);
        assert_eq!(import.products(), "2 (0 created, 2 updated, 0 unchanged), 0 skipped");
        assert_eq!(texts(&app, "SELECT active_products AS v FROM seller").await, ["2"]);
    }

    async fn are_made_only_for_products(app: TestApp) {
        let import = Import::of(&app, csv("Type,Tags", &["a,A,V,free,New type,new-tag", "b,B,,1,,"]), &[]);
        assert_eq!(import.line("sellers"), "0 (0 created)");
        assert!(import.stderr.contains(":3: Vendor: The product names no vendor"), "{}", import.stderr);
        let nothing = row_counts(&app).await;
        assert!(nothing.iter().all(|count| count.ends_with(" 0")), "{nothing:?}");
    }
}
