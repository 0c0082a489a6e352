//! What fields about accounts and sessions are asked with.

use crate::matrix::world::World;
use entity::ids::AccountId;

const ADDRESS: &str =
    "address: { name: \"A\", line1: \"Quay 1\", city: \"Hamburg\", country: \"DE\" }";

/// A new address of buyer A.
async fn address(world: &World) -> String {
    let document =
        format!("mutation {{ addressCreate(input: {{ {ADDRESS} }}) {{ address {{ id }} }} }}");
    let reply = world.ask("buyerA", &document).await;
    let address = &reply.data()["addressCreate"]["address"];
    address["id"].as_str().unwrap().to_owned()
}

pub async fn of(world: &World, field: &str) -> Option<String> {
    Some(match field {
        "Mutation.sessionCreate" => {
            "(input: { email: \"nobody@example.com\", password: \"not theirs\", kind: APP })"
                .to_owned()
        }
        "Mutation.sessionRefresh" => "(input: { refreshToken: \"none\" })".to_owned(),
        "Mutation.sessionEnd" | "Mutation.sessionEndAll" => String::new(),
        "Mutation.sessionEndOther" => {
            format!("(input: {{ id: \"{}\" }})", world.session().await)
        }
        "Mutation.apiKeyCreate" => {
            world.sign_in_again().await;
            "(input: { name: \"Matrix\", scopes: [CATALOGUE_READ] })".to_owned()
        }
        "Mutation.apiKeyRevoke" => format!("(input: {{ id: \"{}\" }})", world.key().await),
        "Mutation.identityUnlink" => {
            format!("(input: {{ id: \"{}\" }})", world.identity().await)
        }
        "node.Session" => format!("(id: \"{}\")", world.session().await),
        // No letter was sent, so no token is any good; and the password is not theirs.
        "Mutation.accountVerifyEmail" => "(input: { token: \"none\" })".to_owned(),
        "Mutation.accountResetPassword" => {
            "(input: { token: \"none\", newPassword: \"a long enough one 7\" })".to_owned()
        }
        "Mutation.accountSignUp" => format!(
            "(input: {{ email: \"{}@example.com\", password: \"a long enough one 7\", displayName: \"N\" }})",
            AccountId::generate().0.simple()
        ),
        "Mutation.accountRequestPasswordReset" => {
            format!(
                "(input: {{ email: \"{}@example.com\" }})",
                AccountId::generate().0.simple()
            )
        }
        "Mutation.accountChangePassword" => {
            "(input: { currentPassword: \"not theirs\", newPassword: \"a long enough one 7\" })"
                .to_owned()
        }
        "Mutation.accountRequestEmailChange" => {
            "(input: { newEmail: \"new@example.com\", password: \"not theirs\" })".to_owned()
        }
        "Mutation.accountUpdate" => {
            "(input: { displayName: \"Other\", expectedVersion: 0 })".to_owned()
        }
        "Mutation.addressCreate" => format!("(input: {{ {ADDRESS} }})"),
        "Mutation.addressUpdate" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 1, {ADDRESS} }})",
            address(world).await
        ),
        "Mutation.addressDelete" => format!("(input: {{ id: \"{}\" }})", address(world).await),
        "node.Address" => format!("(id: \"{}\")", address(world).await),
        "Query.account" => format!("(id: \"{}\")", world.newcomer().await),
        "Mutation.accountSuspend" => format!(
            "(input: {{ id: \"{}\", reason: \"Sold what was not theirs.\" }})",
            world.newcomer().await
        ),
        "Mutation.accountReinstate" => {
            format!("(input: {{ id: \"{}\" }})", world.newcomer().await)
        }
        "Mutation.accountSetRole" => format!(
            "(input: {{ id: \"{}\", role: SUPPORT }})",
            world.newcomer().await
        ),
        "Mutation.accountClose" => "(input: { password: \"not theirs\" })".to_owned(),
        _ => return None,
    })
}
