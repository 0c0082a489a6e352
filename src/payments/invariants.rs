//! What must always hold for payments.

use crate::{
    error::Result,
    platform::database::{faults, time},
};
use sea_orm::ConnectionTrait;

/// Payments whose amounts are not those of the calls that succeeded.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn amounts(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sum = |operation: &str, states: &str| {
        format!(
            "coalesce((SELECT sum(a.amount) FROM payment_attempt a WHERE a.payment_id = p.id AND a.operation = '{operation}' \
             AND a.state {states}), 0)"
        )
    };
    let (taken, given) = (
        sum("CAPTURE", "= 'SUCCEEDED'"),
        sum("REFUND", "= 'SUCCEEDED'"),
    );
    let giving = sum("REFUND", "NOT IN ('SUCCEEDED', 'DECLINED')");
    let sql = format!(
        "SELECT p.id, 'a payment says ' || p.captured || ' taken, ' || p.refunded || ' given back and ' || p.refunding || \
             ' on its way; its calls say ' || {taken} || ', ' || {given} || ' and ' || {giving} AS fault \
         FROM payment p WHERE p.captured <> {taken} OR p.refunded <> {given} OR p.refunding <> {giving}"
    );
    faults(db, &sql).await
}

/// Calls of which nobody has found out for an hour what came of them.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn unanswered(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let since = time::from_now(db.get_database_backend(), "-3600");
    let sql = format!(
        "SELECT payment_id AS id, 'what came of ' || operation || ' ' || key || ' has been unknown for an hour: ' || \
             coalesce(error, 'no answer') AS fault \
         FROM payment_attempt WHERE state IN ('ASKED', 'UNKNOWN') AND updated_at < {since}"
    );
    faults(db, &sql).await
}
