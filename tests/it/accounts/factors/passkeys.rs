//! Passkeys: added, shown alone and as a second factor, and taken away; and everything that is none.

use super::*;
use crate::accounts::{
    CLOSE,
    factors::device::{Device, Manner},
};

pub(super) const REGISTER_START: &str =
    "mutation ($input: PasskeyRegisterStartInput!) { done: passkeyRegisterStart(input: $input) {
    passkeyCeremony { ceremony options expiresAt } userErrors { code field message }
} }";
pub(super) const REGISTER_FINISH: &str = "mutation ($input: PasskeyRegisterFinishInput!) { done: passkeyRegisterFinish(input: $input) {
    passkey { id name lastUsedAt } secondFactors { methods } recoveryCodes userErrors { code field message }
} }";
const REMOVE: &str = "mutation ($input: PasskeyRemoveInput!) { done: passkeyRemove(input: $input) {
    secondFactors { methods recoveryCodesLeft } userErrors { code field message }
} }";
const START: &str = "mutation { done: sessionPasskeyStart {
    passkeyCeremony { ceremony options } userErrors { code field message }
} }";
const FINISH: &str =
    "mutation ($input: SessionPasskeyFinishInput!) { done: sessionPasskeyFinish(input: $input) {
    session { id steppedUpAt } accessToken refreshToken userErrors { code field message }
} }";
const PASSKEYS: &str =
    "{ viewer { passkeys { totalCount nodes { id name createdAt lastUsedAt } } } }";

/// What a device is asked.
pub(super) struct Asked {
    pub(super) ceremony: String,
    pub(super) options: Value,
}

impl Asked {
    #[track_caller]
    pub(super) fn of(reply: &Reply) -> Self {
        let ceremony = &reply.done()["passkeyCeremony"];
        Self {
            ceremony: ceremony["ceremony"].as_str().unwrap().to_owned(),
            options: ceremony["options"].clone(),
        }
    }
}

/// Someone with a passkey, and no other factor.
struct Owner {
    account: AccountId,
    signed: Signed,
    device: Device,
    passkey: String,
    recovery_codes: Vec<String>,
}

impl TestApp {
    async fn asked_to_make(&self, access: &str) -> Asked {
        let input = json!({ "password": PASSWORD });
        Asked::of(&self.bearing(access, REGISTER_START, input).await)
    }

    async fn make(&self, access: &str, asked: &Asked, credential: &Value) -> Reply {
        let input =
            json!({ "ceremony": asked.ceremony, "name": "My telephone", "credential": credential });
        self.bearing(access, REGISTER_FINISH, input).await
    }

    async fn owner(&self) -> Owner {
        let account = self.member(EMAIL, Role::Customer).await;
        let signed = self.sign_in(EMAIL).await;
        let (asked, mut device) = (self.asked_to_make(&signed.access).await, Device::new());
        let credential = device.create(&asked.options, &Manner::default());
        let reply = self.make(&signed.access, &asked, &credential).await;
        let made = reply.done();
        let codes = made["recoveryCodes"].as_array().unwrap().iter();
        Owner {
            account,
            signed,
            device,
            passkey: made["passkey"]["id"].as_str().unwrap().to_owned(),
            recovery_codes: codes
                .map(|code| code.as_str().unwrap().to_owned())
                .collect(),
        }
    }

    pub(super) async fn asked_to_show(&self) -> Asked {
        Asked::of(&self.gql(START, json!({})).await)
    }

    pub(super) async fn show(&self, asked: &Asked, credential: &Value) -> Reply {
        let input = json!({ "ceremony": asked.ceremony, "credential": credential, "kind": "APP" });
        self.mutate(Actor::Anonymous, FINISH, input).await
    }

    /// Signs in with the device's passkey.
    async fn show_with(&self, device: &mut Device, manner: &Manner) -> Reply {
        let asked = self.asked_to_show().await;
        let credential = device.get(&asked.options, manner);
        self.show(&asked, &credential).await
    }
}

