//! Finding anyone's account. Closed ones are nobody's any more, and are not found.

use crate::{
    accounts::{Email, Login},
    caller::{Caller, Role},
    error::{Error, Result},
    permissions::Permission,
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::accounts::account::{self, Status};
use entity::accounts::login::{self, Column, Entity};
use entity::ids::AccountId;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryResult, QueryTrait,
    SelectTwo,
    sea_query::{Expr, SelectStatement},
};
use std::sync::Arc;

/// Which accounts are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountFilter {
    /// With this e-mail address, however it is spelt.
    pub(crate) email: Option<String>,
    /// With one of these roles.
    pub(crate) roles: Option<Vec<Role>>,
    /// In one of these states.
    pub(crate) statuses: Option<Vec<Status>>,
}

/// As the library names the columns of the two tables of a join.
impl FromQueryResult for Login {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            login: login::Model::from_query_result(row, "A_")?,
            account: account::Model::from_query_result(row, "B_")?,
        })
    }
}

/// The order of accounts: the last to be opened first.
pub(crate) fn order() -> Order<Login> {
    Order {
        name: "accounts by id",
        key: None,
        id: Expr::col((Entity, Column::AccountId)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.account.id.0,
        },
    }
}

fn visible_to(caller: &Caller) -> Result<SelectTwo<Entity, account::Entity>> {
    caller.require(Permission::AccountsRead)?;
    Ok(Entity::find().find_also_related(account::Entity))
}

fn filtered(caller: &Caller, filter: &AccountFilter) -> Result<SelectStatement> {
    let mut accounts = visible_to(caller)?;
    if let Some(email) = &filter.email {
        let email = Email::parse(email, "filter.email")?;
        accounts = accounts.filter(Column::EmailKey.eq(email.key));
    }
    if let Some(roles) = &filter.roles {
        accounts = accounts.filter(account::Column::Role.is_in(roles.iter().copied()));
    }
    if let Some(statuses) = &filter.statuses {
        accounts = accounts.filter(account::Column::Status.is_in(statuses.iter().copied()));
    }
    Ok(accounts.into_query())
}

/// A page of accounts.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not see accounts; Invalid when the filter's address is none.
pub(crate) async fn list(
    caller: &Caller,
    filter: &AccountFilter,
    order: &Order<Login>,
    page: &Page,
) -> Result<Slice<Login>> {
    // Whoever suspends someone wants to see it at once, which a replica would not show.
    let accounts = filtered(caller, filter)?;
    keyset::fetch(caller.database.write(), accounts, order, page).await
}

/// How many accounts there are, up to [`keyset::COUNT_LIMIT`].
///
/// # Errors
/// As [`list`].
pub(crate) async fn count(caller: &Caller, filter: &AccountFilter) -> Result<u64> {
    keyset::count(caller.database.write(), filtered(caller, filter)?).await
}

/// The account with this id.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not see accounts; `NotFound`.
pub(crate) async fn account(caller: &Caller, id: AccountId) -> Result<Arc<Login>> {
    let accounts = visible_to(caller)?.filter(Column::AccountId.eq(id));
    let found = accounts.one(caller.database.write()).await?;
    let (login, account) = found.ok_or(Error::NotFound("account"))?;
    let account = account.ok_or(Error::NotFound("account"))?;
    Ok(Arc::new(Login { account, login }))
}
