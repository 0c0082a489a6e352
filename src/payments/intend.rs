//! Writing down what is about to be asked, if it may be.

use super::{AttemptRow, Call, Payment, find};
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::ids::{PaymentAttemptId, PaymentId, RefundId};
use entity::payments::{
    attempt::{self, Operation, State as AttemptState},
    refund,
};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait,
    QueryFilter, Statement, Value,
};

/// Longest key, in bytes.
const LONGEST_KEY: usize = 200;

/// What is about to be asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Intent {
    Authorise,
    Capture,
    Void,
    Refund(i64),
}

impl Intent {
    fn operation(self) -> Operation {
        match self {
            Self::Authorise => Operation::Authorise,
            Self::Capture => Operation::Capture,
            Self::Void => Operation::Void,
            Self::Refund(_) => Operation::Refund,
        }
    }
}

/// What was written down, and whether just now.
pub(super) struct Intended {
    pub(super) payment: Payment,
    pub(super) attempt: AttemptRow,
    pub(super) is_new: bool,
}

/// Writes down what is about to be asked, under a key that is used once. The payment must be where that may be asked, and stays
/// there for nobody else: one conditional update decides.
///
/// # Errors
/// `NotFound`; Conflict when it may not be asked, or the key was used for something else; Invalid when the key or the amount is none.
pub(super) async fn intend(
    tx: &Tx,
    id: PaymentId,
    intent: Intent,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<Intended> {
    if call.key.is_empty() || call.key.len() > LONGEST_KEY {
        return Err(Error::invalid("key", "A key has 1 to 200 bytes."));
    }
    if let Some(attempt) = by_key(tx, &call.key).await? {
        return known(tx, id, intent, attempt).await;
    }
    let payment = find::payment_in(tx, id).await?;
    let amount = match intent {
        Intent::Refund(amount) if amount <= 0 => {
            return Err(Error::invalid(
                "amount",
                "There is nothing to be given back.",
            ));
        }
        Intent::Refund(amount) => amount,
        Intent::Authorise | Intent::Capture | Intent::Void => payment.amount,
    };
    let attempt = AttemptRow {
        id: PaymentAttemptId::generate(),
        payment_id: id,
        customer_id: payment.customer_id,
        operation: intent.operation(),
        key: call.key.clone(),
        amount,
        state: AttemptState::Asked,
        calls: 0,
        reference: None,
        code: None,
        error: None,
        saga_id: call.saga,
        created_at: now,
        updated_at: now,
    };
    if !insert(tx, &attempt).await? {
        // A twin was faster, and has committed.
        let attempt = by_key(tx, &call.key).await?;
        let attempt = attempt.ok_or(Error::Contended)?;
        return known(tx, id, intent, attempt).await;
    }
    claim(tx, &payment, intent, now).await?;
    if let Intent::Refund(amount) = intent {
        let row = refund::ActiveModel {
            id: Set(RefundId::generate()),
            payment_id: Set(id),
            customer_id: Set(payment.customer_id),
            attempt_id: Set(attempt.id),
            amount: Set(amount),
            state: Set(refund::State::Pending),
            created_at: Set(now),
            updated_at: Set(now),
        };
        row.insert(tx).await?;
    }
    Ok(Intended {
        payment,
        attempt,
        is_new: true,
    })
}

async fn by_key(tx: &Tx, key: &str) -> Result<Option<AttemptRow>> {
    let found = attempt::Entity::find().filter(attempt::Column::Key.eq(key));
    Ok(found.one(tx).await?)
}

/// The same was asked before.
async fn known(tx: &Tx, id: PaymentId, intent: Intent, attempt: AttemptRow) -> Result<Intended> {
    let is_same = attempt.payment_id == id
        && attempt.operation == intent.operation()
        && !matches!(intent, Intent::Refund(amount) if amount != attempt.amount);
    if !is_same {
        return Err(Error::Conflict(
            "This key was used for something else.".to_owned(),
        ));
    }
    Ok(Intended {
        payment: find::payment_in(tx, id).await?,
        attempt,
        is_new: false,
    })
}

async fn insert(tx: &Tx, attempt: &AttemptRow) -> Result<bool> {
    let sql = "INSERT INTO payment_attempt (id, payment_id, customer_id, operation, key, amount, state, calls, saga_id, \
             created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'ASKED', 0, $7, $8, $8) ON CONFLICT (key) DO NOTHING";
    let values = [
        attempt.id.into(),
        attempt.payment_id.into(),
        attempt.customer_id.into(),
        attempt.operation.to_value().into(),
        attempt.key.as_str().into(),
        attempt.amount.into(),
        attempt.saga_id.into(),
        attempt.created_at.into(),
    ];
    Ok(execute(tx, sql, values).await? > 0)
}

/// Moves the payment to where nobody else may ask for anything that goes against this.
async fn claim(tx: &Tx, payment: &Payment, intent: Intent, now: DateTime<Utc>) -> Result<()> {
    let (set, holds, otherwise) = match intent {
        Intent::Authorise => (
            "state = 'AUTHORISING'",
            "state = 'CREATED'",
            "The payment was asked for already.",
        ),
        Intent::Capture => (
            "state = 'CAPTURING'",
            "state = 'AUTHORISED'",
            "No money is held that could be taken.",
        ),
        Intent::Void => (
            "state = 'VOIDING'",
            "state IN ('REQUIRES_ACTION', 'PENDING', 'AUTHORISED')",
            "No money is held that could be let go.",
        ),
        Intent::Refund(_) => (
            "refunding = refunding + $3",
            "state = 'CAPTURED' AND refunded + refunding + $3 <= captured",
            "That much was not taken, or it is given back already.",
        ),
    };
    let sql = format!(
        "UPDATE payment SET {set}, version = version + 1, updated_at = $2 WHERE id = $1 AND {holds}"
    );
    let mut values: Vec<Value> = vec![payment.id.into(), now.into()];
    if let Intent::Refund(amount) = intent {
        values.push(amount.into());
    }
    if execute(tx, &sql, values).await? == 0 {
        return Err(Error::Conflict(otherwise.to_owned()));
    }
    Ok(())
}

async fn execute(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
