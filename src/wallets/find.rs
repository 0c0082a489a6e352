//! Finding top-ups. People see their own, support and admins all.

use super::TopUpRow;
use crate::{
    caller::Caller,
    error::{Error, Result},
    payments::{self, Payment},
    permissions::Permission,
};
use entity::ids::TopUpId;
use entity::wallets::top_up::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::sync::Arc;

/// A top-up with its payment.
pub(crate) struct TopUpView {
    pub(crate) row: TopUpRow,
    pub(crate) payment: Option<Arc<Payment>>,
}

/// The top-up with this id, by two statements.
///
/// # Errors
/// Unauthenticated; Forbidden for keys; `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: TopUpId) -> Result<TopUpView> {
    let found = Entity::find_by_id(id);
    let found = if caller.require(Permission::PaymentsRead).is_ok() {
        found
    } else {
        let (person, _) = caller.require_session()?;
        found.filter(Column::CustomerId.eq(person.account))
    };
    let row = found.one(caller.database.write()).await?;
    let row = row.ok_or(Error::NotFound("top-up"))?;
    let subject = row.id.0;
    let mut paid = payments::of_subjects(caller, &[subject]).await?;
    Ok(TopUpView {
        payment: paid.remove(&subject),
        row,
    })
}
