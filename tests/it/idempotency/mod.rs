//! What is sent again under an idempotency key is done once.

mod claims;
mod hang_up;
mod keys;
mod replay;
mod twins;

use crate::support::{TestApp, admin};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use tradewind::{
    app::App,
    caller::{Actor, Caller},
    error::Result,
    idempotency::{Fingerprint, Intent, Key, Once},
    platform::{
        database::{Tx, time},
        telemetry::RequestId,
    },
};

/// Pauses the default queue.
const PAUSE: &str = "mutation { queuePause(input: { name: \"default\" }) { queue { name } } }";

/// How many keys there are, and how many of them are finished.
const KEYS: &str = "SELECT count(*) FROM idempotency_key";
const FINISHED: &str = "SELECT count(*) FROM idempotency_key WHERE finished_at IS NOT NULL";

/// A mutation `note` of this input, under this key.
fn intent(key: &str, input: &Value) -> Intent {
    Intent {
        operation: "note".to_owned(),
        key: Some(Key::parse(key, "key").unwrap()),
        fingerprint: Fingerprint::of(input),
    }
}

/// Writes an effect, to be counted.
async fn write(tx: &Tx, note: &str) -> Result<()> {
    let sql = "INSERT INTO effect (note) VALUES ($1)";
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, [note.into()]);
    tx.execute_raw(insert).await?;
    Ok(())
}

/// Writes `text` once as an admin, in this process, and returns it.
async fn note(app: &App, intent: &Intent, text: &str) -> Result<Once<String>> {
    let caller = Caller::new(app.clone(), admin(), RequestId::generate());
    let work = async |tx: &Tx| {
        write(tx, text).await?;
        Ok(text.to_owned())
    };
    caller.once(intent, work).await
}

impl TestApp {
    fn caller(&self, actor: Actor) -> Caller {
        Caller::new(self.app.clone(), actor, RequestId::generate())
    }

    /// Writes `text` once as an admin, and returns it.
    async fn note(&self, intent: &Intent, text: &str) -> Result<Once<String>> {
        note(&self.app, intent, text).await
    }

    /// Another process on the same database.
    async fn second_process(&self) -> App {
        App::from_settings(self.database.settings()).await.unwrap()
    }

    /// What a request left behind that died: a claim of [`intent`]'s key, leased until so many seconds from now.
    async fn leave_claim(&self, key: &str, input: &Value, seconds: i32) {
        let backend = self.app.database.backend();
        let (before, until) = (
            time::from_now(backend, "-3600"),
            time::from_now(backend, &seconds.to_string()),
        );
        let id = match backend {
            DbBackend::Postgres => "gen_random_uuid()",
            _ => "randomblob(16)",
        };
        let fingerprint = intent(key, input).fingerprint;
        let fingerprint = fingerprint.as_str();
        self.execute(&format!(
            "INSERT INTO idempotency_key (actor, operation, key, fingerprint, claim_id, leased_until, created_at, expires_at) \
             VALUES ('00000000-0000-0000-0000-000000000001', 'note', '{key}', '{fingerprint}', {id}, {until}, {before}, {})",
            time::from_now(backend, "3600")
        ))
        .await;
    }

    /// Has the time of every key be over.
    async fn let_keys_expire(&self) {
        let before = time::from_now(self.app.database.backend(), "-1");
        self.execute(&format!(
            "UPDATE idempotency_key SET expires_at = {before}, leased_until = {before}"
        ))
        .await;
    }
}
