//! Showing a second factor within a session, before what asks for one.

use crate::{
    accounts::factors::{self, Shown},
    caller::Caller,
    error::{Error, Result},
    platform::rate_limits::Limit,
};
use entity::accounts::session::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Notes that the caller showed a second factor in its session, if what is shown is one of its own.
///
/// Wrong codes are counted by session: whoever has stolen one holds off nobody else.
///
/// # Errors
/// Unauthenticated; `RateLimited` by address; Conflict where the account has no factor; Invalid, in the same words for a factor
/// that was wrong, that was used, or that is held off.
pub(crate) async fn session_step_up(caller: &Caller, shown: Shown) -> Result<()> {
    let (person, session) = caller.require_session()?;
    caller.spend(Limit::SignIn).await?;
    factors::has_factor(caller.database.write(), person.account).await?;
    let counted = format!("step up {}", session.0);
    let shown = factors::look_over(caller, shown, &counted).await?;
    caller
        .transaction(async |tx| {
            // The session before its account's factors, as everywhere; undone where the factor is wrong.
            let stamped = Entity::update_many()
                .col_expr(Column::SteppedUpAt, Expr::value(caller.clock.now()))
                .filter(Column::Id.eq(session))
                .filter(Column::AccountId.eq(person.account))
                .filter(Column::EndedAt.is_null())
                .exec(tx)
                .await?;
            if stamped.rows_affected == 0 {
                return Err(Error::Unauthenticated);
            }
            if factors::redeem(caller, tx, person.account, &shown).await? {
                Ok(())
            } else {
                Err(factors::wrong(&shown))
            }
        })
        .await?;
    caller.sessions.forget(&[session]);
    shown.was_good(caller).await
}