on_both_databases! {
    async fn a_passkey_signs_in_alone(app: TestApp) {
        let mut ada = app.owner().await;
        assert_eq!(ada.recovery_codes.len(), 10);
        let reply = app.show_with(&mut ada.device, &Manner::default()).await;
        let signed = Signed::of(reply.done());
        assert!(reply.done()["session"]["steppedUpAt"].is_string());
        // It is both factors.
        app.gql_bearing(&signed.access, REPLACE_CODES, json!({})).await.done();
        let reply = app.gql_bearing(&signed.access, PASSKEYS, json!({})).await;
        let passkeys = &reply.data()["viewer"]["passkeys"];
        assert_eq!(passkeys["totalCount"], json!(1));
        assert_eq!(passkeys["nodes"][0]["id"], json!(ada.passkey));
        assert_eq!(passkeys["nodes"][0]["name"], json!("My telephone"));
        assert!(passkeys["nodes"][0]["lastUsedAt"].is_string());
        assert_eq!(app.value::<i64>("SELECT sign_count FROM passkey").await, 1);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM passkey_ceremony").await, 0);
    }

    async fn it_is_a_second_factor_too(app: TestApp) {
        let mut ada = app.owner().await;
        let reply = app.create(EMAIL, PASSWORD, "APP").await;
        let second = &reply.data()["sessionCreate"]["secondFactor"];
        assert_eq!(second["methods"], json!(["PASSKEY", "RECOVERY_CODE"]));
        let asked = app.asked_to_show().await;
        let credential = ada.device.get(&asked.options, &Manner::default());
        let passkey = json!({ "ceremony": asked.ceremony, "credential": credential });
        let input = json!({ "challenge": second["challenge"], "passkey": passkey, "kind": "APP" });
        let signed = Signed::of(app.mutate(Actor::Anonymous, CONFIRM, input).await.done());
        app.app.clock.advance(TimeDelta::minutes(11));
        assert_eq!(app.gql_bearing(&signed.access, REPLACE_CODES, json!({})).await.error_code(), "STEP_UP_REQUIRED");
        let asked = app.asked_to_show().await;
        let credential = ada.device.get(&asked.options, &Manner::default());
        let passkey = json!({ "ceremony": asked.ceremony, "credential": credential });
        app.bearing(&signed.access, STEP_UP, json!({ "passkey": passkey })).await.done();
        app.gql_bearing(&signed.access, REPLACE_CODES, json!({})).await.done();
    }

    async fn anothers_is_no_second_factor(app: TestApp) {
        let mut ada = app.owner().await;
        app.member("eve@example.com", Role::Customer).await;
        let eve = app.sign_in("eve@example.com").await;
        let (asked, mut device) = (app.asked_to_make(&eve.access).await, Device::new());
        let credential = device.create(&asked.options, &Manner::default());
        app.make(&eve.access, &asked, &credential).await.done();
        let asked = app.asked_to_show().await;
        let credential = ada.device.get(&asked.options, &Manner::default());
        let passkey = json!({ "ceremony": asked.ceremony, "credential": credential });
        let refused = app.bearing(&eve.access, STEP_UP, json!({ "passkey": passkey })).await;
        assert_eq!(refused.refusal(), ("INVALID", &json!(["passkey"])));
        let removed = app.bearing(&eve.access, REMOVE, json!({ "id": ada.passkey })).await;
        assert_eq!(removed.error_code(), "STEP_UP_REQUIRED");
        let asked = app.asked_to_show().await;
        let credential = device.get(&asked.options, &Manner::default());
        let passkey = json!({ "ceremony": asked.ceremony, "credential": credential });
        app.bearing(&eve.access, STEP_UP, json!({ "passkey": passkey })).await.done();
        let removed = app.bearing(&eve.access, REMOVE, json!({ "id": ada.passkey })).await;
        assert_eq!(removed.refusal().0, "NOT_FOUND");
    }

    async fn another_page_gets_nothing(app: TestApp) {
        let mut ada = app.owner().await;
        let usual = Manner::default();
        for manner in [
            Manner { origin: "http://evil.example", ..usual.clone() },
            Manner { origin: "http://localhost:3001", ..usual.clone() },
            Manner { origin: "http://evil.localhost:3000", ..usual.clone() },
            Manner { rp_id: "evil.example", ..usual.clone() },
            Manner { verifies: false, ..usual.clone() },
        ] {
            let refused = app.show_with(&mut ada.device, &manner).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!(["passkey"])), "{} {}", manner.origin, manner.rp_id);
        }
        app.show_with(&mut ada.device, &usual).await.done();
        // Nor does one that makes a passkey.
        let bob = "bob@example.com";
        app.member(bob, Role::Customer).await;
        let bob = app.sign_in(bob).await;
        for manner in [
            Manner { origin: "http://evil.example", ..usual.clone() },
            Manner { rp_id: "evil.example", ..usual.clone() },
            Manner { verifies: false, ..usual.clone() },
        ] {
            let (asked, mut device) = (app.asked_to_make(&bob.access).await, Device::new());
            let credential = device.create(&asked.options, &manner);
            let refused = app.make(&bob.access, &asked, &credential).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!(["credential"])));
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM passkey").await, 1);
    }

    async fn an_answer_is_good_once_and_to_what_was_asked(app: TestApp) {
        let mut ada = app.owner().await;
        let (asked, other) = (app.asked_to_show().await, app.asked_to_show().await);
        let credential = ada.device.get(&asked.options, &Manner::default());
        let crossed = app.show(&other, &credential).await;
        assert_eq!(crossed.refusal(), ("INVALID", &json!(["passkey"])));
        app.show(&asked, &credential).await.done();
        assert_eq!(app.show(&asked, &credential).await.refusal().0, "INVALID");
        // A wrong answer uses it up too.
        let asked = app.asked_to_show().await;
        app.show(&asked, &json!({ "id": "nonsense" })).await.refusal();
        let credential = ada.device.get(&asked.options, &Manner::default());
        assert_eq!(app.show(&asked, &credential).await.refusal().0, "INVALID");
        // One that makes a passkey shows none.
        let signed = app.show_with(&mut ada.device, &Manner::default()).await;
        let access = signed.done()["accessToken"].as_str().unwrap();
        let making = Asked::of(&app.bearing(access, REGISTER_START, json!({})).await);
        let credential = ada.device.get(&making.options, &Manner::default());
        assert_eq!(app.show(&making, &credential).await.refusal().0, "INVALID");
        // And after five minutes it is over.
        let asked = app.asked_to_show().await;
        app.app.clock.advance(TimeDelta::seconds(301));
        let credential = ada.device.get(&asked.options, &Manner::default());
        assert_eq!(app.show(&asked, &credential).await.refusal().0, "INVALID");
    }

    async fn twins_of_an_answer_sign_in_once(app: TestApp) {
        let mut ada = app.owner().await;
        let asked = app.asked_to_show().await;
        let credential = ada.device.get(&asked.options, &Manner::default());
        let replies = join_all((0..20).map(|_| app.show(&asked, &credential))).await;
        assert_eq!(replies.iter().filter(|reply| reply.user_errors().is_empty()).count(), 1);
    }

    /// Twenty answers of a device that was copied, each to what was asked, with the same count.
    async fn of_copies_with_one_count_one_signs_in(app: TestApp) {
        let mut ada = app.owner().await;
        let mut answers = Vec::new();
        for _ in 0..20 {
            let asked = app.asked_to_show().await;
            ada.device.count = Some(6);
            let credential = ada.device.get(&asked.options, &Manner::default());
            answers.push((asked, credential));
        }
        let replies = join_all(answers.iter().map(|(asked, credential)| app.show(asked, credential))).await;
        assert_eq!(replies.iter().filter(|reply| reply.user_errors().is_empty()).count(), 1);
    }

    async fn a_count_that_goes_back_is_refused_and_written_down(app: TestApp) {
        let mut ada = app.owner().await;
        ada.device.count = Some(41);
        app.show_with(&mut ada.device, &Manner::default()).await.done();
        for count in [40, 41] {
            ada.device.count = Some(count);
            let refused = app.show_with(&mut ada.device, &Manner::default()).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!(["passkey"])));
            if count == 40 {
                let log = "SELECT CAST(after AS text) FROM audit_entry WHERE action = 'passkey.refuse'";
                let entry: String = app.value(log).await;
                assert!(entry.contains("went back") && entry.contains(&ada.account.0.to_string()), "{entry}");
            }
            app.execute("DELETE FROM refresh_token").await;
        }
        ada.device.count = Some(42);
        app.show_with(&mut ada.device, &Manner::default()).await.done();
    }

    async fn a_device_that_does_not_count_is_taken(app: TestApp) {
        let mut ada = app.owner().await;
        ada.device.count = None;
        for _ in 0..3 {
            app.show_with(&mut ada.device, &Manner::default()).await.done();
        }
    }

    async fn who_was_suspended_does_not_sign_in(app: TestApp) {
        let mut ada = app.owner().await;
        app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        let refused = app.show_with(&mut ada.device, &Manner::default()).await;
        assert_eq!(refused.refusal().0, "INVALID");
    }

    async fn adding_one_needs_the_password_and_then_a_factor(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        let signed = app.sign_in(EMAIL).await;
        let access = &signed.access;
        for (input, code) in [(json!({}), "INVALID"), (json!({ "password": "not hers" }), "INVALID")] {
            assert_eq!(app.bearing(access, REGISTER_START, input).await.refusal(), (code, &json!(["password"])));
        }
        let (asked, mut device) = (app.asked_to_make(access).await, Device::new());
        // It is found without an address, and verifies its person.
        let selection = &asked.options["authenticatorSelection"];
        assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&json!("required"), &json!("required")));
        let credential = device.create(&asked.options, &Manner::default());
        // The ceremony is of its person.
        app.member("eve@example.com", Role::Customer).await;
        let eve = app.sign_in("eve@example.com").await;
        let stolen = app.make(&eve.access, &asked, &credential).await;
        assert_eq!(stolen.refusal(), ("INVALID", &json!(["ceremony"])));

        let asked = app.asked_to_make(access).await;
        let credential = device.create(&asked.options, &Manner::default());
        let reply = app.make(access, &asked, &credential).await;
        assert_eq!(reply.done()["secondFactors"]["methods"], json!(["PASSKEY", "RECOVERY_CODE"]));
        assert_eq!(app.make(access, &asked, &credential).await.refusal(), ("INVALID", &json!(["ceremony"])));
        // From here on the password is not enough.
        let refused = app.bearing(access, REGISTER_START, json!({ "password": PASSWORD })).await;
        assert_eq!(refused.error_code(), "STEP_UP_REQUIRED");
        let reply = app.show_with(&mut device, &Manner::default()).await;
        let access = reply.done()["accessToken"].as_str().unwrap();
        let asked = Asked::of(&app.bearing(access, REGISTER_START, json!({})).await);
        let known = asked.options["excludeCredentials"].as_array().unwrap();
        assert_eq!(known.len(), 1);
        let again = device.create(&asked.options, &Manner::default());
        assert_eq!(app.make(access, &asked, &again).await.refusal().0, "INVALID");
        // Nor is it another's.
        let asked_eve = app.asked_to_make(&eve.access).await;
        let taken = device.create(&asked_eve.options, &Manner::default());
        assert_eq!(app.make(&eve.access, &asked_eve, &taken).await.refusal().0, "CONFLICT");
        let asked = Asked::of(&app.bearing(access, REGISTER_START, json!({})).await);
        let second = Device::new().create(&asked.options, &Manner::default());
        let reply = app.make(access, &asked, &second).await;
        assert_eq!(reply.done()["recoveryCodes"], Value::Null, "there are some");
    }

    async fn taking_the_last_away_ends_it(app: TestApp) {
        let mut ada = app.owner().await;
        let refused = app.bearing(&ada.signed.access, REMOVE, json!({ "id": ada.passkey })).await;
        assert_eq!(refused.error_code(), "STEP_UP_REQUIRED");
        let reply = app.show_with(&mut ada.device, &Manner::default()).await;
        let access = reply.done()["accessToken"].as_str().unwrap().to_owned();
        let reply = app.bearing(&access, REMOVE, json!({ "id": ada.passkey })).await;
        assert_eq!(reply.done()["secondFactors"], json!({ "methods": [], "recoveryCodesLeft": 0 }));
        let refused = app.show_with(&mut ada.device, &Manner::default()).await;
        assert_eq!(refused.refusal().0, "INVALID");
        app.sign_in(EMAIL).await;
        let subjects: Vec<_> = app.deliver().await.into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        let log: Vec<String> = app.column("SELECT action FROM audit_entry WHERE action LIKE 'factor.%' ORDER BY sequence").await;
        assert_eq!(log, ["factor.add", "factor.remove"]);
    }

    async fn closing_the_account_takes_passkeys_too(app: TestApp) {
        let mut ada = app.owner().await;
        app.bearing(&ada.signed.access, CLOSE, json!({ "password": PASSWORD })).await.done();
        assert_eq!(app.value::<i64>("SELECT count(*) FROM passkey").await, 0);
        assert_eq!(app.show_with(&mut ada.device, &Manner::default()).await.refusal().0, "INVALID");
    }
}

/// An address without a domain has no passkeys, and says so.
#[tokio::test]
async fn where_there_is_no_domain_there_are_none() {
    let app = TestApp::on_sqlite_with(&[("--storefront-url", "http://192.0.2.1")]).await;
    let refused = app.gql(START, json!({})).await;
    assert_eq!(refused.refusal().0, "CONFLICT");
}
