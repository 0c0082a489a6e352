//! Imports by the command line are written down: that they were begun, and how they ended.

use super::{Files, Import, csv};
use crate::support::TestApp;

const TOLD: &str = "SELECT actor || ' ' || action || ' ' || after FROM audit_entry ORDER BY id";

on_both_databases! {
    async fn an_import_is_written_down(app: TestApp) {
        let files = Files::new();
        let file = files.write("shop.csv", csv("Variant SKU", &["mug,Mug,Acme,9.99,S1"]));
        assert!(Import::run(&app, &[&file], &["--dry-run"]).succeeded);
        assert_eq!(app.column::<String>(TOLD).await, [""; 0]);
        let done = Import::run(&app, &[&file], &[]);
        assert!(done.succeeded, "{}", done.stderr);
        let told: Vec<String> = app.column(TOLD).await;
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("OPERATOR import.begin") && told[0].contains("shop.csv"), "{told:?}");
        assert!(told[1].starts_with("OPERATOR import.end") && told[1].contains("\"productsCreated\":1"), "{told:?}");
    }

    async fn one_that_fails_is_written_down_too(app: TestApp) {
        let files = Files::new();
        let file = files.write("shop.csv", csv("Variant SKU", &["mug,Mug,,9.99,S1"]));
        assert!(!Import::run(&app, &[&file], &[]).succeeded);
        let told: Vec<String> = app.column(TOLD).await;
        assert!(told.len() == 2 && told[1].contains("\"error\":"), "{told:?}");
    }
}
