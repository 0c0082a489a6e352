//! What was posted stays.

use super::{account, assert_sound, customer, fund};
use crate::{doctor::doctor, support::TestApp};
use sea_orm::{ConnectionTrait, DbBackend};
use tradewind::platform::database::Tx;

/// Whether the database refuses the statement, or its commit.
async fn is_refused(app: &TestApp, sql: &str) -> bool {
    let work = async |tx: &Tx| {
        tx.execute_unprepared(sql).await?;
        Ok(())
    };
    app.app.transaction(work).await.is_err()
}

on_both_databases! {
    async fn nothing_is_changed_or_deleted(app: TestApp) {
        let ada = customer(&app, "ada").await;
        fund(&app, account(ada), 500).await;
        for sql in [
            "UPDATE ledger_entry SET amount = amount + 1",
            "DELETE FROM ledger_entry",
            "UPDATE ledger_transaction SET note = 'other'",
            "DELETE FROM ledger_transaction",
            "DELETE FROM ledger_account",
        ] {
            assert!(is_refused(&app, sql).await, "{sql}");
        }
        if app.app.database.backend() == DbBackend::Postgres {
            // The triggers stand behind the grants.
            app.execute("GRANT ALL ON ledger_entry, ledger_transaction, ledger_account TO CURRENT_USER").await;
            for sql in [
                "UPDATE ledger_entry SET amount = amount + 1",
                "DELETE FROM ledger_entry",
                "DELETE FROM ledger_transaction",
                "DELETE FROM ledger_account",
                "TRUNCATE ledger_entry",
                "TRUNCATE ledger_entry, ledger_transaction CASCADE",
            ] {
                assert!(is_refused(&app, sql).await, "{sql}");
            }
            let copy = "INSERT INTO ledger_transaction (id, kind, source_kind, source_id, currency, fingerprint, posted_at) \
                SELECT gen_random_uuid(), kind, source_kind, gen_random_uuid(), currency, fingerprint, posted_at FROM ledger_transaction";
            assert!(is_refused(&app, copy).await, "without entries");
            let half = "INSERT INTO ledger_entry (id, transaction_id, line, account_id, sequence, reason, amount, currency, balance_after, \
                customer_id, posted_at) SELECT gen_random_uuid(), transaction_id, 9, account_id, 2, reason, amount, currency, \
                balance_after + amount, customer_id, posted_at FROM ledger_entry WHERE line = 2";
            assert!(is_refused(&app, half).await, "it would not sum to zero");
        } else {
            let replace = "INSERT OR REPLACE INTO ledger_entry SELECT id, transaction_id, line, account_id, sequence, reason, amount + 1, \
                currency, balance_after, seller_id, customer_id, posted_at FROM ledger_entry";
            assert!(is_refused(&app, replace).await, "{replace}");
        }
        let overdrawn = "UPDATE ledger_account SET balance = -1 WHERE kind = 'CUSTOMER_WALLET'";
        assert!(is_refused(&app, overdrawn).await, "{overdrawn}");
        assert_sound(&app);
    }

    async fn doctor_finds_what_does_not_balance(app: TestApp) {
        let ada = customer(&app, "ada").await;
        fund(&app, account(ada), 500).await;
        app.execute("UPDATE ledger_account SET balance = balance + 1, entries = entries + 1 WHERE kind = 'CUSTOMER_WALLET'").await;
        let (output, text) = doctor(&app.database);
        assert!(!output.status.success());
        assert!(text.contains("it says 501 by 2 entries, its 1 entries sum to 500"), "{text}");
        assert!(text.contains("all accounts in EUR sum to 1"), "{text}");
    }
}
