//! Writing down what came of a call.

use super::{
    AttemptRow, Payment, Standing, bring_webhooks::BringWebhooks, events::PaymentChanged, find,
};
use crate::{
    app::App, error::Result, jobs, outbox, platform::database::Tx, ports::payments::Answer, sagas,
};
use chrono::{DateTime, Utc};
use entity::payments::attempt::{self, Operation, State};
use sea_orm::{ActiveEnum, ConnectionTrait, EntityTrait, Statement, Value};

/// Who is told beside those who hear of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waking {
    /// Whoever asked is at work, and is told by the return.
    Nobody,
    /// The saga that waits for it.
    Saga,
}

/// Writes down what came of `attempt`, unless its end is written down already, and what that makes of the payment.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn settle(
    app: &App,
    attempt: &AttemptRow,
    answer: &Answer,
    waking: Waking,
) -> Result<Standing> {
    let now = app.clock.now();
    let written = async |tx: &Tx| {
        let is_open = write_attempt(tx, attempt, answer, now).await?;
        let changes = is_open && write_payment(tx, attempt, answer, now).await?;
        let payment = find::payment_in(tx, attempt.payment_id).await?;
        if app.payments.embedded().is_some() {
            jobs::enqueue(tx, &BringWebhooks {}).await?;
        }
        if changes {
            tell(tx, &payment, attempt, waking).await?;
        }
        let attempt = attempt::Entity::find_by_id(attempt.id).one(tx).await?;
        Ok((payment, attempt))
    };
    let (payment, written) = app.transaction(written).await?;
    count(attempt, answer);
    Ok(Standing::of(&payment, written.as_ref().unwrap_or(attempt)))
}

async fn tell(tx: &Tx, payment: &Payment, attempt: &AttemptRow, waking: Waking) -> Result<()> {
    if let (Waking::Saga, Some(saga)) = (waking, attempt.saga_id) {
        sagas::wake(tx, saga).await?;
    }
    let event = PaymentChanged {
        payment_id: payment.id,
        subject_id: payment.subject_id,
        state: payment.state.to_value(),
    };
    outbox::emit_one(tx, &event).await
}

/// Whether its end was not written down before.
async fn write_attempt(
    tx: &Tx,
    attempt: &AttemptRow,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (state, reference, code, error) = match answer {
        Answer::Succeeded { reference } => (State::Succeeded, Some(reference), None, None),
        Answer::Declined { reference, code } => {
            (State::Declined, reference.as_ref(), Some(code), None)
        }
        Answer::RequiresAction { reference, .. } => {
            (State::RequiresAction, Some(reference), None, None)
        }
        Answer::Pending { reference } => (State::Pending, Some(reference), None, None),
        // What was known stays known.
        Answer::Unknown { error } => (State::Unknown, None, None, Some(error)),
    };
    let sql = "UPDATE payment_attempt SET state = CASE WHEN $2 = 'UNKNOWN' AND state <> 'ASKED' THEN state ELSE $2 END, \
             reference = coalesce($3, reference), code = $4, error = $5, calls = calls + 1, updated_at = $6 \
         WHERE id = $1 AND state NOT IN ('SUCCEEDED', 'DECLINED')";
    let values = [
        attempt.id.into(),
        state.to_value().into(),
        reference.cloned().into(),
        code.cloned().into(),
        error.cloned().into(),
        now.into(),
    ];
    execute(tx, sql, values).await
}

/// Whether the payment changed.
async fn write_payment(
    tx: &Tx,
    attempt: &AttemptRow,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<bool> {
    let change = match attempt.operation {
        Operation::Refund => return write_refund(tx, attempt, answer, now).await,
        Operation::Authorise => authorised(answer),
        Operation::Capture => captured(answer),
        Operation::Void => voided(answer),
    };
    let Some(Change {
        sets,
        holds,
        values,
    }) = change
    else {
        return Ok(false);
    };
    let sql = format!(
        "UPDATE payment SET {sets}, version = version + 1, updated_at = $2 WHERE id = $1 AND state IN ({holds})"
    );
    let bound: [Value; 2] = [attempt.payment_id.into(), now.into()];
    let values = values.into_iter().map(Value::from);
    execute(tx, &sql, bound.into_iter().chain(values)).await
}

/// What an answer makes of a payment that is in one of some states.
struct Change<'a> {
    sets: &'static str,
    holds: &'static str,
    /// Bound from `$3` on.
    values: Vec<&'a str>,
}

