//! Finding one's own account.

use super::check_password::{Login, login_of};
use crate::{
    caller::{Actor, Caller},
    error::Result,
};

/// The caller's own account, and how it signs in; nothing for whoever has not signed in.
pub(crate) async fn own(caller: &Caller) -> Result<Option<Login>> {
    match caller.actor {
        Actor::Person(person) => login_of(caller, person.account).await,
        Actor::Anonymous | Actor::Operator => Ok(None),
    }
}
