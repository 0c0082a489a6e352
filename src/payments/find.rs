//! Finding payments. People see their own, support and admins all.

use super::{AttemptRow, Payment, RefundRow};
use crate::{
    app::App,
    caller::{Actor, Caller},
    error::{Error, Result},
    permissions::Permission,
    platform::database::{Tx, lists},
};
use entity::ids::PaymentId;
use entity::payments::{attempt, event, payment, refund};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Most calls, and most refunds, of one payment that are shown.
const MOST: u64 = 50;

/// The payment, for the server itself.
///
/// # Errors
/// `NotFound`.
pub(super) async fn payment(app: &App, id: PaymentId) -> Result<Payment> {
    let found = payment::Entity::find_by_id(id).one(app.database.write());
    found.await?.ok_or(Error::NotFound("payment"))
}

/// The same, as `tx` sees it.
///
/// # Errors
/// `NotFound`.
pub(super) async fn payment_in(tx: &Tx, id: PaymentId) -> Result<Payment> {
    let found = payment::Entity::find_by_id(id).one(tx).await?;
    found.ok_or(Error::NotFound("payment"))
}

/// All calls of a payment, oldest first, for the server itself.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn attempts(app: &App, id: PaymentId) -> Result<Vec<AttemptRow>> {
    let found = attempt::Entity::find()
        .filter(attempt::Column::PaymentId.eq(id))
        .order_by_asc(attempt::Column::Id);
    Ok(found.all(app.database.write()).await?)
}

/// The payment that a provider's message is about.
///
/// # Errors
/// `NotFound`.
pub(super) async fn concerned(app: &App, event: &event::Model) -> Result<PaymentId> {
    let db = app.database.write();
    if let Some(key) = &event.key {
        let found = attempt::Entity::find().filter(attempt::Column::Key.eq(key));
        if let Some(attempt) = found.one(db).await? {
            return Ok(attempt.payment_id);
        }
    }
    let reference = event
        .reference
        .as_deref()
        .ok_or(Error::NotFound("payment"))?;
    let found = payment::Entity::find()
        .filter(payment::Column::Provider.eq(&event.provider))
        .filter(payment::Column::Reference.eq(reference));
    let found = found.one(db).await?.ok_or(Error::NotFound("payment"))?;
    Ok(found.id)
}

/// The payments that `caller` may see.
fn visible_to(caller: &Caller) -> Result<Select<payment::Entity>> {
    if caller.require(Permission::PaymentsRead).is_ok() {
        return Ok(payment::Entity::find());
    }
    let Actor::Person(person) = caller.actor else {
        return Err(Error::Unauthenticated);
    };
    // Not by a key: what people pay is their own.
    if person.session().is_none() {
        return Err(Error::Forbidden);
    }
    Ok(payment::Entity::find().filter(payment::Column::CustomerId.eq(person.account)))
}

/// Whether `caller` sees what operators need and people do not.
pub(crate) fn sees_all(caller: &Caller) -> bool {
    caller.require(Permission::PaymentsRead).is_ok()
}

/// The payment with this id.
///
/// # Errors
/// Unauthenticated; `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: PaymentId) -> Result<Arc<Payment>> {
    let found = visible_to(caller)?
        .filter(payment::Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("payment"))
}

/// The newest payment of each of these things that `caller` may see, by one statement.
///
/// # Errors
/// Whatever the database says.
pub async fn by_subjects(
    caller: Caller,
    subjects: Vec<Uuid>,
) -> Result<HashMap<Uuid, Arc<Payment>>> {
    let Ok(visible) = visible_to(&caller) else {
        return Ok(HashMap::new());
    };
    let backend = caller.database.backend();
    let rows = visible
        .filter(lists::is_among_ids(
            backend,
            payment::Column::SubjectId,
            &subjects,
        ))
        .order_by_asc(payment::Column::Id)
        .all(caller.database.write())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.subject_id, Arc::new(row)))
        .collect())
}

/// The newest payment of each of these things, by one statement: for those who have shown that the things are theirs to see, which whoever knows
/// the things has asked.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn of_subjects(
    caller: &Caller,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, Arc<Payment>>> {
    let backend = caller.database.backend();
    let rows = payment::Entity::find()
        .filter(lists::is_among_ids(
            backend,
            payment::Column::SubjectId,
            subjects,
        ))
        .order_by_asc(payment::Column::Id)
        .all(caller.database.write())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.subject_id, Arc::new(row)))
        .collect())
}

/// The calls of a payment that `caller` was given, newest first, at most 50.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn attempts_of(caller: &Caller, payment: &Payment) -> Result<Vec<AttemptRow>> {
    let found = attempt::Entity::find()
        .filter(attempt::Column::PaymentId.eq(payment.id))
        .order_by_desc(attempt::Column::Id)
        .limit(MOST);
    Ok(found.all(caller.database.write()).await?)
}

/// The refunds of a payment that `caller` was given, newest first, at most 50.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refunds_of(caller: &Caller, payment: &Payment) -> Result<Vec<RefundRow>> {
    let found = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment.id))
        .order_by_desc(refund::Column::Id)
        .limit(MOST);
    Ok(found.all(caller.database.write()).await?)
}
