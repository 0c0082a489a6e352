//! People who work in shops, and asking as they do.

use super::{Reply, TestApp};
use entity::{
    accounts::{
        account::{self, Status},
        login,
    },
    ids::{AccountId, SellerId, SellerMemberId, SessionId},
    sellers::member::{self, Role as ShopRole},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Means, Person, Role};

/// Someone with an account and a verified address, as if signed in.
pub async fn person(app: &TestApp, name: &str) -> Actor {
    let (id, now) = (AccountId::generate(), app.app.clock.now());
    let account = account::Model {
        id,
        display_name: name.to_owned(),
        role: Role::Customer,
        status: Status::Active,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    let email = format!("{name}@shop.example");
    let login = login::Model {
        account_id: id,
        email: email.clone(),
        email_key: email,
        email_verified_at: Some(now),
        password_hash: None,
        password_changed_at: None,
        created_at: now,
        updated_at: now,
    };
    let db = app.app.database.write();
    account.into_active_model().insert(db).await.unwrap();
    login.into_active_model().insert(db).await.unwrap();
    Actor::Person(Person {
        account: id,
        role: Role::Customer,
        means: Means::Session {
            id: SessionId::generate(),
            stepped_up_at: None,
        },
    })
}

/// Makes the actor a member of the shop, past the server.
pub async fn join(app: &TestApp, actor: Actor, seller: SellerId, role: ShopRole) {
    let Actor::Person(person) = actor else {
        unreachable!("only people work in shops");
    };
    let now = app.app.clock.now();
    let row = member::Model {
        id: SellerMemberId::generate(),
        seller_id: seller,
        account_id: person.account,
        role,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let db = app.app.database.write();
    row.into_active_model().insert(db).await.unwrap();
}

/// Runs the mutation of this name as `actor`; `selection` is what its payload is asked for beside the errors.
pub async fn mutate(
    app: &TestApp,
    actor: Actor,
    mutation: &str,
    selection: &str,
    input: Value,
) -> Reply {
    let mut letters = mutation.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let kind: String = first.into_iter().chain(letters).collect();
    // Several mutations are given the same.
    let kind = match mutation {
        "productPublish" | "productUnpublish" | "productArchive" | "productDelete" => "ProductStep",
        _ => &kind,
    };
    let document = format!(
        "mutation ($input: {kind}Input!) {{ done: {mutation}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
    );
    app.gql_as(actor, &document, json!({ "input": input }))
        .await
}

/// What was done; fails the test where something kept it from being done.
#[track_caller]
pub fn done(reply: &Reply) -> &Value {
    let done = &reply.data()["done"];
    assert_eq!(done["userErrors"], json!([]), "{:#}", reply.body);
    done
}

/// The code and the field of what kept it from being done.
#[track_caller]
pub fn refused(reply: &Reply) -> (String, String) {
    let error = &reply.data()["done"]["userErrors"][0];
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| text.len() > 10),
        "{:#}",
        reply.body
    );
    let path = error["field"].as_array().map(|path| {
        let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
        path.join(".")
    });
    (
        error["code"].as_str().unwrap().to_owned(),
        path.unwrap_or_default(),
    )
}
