//! Each way to write something that the public sees: what is kept is never anything else than what a server that keeps nothing says.

use super::shop::{PRODUCT, Shop, settle, step, usd};
use crate::support::{
    Reply, TestApp, admin,
    shops::{done, mutate},
};
use entity::ids::{AccountId, SessionId};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Means, Person, Role};

/// What everyone may look at, in every shape that answers take.
const LOOKS: &[&str] = &[
    "{ products(first: 50) { totalCount nodes { id slug name status version inStock rating { count average } priceRange { min { amount } }
        seller { name rating { count } } category { name } tags { nodes { name } } options { name values } } } }",
    "{ products(first: 2, sort: { by: NAME }) { pageInfo { hasNextPage } edges { node { name } } } }",
    "{ products(first: 3, sort: { by: PRICE, direction: DESC }) { nodes { name } } }",
    "{ products(first: 3, sort: { by: RATING, direction: DESC }) { nodes { name rating { count } } } }",
    "{ products(filter: { inStock: true }) { totalCount nodes { name } } }",
    "{ products(filter: { inStock: false }) { totalCount } }",
    "{ products(filter: { ratingAtLeast: \"4\" }) { totalCount } }",
    "{ products(filter: { tags: [\"blue\"] }) { totalCount } }",
    "query ($category: ID!) { products(filter: { categoryId: $category }) { totalCount nodes { name } } }",
    "query ($shop: ID!) { products(filter: { sellerIds: [$shop] }) { totalCount } }",
    "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { name status variants { totalCount nodes { name } } }
        ... on Category { name } ... on Seller { name } ... on Variant { price { amount } stock { available } } ... on Author { displayName } } }",
    "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
    "{ products(first: 50) { nodes { slug variants(first: 5) { totalCount nodes { id name sku price { amount } stock { available inStock }
        selectedOptions { name value } product { version } } } images { totalCount nodes { url } } } } }",
    "{ products(first: 50) { nodes { slug reviews(first: 2) { totalCount nodes { rating title author { displayName } } } } } }",
    "query ($shop: ID!) { seller(id: $shop) { name handle description version rating { count } products(first: 5) { totalCount nodes { name } }
        reviews { totalCount nodes { title } } } }",
    "{ sellers { totalCount nodes { name products(first: 3, sort: { by: NAME }) { nodes { name } } } } }",
    "{ categories { totalCount nodes { id name slug position children { totalCount nodes { name ancestors { name } parent { name }
        products { totalCount nodes { name } } } } products { totalCount } } } }",
    "query ($category: ID!) { category(id: $category) { name version parent { name } ancestors { name } children { nodes { name } } } }",
    "{ reviews(first: 10) { totalCount nodes { rating title product { name } author { displayName reviews { totalCount } } seller { name } } } }",
    "query ($shop: ID!) { reviews(filter: { sellerId: $shop }) { totalCount } }",
    "{ search(query: \"mug\", facets: [CATEGORY, SELLER, TAG, PRICE, RATING, OPTION, AVAILABILITY]) { totalCount nodes { name }
        facets { field option values { label count } } } }",
    "{ search(query: \"\", facets: [CATEGORY, SELLER], first: 5) { totalCount nodes { name } facets { values { value label count } } } }",
    "{ search(query: \"quay\") { totalCount nodes { name } } }",
];

/// A server that keeps what it can, beside one on the same database that keeps nothing.
struct Watched {
    keeping: TestApp,
    plain: TestApp,
    variables: Value,
    ids: Vec<Value>,
}

impl Watched {
    async fn new(app: TestApp) -> Self {
        let keeping = app.caching().await;
        Self {
            plain: TestApp::on_database(keeping.database.again(), &[]).await,
            keeping,
            variables: json!({}),
            ids: Vec::new(),
        }
    }

    /// From now on this is looked at too.
    fn know(&mut self, thing: &Value) {
        self.ids.push(thing["id"].clone());
        self.variables["ids"] = json!(self.ids);
    }

    fn looks(&self) -> impl Iterator<Item = &'static str> {
        LOOKS.iter().copied().filter(|look| {
            ["shop", "category", "ids"].iter().all(|name| {
                !look.contains(&format!("${name}:")) || self.variables.get(*name).is_some()
            })
        })
    }

    async fn look(&self, app: &TestApp) -> Vec<Reply> {
        let mut replies = Vec::new();
        for look in self.looks() {
            replies.push(app.gql(look, self.variables.clone()).await);
        }
        replies
    }

    /// What is kept is what is so.
    async fn is_true(&self, when: &str) -> Vec<Value> {
        let (kept, plain) = (self.look(&self.keeping).await, self.look(&self.plain).await);
        for ((kept, plain), look) in kept.iter().zip(&plain).zip(self.looks()) {
            assert_eq!(said(kept), said(plain), "{when}: {look}");
        }
        plain.iter().map(said).collect()
    }

    /// Everything is looked at and kept; then `write` is done, and whatever follows from it. Each time what is kept is true. Where
    /// `is_seen`, the write changes what is seen, or this shows nothing.
    async fn write<T>(
        &self,
        name: &str,
        is_seen: bool,
        write: impl AsyncFnOnce(&TestApp) -> T,
    ) -> T {
        let before = self.is_true(name).await;
        for (again, look) in self.look(&self.keeping).await.iter().zip(self.looks()) {
            let is_kept = again.statements == 0 || again.body["errors"].is_array();
            assert!(is_kept, "before {name}: it is not kept: {look}");
        }
        let done = write(&self.keeping).await;
        let after = self.is_true(name).await;
        self.is_true(&format!("{name}, again")).await;
        settle(&self.keeping).await;
        let settled = self.is_true(&format!("{name}, when all have heard")).await;
        // What nobody sees may yet move what all see: search on SQLite ranks by all that is indexed.
        let has_changed = before != after || before != settled;
        assert!(has_changed || !is_seen, "{name} changed nothing");
        done
    }
}

