//! What is shown of accounts: to those whose they are, and nobody else.

use super::{account, customer, euro, fund, global_id, send, shop};
use crate::support::{
    Reply, TestApp, admin,
    shops::{join, person},
    someone, stepped_up,
};
use axum::{body::Body, http::Request};
use chrono::SecondsFormat;
use entity::{ids::OrderId, sellers::member::Role as ShopRole};
use serde_json::{Value, json};
use tradewind::{
    caller::{Actor, Role},
    ledger::{Funding, Sale, SaleShare, sale},
};

const ENTRIES: &str = "nodes { id number reason amount { amount } balanceAfter { amount } postedAt
    transaction { id kind sourceId note } } pageInfo { hasNextPage endCursor } totalCount";

async fn statement_file(app: &TestApp, actor: Actor, id: &str) -> Reply {
    let path = format!("/api/v1/ledger-accounts/{id}/statement");
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    if actor != Actor::Anonymous {
        request.extensions_mut().insert(actor);
    }
    app.send(request).await
}

/// Ada, who paid in three times and sent something once; and her wallet's global id.
async fn ada_with_a_past(app: &TestApp) -> (Actor, String) {
    let (ada, ben) = (customer(app, "ada").await, customer(app, "ben").await);
    for minor in [1_000, 500, 250] {
        fund(app, account(ada), minor).await;
    }
    let to_ben = json!({ "accountId": global_id(app, ben).await });
    send(app, ada, to_ben, "2.50", "=SUM(A1)").await.data();
    let reply = app
        .gql_as(ada, "{ wallet(currency: \"EUR\") { id } }", json!({}))
        .await;
    let id = reply.data()["wallet"]["id"].as_str().unwrap().to_owned();
    (ada, id)
}

