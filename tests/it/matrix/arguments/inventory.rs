//! What fields about stock are asked with. The stock is A's.

use crate::{
    matrix::world::World,
    support::shops::{done, mutate},
};
use entity::ids::ProductId;
use serde_json::json;

/// A new location of A's; those that were made before are given up, since a shop has no more than twenty.
async fn location(world: &World) -> (String, String) {
    world
        .app
        .execute("UPDATE stock_location SET deactivated_at = created_at WHERE id <> seller_id")
        .await;
    let name = format!("Matrix {}", ProductId::generate().0.simple());
    let input = json!({ "sellerId": world.id("Seller"), "name": name });
    let selection = "location { id }";
    let owner = world.actor("sellerA");
    let made = mutate(&world.app, owner, "locationCreate", selection, input).await;
    let id = done(&made)["location"]["id"].as_str().unwrap().to_owned();
    (id, name)
}

pub async fn of(world: &World, field: &str) -> Option<String> {
    let (seller, variant) = (world.id("Seller"), world.id("Variant"));
    Some(match field {
        "Query.stockItems" | "Query.stockMovements" => format!("(sellerId: \"{seller}\")"),
        "Mutation.locationCreate" => {
            let (_, name) = location(world).await;
            format!("(input: {{ sellerId: \"{seller}\", name: \"New {name}\" }})")
        }
        "Mutation.locationUpdate" => {
            let (id, _) = location(world).await;
            format!("(input: {{ id: \"{id}\", priority: 1, expectedVersion: 1 }})")
        }
        "Mutation.locationDeactivate" => {
            let (id, _) = location(world).await;
            format!("(input: {{ id: \"{id}\", expectedVersion: 1 }})")
        }
        "Mutation.locationReactivate" => {
            let (id, name) = location(world).await;
            let gone = format!(
                "UPDATE stock_location SET deactivated_at = created_at WHERE name = '{name}'"
            );
            world.app.execute(&gone).await;
            format!("(input: {{ id: \"{id}\", expectedVersion: 1 }})")
        }
        "Mutation.stockAdjust" => {
            let (id, _) = location(world).await;
            format!(
                "(input: {{ locationId: \"{id}\", reason: RECEIVED, items: [{{ variantId: \"{variant}\", delta: 1 }}] }})"
            )
        }
        "Mutation.stockRecount" => {
            let (id, _) = location(world).await;
            format!(
                "(input: {{ locationId: \"{id}\", items: [{{ variantId: \"{variant}\", counted: 2, expectedVersion: 0 }}] }})"
            )
        }
        "Mutation.stockTransfer" => {
            let (id, _) = location(world).await;
            let owner = world.actor("sellerA");
            let items = json!([{ "variantId": variant, "delta": 1 }]);
            let input = json!({ "locationId": id, "reason": "RECEIVED", "items": items });
            let selection = "items { onHand }";
            done(&mutate(&world.app, owner, "stockAdjust", selection, input).await);
            let document = "query ($id: ID!) { seller(id: $id) { locations { nodes { id } } } }";
            let reply = world
                .app
                .gql_as(owner, document, json!({ "id": seller }))
                .await;
            let first = reply.data()["seller"]["locations"]["nodes"][0]["id"].clone();
            format!(
                "(input: {{ fromLocationId: \"{id}\", toLocationId: {first}, items: [{{ variantId: \"{variant}\", quantity: 1 }}] }})"
            )
        }
        "Mutation.stockThresholdSet" => {
            format!("(input: {{ variantId: \"{variant}\", threshold: 2 }})")
        }
        _ => return None,
    })
}
