//! Carts: what people mean to buy, and what it comes to.

mod bad_input;
mod changing;
mod demo;
mod guests;
mod merging;
mod problems;
pub mod secrets;
mod statements;
mod taking;
mod vouchers;

use crate::support::{
    Reply, TestApp,
    shops::{done, mutate, person},
};
use serde_json::{Value, json};
use tradewind::caller::Actor;

/// All of a cart that takes no further statement.
const CART: &str = "cart { id version currency email note quantity
    lines { id variantId productName variantName sku quantity available isForSale
        unitPrice { amount } priceSeen { amount } subtotal { amount } discount { amount } tax { amount } total { amount } }
    sellers { sellerId name lineIds shippingMethods { id name price { amount } } shippingMethod { id } totals { subtotal { amount } shipping { amount } total { amount } } }
    vouchers { code discount { amount } sellerId }
    totals { subtotal { amount } discount { amount } shipping { amount } tax { amount } taxAdded { amount } total { amount } }
    tax { name rateBps included } shippingAddress { name country }
    problems { code message lineId sellerId voucherCode } missing { code } }";

/// A shop with a product for sale.
pub struct Market {
    pub owner: Actor,
    pub seller: Value,
    pub product: Value,
    pub variants: Vec<Value>,
}

impl Market {
    /// One whose product has so many variants, each for 10.00 and with a thousand units.
    pub async fn open(app: &TestApp, name: &str, currency: &str, variants: usize) -> Self {
        let owner = person(app, name).await;
        let opened = mutate(
            app,
            owner,
            "sellerOpen",
            "seller { id }",
            json!({ "name": name, "currency": currency }),
        )
        .await;
        let seller = done(&opened)["seller"]["id"].clone();
        let price = json!({ "amount": "10.00", "currency": currency });
        let variants: Vec<_> = (0..variants)
            .map(|number| {
                let size = json!([{ "name": "Size", "value": number.to_string() }]);
                json!({ "price": price, "options": size, "sku": format!("{name}-{number}") })
            })
            .collect();
        let fields = json!({ "sellerId": seller, "name": format!("Mug of {name}"), "options": ["Size"], "variants": variants });
        let shown = "product { id version variants(first: 100) { nodes { id } } }";
        let made = mutate(app, owner, "productCreate", shown, fields).await;
        let product = done(&made)["product"].clone();
        let step = json!({ "id": product["id"], "expectedVersion": product["version"] });
        done(&mutate(app, owner, "productPublish", "product { id }", step).await);
        app.execute(
            "INSERT INTO stock (variant_id, product_id, seller_id, on_hand, reserved, tracked, updated_at) \
             SELECT id, product_id, seller_id, 1000, 0, true, created_at FROM variant \
             WHERE id NOT IN (SELECT variant_id FROM stock)",
        )
        .await;
        let nodes = product["variants"]["nodes"].as_array().unwrap().iter();
        Self {
            owner,
            seller,
            variants: nodes.map(|node| node["id"].clone()).collect(),
            product: product["id"].clone(),
        }
    }

    /// What puts so many of each variant into a cart.
    pub fn add(&self, quantity: i64) -> Value {
        let variants = self.variants.iter();
        let add = variants.map(|id| json!({ "variantId": id, "quantity": quantity }));
        json!({ "add": add.collect::<Vec<_>>() })
    }

    /// A voucher of the shop's.
    pub async fn voucher(&self, app: &TestApp, voucher: Value) -> Value {
        let input = json!({ "sellerId": self.seller, "voucher": voucher });
        let made = mutate(
            app,
            self.owner,
            "voucherCreate",
            "voucher { id version }",
            input,
        )
        .await;
        done(&made)["voucher"].clone()
    }

    /// A way in which the shop sends things.
    pub async fn method(&self, app: &TestApp, method: Value) -> Value {
        let input = json!({ "sellerId": self.seller, "method": method });
        let shown = "method { id version }";
        let made = mutate(app, self.owner, "shippingMethodCreate", shown, input).await;
        done(&made)["method"].clone()
    }
}

pub fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

pub fn address() -> Value {
    json!({ "name": "Ada", "line1": "Quay 1", "city": "Hamburg", "country": "DE" })
}

/// Changes a cart as `actor`.
pub async fn update(app: &TestApp, actor: Actor, input: Value) -> Reply {
    mutate(app, actor, "cartUpdate", CART, input).await
}

/// Sends it again as long as the server says that others are in the way, as clients do: nothing was written then.
pub async fn insist(send: impl AsyncFn() -> Reply) -> Reply {
    loop {
        let reply = send().await;
        if reply.body["errors"][0]["extensions"]["code"] != "SERVICE_UNAVAILABLE" {
            return reply;
        }
    }
}

/// The cart after a change that must be done.
pub async fn changed(app: &TestApp, actor: Actor, input: Value) -> Value {
    let reply = update(app, actor, input).await;
    done(&reply)["cart"].clone()
}

/// The caller's own cart.
pub async fn own(app: &TestApp, actor: Actor) -> Value {
    let document = format!("{{ viewer {{ {CART} }} }}");
    let reply = app.gql_as(actor, &document, json!({})).await;
    reply.data()["viewer"]["cart"].clone()
}

/// A guest's cart: its token and itself.
pub async fn guest(app: &TestApp, input: Value) -> (Value, Value) {
    let selection = format!("cartToken {CART}");
    let made = mutate(app, Actor::Anonymous, "cartCreate", &selection, input).await;
    let made = done(&made);
    assert!(
        made["cartToken"]
            .as_str()
            .is_some_and(|token| token.len() == 43)
    );
    (made["cartToken"].clone(), made["cart"].clone())
}

/// The codes of what is wrong with a cart.
pub fn codes(cart: &Value, field: &str) -> Vec<String> {
    let problems = cart[field].as_array().unwrap().iter();
    problems
        .map(|problem| problem["code"].as_str().unwrap().to_owned())
        .collect()
}

/// The same input with more in it.
pub fn with(mut input: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        unreachable!("inputs are objects");
    };
    for (name, value) in more {
        input[name.as_str()] = value;
    }
    input
}
