//! Anyone's account, for support and admins.

use super::{AccountFilter as Filter, Reason};
use crate::{
    accounts::graphql::{Account, AccountRole, AccountStatus},
    caller::Role,
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        ids::decode,
        nullable,
        paging::PageArguments,
        user_errors::{UserError, or_user_errors},
    },
    permissions::Permission,
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::{accounts::account::Status, ids::AccountId};

/// Which accounts are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct AccountFilter {
    /// With this e-mail address, however it is spelt.
    email: Option<String>,
    /// With one of these roles.
    #[graphql(validator(max_items = 3))]
    roles: Option<Vec<AccountRole>>,
    /// In one of these states.
    #[graphql(validator(max_items = 3))]
    statuses: Option<Vec<AccountStatus>>,
}

impl From<AccountFilter> for Filter {
    fn from(filter: AccountFilter) -> Self {
        let roles = |roles: Vec<AccountRole>| roles.into_iter().map(Role::from).collect();
        let statuses = |all: Vec<AccountStatus>| all.into_iter().map(Status::from).collect();
        Self {
            email: filter.email,
            roles: filter.roles.map(roles),
            statuses: filter.statuses.map(statuses),
        }
    }
}

/// Which account is locked, and why.
#[derive(InputObject)]
pub(crate) struct AccountSuspendInput {
    /// The account.
    id: ID,
    /// Why, in 1 to 500 characters, for those who read the audit log.
    reason: String,
}

/// Which account is unlocked.
#[derive(InputObject)]
pub(crate) struct AccountReinstateInput {
    /// The account.
    id: ID,
}

/// An account, and the role it gets.
#[derive(InputObject)]
pub(crate) struct AccountSetRoleInput {
    /// The account.
    id: ID,
    /// The role in the place of the one it has.
    role: AccountRole,
}

/// What became of someone's account.
#[derive(SimpleObject)]
pub(crate) struct AccountStaffPayload {
    /// The account as it is now; nothing where it was not changed.
    account: Option<Account>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

async fn payload(ctx: &Context<'_>, done: Result<AccountId>) -> Result<AccountStaffPayload> {
    let (id, user_errors) = or_user_errors(done, "id")?;
    let account = match id {
        Some(id) => Some(super::account(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(AccountStaffPayload {
        account,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct StaffQueries;

#[Object]
impl StaffQueries {
    /// Anyone's account, by its id. For support and admins.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's id.")] id: ID,
    ) -> Option<Result<Account>> {
        let found = async {
            caller(ctx).require(Permission::AccountsRead)?;
            let id: AccountId = decode(&id, "id")?;
            match super::account(caller(ctx), id).await {
                Ok(found) => Ok(Some(found)),
                Err(Error::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            }
        };
        nullable(found.await)
    }

    /// Accounts, the last to be opened first. For support and admins.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<AccountFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Account>> {
        let order = super::order();
        let page = PageArguments::new(first, after, last, before).page(order.name)?;
        let caller = caller(ctx);
        let filter = Filter::from(filter.unwrap_or_default());
        let slice = super::list(caller, &filter, &order, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), filter.clone());
            Box::pin(async move { super::count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order.name, count))
    }
}

#[derive(Default)]
pub(crate) struct StaffMutations;

#[Object]
impl StaffMutations {
    /// Locks an account, and signs its person out everywhere. For admins.
    async fn account_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account is locked, and why.")] input: AccountSuspendInput,
    ) -> Result<AccountStaffPayload> {
        let caller = caller(ctx);
        caller.require(Permission::AccountsSuspend)?;
        let id: AccountId = decode(&input.id, "input.id")?;
        let reason = Reason::read(&input.reason, "input.reason");
        let work = async move |tx: &_| {
            super::account_suspend(caller, tx, id, &reason?).await?;
            Ok(id)
        };
        payload(ctx, once(ctx, work).await).await
    }

    /// Unlocks an account that was suspended. For admins.
    async fn account_reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account is unlocked.")] input: AccountReinstateInput,
    ) -> Result<AccountStaffPayload> {
        let caller = caller(ctx);
        caller.require(Permission::AccountsSuspend)?;
        let id: AccountId = decode(&input.id, "input.id")?;
        let work = async |tx: &_| {
            super::account_reinstate(caller, tx, id).await?;
            Ok(id)
        };
        payload(ctx, once(ctx, work).await).await
    }

    /// Gives an account another role, and thereby what that role may do. For admins who have just shown a second factor.
    async fn account_set_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An account, and the role it gets.")] input: AccountSetRoleInput,
    ) -> Result<AccountStaffPayload> {
        let caller = caller(ctx);
        caller.require(Permission::RolesGrant)?;
        caller.require_step_up()?;
        let id: AccountId = decode(&input.id, "input.id")?;
        let role = input.role.into();
        let work = async |tx: &_| {
            super::account_set_role(caller, tx, id, role).await?;
            Ok(id)
        };
        payload(ctx, once(ctx, work).await).await
    }
}