/// What becomes of a payment when it is said what came of holding the money.
fn authorised(answer: &Answer) -> Option<Change<'_>> {
    const OPEN: &str = "'AUTHORISING', 'REQUIRES_ACTION', 'PENDING'";
    let (sets, holds, values) = match answer {
        Answer::Succeeded { reference } => (
            "state = 'AUTHORISED', reference = $3, action_url = NULL, method = ''",
            OPEN,
            vec![reference.as_str()],
        ),
        Answer::Declined { code, .. } => (
            "state = 'FAILED', decline_code = $3, action_url = NULL, method = ''",
            OPEN,
            vec![code.as_str()],
        ),
        Answer::RequiresAction { reference, url } => (
            "state = 'REQUIRES_ACTION', reference = $3, action_url = $4",
            "'AUTHORISING', 'PENDING'",
            vec![reference.as_str(), url.as_str()],
        ),
        Answer::Pending { reference } => (
            "state = 'PENDING', reference = $3, action_url = NULL",
            "'AUTHORISING', 'REQUIRES_ACTION'",
            vec![reference.as_str()],
        ),
        Answer::Unknown { .. } => return None,
    };
    Some(Change {
        sets,
        holds,
        values,
    })
}

/// What becomes of a payment when it is said what came of taking the money.
fn captured(answer: &Answer) -> Option<Change<'_>> {
    let holds = "'CAPTURING'";
    match answer {
        Answer::Succeeded { .. } => Some(Change {
            sets: "state = 'CAPTURED', captured = amount",
            holds,
            values: Vec::new(),
        }),
        Answer::Declined { code, .. } => Some(Change {
            sets: "state = 'AUTHORISED', decline_code = $3",
            holds,
            values: vec![code.as_str()],
        }),
        _ => None,
    }
}

/// What becomes of a payment when it is said what came of letting the money go.
fn voided(answer: &Answer) -> Option<Change<'_>> {
    let holds = "'VOIDING'";
    match answer {
        Answer::Succeeded { .. } => Some(Change {
            sets: "state = 'VOIDED', action_url = NULL, method = ''",
            holds,
            values: Vec::new(),
        }),
        Answer::Declined { code, .. } => Some(Change {
            sets: "state = 'AUTHORISED', decline_code = $3",
            holds,
            values: vec![code.as_str()],
        }),
        _ => None,
    }
}

/// Whether money went back, or will not.
async fn write_refund(
    tx: &Tx,
    attempt: &AttemptRow,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (columns, state) = match answer {
        Answer::Succeeded { .. } => (
            "refunding = refunding - $3, refunded = refunded + $3",
            "SUCCEEDED",
        ),
        Answer::Declined { .. } => ("refunding = refunding - $3", "FAILED"),
        _ => return Ok(false),
    };
    let sql = format!(
        "UPDATE payment SET {columns}, version = version + 1, updated_at = $2 WHERE id = $1 AND refunding >= $3"
    );
    let values = [attempt.payment_id.into(), now.into(), attempt.amount.into()];
    let changed = execute(tx, &sql, values).await?;
    let sql = "UPDATE refund SET state = $2, updated_at = $3 WHERE attempt_id = $1";
    execute(tx, sql, [attempt.id.into(), state.into(), now.into()]).await?;
    Ok(changed)
}

async fn execute(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<bool> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() > 0)
}

fn count(attempt: &AttemptRow, answer: &Answer) {
    let operation = match attempt.operation {
        Operation::Authorise => "authorise",
        Operation::Capture => "capture",
        Operation::Void => "void",
        Operation::Refund => "refund",
    };
    let outcome = match answer {
        Answer::Succeeded { .. } => "succeeded",
        Answer::Declined { .. } => "declined",
        Answer::RequiresAction { .. } => "requires_action",
        Answer::Pending { .. } => "pending",
        Answer::Unknown { .. } => "unknown",
    };
    metrics::counter!("payment_calls_total", "operation" => operation, "outcome" => outcome)
        .increment(1);
}
