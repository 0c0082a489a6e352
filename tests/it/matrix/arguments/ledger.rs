//! What fields about money are asked with. Those that move money come with a key of their own.

use crate::{matrix::world::World, payments::support::SUCCESS};
use entity::{
    ids::{OrderId, PaymentId},
    money::Money,
};
use tradewind::{
    caller::Actor,
    ledger::{Funding, Sale, SaleShare, TopUp, sale, top_up},
};
use uuid::Uuid;

/// Puts five dollars into the wallet of the actor of this name; the wallet's global id.
async fn wallet(world: &World, name: &str) -> String {
    let Actor::Person(person) = world.actor(name) else {
        unreachable!("who has a wallet has signed in");
    };
    let money = Money {
        minor: 500,
        currency: "USD".parse().unwrap(),
    };
    let paid = TopUp {
        payment: PaymentId::generate(),
        customer: person.account,
        money,
        at: world.app.app.clock.now(),
    };
    let work = async |tx: &_| top_up(tx, &paid).await;
    world.app.app.transaction(work).await.unwrap();
    let reply = world
        .ask(name, "{ wallet(currency: \"USD\") { id } }")
        .await;
    let wallet = &reply.data()["wallet"];
    wallet["id"].as_str().unwrap().to_owned()
}

/// Has the actor of this name pay into the wallet; the top-up's global id.
async fn top_up_of(world: &World, name: &str) -> String {
    let pay = format!(
        "mutation {{ walletTopUp(input: {{ amount: {{ amount: \"1\", currency: \"USD\" }}, payment: {{ method: \"{SUCCESS}\" }} }}) \
         @idempotent(key: \"{}\") {{ topUp {{ id }} }} }}",
        Uuid::now_v7()
    );
    let reply = world.ask(name, &pay).await;
    let id = &reply.data()["walletTopUp"]["topUp"]["id"];
    id.as_str().unwrap().to_owned()
}

/// Sells something for A's shop; the global id of the shop's account.
async fn shop_account(world: &World) -> String {
    let shop = "SELECT id FROM seller WHERE handle = 'north-quay-outfitters'";
    let sold = Sale {
        order: OrderId::generate(),
        currency: "USD".parse().unwrap(),
        funding: Funding::Provider,
        shares: vec![SaleShare {
            seller: world.app.value(shop).await,
            goods: 500,
            shipping: 0,
            tax: 0,
            voucher_by_seller: 0,
            voucher_by_platform: 0,
            commission_bps: 1_000,
        }],
        commission_tax_bps: 0,
        at: world.app.app.clock.now(),
    };
    let work = async |tx: &_| sale(tx, &sold).await;
    world.app.app.transaction(work).await.unwrap();
    let seller = world.id("Seller");
    let document = format!("{{ seller(id: \"{seller}\") {{ balances {{ nodes {{ id }} }} }} }}");
    let reply = world.ask("sellerA", &document).await;
    let account = &reply.data()["seller"]["balances"]["nodes"][0];
    account["id"].as_str().unwrap().to_owned()
}

pub async fn of(world: &World, field: &str) -> Option<String> {
    let key = Uuid::now_v7();
    let amount = "amount: { amount: \"1\", currency: \"USD\" }";
    Some(match field {
        "Query.wallet" => {
            wallet(world, "buyerA").await;
            "(currency: \"USD\")".to_owned()
        }
        "Query.ledgerAccount" => format!("(id: \"{}\")", shop_account(world).await),
        "Query.ledgerAccounts" => {
            wallet(world, "buyerA").await;
            String::new()
        }
        "Mutation.walletTransfer" => {
            wallet(world, "buyerA").await;
            let recipient = world.newcomer().await;
            format!(
                "(input: {{ recipient: {{ accountId: \"{recipient}\" }}, {amount} }}) @idempotent(key: \"{key}\")"
            )
        }
        "Mutation.walletTopUp" => {
            format!(
                "(input: {{ {amount}, payment: {{ method: \"{SUCCESS}\" }} }}) @idempotent(key: \"{key}\")"
            )
        }
        "Query.walletTopUp" => format!("(id: \"{}\")", top_up_of(world, "buyerA").await),
        "Mutation.walletCredit" => format!(
            "(input: {{ accountId: \"{}\", {amount}, reason: \"A late parcel.\" }}) @idempotent(key: \"{key}\")",
            world.newcomer().await
        ),
        "Mutation.sellerCommissionSet" => format!(
            "(input: {{ id: \"{}\", commissionBps: 900 }})",
            world.id("Seller")
        ),
        _ => return None,
    })
}
