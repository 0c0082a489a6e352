//! What fields about shops, their members and their products are asked with. The things are A's, and made anew.

use crate::{
    matrix::world::World,
    support::shops::{done, join, mutate, person},
};
use entity::{ids::ProductId, sellers::member::Role};
use serde_json::{Value, json};

/// A new draft of A's, with one variant.
async fn product(world: &World) -> Value {
    let selection = "product { id variants(first: 1) { nodes { id } } }";
    let name = format!("Matrix {}", ProductId::generate().0.simple());
    let price = json!({ "amount": "5.00", "currency": "USD" });
    let input =
        json!({ "sellerId": world.id("Seller"), "name": name, "variants": [{ "price": price }] });
    let made = mutate(
        &world.app,
        world.actor("sellerA"),
        "productCreate",
        selection,
        input,
    )
    .await;
    done(&made)["product"].clone()
}

/// A new import of A's; those before it are over.
async fn import(world: &World) -> String {
    world
        .app
        .execute("UPDATE product_import SET state = 'DONE'")
        .await;
    let input = json!({ "sellerId": world.id("Seller") });
    let owner = world.actor("sellerA");
    let made = mutate(
        &world.app,
        owner,
        "productImportCreate",
        "productImport { id }",
        input,
    )
    .await;
    done(&made)["productImport"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The member of this name in A's shop.
async fn member(world: &World, name: &str) -> String {
    let document = "query ($id: ID!) { seller(id: $id) { members(first: 100) { nodes { id person { displayName } } } } }";
    let shop = json!({ "id": world.id("Seller") });
    let reply = world
        .app
        .gql_as(world.actor("sellerA"), document, shop)
        .await;
    let members = reply.data()["seller"]["members"]["nodes"]
        .as_array()
        .unwrap()
        .clone();
    let found = members
        .iter()
        .find(|member| member["person"]["displayName"] == name);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Opens the shops that were suspended, so that what is in them is found again.
pub async fn reopen(world: &World) {
    let reopen = "UPDATE seller SET status = 'ACTIVE' WHERE status <> 'ACTIVE'";
    world.app.execute(reopen).await;
}

pub async fn of(world: &World, field: &str) -> Option<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Some(match field {
        "Mutation.sellerOpen" => format!(
            "(input: {{ name: \"Shop {}\" }})",
            ProductId::generate().0.simple()
        ),
        "Mutation.sellerUpdate" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 0 }})",
            world.id("Seller")
        ),
        "Mutation.sellerSuspend" => format!(
            "(input: {{ id: \"{}\", reason: \"Sold what was not theirs.\" }})",
            world.id("Seller")
        ),
        "Mutation.sellerReinstate" => format!("(input: {{ id: \"{}\" }})", world.id("Seller")),
        "Mutation.sellerMemberInvite" => format!(
            "(input: {{ sellerId: \"{}\", email: \"nobody@example.com\", role: STAFF }})",
            world.id("Seller")
        ),
        "Mutation.sellerMemberAccept" => "(input: { token: \"none\" })".to_owned(),
        "Mutation.sellerMemberUpdate" => format!(
            "(input: {{ id: \"{}\", role: STAFF, expectedVersion: 0 }})",
            member(world, "staffA").await
        ),
        "Mutation.sellerMemberRemove" => {
            let name = ProductId::generate().0.simple().to_string();
            let shop = "SELECT id FROM seller WHERE handle = 'north-quay-outfitters'";
            let (shop, someone) = (world.app.value(shop).await, person(&world.app, &name).await);
            join(&world.app, someone, shop, Role::Staff).await;
            format!("(input: {{ id: \"{}\" }})", member(world, &name).await)
        }
        "Mutation.productImportCreate" => {
            import(world).await;
            format!("(input: {{ sellerId: \"{}\" }})", world.id("Seller"))
        }
        "Query.productImport" => format!("(id: \"{}\")", import(world).await),
        "Mutation.productCreate" => format!(
            "(input: {{ sellerId: \"{}\", name: \"Matrix {}\" }})",
            world.id("Seller"),
            ProductId::generate().0.simple()
        ),
        "Mutation.productUpdate"
        | "Mutation.productPublish"
        | "Mutation.productArchive"
        | "Mutation.productDelete" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 1 }})",
            text(&product(world).await["id"])
        ),
        "Mutation.productUnpublish" => {
            // A draft cannot be.
            let id = text(&product(world).await["id"]);
            format!("(input: {{ id: \"{id}\", expectedVersion: 1 }})")
        }
        "Mutation.productUpdateMany" => format!(
            "(input: {{ items: [{{ id: \"{}\", expectedVersion: 1 }}] }})",
            text(&product(world).await["id"])
        ),
        // A draft cannot be.
        "Mutation.productRestore" | "Mutation.productDuplicate" => {
            format!(
                "(input: {{ id: \"{}\" }})",
                text(&product(world).await["id"])
            )
        }
        "Mutation.variantCreate" => format!(
            "(input: {{ productId: \"{}\", variant: {{ price: {{ amount: \"1\", currency: \"USD\" }} }}, expectedVersion: 0 }})",
            text(&product(world).await["id"])
        ),
        "Mutation.variantUpdate" => format!(
            "(input: {{ id: \"{}\", price: {{ amount: \"1\", currency: \"USD\" }}, expectedVersion: 1 }})",
            text(&product(world).await["variants"]["nodes"][0]["id"])
        ),
        "Mutation.variantDelete" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 1 }})",
            text(&product(world).await["variants"]["nodes"][0]["id"])
        ),
        _ => return None,
    })
}
