//! Finding accounts and what was posted to them. Customers see their own, those who keep a shop's money the shop's, support and admins
//! all. No key sees any.

use super::{
    LedgerAccount, LedgerEntry, LedgerTransaction,
    account::{seller_account_id, wallet_id},
};
use crate::{
    caller::{Actor, Caller},
    error::{Error, Result},
    permissions::Permission,
    platform::{
        currency,
        database::{Tx, lists},
        keys,
        keyset::{self, ChildLists, Cursor, Order, Page, Slice, SortKey},
        narrow::Columns,
    },
    sellers::{
        self,
        members::{self, ShopPermission},
    },
};
use chrono::{DateTime, Utc};
use entity::{
    ids::{AccountId, LedgerAccountId, LedgerTransactionId, SellerId},
    ledger::{
        account::{Column, Entity, Kind},
        entry, transaction,
    },
    money::{CurrencyCode, Money},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    Select, Statement,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: Column) -> Expr {
    Expr::col((Entity, column))
}

/// Whether the caller may see the account of the current row.
fn is_visible(caller: &Caller) -> Condition {
    if caller.require(Permission::LedgerRead).is_ok() {
        return Condition::all();
    }
    // What is someone's money is not for programs.
    match caller.actor {
        Actor::Person(person) if person.session().is_some() => Condition::any()
            .add(column(Column::CustomerId).eq(person.account.0))
            .add(members::works_with(
                person.account,
                column(Column::SellerId),
                ShopPermission::FinancesRead,
            )),
        Actor::Person(_) | Actor::Anonymous | Actor::Operator => {
            Condition::all().add(Expr::cust("1 = 0"))
        }
    }
}

fn visible(caller: &Caller) -> Select<Entity> {
    Entity::find().filter(is_visible(caller))
}

/// Accounts in the order of their ids, which says nothing, and stays.
pub(crate) fn order() -> Order<LedgerAccount> {
    Order {
        name: "ledger accounts by id",
        key: None,
        id: column(Column::Id),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// Entries of an account: the last to be posted first.
pub(crate) fn entry_order() -> Order<LedgerEntry> {
    Order {
        name: "ledger entries by sequence",
        key: Some(Expr::col((entry::Entity, entry::Column::Sequence))),
        id: Expr::col((entry::Entity, entry::Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::Integer(row.sequence),
            id: row.id.0,
        },
    }
}

/// Which accounts are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountFilter {
    pub(crate) kinds: Option<Vec<Kind>>,
    pub(crate) currency: Option<CurrencyCode>,
    pub(crate) seller: Option<SellerId>,
    pub(crate) customer: Option<AccountId>,
}

fn filtered(caller: &Caller, filter: &AccountFilter) -> Result<SelectStatement> {
    caller.require(Permission::LedgerRead)?;
    let mut accounts = visible(caller);
    if let Some(kinds) = &filter.kinds {
        accounts = accounts.filter(Column::Kind.is_in(kinds.iter().copied()));
    }
    if let Some(currency) = filter.currency {
        accounts = accounts.filter(Column::Currency.eq(currency));
    }
    if let Some(seller) = filter.seller {
        accounts = accounts.filter(Column::SellerId.eq(seller));
    }
    if let Some(customer) = filter.customer {
        accounts = accounts.filter(Column::CustomerId.eq(customer));
    }
    Ok(accounts.into_query())
}

/// A page of anyone's accounts.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not see them.
pub(crate) async fn accounts(
    caller: &Caller,
    filter: &AccountFilter,
    page: &Page,
) -> Result<Slice<LedgerAccount>> {
    // Whoever has just moved money looks for it, which a replica may not have heard of.
    let db = caller.database.write();
    keyset::fetch(db, filtered(caller, filter)?, &order(), page).await
}

/// How many there are.
///
/// # Errors
/// As [`accounts`].
pub(crate) async fn count_accounts(caller: &Caller, filter: &AccountFilter) -> Result<u64> {
    keyset::count(caller.database.write(), filtered(caller, filter)?).await
}

fn own(caller: &Caller) -> Result<Select<Entity>> {
    let (person, _) = caller.require_session()?;
    Ok(Entity::find().filter(Column::CustomerId.eq(person.account)))
}

/// A page of the caller's wallets.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn of_viewer(caller: &Caller, page: &Page) -> Result<Slice<LedgerAccount>> {
    let own = own(caller)?.into_query();
    keyset::fetch(caller.database.write(), own, &order(), page).await
}

/// How many the caller has.
///
/// # Errors
/// As [`of_viewer`].
pub(crate) async fn count_of_viewer(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.write(), own(caller)?.into_query()).await
}

/// The caller's wallet of a currency; nothing while nothing was ever in it.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn wallet(
    caller: &Caller,
    currency: CurrencyCode,
) -> Result<Option<Arc<LedgerAccount>>> {
    let found = own(caller)?.filter(Column::Currency.eq(currency));
    let found = found.one(caller.database.write()).await?;
    Ok(found.map(Arc::new))
}

/// Someone's wallet of a currency, as it was just written.
///
/// # Errors
/// `NotFound`, also where it is not for the caller.
pub(crate) async fn wallet_of(
    caller: &Caller,
    customer: AccountId,
    currency: CurrencyCode,
) -> Result<Arc<LedgerAccount>> {
    by_id(caller, wallet_id(customer, currency)).await
}

/// What a customer has of a currency, in minor units, for whoever is about to take some of it. Others may be too: it is asked again as it is taken.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn wallet_balance(
    tx: &Tx,
    customer: AccountId,
    currency: CurrencyCode,
) -> Result<i64> {
    let balance = Entity::find_by_id(wallet_id(customer, currency))
        .select_only()
        .column(Column::Balance)
        .into_tuple::<i64>()
        .one(tx)
        .await?;
    Ok(balance.unwrap_or(0))
}

