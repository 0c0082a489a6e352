//! What fields about carts, vouchers, shipping and tax are asked with.

use crate::matrix::world::World;
use entity::ids::CartId;
use serde_json::Value;

/// A new code.
fn code() -> String {
    format!("M-{}", CartId::generate().0.simple())
}

/// What comes of a mutation that seller A does.
async fn made(world: &World, actor: &str, document: &str, path: [&str; 2]) -> String {
    let reply = world.ask(actor, document).await;
    let id: &Value = &reply.data()[path[0]][path[1]]["id"];
    id.as_str().unwrap().to_owned()
}

/// A new voucher of A's shop.
async fn voucher(world: &World) -> String {
    let document = format!(
        "mutation {{ voucherCreate(input: {{ sellerId: \"{}\", voucher: {{ code: \"{}\", rateBps: 100 }} }}) {{ voucher {{ id }} }} }}",
        world.id("Seller"),
        code()
    );
    made(world, "sellerA", &document, ["voucherCreate", "voucher"]).await
}

/// A way of shipping of A's shop, always the same.
async fn method(world: &World) -> String {
    let shop = world.id("Seller");
    let list =
        format!("{{ shippingMethods(sellerId: \"{shop}\", first: 1) {{ nodes {{ id }} }} }}");
    let reply = world.ask("sellerA", &list).await;
    if let Some(id) = reply.data()["shippingMethods"]["nodes"][0]["id"].as_str() {
        return id.to_owned();
    }
    let document = format!(
        "mutation {{ shippingMethodCreate(input: {{ sellerId: \"{shop}\", method: {METHOD} }}) {{ method {{ id }} }} }}"
    );
    made(
        world,
        "sellerA",
        &document,
        ["shippingMethodCreate", "method"],
    )
    .await
}

const METHOD: &str = "{ name: \"Post\", price: { amount: \"1\", currency: \"USD\" } }";
const RATE: &str = "country: \"DE\", name: \"VAT\", rateBps: 1900, included: true";

pub async fn of(world: &World, field: &str) -> Option<String> {
    let shop = world.id("Seller");
    Some(match field {
        "Query.cart" => {
            let document = "mutation { cartCreate(input: {}) { cart { id } } }";
            let cart = made(world, "buyerA", document, ["cartCreate", "cart"]).await;
            format!("(id: \"{cart}\")")
        }
        "Mutation.cartCreate" | "Mutation.cartUpdate" => "(input: {})".to_owned(),
        "Mutation.cartMerge" => "(input: { cartToken: \"none\" })".to_owned(),
        "Query.vouchers" => {
            voucher(world).await;
            format!("(sellerId: \"{shop}\")")
        }
        "Mutation.voucherCreate" => format!(
            "(input: {{ sellerId: \"{shop}\", voucher: {{ code: \"{}\", rateBps: 100 }} }})",
            code()
        ),
        "Mutation.voucherUpdate" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 1, voucher: {{ code: \"{}\", rateBps: 100 }} }})",
            voucher(world).await,
            code()
        ),
        "Mutation.voucherDeactivate" => {
            format!("(input: {{ id: \"{}\" }})", voucher(world).await)
        }
        "Query.shippingMethods" => {
            method(world).await;
            format!("(sellerId: \"{shop}\")")
        }
        "Mutation.shippingMethodCreate" => {
            format!("(input: {{ sellerId: \"{shop}\", method: {METHOD} }})")
        }
        "Mutation.shippingMethodUpdate" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 0, method: {METHOD} }})",
            method(world).await
        ),
        "Mutation.taxRateSet" => format!("(input: {{ {RATE} }})"),
        "Query.taxRates" | "Mutation.taxRateRemove" => {
            let set = format!(
                "mutation {{ taxRateSet(input: {{ {RATE} }}) {{ userErrors {{ code }} }} }}"
            );
            world.ask("admin", &set).await.data();
            if field == "Query.taxRates" {
                String::new()
            } else {
                "(input: { country: \"DE\" })".to_owned()
            }
        }
        _ => return None,
    })
}
