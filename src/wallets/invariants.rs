//! What must always hold for top-ups.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Top-ups that wait to be paid and that nobody carries on.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn carried_on(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT t.id, 'a top-up waits to be paid, and its saga is over' AS fault FROM wallet_top_up t \
         WHERE t.state = 'PENDING' AND NOT EXISTS (SELECT 1 FROM saga s WHERE s.id = t.saga_id \
           AND s.state NOT IN ('DONE', 'COMPENSATED'))";
    faults(db, sql).await
}

/// Top-ups that are over and of which more or less was kept than is in the wallet.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn money(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let posted = "coalesce((SELECT sum(e.amount) FROM ledger_transaction x JOIN ledger_entry e ON e.transaction_id = x.id \
           JOIN ledger_account a ON a.id = e.account_id \
         WHERE x.kind = 'TOP_UP' AND x.source_id = t.payment_id AND a.customer_id = t.customer_id), 0)";
    let sql = format!(
        "SELECT t.id, 'a top-up that is ' || t.state || ' has kept ' || (p.captured - p.refunded) || ' and put ' || {posted} || \
             ' into the wallet' AS fault \
         FROM wallet_top_up t JOIN payment p ON p.id = t.payment_id \
         WHERE t.state <> 'PENDING' AND (p.captured - p.refunded <> {posted} \
           OR {posted} <> CASE t.state WHEN 'COMPLETED' THEN t.amount ELSE 0 END)"
    );
    faults(db, &sql).await
}