/// The account with this id.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: LedgerAccountId) -> Result<Arc<LedgerAccount>> {
    let found = visible(caller).filter(Column::Id.eq(id));
    let found = found.one(caller.database.write()).await?;
    found.map(Arc::new).ok_or(Error::NotFound("ledger account"))
}

/// The account that a shop has in its currency, whether anything was posted to it or not.
pub(crate) fn seller_account(seller: &sellers::Seller) -> LedgerAccountId {
    seller_account_id(seller.id, seller.currency)
}

fn lists_of_sellers(caller: &Caller) -> ChildLists<Entity> {
    ChildLists {
        list: visible(caller),
        belongs_to: |key| column(Column::SellerId).eq(key).into(),
        columns: Columns::all(),
        order: order(),
    }
}

/// The same page of each shop's accounts.
pub(crate) async fn accounts_of_sellers(
    caller: &Caller,
    sellers: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<LedgerAccount>>>> {
    let db = caller.database.write();
    lists_of_sellers(caller).fetch(db, sellers, page).await
}

/// How many accounts each shop has.
pub(crate) async fn counts_of_sellers(
    caller: &Caller,
    sellers: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    let db = caller.database.write();
    lists_of_sellers(caller).count(db, sellers).await
}

fn lists_of_accounts(caller: &Caller) -> ChildLists<entry::Entity> {
    let account = Expr::col((entry::Entity, entry::Column::AccountId));
    let seen = Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from(Entity)
            .and_where(column(Column::Id).eq(account))
            .cond_where(is_visible(caller))
            .take(),
    );
    ChildLists {
        list: entry::Entity::find().filter(seen),
        belongs_to: |key| {
            Expr::col((entry::Entity, entry::Column::AccountId))
                .eq(key)
                .into()
        },
        columns: Columns::all(),
        order: entry_order(),
    }
}

/// The same page of each account's entries.
pub(crate) async fn entries_of_accounts(
    caller: &Caller,
    accounts: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<LedgerEntry>>>> {
    let db = caller.database.write();
    lists_of_accounts(caller).fetch(db, accounts, page).await
}

/// How many entries each account has.
pub(crate) async fn counts_of_accounts(
    caller: &Caller,
    accounts: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    let db = caller.database.write();
    lists_of_accounts(caller).count(db, accounts).await
}

/// The transactions with these ids. Those who ask have them from entries that they may see.
pub(crate) async fn transactions_by_ids(
    caller: Caller,
    ids: Vec<LedgerTransactionId>,
) -> Result<HashMap<LedgerTransactionId, Arc<LedgerTransaction>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let id = Expr::col((transaction::Entity, transaction::Column::Id));
    let rows = transaction::Entity::find()
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .all(caller.database.write())
        .await?;
    let by_id = rows.into_iter().map(|row| (row.id, Arc::new(row)));
    Ok(by_id.collect())
}

/// What each account held at a time, in minor units; those that had no entry then are left out, and held nothing. Those who ask may see
/// the accounts.
pub(crate) async fn balances_at(
    caller: &Caller,
    accounts: &[Uuid],
    at: DateTime<Utc>,
) -> Result<HashMap<Uuid, i64>> {
    let backend = caller.database.backend();
    let sql = format!(
        "SELECT known.id, (SELECT balance_after FROM ledger_entry AS entry WHERE entry.account_id = known.id AND entry.posted_at <= $2 \
         ORDER BY entry.posted_at DESC, entry.sequence DESC LIMIT 1) AS balance FROM ledger_account AS known WHERE known.id {}",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, accounts), at.into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut balances = HashMap::new();
    for row in caller.database.write().query_all_raw(statement).await? {
        if let Some(balance) = row.try_get::<Option<i64>>("", "balance")? {
            balances.insert(row.try_get("", "id")?, balance);
        }
    }
    Ok(balances)
}

/// What the marketplace keeps of each shop's sales, in basis points, of shops whose money the caller may see.
pub(crate) async fn commissions_of_sellers(
    caller: Caller,
    ids: Vec<SellerId>,
) -> Result<HashMap<SellerId, i64>> {
    let everyones = caller.require(Permission::LedgerRead).is_ok();
    let person = match caller.actor {
        Actor::Person(person) if person.session().is_some() => Some(person.account),
        Actor::Person(_) | Actor::Anonymous | Actor::Operator => None,
    };
    if !everyones && person.is_none() {
        return Ok(HashMap::new());
    }
    let only = person.filter(|_| !everyones);
    let rates = sellers::commission_rates(&caller, &ids, only).await?;
    let rate = |own| super::commission_bps(&caller.settings, own);
    Ok(rates.into_iter().map(|(id, own)| (id, rate(own))).collect())
}

/// Makes sure that an account has no money left, before it is closed: hold the account before.
///
/// # Errors
/// Conflict, naming what is left.
pub(crate) async fn refuse_money_left(tx: &Tx, customer: AccountId) -> Result<()> {
    let left = Entity::find()
        .filter(Column::CustomerId.eq(customer))
        .filter(Column::Balance.ne(0))
        .one(tx)
        .await?;
    let Some(left) = left else {
        return Ok(());
    };
    let amount = currency::to_decimal(Money {
        minor: left.balance,
        currency: left.currency,
    });
    Err(Error::Conflict(format!(
        "Your wallet holds {amount} {}. Spend it or send it to someone first.",
        left.currency
    )))
}
