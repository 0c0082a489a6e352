//! What is written of an action, and that it stays as it was written.

use crate::{
    doctor::doctor,
    support::{TestApp, admin},
};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use tradewind::{
    audit::{self, Agent, Entry},
    caller::Caller,
    error::Error,
    platform::{statements, telemetry::RequestId},
};
use uuid::Uuid;

impl TestApp {
    pub async fn record(&self, entries: &[Entry]) {
        let agent = Agent::system(Some("a-request".to_owned()));
        self.app
            .transaction(async |tx| audit::record(tx, agent, entries).await)
            .await
            .unwrap();
    }
}

/// Entries of so many things.
pub fn updates(number: u32) -> Vec<Entry> {
    let entry = |price| {
        Entry::new("product.update", "product", Uuid::now_v7()).change("price", price, price + 1)
    };
    (0..number).map(entry).collect()
}

const HEADS: &str = "SELECT CAST(sum(sequence) AS bigint) FROM audit_chain";

on_both_databases! {
    async fn an_entry_says_who_did_what(app: TestApp) {
        let request = RequestId::generate();
        let caller = Caller::new(app.app.clone(), admin(), request.clone());
        let thing = Uuid::now_v7();
        let entry = Entry::new("product.update", "product", thing).change("name", "Mug\u{0}", "Cup").change("price", 1, 1);
        app.app.transaction(async |tx| audit::record(tx, &caller, &[entry]).await).await.unwrap();
        let text = async |column: &str| app.value::<String>(&format!("SELECT {column} FROM audit_entry")).await;
        assert_eq!(text("actor").await, "PERSON");
        assert_eq!(text("role").await, "ADMIN");
        assert_eq!(app.value::<Uuid>("SELECT account_id FROM audit_entry").await, Uuid::from_u128(1));
        assert_eq!(text("request_id").await, request.as_str());
        assert_eq!((text("action").await, text("entity_type").await), ("product.update".to_owned(), "product".to_owned()));
        assert_eq!(text("entity_id").await, thing.to_string());
        let fields = async |column: &str| serde_json::from_str::<Value>(&text(column).await).unwrap();
        assert_eq!((fields("before").await, fields("after").await), (json!({ "name": "Mug\u{0}" }), json!({ "name": "Cup" })));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM audit_entry WHERE impersonator_id IS NULL AND ip IS NULL").await, 1);
    }

    async fn what_is_rolled_back_was_never_recorded(app: TestApp) {
        let done = app.app.transaction(async |tx| {
            audit::record(tx, Agent::system(None), &updates(3)).await?;
            Err::<(), _>(Error::NotFound("thing"))
        }).await;
        assert!(done.is_err());
        app.record(&[]).await;
        assert_eq!(app.value::<i64>(HEADS).await, 0);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM audit_entry").await, 0);
    }

    async fn any_number_takes_the_same_few_statements(app: TestApp) {
        for number in [1, 500] {
            let (_, cost) = statements::counted(app.app.transaction(async |tx| {
                audit::record(tx, Agent::system(None), &updates(number)).await
            })).await;
            let expected = match app.app.database.backend() { DbBackend::Postgres => 2, _ => 3 };
            assert_eq!(cost.count, expected, "{number}");
        }
        assert_eq!(app.value::<i64>(HEADS).await, 501);
    }

    /// Sixteen at once, some of which give up: the chains have no gaps and no forks.
    async fn writers_at_once_make_whole_chains(app: TestApp) {
        let writers = (0..16).map(async |writer| {
            for turn in 0..5 {
                let entries = updates(3);
                let write = app.app.transaction(async |tx| {
                    audit::record(tx, Agent::system(None), &entries).await?;
                    if (writer + turn) % 4 == 0 { Err(Error::NotFound("thing")) } else { Ok(()) }
                });
                match write.await {
                    Ok(()) | Err(Error::NotFound(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
        futures_util::future::join_all(writers).await;
        assert_eq!(app.value::<i64>(HEADS).await, 16 * 5 * 3 * 3 / 4);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM audit_entry").await, 180);
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");
    }

    async fn nobody_changes_or_deletes_entries(app: TestApp) {
        app.record(&updates(20)).await;
        let mut refused = vec![
            "UPDATE audit_entry SET action = 'x'",
            "DELETE FROM audit_entry",
            "DELETE FROM audit_entry WHERE sequence = 1",
        ];
        match app.app.database.backend() {
            DbBackend::Postgres => refused.extend(["TRUNCATE audit_entry", "TRUNCATE audit_entry_default", "DELETE FROM ONLY audit_entry_default"]),
            _ => refused.push("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry"),
        }
        let db = app.app.database.write();
        for sql in refused {
            // Nothing to refuse where a table is empty, as the default one is.
            let done = db.execute_unprepared(sql).await;
            assert!(done.map_or_else(|error| error.to_string().contains("only added to"), |done| done.rows_affected() == 0 && sql.contains("default")), "{sql}");
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM audit_entry WHERE action = 'product.update'").await, 20);
    }

    async fn the_doctor_names_the_first_entry_that_was_forged(app: TestApp) {
        app.record(&updates(40)).await;
        let place = "(SELECT chain FROM audit_chain ORDER BY sequence DESC, chain LIMIT 1)";
        let chain: i16 = app.value(&format!("SELECT CAST({place} AS smallint)")).await;
        let id: Uuid = app.value(&format!("SELECT id FROM audit_entry WHERE chain = {chain} AND sequence = 2")).await;
        let off = |table: &str, trigger: &str| match app.app.database.backend() {
            DbBackend::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER {trigger}"),
            _ => format!("DROP TRIGGER {trigger}"),
        };
        app.execute(&off("audit_entry", "audit_entry_no_update")).await;
        app.execute(&off("audit_entry", "audit_entry_no_delete")).await;
        app.execute(&format!("UPDATE audit_entry SET after = '{{\"price\":0}}' WHERE chain = {chain} AND sequence = 2")).await;
        let says = |expected: String| {
            let (output, text) = doctor(&app.database);
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(text.contains(&expected), "{expected} is not in {text}");
        };
        says(format!("chain {chain}: entry 2 ({id}) is not what was written"));
        app.execute(&format!("DELETE FROM audit_entry WHERE chain = {chain} AND sequence = 2")).await;
        says(format!("chain {chain}: entry 2 is missing"));
        app.execute(&format!("DELETE FROM audit_entry WHERE chain = {chain}")).await;
        says(format!("chain {chain}: entry 1 is missing"));
        app.execute(&format!("UPDATE audit_chain SET sequence = 0, hash = 'x' WHERE chain = {chain}")).await;
        says(format!("chain {chain}: its last entry is 0"));
    }
}
