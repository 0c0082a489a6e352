//! What orders cost the database: the same for one line and for fifty.

use super::{bought, by, caught_up, shopper};
use crate::{
    cart::{Market, changed, eur, with},
    payments::support::SUCCESS,
    support::{
        TestApp, admin,
        shops::{done, mutate},
    },
};
use serde_json::json;

const BUY: &str = "mutation ($input: CheckoutCompleteInput!) { checkoutComplete(input: $input) { order { id lines { quantity } } userErrors { code } } }";
/// All there is to an order.
const WHOLE: &str = "id number state reason email shippingAddress { name line1 city postalCode country } note voucherCodes version createdAt updatedAt
    subtotal { amount } discount { amount } shipping { amount } tax { amount } total { amount currency } cancelled { amount } refunded { amount }
    lines { id productId variantId productName variantName sku unitPrice { amount } quantity cancelledQuantity discount { amount } tax { amount } total { amount } }
    fulfilments { id state orderNumber sellerId sellerName lines { id } note shippingMethodName shipping { amount } total { amount } cancelled { amount }
      carrier trackingNumber createdAt shippedAt deliveredAt }
    paidFromWallet payment { id state amount { amount } captured { amount } refunded { amount } provider nextAction { url } declineCode }";
const LIST: &str = "{ viewer { orders(first: 10) { nodes { id lines { quantity } fulfilments { state } payment { state } } } } }";
const SHOP: &str = "query ($id: ID!) { shopOrders(sellerId: $id, first: 10) { nodes { id orderNumber lines { quantity } } } }";
const ALL: &str = "{ orders(first: 10, filter: { search: \"100001\", states: [CONFIRMED, PENDING] }) { nodes { id lines { quantity } fulfilments { state } payment { state } } } }";

on_both_databases! {
    async fn buying_takes_thirteen_however_much_it_is(app: TestApp) {
        for variants in [1, 10, 50] {
            let shop = Market::open(&app, &format!("of{variants}"), "EUR", variants).await;
            let ada = shopper(&app, &format!("ada{variants}"), &shop, 1).await;
            let key = format!("key-of-{variants}");
            let reply = app.gql_keyed(ada, &key, BUY, json!({ "input": by(SUCCESS) })).await;
            assert_eq!(reply.data()["checkoutComplete"]["order"]["lines"].as_array().unwrap().len(), variants);
            // The key; the cart, what is in it; the payment; the saga and its job; the order, its parts, its
            // lines; what is promised, the stock; all events; the key.
            assert_eq!(reply.statements, 13, "with {variants} lines");
            // Whoever asks again tries to claim the key, and reads its result, the order, its parts, its lines and its payment.
            let again = app.gql_keyed(ada, &key, BUY, json!({ "input": by(SUCCESS) })).await;
            assert_eq!((again.data(), again.statements), (reply.data(), 6));
        }
    }

    /// The answer is made of what was written, and is what anyone who looks for the order finds.
    async fn what_is_answered_is_what_is_read(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 3).await, Market::open(&app, "mill", "EUR", 2).await);
        done(&mutate(&app, admin(), "taxRateSet", "taxRate { rateBps }",
            json!({ "country": "DE", "name": "VAT", "rateBps": 1900, "included": false })).await);
        quay.voucher(&app, json!({ "code": "Ten", "rateBps": 1000 })).await;
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        let ada = shopper(&app, "ada", &quay, 2).await;
        changed(&app, ada, with(mill.add(3), json!({ "addVoucherCodes": ["ten"], "note": "“Soon”, please.",
            "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] }))).await;
        let document = format!("mutation ($input: CheckoutCompleteInput!) {{ checkoutComplete(input: $input) {{ order {{ {WHOLE} }} userErrors {{ message }} }} }}");
        let bought = app.gql_keyed(ada, "the-key", &document, json!({ "input": by(SUCCESS) })).await;
        let answered = &bought.data()["checkoutComplete"]["order"];
        assert_eq!(answered["lines"].as_array().unwrap().len(), 5);
        // A voucher takes four: what it is, and using it.
        assert_eq!(bought.statements, 17);
        let read = app.gql_as(ada, &format!("query ($id: ID) {{ order(id: $id) {{ {WHOLE} }} }}"), json!({ "id": answered["id"] })).await;
        assert_eq!(answered, &read.data()["order"]);
        let again = app.gql_keyed(ada, "the-key", &document, json!({ "input": by(SUCCESS) })).await;
        assert_eq!(again.data(), bought.data());
    }

    async fn lists_take_as_much_for_one_order_as_for_three(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        for _ in 0..3 {
            bought(&app, ada, SUCCESS).await;
            // Who asks, the page, and parts, lines and payments.
            assert_eq!(app.gql_as(ada, LIST, json!({})).await.statements, 5);
            caught_up(&app).await;
            // The page, and parts, orders and lines.
            let reply = app.gql_as(shop.owner, SHOP, json!({ "id": shop.seller })).await;
            assert_eq!(reply.statements, 4);
            // The page, and orders, parts, lines and payments.
            assert_eq!(app.gql_as(crate::support::admin(), ALL, json!({})).await.statements, 5);
            crate::cart::changed(&app, ada, shop.add(1)).await;
            crate::cart::changed(&app, ada, json!({ "shippingAddress": crate::cart::address() })).await;
        }
    }
}
