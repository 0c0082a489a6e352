//! The many forms a CSV file comes in.

use super::{Files, Import, csv, texts};
use crate::support::TestApp;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

on_both_databases! {
    async fn excel_files_are_read(app: TestApp) {
        let files = Files::new();
        let errors = files.path("errors.csv");
        let content = csv("Body (HTML)", &[
            "cup,Cup,V,5,\"Two\nlines, \"\"quoted\"\"\"",
            "",
            "mug,Mug,V,dear,",
        ]);
        let content = format!("\u{feff}{content}").replace('\n', "\r\n");
        let import = Import::of(&app, content, &["--errors", errors.to_str().unwrap()]);
        assert_eq!(import.products(), "1 (1 created, 0 updated, 0 unchanged), 1 skipped");
        let described = texts(&app, "SELECT description AS v FROM product").await;
        assert_eq!(described[0].replace('\r', ""), "Two\nlines, \"quoted\"");
        // The line in an editor, behind a cell of two lines and an empty one.
        let errors = std::fs::read_to_string(errors).unwrap();
        assert!(errors.contains(",5,Variant Price,dear,"), "{errors}");
    }

    async fn compressed_files_are_known_by_their_content(app: TestApp) {
        let files = Files::new();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(csv("", &["cup,Cup,V,5"]).as_bytes()).unwrap();
        let zipped = encoder.finish().unwrap();
        let plain = files.write("plain.csv.gz", csv("", &["mug,Mug,V,5"]));
        let import = Import::run(&app, &[&files.write("zipped.csv", &zipped), &plain], &[]);
        assert_eq!(import.products(), "2 (2 created, 0 updated, 0 unchanged), 0 skipped", "{}", import.stderr);
    }

    async fn a_row_that_is_no_utf8_is_left_out(app: TestApp) {
        let mut content = csv("Option1 Name,Option1 Value", &["cup,Cup,V,5,Size,S"]).into_bytes();
        content.extend(b"cup,,,6,,Gro\xdf\n");
        content.extend(b"caf\xe9,Caf\xe9,V,5,,\n");
        content.extend(b"mug,Mug,V,5,,\n");
        let import = Import::of(&app, content, &[]);
        assert_eq!(import.products(), "2 (2 created, 0 updated, 0 unchanged), 1 skipped");
        assert_eq!(import.line("rows"), "4, 2 skipped");
        assert!(import.stderr.contains(":3: Option1 Value 'Gro\u{fffd}': The cell is not valid UTF-8"), "{}", import.stderr);
        assert!(import.stderr.contains(":4: Handle 'caf\u{fffd}':"), "{}", import.stderr);
    }

    async fn the_newer_spelling_is_understood(app: TestApp) {
        let import = Import::of(
            &app,
            "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,\
             Barcode,Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,Inventory quantity,\
             Weight value (grams),Weight unit for display,Product image URL,Image position,Image alt text,\
             Variant image URL,SEO title\n\
             Cup,cup,<b>Blue</b>,V,Home > Cups,,kitchen,TRUE,Draft,C1,123,Size,S,4.5,5,,7,300,lb,\
             https://e.com/1.jpg,1,A cup,https://e.com/1.jpg,Buy it\n",
            &[],
        );
        assert_eq!(import.products(), "1 (1 created, 0 updated, 0 unchanged), 0 skipped");
        assert_eq!(
            texts(&app, "SELECT product.status || '|' || description || '|' || price || '|' || compare_at_price || '|' || sku
                || '|' || barcode || '|' || weight_grams || '|' || weight_unit || '|' || url || '|' || on_hand || '|' ||
                CASE WHEN tracked THEN 'counted' ELSE 'free' END AS v FROM product
                JOIN variant ON variant.product_id = product.id JOIN product_image ON product_image.id = image_id
                JOIN stock ON variant_id = variant.id").await,
            ["DRAFT|<b>Blue</b>|450|500|C1|123|300|POUNDS|https://e.com/1.jpg|7|free"]
        );
    }

    async fn weights_come_in_every_unit(app: TestApp) {
        Import::of(&app, csv("Variant Weight,Variant Weight Unit", &[
            "a,A,V,1,1.5,kg",
            "b,B,V,1,8,ounces",
            "c,C,V,1,2,LBS",
            "d,D,V,1,12.5,grams",
            "e,E,V,1,,kg",
        ]), &[]);
        assert_eq!(
            texts(&app, "SELECT coalesce(weight_grams, -1) || ' ' || weight_unit AS v FROM variant ORDER BY id").await,
            ["1500 KILOGRAMS", "227 OUNCES", "907 POUNDS", "13 GRAMS", "-1 KILOGRAMS"]
        );
    }
}
