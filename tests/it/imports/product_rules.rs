//! What breaks a rule is left out, told and counted; the rest goes in.

use super::{Files, Import, csv, execute, texts};
use crate::support::TestApp;

on_both_databases! {
    async fn each_fault_is_told_with_its_place(app: TestApp) {
        let files = Files::new();
        let errors = files.path("errors.csv");
        let long = "x".repeat(256);
        let file = files.write("faults.csv", csv(
            "Option1 Name,Option1 Value,Variant Inventory Qty,Image Src",
            &[
                "cup,Cup,V,5,Size,S,1,https://e.com/1.jpg",
                "cup,,,free,,M,1,",
                "cup,,,6,,L,-2,",
                "cup,,,6,,S,1,",
                "cup,,,,,,,nowhere",
                "cup,,,7,,XL,1,nowhere",
                &format!("long,{long},V,5,,,1,"),
                "long,,,5,,S,1,",
                "dear,Dear,V,5.999,,,1,",
                ",No handle,V,5,,,1,",
                "few,cells",
                "mug,Mug,V,5,,,1,",
            ],
        ));
        let flags = ["--errors", errors.to_str().unwrap()];
        let import = Import::run(&app, &[&file], &flags);
        assert!(import.succeeded && import.stderr.is_empty(), "{}", import.stderr);
        assert_eq!(import.products(), "2 (2 created, 0 updated, 0 unchanged), 4 skipped");
        assert_eq!(import.line("variants"), "3");
        assert_eq!(import.line("rows"), "12, 10 skipped");

        let mut reader = csv::Reader::from_path(errors).unwrap();
        assert_eq!(
            reader.headers().unwrap().iter().collect::<Vec<_>>(),
            ["file", "line", "column", "value", "reason"]
        );
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let places: Vec<String> = rows.iter().map(|row| format!("{} {} {}", &row[1], &row[2], &row[3])).collect();
        assert_eq!(
            places,
            [
                "3 Variant Price free",
                "4 Variant Inventory Qty -2",
                "5 Option1 Value S",
                "6 Image Src nowhere",
                "7 Image Src nowhere",
                &format!("8 Title {}…", &long[..200]),
                "10 Variant Price 5.999",
                "11 Handle ",
                "12  ",
            ]
        );
        assert!(rows.iter().all(|row| row[0].ends_with("faults.csv") && row[4].ends_with('.')));
        assert!(rows[6][4].contains("--round-prices"), "{:?}", rows[6]);

        // Without a file for them, the first are shown.
        let import = Import::run(&app, &[&file], &["--round-prices"]);
        assert!(import.stderr.contains("faults.csv:3: Variant Price 'free': "), "{}", import.stderr);
        assert_eq!(import.products(), "3 (1 created, 0 updated, 2 unchanged), 3 skipped");
        let dear = "SELECT price_min AS v FROM product WHERE handle = 'dear'";
        assert_eq!(texts(&app, dear).await, ["600"]);
    }

    async fn only_the_first_faults_are_shown(app: TestApp) {
        let rows: Vec<String> = (0..25).map(|number| format!("h{number},T{number},V,free")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let import = Import::of(&app, csv("", &rows), &[]);
        assert_eq!(import.stderr.lines().count(), 11, "{}", import.stderr);
        assert!(import.stderr.contains("and 15 more"), "{}", import.stderr);
    }

    async fn a_name_is_unique_in_its_shop(app: TestApp) {
        let file = csv("", &["a,Blue Cup,V,1", "b,BLUE  cup,V,1", "c,Blue Cup,W,1"]);
        for _ in 0..2 {
            let import = Import::of(&app, &file, &[]);
            assert!(import.products().ends_with("1 skipped"), "{}", import.stdout);
            assert!(import.stderr.contains(":3: Title 'BLUE cup': Another product"), "{}", import.stderr);
        }
        // A name that is given up is free for the next product, new or not.
        let import = Import::of(&app, csv("", &["a,Red Cup,V,1", "b,Blue cup,V,1"]), &[]);
        assert_eq!(import.products(), "2 (1 created, 1 updated, 0 unchanged), 0 skipped");
    }

    async fn a_sku_is_unique_in_its_shop(app: TestApp) {
        let columns = "Variant SKU,Option1 Name,Option1 Value";
        let file = csv(columns, &[
            "a,A,V,1,S1,Size,S",
            "a,,,1,S2,,M",
            "b,B,V,1,S2,,",
            "c,C,V,1,S3,Size,S",
            "c,,,1,S1,,M",
            "d,D,W,1,S1,,",
        ]);
        for counts in ["3 (3 created, 0 updated, 0 unchanged), 1 skipped", "3 (0 created, 0 updated, 3 unchanged), 1 skipped"] {
            let import = Import::of(&app, &file, &[]);
            assert_eq!(import.products(), counts);
            assert_eq!(import.line("variants"), "4");
            assert!(import.stderr.contains(":4: Variant SKU 'S2': Another product"), "{}", import.stderr);
            assert!(import.stderr.contains(":6: Variant SKU 'S1': Another product"), "{}", import.stderr);
        }
    }

    async fn options_are_unique_in_their_product(app: TestApp) {
        let columns = "Variant SKU,Option1 Name,Option1 Value";
        Import::of(&app, csv(columns, &["a,A,V,1,S1,Size,S", "a,,,2,S2,,M"]), &[]);
        // The variant of the SKU S1 would become a second M.
        let import = Import::of(&app, csv(columns, &["a,A,V,3,S3,Size,L", "a,,,1,S1,,M"]), &[]);
        assert_eq!(import.products(), "1 (0 created, 1 updated, 0 unchanged), 0 skipped");
        assert!(import.stderr.contains(":3: Option1 Value 'M': Another variant of the product"), "{}", import.stderr);
        let variants = "SELECT sku || ' ' || name || ' ' || position AS v FROM variant ORDER BY sku";
        assert_eq!(texts(&app, variants).await, ["S1 S 1", "S2 M 2", "S3 L 3"]);
        // With both in the file, they trade places.
        let import = Import::of(&app, csv(columns, &["a,A,V,1,S1,Size,M", "a,,,2,S2,,S"]), &[]);
        assert_eq!(import.products(), "1 (0 created, 1 updated, 0 unchanged), 0 skipped");
        assert_eq!(texts(&app, variants).await, ["S1 M 1", "S2 S 2", "S3 L 3"]);
    }

    async fn a_product_stands_in_one_place(app: TestApp) {
        let import = Import::of(&app, csv("", &["a,A,V,1", "b,B,V,1", "a,,,2", "a,A,W,1"]), &[]);
        assert_eq!(import.products(), "3 (3 created, 0 updated, 0 unchanged), 1 skipped");
        assert!(import.stderr.contains(":4: Title: "), "{}", import.stderr);
        let import = Import::of(&app, csv("", &["a,A,V,1", "b,B,V,1", "a,A,V,2"]), &[]);
        assert!(import.stderr.contains(":4: Handle 'a': The product of this handle stands on line 2"), "{}", import.stderr);
    }

    async fn descriptions_count_as_they_are_kept(app: TestApp) {
        let scripted = format!("a,A,V,1,<script>{}</script>Hi", "x".repeat(3_000));
        let long = format!("b,B,V,1,{}", "x".repeat(2_001));
        let import = Import::of(&app, csv("Body (HTML)", &[&scripted, &long]), &[]);
        assert_eq!(import.products(), "1 (1 created, 0 updated, 0 unchanged), 1 skipped");
        assert_eq!(texts(&app, "SELECT description AS v FROM product").await, ["Hi"]);
        assert!(import.stderr.contains("at most 2000 characters"), "{}", import.stderr);
    }

    async fn stock_does_not_fall_below_what_is_promised(app: TestApp) {
        let file = |units: u32| csv("Variant Inventory Qty", &[&format!("a,A,V,1,{units}"), "b,B,V,1,1"]);
        Import::of(&app, file(9), &[]);
        execute(&app, "UPDATE stock SET reserved = 5 WHERE on_hand = 9").await;
        let import = Import::of(&app, file(4), &[]);
        assert_eq!(import.products(), "2 (0 created, 0 updated, 2 unchanged), 0 skipped");
        assert!(import.stderr.contains(":2: Variant Inventory Qty '4': 5 units are promised"), "{}", import.stderr);
        let import = Import::of(&app, file(6), &[]);
        assert_eq!(import.products(), "2 (0 created, 1 updated, 1 unchanged), 0 skipped");
        assert_eq!(texts(&app, "SELECT on_hand || ' ' || reserved AS v FROM stock ORDER BY on_hand").await, ["1 0", "6 5"]);
    }

    /// A rule that only the database knows must not take the other products of the batch with it.
    async fn the_database_has_the_last_word(app: TestApp) {
        let refuse = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres =>
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                   IF NEW.name = 'Cursed' THEN RAISE EXCEPTION 'no curses' USING ERRCODE = '23514'; END IF; RETURN NEW;
                 END $$;
                 CREATE TRIGGER refuse BEFORE INSERT ON product FOR EACH ROW EXECUTE FUNCTION refuse();",
            _ => "CREATE TRIGGER refuse BEFORE INSERT ON product WHEN NEW.name = 'Cursed'
                  BEGIN SELECT RAISE(ABORT, 'no curses'); END;",
        };
        execute(&app, refuse).await;
        let import = Import::of(&app, csv("Tags", &["a,A,V,1,x", "b,Cursed,W,1,x", "c,C,V,1,x"]), &[]);
        assert_eq!(import.products(), "2 (2 created, 0 updated, 0 unchanged), 1 skipped");
        assert_eq!(import.line("sellers"), "1 (1 created)");
        assert!(import.stderr.contains(":3: Handle 'b': The database would not take it: no curses."), "{}", import.stderr);
        assert_eq!(texts(&app, "SELECT handle AS v FROM product ORDER BY handle").await, ["a", "c"]);
        assert_eq!(texts(&app, "SELECT handle AS v FROM seller").await, ["v"]);
    }
}