on_both_databases! {
    async fn statements_come_in_pages_and_as_a_file(app: TestApp) {
        let (ada, id) = ada_with_a_past(&app).await;
        let document = format!(
            "query ($first: Int, $after: String) {{ viewer {{ wallets {{ nodes {{ id kind balance {{ amount }} \
             statement(first: $first, after: $after) {{ {ENTRIES} }} }} }} }} }}"
        );
        let page = app.gql_as(ada, &document, json!({ "first": 3 })).await;
        // Who asks, the wallets, their entries, the entries' transactions, and how many there are.
        assert_eq!(page.statements, 5, "{:#}", page.body);
        let wallet = &page.data()["viewer"]["wallets"]["nodes"][0];
        assert_eq!((&wallet["kind"], &wallet["balance"]["amount"]), (&json!("CUSTOMER_WALLET"), &json!("15.00")));
        let statement = &wallet["statement"];
        assert_eq!((&statement["totalCount"], &statement["pageInfo"]["hasNextPage"]), (&json!(4), &json!(true)));
        let sent = &statement["nodes"][0];
        assert_eq!((&sent["amount"]["amount"], &sent["balanceAfter"]["amount"]), (&json!("-2.50"), &json!("15.00")));
        assert_eq!((&sent["transaction"]["kind"], &sent["transaction"]["note"]), (&json!("TRANSFER"), &json!("=SUM(A1)")));
        let cursor = &statement["pageInfo"]["endCursor"];
        let rest = app.gql_as(ada, &document, json!({ "first": 3, "after": cursor })).await;
        let last = &rest.data()["viewer"]["wallets"]["nodes"][0]["statement"]["nodes"];
        assert_eq!(last.as_array().unwrap().len(), 1);
        let mut listed: Vec<Value> = statement["nodes"].as_array().unwrap().clone();
        listed.extend(last.as_array().unwrap().iter().cloned());
        listed.reverse();

        let file = statement_file(&app, ada, &id).await;
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let text = file.body.as_str().unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("number,posted_at,kind,reason,amount,currency,balance,source,note"));
        let lines: Vec<_> = lines.map(|line| line.split(',').collect::<Vec<_>>()).collect();
        assert_eq!(lines.len(), listed.len(), "{text}");
        for (line, entry) in lines.iter().zip(&listed) {
            assert_eq!(line[0], entry["number"].to_string());
            let same = [
                (line[2], &entry["transaction"]["kind"]), (line[3], &entry["reason"]),
                (line[4], &entry["amount"]["amount"]), (line[6], &entry["balanceAfter"]["amount"]),
            ];
            for (written, shown) in same {
                assert_eq!(written, shown.as_str().unwrap(), "{text}");
            }
        }
        assert!(text.ends_with(",'=SUM(A1)\n"), "no spreadsheet calculates it: {text}");
    }

    async fn balances_are_known_as_of_any_date(app: TestApp) {
        let (ada, _) = ada_with_a_past(&app).await;
        let times = "SELECT posted_at FROM ledger_entry WHERE customer_id IS NOT NULL ORDER BY posted_at, sequence";
        let times: Vec<chrono::DateTime<chrono::Utc>> = app.column(times).await;
        let at = |number: usize| times[number].to_rfc3339_opts(SecondsFormat::Nanos, true);
        let fields: Vec<_> = (0..3).map(|number| format!("b{number}: balance(at: \"{}\") {{ amount }}", at(number))).collect();
        let document = format!(
            "{{ wallet(currency: \"EUR\") {{ before: balance(at: \"2020-01-01T00:00:00Z\") {{ amount }} {} now: balance {{ amount }} }} }}",
            fields.join(" ")
        );
        let reply = app.gql_as(ada, &document, json!({})).await;
        let wallet = &reply.data()["wallet"];
        let seen: Vec<_> = ["before", "b0", "b1", "b2", "now"].map(|name| wallet[name]["amount"].as_str().unwrap()).into();
        assert_eq!(seen, ["0.00", "10.00", "15.00", "17.50", "15.00"]);
    }

    async fn accounts_are_shown_to_those_whose_they_are(app: TestApp) {
        let (ada, id) = ada_with_a_past(&app).await;
        let eve = stepped_up(person(&app, "eve").await, app.app.clock.now());
        let one = format!("{{ ledgerAccount(id: \"{id}\") {{ balance {{ amount }} }} }}");
        for (actor, code) in [(eve, "NOT_FOUND"), (Actor::Anonymous, "UNAUTHENTICATED")] {
            assert_eq!(app.gql_as(actor, &one, json!({})).await.error_code(), code);
            let file = statement_file(&app, actor, &id).await;
            assert_eq!(file.error_code(), code);
        }
        for actor in [ada, admin(), someone(Role::Support)] {
            assert_eq!(app.gql_as(actor, &one, json!({})).await.data()["ledgerAccount"]["balance"]["amount"], "15.00");
            assert_eq!(statement_file(&app, actor, &id).await.status, 200);
        }
        let all = "{ ledgerAccounts(filter: { kinds: [CUSTOMER_WALLET] }) { totalCount nodes { id } } }";
        assert_eq!(app.gql_as(admin(), all, json!({})).await.data()["ledgerAccounts"]["totalCount"], 2);
        assert_eq!(app.gql_as(ada, all, json!({})).await.error_code(), "FORBIDDEN");
    }

    async fn a_shops_money_is_shown_to_those_who_keep_it(app: TestApp) {
        let quay = shop(&app, "quay").await;
        let share = SaleShare {
            seller: quay, goods: 1_000, shipping: 0, tax: 0, voucher_by_seller: 0, voucher_by_platform: 0, commission_bps: 1_000,
        };
        let sold = Sale {
            order: OrderId::generate(), currency: euro(), funding: Funding::Provider, shares: vec![share],
            commission_tax_bps: 0, at: app.app.clock.now(),
        };
        app.app.transaction(async |tx| sale(tx, &sold).await).await.unwrap();
        let document = format!(
            "{{ seller(handle: \"quay\") {{ commissionBps balances {{ nodes {{ balance {{ amount }} }} }} statement {{ {ENTRIES} }} }} }}"
        );
        let mut members = Vec::new();
        for (name, role) in [("own", ShopRole::Owner), ("man", ShopRole::Manager), ("staff", ShopRole::Staff)] {
            let member = person(&app, name).await;
            join(&app, member, quay, role).await;
            members.push(member);
        }
        for actor in [members[0], members[1], admin()] {
            let reply = app.gql_as(actor, &document, json!({})).await;
            let seller = &reply.data()["seller"];
            assert_eq!(seller["balances"]["nodes"][0]["balance"]["amount"], "9.00", "{:#}", reply.body);
            assert_eq!(seller["commissionBps"], 1_000);
            let reasons: Vec<_> = seller["statement"]["nodes"].as_array().unwrap().iter().map(|node| node["reason"].clone()).collect();
            assert_eq!(reasons, ["COMMISSION", "GOODS"]);
            // The shop, its rate, its accounts, the entries, their transactions, and how many.
            assert_eq!(reply.statements, 6, "{:#}", reply.body);
        }
        for actor in [members[2], person(&app, "eve").await, Actor::Anonymous] {
            let reply = app.gql_as(actor, &document, json!({})).await;
            let seller = &reply.data()["seller"];
            assert_eq!((&seller["balances"]["nodes"], &seller["statement"]["nodes"], &seller["commissionBps"]), (&json!([]), &json!([]), &json!(null)));
        }
    }
}
