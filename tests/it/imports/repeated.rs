//! Imports that are only tried, that are cut off, that run again.

use super::{Files, Import, command, csv, row_counts, texts};
use crate::support::TestApp;
use std::{process::Stdio, time::Duration};

/// Products enough for several batches: in ten shops, each with a tag and a type, every hundredth at fault.
fn many(products: usize) -> String {
    let rows: Vec<String> = (0..products)
        .map(|number| {
            let price = if number % 100 == 99 { "free" } else { "9.99" };
            let shop = number % 10;
            format!("h{number},Product {number},Shop {shop},{price},S{number},type_{shop},\"all, t{shop}\",4")
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    csv("Variant SKU,Type,Tags,Variant Inventory Qty", &rows)
}

on_both_databases! {
    async fn a_dry_run_tells_everything_and_writes_nothing(app: TestApp) {
        // The later batches meet what the earlier would have written: shops, names, tags.
        let file = many(600) + "twin,Product 3,Shop 3,1,,,,\nother,Other,Shop 3,1,S3,,,\n";
        let empty = row_counts(&app).await;
        let tried = Import::of(&app, &file, &["--dry-run"]);
        assert_eq!(row_counts(&app).await, empty);
        assert_eq!(tried.products(), "594 (594 created, 0 updated, 0 unchanged), 8 skipped");
        assert_eq!(tried.line("sellers"), "10 (10 created)");
        let done = Import::of(&app, &file, &[]);
        let counts = tried.counts();
        let (first, counts) = counts.split_once('\n').unwrap();
        assert_eq!(first, "A dry run: nothing was written.");
        assert_eq!(counts, done.counts());
        assert_eq!(faults(&tried), faults(&done));

        let full = row_counts(&app).await;
        let tried = Import::of(&app, &file, &["--dry-run"]);
        assert_eq!(tried.products(), "594 (0 created, 0 updated, 594 unchanged), 8 skipped");
        assert_eq!(row_counts(&app).await, full);
    }

    async fn two_at_once_are_as_good_as_one(app: TestApp) {
        let files = Files::new();
        let file = files.write("many.csv", many(1_000));
        let start = || {
            let mut import = command(&app, &[&file], &[]);
            import.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let (one, other) = (start(), start());
        let imports = [one, other].map(|import| Import::from(import.wait_with_output().unwrap()));
        for import in &imports {
            assert!(import.succeeded, "{}", import.stderr);
            // Who makes which is a matter of luck.
            assert!(import.products().starts_with("990 ("), "{}", import.products());
            assert!(import.products().contains(" 0 updated, "), "{}", import.products());
            assert!(import.products().ends_with(" 10 skipped"), "{}", import.products());
            assert_eq!(faults(import).len(), 10, "{}", import.stderr);
        }
        assert_eq!(texts(&app, "SELECT count(*) AS v FROM product").await, ["990"]);
        assert_eq!(texts(&app, "SELECT sum(active_products) AS v FROM seller").await, ["990"]);
    }

    async fn an_import_that_was_killed_is_resumed_by_running_it_again(app: TestApp) {
        let files = Files::new();
        let file = files.write("many.csv", many(4_000));
        let mut import = command(&app, &[&file], &[])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let number = async || -> u64 {
            let count = texts(&app, "SELECT count(*) AS v FROM product").await;
            count[0].parse().unwrap()
        };
        while number().await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        import.kill().unwrap();
        import.wait().unwrap();
        // A server of PostgreSQL's may take a moment to see that its client is gone.
        let mut before = number().await;
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = number().await;
            if now == before {
                break;
            }
            before = now;
        }
        assert!(before < 3_960, "the import was too fast to be killed");
        // Nothing is there by halves.
        let halves = "SELECT count(*) AS v FROM product WHERE NOT EXISTS (SELECT 1 FROM stock WHERE product_id = product.id)
            OR NOT EXISTS (SELECT 1 FROM product_search WHERE product_id = product.id) OR NOT in_stock";
        assert_eq!(texts(&app, halves).await, ["0"]);

        let again = Import::run(&app, &[&file], &[]);
        let created = 3_960 - before;
        assert_eq!(
            again.products(),
            format!("3960 ({created} created, 0 updated, {before} unchanged), 40 skipped")
        );
        assert_eq!(texts(&app, halves).await, ["0"]);
        assert_eq!(
            texts(&app, "SELECT count(*) AS v FROM seller WHERE active_products = CASE handle WHEN 'shop-9' THEN 360 ELSE 400 END").await,
            ["10"]
        );
        let third = Import::run(&app, &[&file], &[]);
        assert_eq!(third.products(), "3960 (0 created, 0 updated, 3960 unchanged), 40 skipped");
    }
}

fn faults(import: &Import) -> Vec<&str> {
    let lines = import.stderr.lines();
    lines
        .filter_map(|line| line.split_once(".csv:"))
        .map(|(_, fault)| fault)
        .collect()
}