/// The body without what is each request's own.
fn said(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    // What it cost differs by whether it was kept.
    body.as_object_mut().unwrap().remove("extensions");
    for error in body["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"]["requestId"].take();
    }
    if body["errors"].is_null() {
        body.as_object_mut().unwrap().remove("errors");
    }
    body
}

async fn category(app: &TestApp, mutation: &str, input: Value) -> Value {
    let reply = mutate(app, admin(), mutation, "category { id version }", input).await;
    done(&reply)["category"].clone()
}

/// The version of a thing as it is by now.
async fn present(app: &TestApp, id: &Value) -> Value {
    let document = "query ($id: ID!) { node(id: $id) { id ... on Product { version slug } ... on Category { version } ... on Seller { version } } }";
    let reply = app.gql_as(admin(), document, json!({ "id": id })).await;
    reply.data()["node"].clone()
}

on_both_databases! {
    async fn what_sellers_do_to_products(app: TestApp) {
        let mut watched = Watched::new(app).await;
        let shop = watched.write("opening a shop", true, async |app| Shop::open(app, "North Quay").await).await;
        watched.variables["shop"] = shop.id.clone();
        watched.know(&json!({ "id": shop.id }));
        watched.write("a second shop", true, async |app| Shop::open(app, "South Quay").await.sells(app, "Other mug", "9").await).await;
        let shirts = category(&watched.keeping, "categoryCreate", json!({ "name": "Mugs" })).await;
        watched.variables["category"] = shirts["id"].clone();
        let input = json!({ "sellerId": shop.id, "name": "Mug", "options": ["Size"], "tags": ["Red"],
            "variants": [{ "price": usd("5"), "options": [{ "name": "Size", "value": "L" }] }] });
        let mug = watched.write("making a draft", false, async |app| shop.product(app, "productCreate", input).await).await;
        watched.know(&mug);
        watched.know(&mug["variants"]["nodes"][0]);
        let mug = watched.write("publishing", true, async |app| shop.product(app, "productPublish", step(&mug)).await).await;
        let mug = watched.write("changing fields", true, async |app| {
            let mut input = step(&mug);
            input["name"] = json!("Large mug");
            input["tags"] = json!(["Blue", "Round"]);
            input["categoryId"] = shirts["id"].clone();
            shop.product(app, "productUpdate", input).await
        }).await;
        let mug = watched.write("changing a price", true, async |app| shop.reprices(app, &mug, "7").await).await;
        let mug = watched.write("another variant", true, async |app| {
            let input = json!({ "productId": mug["id"], "expectedVersion": mug["version"],
                "variant": { "price": usd("3"), "options": [{ "name": "Size", "value": "S" }] } });
            let made = mutate(app, shop.owner, "variantCreate", &format!("variant {{ {PRODUCT} }}"), input).await;
            done(&made)["variant"]["product"].clone()
        }).await;
        let mug = watched.write("one variant less", true, async |app| {
            shop.product(app, "variantDelete", step(&mug["variants"]["nodes"][0])).await
        }).await;
        let mug = watched.write("many at once", true, async |app| {
            let mut input = step(&mug);
            input["name"] = json!("Small mug");
            let reply = mutate(app, shop.owner, "productUpdateMany", "items { product { id version } }", json!({ "items": [input] })).await;
            done(&reply)["items"][0]["product"].clone()
        }).await;
        let mug = watched.write("taking off the shelf", true, async |app| shop.product(app, "productUnpublish", step(&mug)).await).await;
        let mug = watched.write("publishing again", true, async |app| shop.product(app, "productPublish", step(&mug)).await).await;
        let copy = watched.write("a copy", false, async |app| {
            let input = json!({ "id": mug["id"], "name": "Copied mug" });
            shop.product(app, "productDuplicate", input).await
        }).await;
        watched.know(&copy);
        watched.write("publishing the copy", true, async |app| shop.product(app, "productPublish", step(&copy)).await).await;
        watched.write("archiving", true, async |app| shop.product(app, "productArchive", step(&mug)).await).await;
        let restored = watched.write("restoring", false, async |app| {
            shop.product(app, "productRestore", json!({ "id": mug["id"] })).await
        }).await;
        watched.write("putting up what was restored", true, async |app| shop.product(app, "productPublish", step(&restored)).await).await;
        let restored = present(&watched.plain, &mug["id"]).await;
        watched.write("deleting", true, async |app| {
            done(&mutate(app, shop.owner, "productDelete", "productId", step(&restored)).await);
        }).await;
    }

    async fn what_is_done_to_shops_and_categories(app: TestApp) {
        let mut watched = Watched::new(app).await;
        let shop = Shop::open(&watched.keeping, "North Quay").await;
        watched.variables["shop"] = shop.id.clone();
        let mut mug = shop.sells(&watched.keeping, "Mug", "5").await;
        for thing in [&json!({ "id": shop.id }), &mug, &mug["variants"]["nodes"][0]] {
            watched.know(thing);
        }
        watched.write("renaming a shop", true, async |app| {
            let input = json!({ "id": shop.id, "name": "East Harbour", "expectedVersion": 1 });
            done(&mutate(app, shop.owner, "sellerUpdate", "seller { id }", input).await);
        }).await;
        watched.write("suspending a shop", true, async |app| {
            let input = json!({ "id": shop.id, "reason": "Sold what was not theirs." });
            done(&mutate(app, admin(), "sellerSuspend", "seller { id }", input).await);
        }).await;
        watched.write("opening it again", true, async |app| {
            done(&mutate(app, admin(), "sellerReinstate", "seller { id }", json!({ "id": shop.id })).await);
        }).await;

        let root = watched.write("a category", true, async |app| category(app, "categoryCreate", json!({ "name": "Kitchen" })).await).await;
        watched.know(&root);
        watched.variables["category"] = root["id"].clone();
        let child = watched.write("a category below", true, async |app| {
            category(app, "categoryCreate", json!({ "name": "Mugs", "parentId": root["id"] })).await
        }).await;
        watched.know(&child);
        mug = present(&watched.plain, &mug["id"]).await;
        watched.write("putting a product into it", true, async |app| {
            let mut input = step(&mug);
            input["categoryId"] = child["id"].clone();
            shop.product(app, "productUpdate", input).await
        }).await;
        let child = watched.write("renaming a category", true, async |app| {
            let mut input = step(&child);
            input["name"] = json!("Cups");
            category(app, "categoryUpdate", input).await
        }).await;
        let child = watched.write("another place for it", true, async |app| {
            let mut input = step(&child);
            input["parentId"] = Value::Null;
            category(app, "categoryMove", input).await
        }).await;
        let root = present(&watched.plain, &root["id"]).await;
        watched.write("moving one below it", true, async |app| {
            let mut input = step(&root);
            input["parentId"] = child["id"].clone();
            category(app, "categoryMove", input).await
        }).await;
        let root = present(&watched.plain, &root["id"]).await;
        watched.write("deleting a category", true, async |app| {
            done(&mutate(app, admin(), "categoryDelete", "categoryId", step(&root)).await);
        }).await;
    }

    /// The demo goes in by an import, and its reviews are summed by a job.
    async fn imports_and_what_people_say(app: TestApp) {
        let mut watched = Watched::new(app).await;
        let shopper = watched.write("imports, and reviews", true, async |app| {
            tradewind::seed::demo(&app.app).await.unwrap();
            let sql = "SELECT author_id FROM review ORDER BY id LIMIT 1";
            of_account(app.value::<uuid::Uuid>(sql).await)
        }).await;
        let reply = watched.plain.gql("{ reviews(first: 50) { nodes { author { id } product { id } } } }", json!({})).await;
        for node in reply.data()["reviews"]["nodes"].as_array().unwrap().iter().take(20) {
            watched.know(&node["author"]);
            watched.know(&node["product"]);
        }
        watched.write("another name for a person", true, async |app| {
            let input = json!({ "displayName": "Somebody else", "expectedVersion": 1 });
            done(&mutate(app, shopper, "accountUpdate", "account { id }", input).await);
        }).await;
        // Those who wrote the demo's reviews cannot sign in.
        let known = &tradewind::seed::people::DEMO_PEOPLE[0];
        let sql = format!("SELECT account_id FROM account_login WHERE email = '{}'", known.email);
        let account = watched.keeping.value::<uuid::Uuid>(&sql).await;
        watched.keeping.execute(&format!("UPDATE review SET author_id = ({sql}) WHERE title = (SELECT min(title) FROM review)")).await;
        watched.keeping.app.purger.purge_all();
        watched.write("closing an account", true, async |app| {
            let closed = mutate(app, of_account(account), "accountClose", "", json!({ "password": known.password })).await;
            done(&closed);
        }).await;
    }
}

fn of_account(account: uuid::Uuid) -> Actor {
    Actor::Person(Person {
        account: AccountId(account),
        role: Role::Customer,
        means: Means::Session {
            id: SessionId::generate(),
            stepped_up_at: None,
        },
    })
}
