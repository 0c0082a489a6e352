//! Second factors: set up, shown, used up, replaced and taken away.

mod changing;
mod device;
mod passkeys;
mod recovery_codes;
mod secrets;
mod signing_in;
mod stepping_up;
mod totp;

use super::sessions::{EMAIL, PASSWORD, Signed};
use crate::support::{Reply, TestApp};
use aws_lc_rs::hmac;
use chrono::TimeDelta;
use entity::ids::AccountId;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

const ENROL: &str = "mutation ($input: TotpEnrolInput!) {
    done: totpEnrol(input: $input) { secret uri userErrors { code field message } }
}";
const CONFIRM_TOTP: &str =
    "mutation ($input: TotpConfirmInput!) { done: totpConfirm(input: $input) {
    secondFactors { methods recoveryCodesLeft } recoveryCodes userErrors { code field message }
} }";
const REMOVE_TOTP: &str = "mutation ($input: TotpRemoveInput!) { done: totpRemove(input: $input) {
    secondFactors { methods recoveryCodesLeft } userErrors { code field message }
} }";
const REPLACE_CODES: &str = "mutation { done: recoveryCodesReplace {
    secondFactors { methods recoveryCodesLeft } recoveryCodes userErrors { code field message }
} }";
const CONFIRM: &str =
    "mutation ($input: SessionConfirmInput!) { done: sessionConfirm(input: $input) {
    session { id steppedUpAt } accessToken refreshToken userErrors { code field message }
} }";
const STEP_UP: &str =
    "mutation ($input: SessionStepUpInput!) { done: sessionStepUp(input: $input) {
    session { id steppedUpAt } userErrors { code field message }
} }";
const FACTORS: &str = "{ viewer { account { secondFactors { methods recoveryCodesLeft } } } }";

/// An authenticator app: RFC 6238 once more, so that the server is not held against itself.
pub(super) struct Authenticator(Vec<u8>);

impl Authenticator {
    fn scan(uri: &str) -> Self {
        let (_, rest) = uri.split_once("secret=").expect("a secret");
        let digits = rest.split('&').next().unwrap();
        let (mut secret, mut bits, mut held) = (Vec::new(), 0_u64, 0);
        for digit in digits.bytes() {
            let position = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .iter()
                .position(|known| *known == digit);
            bits = bits << 5 | position.expect("base 32") as u64;
            held += 5;
            if held >= 8 {
                held -= 8;
                secret.push((bits >> held & 0xff) as u8);
            }
        }
        Self(secret)
    }

    /// The code so many steps from now.
    fn code_in(&self, app: &TestApp, steps: i64) -> String {
        let step = app.app.clock.now().timestamp() / 30 + steps;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[19] & 15);
        let number = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// A code that was not used yet: waits for the next.
    pub(super) fn next(&self, app: &TestApp) -> String {
        app.app.clock.advance(TimeDelta::seconds(30));
        self.code_in(app, 0)
    }

    /// A code that is none.
    fn wrong(&self, app: &TestApp) -> String {
        let good: Vec<_> = (-3..=3).map(|steps| self.code_in(app, steps)).collect();
        let numbers = (0..8).map(|number| format!("{number:06}"));
        numbers
            .into_iter()
            .find(|code| !good.contains(code))
            .unwrap()
    }
}

/// Someone with an authenticator app, as it has just been set up.
pub(super) struct Protected {
    pub(super) account: AccountId,
    pub(super) signed: Signed,
    pub(super) app: Authenticator,
    pub(super) recovery_codes: Vec<String>,
}

impl TestApp {
    pub(super) async fn bearing(&self, access: &str, document: &str, input: Value) -> Reply {
        self.gql_bearing(access, document, json!({ "input": input }))
            .await
    }

    async fn enrol(&self, access: &str) -> Authenticator {
        let reply = self
            .bearing(access, ENROL, json!({ "password": PASSWORD }))
            .await;
        Authenticator::scan(reply.done()["uri"].as_str().unwrap())
    }

    /// Someone who signed in, and then set up an app.
    pub(super) async fn protected(&self) -> Protected {
        let account = self.member(EMAIL, Role::Customer).await;
        let signed = self.sign_in(EMAIL).await;
        let app = self.enrol(&signed.access).await;
        // The middle of a step, so that none ends while a test looks.
        let into = self.app.clock.now().timestamp().rem_euclid(30);
        self.app.clock.advance(TimeDelta::seconds(32 - into));
        let input = json!({ "code": app.code_in(self, 0) });
        let reply = self.bearing(&signed.access, CONFIRM_TOTP, input).await;
        let codes = reply.done()["recoveryCodes"].as_array().unwrap().iter();
        Protected {
            account,
            signed,
            app,
            recovery_codes: codes
                .map(|code| code.as_str().unwrap().to_owned())
                .collect(),
        }
    }

    /// Shows the password, and returns the challenge for the second factor.
    pub(super) async fn challenge(&self) -> String {
        let reply = self.create(EMAIL, PASSWORD, "APP").await;
        let payload = &reply.data()["sessionCreate"];
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        payload["secondFactor"]["challenge"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Answers a challenge with a code of this field.
    pub(super) async fn confirm(&self, challenge: &str, field: &str, code: &str) -> Reply {
        let input = json!({ "challenge": challenge, field: code, "kind": "APP" });
        self.mutate(Actor::Anonymous, CONFIRM, input).await
    }
}
