//! Files as real shops export them.

use super::{Import, row_counts, texts};
use crate::support::TestApp;
use std::path::{Path, PathBuf};

/// The files, or nothing, with a word about it, where they are missing.
fn sample_files() -> Option<[PathBuf; 3]> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/shopify");
    if !folder.is_dir() {
        eprintln!("SKIPPED: there are no sample files at {}", folder.display());
        return None;
    }
    Some(["apparel", "home-and-garden", "jewelery"].map(|name| folder.join(format!("{name}.csv"))))
}

on_both_databases! {
    async fn are_imported_twice_with_the_same_counts(app: TestApp) {
        let Some(files) = sample_files() else { return };
        let files = files.each_ref().map(PathBuf::as_path);

        let first = Import::run(&app, &files, &[]);
        assert!(first.succeeded, "{}", first.stderr);
        assert_eq!(first.line("sellers"), "5 (5 created)");
        assert_eq!(first.products(), "60 (60 created, 0 updated, 0 unchanged), 0 skipped");
        assert_eq!(first.line("variants"), "66");
        assert_eq!(first.line("images"), "82");
        assert_eq!(first.line("rows"), "84, 0 skipped");
        let counts = row_counts(&app).await;
        assert!(counts.contains(&"product 60".to_owned()), "{counts:?}");
        assert!(counts.contains(&"product_image 82".to_owned()), "{counts:?}");
        assert!(counts.contains(&"stock 66".to_owned()), "{counts:?}");
        assert!(counts.contains(&"product_search 60".to_owned()), "{counts:?}");
        let times = "SELECT max(updated_at) AS v FROM product";
        let changed = texts(&app, times).await;

        let second = Import::run(&app, &files, &["--vendor-as-seller"]);
        assert_eq!(second.line("sellers"), "5 (0 created)");
        assert_eq!(second.products(), "60 (0 created, 0 updated, 60 unchanged), 0 skipped");
        assert_eq!(second.line("variants"), "66");
        assert_eq!(row_counts(&app).await, counts);
        assert_eq!(texts(&app, times).await, changed);
    }

    async fn go_to_one_shop_when_told(app: TestApp) {
        let Some([_, _, jewelery]) = sample_files() else { return };
        let import = Import::run(&app, &[&jewelery], &["--seller", "gems", "--currency", "eur"]);
        assert_eq!(import.line("sellers"), "1 (1 created)");
        assert_eq!(import.line("images"), "41");
        assert_eq!(
            texts(&app, "SELECT handle || '|' || name || '|' || currency || '|' || active_products AS v FROM seller").await,
            ["gems|Gems|EUR|20"]
        );
        // A brand that is not the shop is kept beside the product.
        let brands = texts(&app, "SELECT metadata AS v FROM product WHERE handle = 'gemstone'").await;
        assert!(brands[0].contains("Sterling Ltd"), "{brands:?}");
    }
}
