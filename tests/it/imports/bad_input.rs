//! What cannot be imported at all: one sentence, a code, and nothing written.

use super::{Files, Import, csv, row_counts};
use crate::support::{TestApp, TestDatabase};
use flate2::{Compression, write::GzEncoder};
use std::{io::Write, path::Path};

on_both_databases! {
    async fn is_told_before_anything_is_written(app: TestApp) {
        let files = Files::new();
        let good = files.write("good.csv", csv("", &["cup,Cup,V,5"]));
        let nowhere = files.path("nowhere.csv");
        let folder = files.path("");
        let empty = files.write("empty.csv", "");
        let columns = files.write("columns.csv", "Handle,Body\na,b\n");
        let semicolons = files.write("semicolons.csv", "Handle;Title;Variant Price\na;b;1\n");
        let wide = files.write("wide.csv", [0xff, 0xfe, b'H', 0]);
        let vendorless = files.write("vendorless.csv", "Handle,Title,Price\na,A,1\n");
        let unnamed = files.write("unnamed.csv", csv("", &["a,A,,1", "b,B,,1"]));
        let none = row_counts(&app).await;

        let refused = |file: &Path, flags: &[&str], sentence: &str| {
            let import = Import::run(&app, &[&good, file], flags);
            assert!(!import.succeeded, "{}", file.display());
            assert!(import.stderr.contains(sentence), "{sentence}: {}", import.stderr);
            assert_eq!(import.stdout, "");
            let lines = import.stderr.lines().filter(|line| line.starts_with("error: "));
            assert_eq!(lines.count(), 1, "{}", import.stderr);
        };
        refused(&nowhere, &[], "nowhere.csv: The file cannot be read");
        refused(&folder, &[], "it is a folder");
        refused(&empty, &[], "empty.csv: The file is empty");
        refused(&columns, &[], "lacks the column 'Title' and 'Variant Price' (or 'Price')");
        refused(&semicolons, &[], "separated by commas");
        refused(&wide, &[], "UTF-16");
        refused(&vendorless, &[], "--seller HANDLE, or fill the column 'Vendor' and say --vendor-as-seller");
        refused(&vendorless, &["--vendor-as-seller"], "lacks the column 'Vendor'");
        refused(&good, &["--seller", "?"], "--seller: A handle has a letter or digit");
        refused(&good, &["--errors", "/nowhere/errors.csv"], "--errors: The file cannot be written");
        assert_eq!(row_counts(&app).await, none);

        let import = Import::run(&app, &[&unnamed], &[]);
        assert!(!import.succeeded && import.stderr.contains("The file names no vendors"), "{}", import.stderr);
        assert_eq!(row_counts(&app).await, none);
        let import = Import::run(&app, &[&vendorless], &["--seller", "mine"]);
        assert!(import.succeeded, "{}", import.stderr);
    }

    async fn a_file_that_breaks_off_says_how_far_it_went(app: TestApp) {
        let files = Files::new();
        let rows: Vec<String> = (0..2_000).map(|number| format!("h{number},T{number},V,{number}")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(csv("", &rows).as_bytes()).unwrap();
        let mut zipped = encoder.finish().unwrap();
        let whole = files.write("whole.csv.gz", &zipped);
        zipped.truncate(zipped.len() * 3 / 4);
        let import = Import::run(&app, &[&files.write("cut.csv.gz", &zipped)], &[]);
        assert!(!import.succeeded);
        assert!(import.stderr.contains("cannot be read beyond line 1"), "{}", import.stderr);
        assert!(import.stderr.contains("run the import again"), "{}", import.stderr);
        // The last product before the end may be without its last rows, so it waits for the next time.
        let import = Import::run(&app, &[&whole], &[]);
        let products = import.products();
        assert!(products.starts_with("2000 (") && products.contains("0 updated") && !products.contains(" 0 unchanged"), "{products}");
    }
}

#[tokio::test]
async fn an_import_makes_its_tables_unless_it_is_only_tried() {
    let database = TestDatabase::empty_sqlite();
    let app = TestApp::on_database(database, &[]).await;
    let files = Files::new();
    let file = files.write("good.csv", csv("", &["cup,Cup,V,5"]));
    for flags in [&["--dry-run"][..], &["--tradewind-env", "production"]] {
        let import = Import::run(&app, &[&file], flags);
        assert!(!import.succeeded);
        assert!(
            import.stderr.contains("tradewind migrate up"),
            "{}",
            import.stderr
        );
    }
    let import = Import::run(&app, &[&file], &[]);
    assert!(import.succeeded, "{}", import.stderr);
}
