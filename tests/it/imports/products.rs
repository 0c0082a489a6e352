//! What becomes of rows: products, variants, options, pictures, stock, and what is derived from them.

use super::{Import, csv, execute, texts};
use crate::support::TestApp;

/// A product in three rows: two variants, three pictures.
const SHIRT: &str = "\
Handle,Title,Body (HTML),Vendor,Product Category,Tags,Status,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Grams,Variant Weight Unit,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,\
Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Variant Image,SEO Title
shirt,Café Shirt,<p onclick=\"x\">Soft</p><script>x</script>,Ocean,Apparel > Shirts,\"men, summer\",active,\
Size,M,Colour,Red,RED-M,250,g,shopify,3,19.90,25,4006381333931,https://e.com/1.jpg,1,Front,,A shirt
shirt,,,,,,,,L,,Red,RED-L,0.5,kg,shopify,0,21,,,https://e.com/2.jpg,3,,https://e.com/3.jpg,
shirt,,,,,,,,,,,,,,,,,,,https://e.com/3.jpg,2,Back,,
";

on_both_databases! {
    async fn come_from_several_rows(app: TestApp) {
        let import = Import::of(&app, SHIRT, &[]);
        assert_eq!(import.products(), "1 (1 created, 0 updated, 0 unchanged), 0 skipped");
        assert_eq!((import.line("variants"), import.line("images")), ("2", "3"));

        assert_eq!(
            texts(&app, "SELECT slug || '|' || name || '|' || name_key || '|' || description || '|' || status || '|' ||
                currency || '|' || price_min || '|' || price_max || '|' || variant_count || '|' ||
                CASE WHEN in_stock THEN 'in stock' ELSE 'sold out' END AS v FROM product").await,
            ["shirt|Café Shirt|café shirt|<p>Soft</p>|ACTIVE|USD|1990|2100|2|in stock"]
        );
        assert_eq!(
            texts(&app, "SELECT variant.name || '|' || sku || '|' || price || '|' || coalesce(compare_at_price, 0) || '|' ||
                coalesce(barcode, '') || '|' || weight_grams || '|' || weight_unit || '|' || variant.position || '|' ||
                coalesce(url, '') || '|' || on_hand || '|' || CASE WHEN tracked THEN 'counted' ELSE 'free' END AS v
                FROM variant JOIN stock ON stock.variant_id = variant.id
                LEFT JOIN product_image ON product_image.id = image_id ORDER BY variant.position").await,
            [
                "M / Red|RED-M|1990|2500|4006381333931|250|GRAMS|1||3|counted",
                // Grams are grams, whatever unit they are shown in.
                "L / Red|RED-L|2100|0||1|KILOGRAMS|2|https://e.com/3.jpg|0|counted",
            ]
        );
        assert_eq!(
            texts(&app, "SELECT url || '|' || alt || '|' || position AS v FROM product_image ORDER BY position").await,
            ["https://e.com/1.jpg|Front|1", "https://e.com/3.jpg|Back|2", "https://e.com/2.jpg||3"]
        );
        assert_eq!(
            texts(&app, "SELECT product_option.name || '|' || value || '|' || option_value.position || '|' || count(variant_id) AS v
                FROM product_option JOIN option_value ON option_value.option_id = product_option.id
                JOIN variant_option ON value_id = option_value.id
                GROUP BY product_option.position, product_option.name, value, option_value.position
                ORDER BY product_option.position, option_value.position").await,
            ["Size|M|1|1", "Size|L|2|1", "Colour|Red|1|2"]
        );
        assert_eq!(
            texts(&app, "SELECT child.slug || '|' || child.name || '|' || parent.slug AS v FROM product
                JOIN category child ON child.id = category_id JOIN category parent ON parent.id = child.parent_id").await,
            ["shirts|Shirts|apparel"]
        );
        assert_eq!(texts(&app, "SELECT slug AS v FROM tag ORDER BY slug").await, ["men", "summer"]);
        let metadata = texts(&app, "SELECT metadata AS v FROM product").await;
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&metadata[0]).unwrap(),
            serde_json::json!({ "seoTitle": "A shirt" })
        );
    }

    async fn are_found_by_their_words(app: TestApp) {
        Import::of(&app, SHIRT, &[]);
        let find = async |words: &str| {
            let sql = match app.app.database.backend() {
                sea_orm::DbBackend::Postgres => format!(
                    "SELECT count(*) AS v FROM product_search WHERE document @@ plainto_tsquery('english', '{words}')"
                ),
                _ => format!(
                    "SELECT count(*) AS v FROM product_search_text WHERE product_search_text MATCH '{words}'"
                ),
            };
            texts(&app, &sql).await.remove(0)
        };
        // Of its name, its tags, its category, its shop, its options, its description.
        for words in ["cafe", "summer", "shirts", "ocean", "red", "soft"] {
            assert_eq!(find(words).await, "1", "{words}");
        }
        assert_eq!(find("onclick").await, "0");
        Import::of(&app, SHIRT.replace("Café Shirt", "Jumper").replace("Soft", "Warm"), &[]);
        assert_eq!((find("cafe").await, find("jumper warm").await), ("0".into(), "1".into()));
    }

    async fn change_only_where_the_file_differs(app: TestApp) {
        let file = |price: &str, title: &str| {
            format!("{SHIRT}jumper,{title},,Ocean,,,active,Title,Default Title,,,,,,,,{price},,,,,,,\n")
        };
        Import::of(&app, file("50", "Jumper"), &[]);
        let versions = "SELECT handle || ' ' || product.version || ' ' || variant.version AS v FROM product
            JOIN variant ON variant.product_id = product.id ORDER BY handle, variant.position";
        assert_eq!(texts(&app, versions).await, ["jumper 1 1", "shirt 1 1", "shirt 1 1"]);

        let import = Import::of(&app, file("55", "Jumper"), &[]);
        assert_eq!(import.products(), "2 (0 created, 1 updated, 1 unchanged), 0 skipped");
        // A price is the variant's, and the product's summary follows.
        assert_eq!(texts(&app, versions).await, ["jumper 1 2", "shirt 1 1", "shirt 1 1"]);
        let price = "SELECT price_min AS v FROM product WHERE handle = 'jumper'";
        assert_eq!(texts(&app, price).await, ["5500"]);

        Import::of(&app, file("55", "Wool jumper"), &[]);
        assert_eq!(texts(&app, versions).await, ["jumper 2 2", "shirt 1 1", "shirt 1 1"]);
        // The name in URLs stays, so that links do.
        assert_eq!(texts(&app, "SELECT slug AS v FROM product ORDER BY slug").await, ["jumper", "shirt"]);
    }

    async fn keep_what_the_file_does_not_name(app: TestApp) {
        Import::of(&app, SHIRT, &[]);
        // Neither the second variant nor most of the columns.
        let import = Import::of(
            &app,
            csv("Option1 Name,Option1 Value,Option2 Name,Option2 Value", &["shirt,Café Shirt,Ocean,19.90,Size,M,Colour,Red"]),
            &[],
        );
        assert_eq!(import.products(), "1 (0 created, 0 updated, 1 unchanged), 0 skipped");
    }

    async fn lose_options_that_nothing_uses(app: TestApp) {
        let columns = "Variant SKU,Option1 Name,Option1 Value,Option2 Name,Option2 Value";
        Import::of(&app, csv(columns, &[
            "cup,Cup,V,5,C1,Size,Small,Colour,Red",
            "cup,,,6,C2,,Large,,Red",
        ]), &[]);
        // Found by their SKUs, the variants get other values, and one option goes.
        let import = Import::of(&app, csv(columns, &[
            "cup,Cup,V,5,C1,Size,S,,",
            "cup,,,6,C2,,Large,,",
            "cup,,,7,C3,,XL,,",
        ]), &[]);
        assert_eq!(import.products(), "1 (0 created, 1 updated, 0 unchanged), 0 skipped");
        let values = "SELECT product_option.name || ' ' || value AS v FROM product_option
            JOIN option_value ON option_id = product_option.id ORDER BY option_value.position";
        assert_eq!(texts(&app, values).await, ["Size S", "Size Large", "Size XL"]);
        assert_eq!(
            texts(&app, "SELECT sku || ' ' || name AS v FROM variant ORDER BY position").await,
            ["C1 S", "C2 Large", "C3 XL"]
        );
        assert_eq!(texts(&app, "SELECT count(*) AS v FROM variant_option").await, ["3"]);
    }

    async fn match_variants_without_a_sku_by_their_options(app: TestApp) {
        let columns = "Variant SKU,Option1 Name,Option1 Value";
        Import::of(&app, csv(columns, &["cup,Cup,V,5,,Size,S", "cup,,,6,,,L"]), &[]);
        let id = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "id",
            _ => "hex(id)",
        };
        let ids = texts(&app, &format!("SELECT {id} AS v FROM variant ORDER BY position")).await;
        let import = Import::of(&app, csv(columns, &["cup,Cup,V,5,,Size,L", "cup,,,6,NEW,,S"]), &[]);
        assert_eq!(import.products(), "1 (0 created, 1 updated, 0 unchanged), 0 skipped");
        assert_eq!(
            texts(&app, "SELECT name || ' ' || price || ' ' || coalesce(sku, '-') || ' ' || position AS v FROM variant ORDER BY name").await,
            ["L 500 - 1", "S 600 NEW 2"]
        );
        let now = texts(&app, &format!("SELECT {id} AS v FROM variant ORDER BY position DESC")).await;
        assert_eq!(now, ids);
    }

    async fn are_made_anew_after_they_were_deleted(app: TestApp) {
        let file = csv("", &["cup,Cup,V,5"]);
        Import::of(&app, &file, &[]);
        execute(&app, "UPDATE product SET status = 'DELETED', deleted_at = created_at").await;
        let import = Import::of(&app, &file, &[]);
        assert_eq!(import.products(), "1 (1 created, 0 updated, 0 unchanged), 0 skipped");
        assert_eq!(texts(&app, "SELECT status AS v FROM product ORDER BY id").await, ["DELETED", "ACTIVE"]);
    }
}
