//! What fields about orders are asked with.

use crate::{matrix::world::World, payments::support::SUCCESS};
use entity::ids::OrderId;

const ADDRESS: &str = "{ name: \"Ada\", line1: \"Quay 1\", city: \"Hamburg\", country: \"DE\" }";

/// A key for what moves money.
fn key() -> String {
    format!("@idempotent(key: \"matrix-{}\")", OrderId::generate().0)
}

/// Puts a thing of A's shop into buyer A's cart.
async fn fill(world: &World) {
    world.app.execute("UPDATE stock SET tracked = false").await;
    let variant = world.id("Variant");
    let fill = format!(
        "mutation {{ cartUpdate(input: {{ add: [{{ variantId: \"{variant}\", quantity: 1 }}], shippingAddress: {ADDRESS} }}) \
         {{ cart {{ sellers {{ sellerId shippingMethods {{ id }} }} }} userErrors {{ message }} }} }}"
    );
    let reply = world.ask("buyerA", &fill).await;
    let sellers = reply.data()["cartUpdate"]["cart"]["sellers"].as_array();
    for part in sellers.unwrap_or(&Vec::new()) {
        if let Some(method) = part["shippingMethods"][0]["id"].as_str() {
            let seller = part["sellerId"].as_str().unwrap();
            let choose = format!(
                "mutation {{ cartUpdate(input: {{ shipping: [{{ sellerId: \"{seller}\", methodId: \"{method}\" }}] }}) \
                 {{ userErrors {{ message }} }} }}"
            );
            world.ask("buyerA", &choose).await.data();
        }
    }
}

/// The ids of an order of buyer A's, of the part of A's shop, and of its line. Nobody was asked for money.
async fn order(world: &World) -> (String, String, String) {
    fill(world).await;
    let buy = format!(
        "mutation {{ checkoutComplete(input: {{ payment: {{ method: \"{SUCCESS}\" }} }}) {} \
         {{ order {{ id lines {{ id }} fulfilments {{ id }} }} userErrors {{ message }} }} }}",
        key()
    );
    let reply = world.ask("buyerA", &buy).await;
    let order = &reply.data()["checkoutComplete"]["order"];
    let id = |value: &serde_json::Value| {
        let id = value["id"].as_str();
        id.unwrap_or_else(|| panic!("{:?}", reply.body)).to_owned()
    };
    (
        id(order),
        id(&order["fulfilments"][0]),
        id(&order["lines"][0]),
    )
}

/// The same, paid and in this state.
async fn paid(world: &World, state: &str) -> (String, String, String) {
    let ids = order(world).await;
    let number = "(SELECT coalesce(max(number), 0) + 1 FROM customer_order)";
    world
        .app
        .execute(&format!(
            "UPDATE customer_order SET state = 'CONFIRMED', number = {number} WHERE state = 'PENDING' \
             AND id = (SELECT order_id FROM order_fulfilment ORDER BY created_at DESC, id DESC LIMIT 1)"
        ))
        .await;
    let shipped = if state == "SHIPPED" {
        "created_at"
    } else {
        "NULL"
    };
    world
        .app
        .execute(&format!(
            "UPDATE order_fulfilment SET state = '{state}', shipped_at = {shipped} WHERE state = 'PENDING'"
        ))
        .await;
    ids
}

/// Has lists show what there is.
async fn listed(world: &World) {
    let rebuilt = tradewind::orders::rebuild_view(&world.app.app, None, |_| ()).await;
    rebuilt.unwrap();
}

pub async fn of(world: &World, field: &str) -> Option<String> {
    Some(match field {
        "Query.order" | "Subscription.orderUpdated" => {
            format!("(id: \"{}\")", order(world).await.0)
        }
        "Query.orders" => {
            order(world).await;
            listed(world).await;
            String::new()
        }
        "Query.shopOrders" => {
            paid(world, "OPEN").await;
            listed(world).await;
            format!("(sellerId: \"{}\")", world.id("Seller"))
        }
        "Subscription.sellerOrders" => format!("(sellerId: \"{}\")", world.id("Seller")),
        "Mutation.checkoutComplete" => {
            fill(world).await;
            format!(
                "(input: {{ payment: {{ method: \"{SUCCESS}\" }} }}) {}",
                key()
            )
        }
        "Mutation.orderCancel" => format!("(input: {{ id: \"{}\" }})", order(world).await.0),
        "Mutation.orderLineCancel" => format!(
            "(input: {{ id: \"{}\", quantity: 1 }})",
            paid(world, "OPEN").await.2
        ),
        "Mutation.fulfilmentShip" => {
            format!("(input: {{ id: \"{}\" }})", paid(world, "OPEN").await.1)
        }
        "Mutation.fulfilmentDeliver" => {
            format!("(input: {{ id: \"{}\" }})", paid(world, "SHIPPED").await.1)
        }
        _ => return None,
    })
}
