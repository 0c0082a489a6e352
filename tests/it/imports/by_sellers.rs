//! Sellers import files into their own shops: a mutation, a `PUT`, a worker, and a query that shows how far it is.

use crate::support::{
    Reply, TestApp,
    shops::{done, join, mutate, person},
};
use axum::{body::Body, http::Request};
use entity::{ids::SellerId, sellers::member::Role};
use serde_json::{Value, json};
use std::{fmt::Write, time::Duration};
use tradewind::{caller::Actor, jobs::Worker};

const IMPORT: &str = "productImport { id state uploadPath }";
const SHOW: &str = "query ($id: ID!) { productImport(id: $id) {
    state bytes bytesRead productsCreated productsUpdated productsUnchanged productsSkipped problems error } }";

/// A file of so many products; the price of the last is none.
fn file(products: usize) -> String {
    let mut text = "Handle,Title,Vendor,Status,Variant SKU,Variant Price\n".to_owned();
    for number in 1..=products {
        let price = if number == products { "dear" } else { "5.00" };
        writeln!(
            text,
            "mug-{number},Mug {number},Elsewhere,draft,M-{number},{price}"
        )
        .unwrap();
    }
    text
}

impl TestApp {
    async fn put(&self, actor: Actor, path: &str, body: impl Into<Body>) -> Reply {
        let mut request = Request::put(path).body(body.into()).unwrap();
        request.extensions_mut().insert(actor);
        self.send(request).await
    }

    async fn shown(&self, actor: Actor, id: &Value) -> Value {
        let reply = self.gql_as(actor, SHOW, json!({ "id": id })).await;
        reply.data()["productImport"].clone()
    }

    async fn imported(&self) {
        let worker = Worker::start(self.app.clone(), tradewind::worker::registry());
        let living = "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND kind LIKE 'imports.%'";
        self.until(living, 0).await;
        worker.stop(Duration::from_secs(5)).await;
    }
}

async fn shop(app: &TestApp) -> (Actor, Value) {
    let owner = person(app, "Mara").await;
    let input = json!({ "name": "Mugs of the quay", "currency": "EUR" });
    let opened = mutate(app, owner, "sellerOpen", "seller { id }", input).await;
    (owner, done(&opened)["seller"]["id"].clone())
}

on_both_databases! {
    async fn a_file_becomes_products_of_the_shop_and_of_no_other(app: TestApp) {
        let (owner, seller) = shop(&app).await;
        let made = mutate(&app, owner, "productImportCreate", IMPORT, json!({ "sellerId": seller })).await;
        let import = done(&made)["productImport"].clone();
        assert_eq!(import["state"], "AWAITING_FILE");
        let path = import["uploadPath"].as_str().unwrap();
        // Several pieces.
        let text = file(12_000);
        assert!(text.len() > 400_000);
        let sent = app.put(owner, path, text.clone()).await;
        assert_eq!(sent.status, 202, "{:#}", sent.body);
        assert_eq!(app.shown(owner, &import["id"]).await["state"], "WAITING");
        let again = app.put(owner, path, text.clone()).await;
        assert_eq!(again.error_code(), "CONFLICT");
        app.imported().await;
        let shown = app.shown(owner, &import["id"]).await;
        assert_eq!(shown["state"], "DONE", "{shown:#}");
        assert_eq!((&shown["bytes"], &shown["bytesRead"]), (&json!(text.len()), &json!(text.len())));
        assert_eq!((&shown["productsCreated"], &shown["productsSkipped"]), (&json!(11_999), &json!(1)));
        let problem = shown["problems"][0].as_str().unwrap();
        assert!(problem.starts_with("Line 12001: Variant Price"), "{problem}");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product_import_chunk").await, 0);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM seller").await, 1, "the file's vendor is no shop");

        // The same again changes nothing.
        let made = mutate(&app, owner, "productImportCreate", IMPORT, json!({ "sellerId": seller })).await;
        let import = done(&made)["productImport"].clone();
        app.put(owner, import["uploadPath"].as_str().unwrap(), text).await;
        app.imported().await;
        assert_eq!(app.shown(owner, &import["id"]).await["productsUnchanged"], 11_999);
    }

    async fn what_is_no_file_is_told(app: TestApp) {
        let (owner, seller) = shop(&app).await;
        let made = mutate(&app, owner, "productImportCreate", IMPORT, json!({ "sellerId": seller })).await;
        let import = done(&made)["productImport"].clone();
        let path = import["uploadPath"].as_str().unwrap();
        let empty = app.put(owner, path, "").await;
        assert_eq!((empty.status.as_u16(), empty.error_code()), (400, "VALIDATION_ERROR"));
        let cut_off = futures_util::stream::iter([
            Ok(bytes::Bytes::from_static(b"Handle,Title\n")),
            Err(std::io::Error::other("gone")),
        ]);
        assert_eq!(app.put(owner, path, Body::from_stream(cut_off)).await.error_code(), "VALIDATION_ERROR");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product_import_chunk").await, 0);
        // Nor does a server that ended in the middle keep it from being sent.
        app.execute("UPDATE product_import SET state = 'UPLOADING'").await;
        assert_eq!(app.put(owner, path, file(1)).await.error_code(), "CONFLICT");
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        // It may be sent again; what is in it is told then.
        assert_eq!(app.put(owner, path, "This is\nno table").await.status, 202);
        app.imported().await;
        let shown = app.shown(owner, &import["id"]).await;
        assert_eq!(shown["state"], "FAILED");
        assert!(shown["error"].as_str().unwrap().contains("column"), "{shown:#}");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE state = 'DEAD'").await, 0);
    }

    async fn only_whoever_may_say_prices_imports(app: TestApp) {
        let (owner, seller) = shop(&app).await;
        let (staff, stranger) = (person(&app, "Sten").await, person(&app, "Eve").await);
        let shop: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, staff, shop, Role::Staff).await;
        let input = json!({ "sellerId": seller });
        let document = "mutation ($input: ProductImportCreateInput!) { productImportCreate(input: $input) { userErrors { code } } }";
        let asked = app.gql_as(staff, document, json!({ "input": input })).await;
        assert_eq!(asked.error_code(), "FORBIDDEN");
        let asked = app.gql_as(stranger, document, json!({ "input": input })).await;
        assert_eq!(asked.data()["productImportCreate"]["userErrors"][0]["code"], "NOT_FOUND");
        let made = mutate(&app, owner, "productImportCreate", IMPORT, input.clone()).await;
        let path = done(&made)["productImport"]["uploadPath"].as_str().unwrap().to_owned();
        assert_eq!(app.put(staff, &path, file(2)).await.error_code(), "FORBIDDEN");
        assert_eq!(app.put(stranger, &path, file(2)).await.error_code(), "NOT_FOUND");
        assert_eq!(app.put(Actor::Anonymous, &path, file(2)).await.error_code(), "UNAUTHENTICATED");
        for _ in 0..4 {
            mutate(&app, owner, "productImportCreate", IMPORT, input.clone()).await;
        }
        let sixth = app.gql_as(owner, document, json!({ "input": input })).await;
        assert_eq!(sixth.data()["productImportCreate"]["userErrors"][0]["code"], "CONFLICT");
        // Those that do not get on keep nobody waiting.
        app.app.clock.advance(chrono::TimeDelta::hours(25));
        let later = mutate(&app, owner, "productImportCreate", IMPORT, input.clone()).await;
        assert_eq!(done(&later)["productImport"]["state"], "AWAITING_FILE");
    }
}
