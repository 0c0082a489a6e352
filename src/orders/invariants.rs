//! What must always hold for orders.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

pub(crate) use super::view::sound::view;

/// Orders that do not come to what their lines and parts do.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn totals(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let lines = "coalesce((SELECT sum(l.total) FROM order_line l WHERE l.order_id = o.id), 0)";
    let shipping = "coalesce((SELECT sum(f.shipping + CASE WHEN o.tax_included THEN 0 ELSE f.shipping_tax END) \
         FROM order_fulfilment f WHERE f.order_id = o.id), 0)";
    let parts =
        "coalesce((SELECT sum(f.total) FROM order_fulfilment f WHERE f.order_id = o.id), 0)";
    let sql = format!(
        "SELECT o.id, 'an order says ' || o.total || '; its lines and shipping come to ' || ({lines} + {shipping}) || \
             ' and its parts to ' || {parts} AS fault \
         FROM customer_order o WHERE o.total <> {lines} + {shipping} OR o.total <> {parts}"
    );
    faults(db, &sql).await
}

/// Orders of which more or less was taken and given back than they say, where nothing is under way.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn money(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let of_payments = "coalesce((SELECT sum(p.captured - p.refunded) FROM payment p WHERE p.subject_id = o.id), 0)";
    let of_wallet = "CASE WHEN o.from_wallet THEN coalesce((SELECT -sum(e.amount) FROM ledger_transaction sale \
           JOIN ledger_transaction t ON t.id = sale.id OR t.of_id = sale.id JOIN ledger_entry e ON e.transaction_id = t.id \
           JOIN ledger_account a ON a.id = e.account_id WHERE sale.source_kind = 'ORDER' AND sale.source_id = o.id AND sale.kind = 'SALE' \
           AND a.kind = 'CUSTOMER_WALLET' AND a.customer_id = o.customer_id), 0) ELSE 0 END";
    let kept = format!("({of_payments} + {of_wallet})");
    let sql = format!(
        "SELECT o.id, 'an order that is ' || o.state || ' is to have kept ' || (o.total - o.cancelled) || ' and has ' || {kept} AS fault \
         FROM customer_order o WHERE o.state <> 'PENDING' AND {kept} <> o.total - o.cancelled \
           AND NOT EXISTS (SELECT 1 FROM saga s WHERE s.subject_id = o.id AND s.state NOT IN ('DONE', 'COMPENSATED'))"
    );
    faults(db, &sql).await
}

/// Orders that were paid more than once.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn paid_once(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT o.id, 'an order was paid ' || count(*) || ' times' AS fault FROM customer_order o \
         JOIN payment p ON p.subject_id = o.id JOIN payment_attempt a ON a.payment_id = p.id \
         WHERE a.operation = 'CAPTURE' AND a.state = 'SUCCEEDED' GROUP BY o.id HAVING count(*) > 1";
    faults(db, sql).await
}

/// Orders that wait to be paid and that nobody carries on.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn carried_on(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT o.id, 'an order waits to be paid, and its checkout is over' AS fault FROM customer_order o \
         WHERE o.state = 'PENDING' AND NOT EXISTS (SELECT 1 FROM saga s WHERE s.id = o.saga_id \
           AND s.state NOT IN ('DONE', 'COMPENSATED'))";
    faults(db, sql).await
}
