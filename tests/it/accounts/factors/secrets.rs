//! Everything about second factors that nobody but the person may know, for the test that looks for it.

use super::*;
use crate::accounts::factors::{
    device::{Device, Manner},
    passkeys::{Asked, REGISTER_FINISH, REGISTER_START},
};

impl TestApp {
    /// Sets up factors, shows them, changes and removes them, all with idempotency keys; the secrets that were told or sent.
    pub(in crate::accounts) async fn secrets_of_factors(&self) -> Vec<String> {
        const BOB: &str = "bob@example.com";
        self.member(BOB, Role::Customer).await;
        let bob = self.sign_in(BOB).await;
        let reply = self
            .keyed(
                &bob.access,
                ENROL,
                json!({ "input": { "password": PASSWORD } }),
            )
            .await;
        let enrolled = reply.done();
        let mut secrets = vec![enrolled["secret"].as_str().unwrap().to_owned()];
        let app = Authenticator::scan(enrolled["uri"].as_str().unwrap());
        let code = app.next(self);
        let reply = self
            .keyed(
                &bob.access,
                CONFIRM_TOTP,
                json!({ "input": { "code": code } }),
            )
            .await;
        let codes = |reply: &Reply| -> Vec<String> {
            let codes = reply.done()["recoveryCodes"].as_array().unwrap().iter();
            codes
                .map(|code| code.as_str().unwrap().to_owned())
                .collect()
        };
        secrets.extend(codes(&reply));
        let reply = self.create(BOB, PASSWORD, "APP").await;
        let challenge = reply.data()["sessionCreate"]["secondFactor"]["challenge"].clone();
        secrets.push(challenge.as_str().unwrap().to_owned());
        let input = json!({ "challenge": challenge, "recoveryCode": secrets[1], "kind": "APP" });
        let reply = self.mutate(Actor::Anonymous, CONFIRM, input).await;
        let signed = Signed::of(reply.done());
        let reply = self.keyed(&signed.access, REPLACE_CODES, json!({})).await;
        secrets.extend(codes(&reply));
        let input = json!({ "input": { "totp": app.next(self) } });
        self.keyed(&signed.access, STEP_UP, input).await.done();
        let input = json!({ "input": { "recoveryCode": "a wrong recovery canary" } });
        self.keyed(&signed.access, STEP_UP, input).await;
        secrets.push("a wrong recovery canary".to_owned());
        secrets.extend(self.secrets_of_passkeys(&signed.access).await);
        let input = json!({ "input": { "password": PASSWORD } });
        self.keyed(&signed.access, REMOVE_TOTP, input).await.done();
        secrets.extend([signed.access, signed.refresh]);
        secrets
    }

    /// The same with a passkey.
    async fn secrets_of_passkeys(&self, access: &str) -> Vec<String> {
        let (mut device, usual) = (Device::new(), Manner::default());
        let reply = self
            .keyed(access, REGISTER_START, json!({ "input": {} }))
            .await;
        let making = Asked::of(&reply);
        let credential = device.create(&making.options, &usual);
        let input =
            json!({ "ceremony": making.ceremony, "name": "Telephone", "credential": credential });
        self.keyed(access, REGISTER_FINISH, json!({ "input": input }))
            .await
            .done();
        let showing = self.asked_to_show().await;
        let credential = device.get(&showing.options, &usual);
        let reply = self.show(&showing, &credential).await;
        let signed = Signed::of(reply.done());
        vec![
            making.ceremony,
            showing.ceremony,
            signed.access,
            signed.refresh,
        ]
    }

    /// Runs `document` as the bearer of an access token, with an idempotency key.
    async fn keyed(&self, access: &str, document: &str, variables: Value) -> Reply {
        let (bearer, key) = (
            format!("Bearer {access}"),
            AccountId::generate().0.to_string(),
        );
        let headers = [
            ("authorization", bearer.as_str()),
            ("idempotency-key", key.as_str()),
        ];
        self.gql_with(&headers, document, variables).await
    }
}
