//! Lists, a page at a time: keyset paging over (sort key, id), never an OFFSET, for one list or for the lists of
//! many parents in one statement.

use super::{
    keys::{self, ParentKeys},
    narrow::Columns,
};
use crate::error::Result;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, DynIden, EntityTrait, FromQueryResult, IdenStatic, JoinType,
    Order as Direction, QueryResult, QueryTrait, Select, Statement, StatementBuilder, Value,
    sea_query::{Alias, Cond, Expr, ExprTrait, IntoIden, Query, SelectStatement},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// How far a list is counted; what is longer is said to be so long.
pub const COUNT_LIMIT: u64 = 10_000;

/// Fewer rows than these are never fetched: for two, SQLite takes a scan of the whole table and a sort to be cheaper than
/// an index (3 ms against 0.1 ms for 2,000 products).
const FEWEST: u64 = 3;

/// The sort key of one row. The id breaks ties, so a list sorted by id alone has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SortKey {
    /// Sorted by id alone.
    None,
    /// A number.
    Integer(i64),
    /// Text, compared by code point.
    Text(String),
}

impl From<&SortKey> for Value {
    fn from(key: &SortKey) -> Self {
        match key {
            SortKey::None => Self::Bool(None),
            SortKey::Integer(number) => (*number).into(),
            SortKey::Text(text) => text.as_str().into(),
        }
    }
}

/// A place in a list: right at one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The row's sort key.
    pub key: SortKey,
    /// The row's id.
    pub id: Uuid,
}

/// The order of a list.
pub struct Order<M> {
    /// Tells the orders of all lists apart: a cursor is only good for the order it came from.
    pub name: &'static str,
    /// What is sorted by before the id.
    pub key: Option<Expr>,
    /// The id's column.
    pub id: Expr,
    /// Greatest first.
    pub descending: bool,
    /// Where a row stands in this order.
    pub cursor: fn(&M) -> Cursor,
}

/// Which rows of a list are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// At most so many.
    pub limit: u64,
    /// Those behind this place.
    pub after: Option<Cursor>,
    /// Those before this place.
    pub before: Option<Cursor>,
    /// The last of them rather than the first.
    pub backward: bool,
}

impl Page {
    /// Whether it is the beginning of the list.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.after.is_none() && self.before.is_none() && !self.backward
    }
}

/// Rows, each with its place in the list.
pub type Rows<M> = Vec<(Cursor, Arc<M>)>;

/// Some rows of a list, in the list's order.
#[derive(Clone, Debug)]
pub struct Slice<M> {
    /// The rows and their places.
    pub rows: Rows<M>,
    /// Whether there are more behind.
    pub has_next: bool,
    /// Whether there are more before.
    pub has_previous: bool,
}

impl<M> Default for Slice<M> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            has_next: false,
            has_previous: false,
        }
    }
}

impl<M> Slice<M> {
    /// The same slice of something made of each row.
    pub fn map<N>(self, make: impl Fn(Arc<M>) -> Arc<N>) -> Slice<N> {
        Slice {
            rows: self
                .rows
                .into_iter()
                .map(|(cursor, row)| (cursor, make(row)))
                .collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }

    /// The rows without their places.
    pub fn items(&self) -> impl Iterator<Item = &Arc<M>> {
        self.rows.iter().map(|(_, row)| row)
    }

    /// Cuts what [`Order::apply`] fetched, which is at least one row more than asked for where there are more.
    fn cut(mut rows: Rows<M>, page: &Page) -> Self {
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if page.backward {
            rows.reverse();
        }
        Self {
            rows,
            has_next: if page.backward {
                page.before.is_some()
            } else {
                more
            },
            has_previous: if page.backward {
                more
            } else {
                page.after.is_some()
            },
        }
    }
}

impl<M> Order<M> {
    /// Narrows and sorts `select` to `page`, and one row more, which tells whether there are more.
    fn apply(&self, select: &mut SelectStatement, page: &Page) {
        let behind = |place: &Cursor, descending: bool| {
            let (row, place) = match (&self.key, &place.key) {
                (Some(key), value) => (
                    Expr::tuple([key.clone(), self.id.clone()]),
                    Expr::tuple([Expr::value(Value::from(value)), Expr::value(place.id)]),
                ),
                (None, _) => (self.id.clone(), Expr::value(place.id)),
            };
            if descending {
                row.lt(place)
            } else {
                row.gt(place)
            }
        };
        if let Some(after) = &page.after {
            select.and_where(behind(after, self.descending));
        }
        if let Some(before) = &page.before {
            select.and_where(behind(before, !self.descending));
        }
        let direction = if self.descending == page.backward {
            Direction::Asc
        } else {
            Direction::Desc
        };
        if let Some(key) = &self.key {
            select.order_by_expr(key.clone(), direction.clone());
        }
        select.order_by_expr(self.id.clone(), direction);
        select.limit(std::cmp::max(page.limit, FEWEST).saturating_add(1));
    }
}

/// Fetches one page of one list.
///
/// # Errors
/// Whatever the database says.
pub async fn fetch<M: FromQueryResult>(
    db: &impl ConnectionTrait,
    list: SelectStatement,
    order: &Order<M>,
    page: &Page,
) -> Result<Slice<M>> {
    let read = |row: &QueryResult| M::from_query_result(row, "");
    fetch_rows(db, list, order, page, read).await
}

/// The same, of no more columns than `columns`.
///
/// # Errors
/// Whatever the database says.
pub async fn fetch_narrow<E: EntityTrait>(
    db: &impl ConnectionTrait,
    list: Select<E>,
    columns: &Columns<E>,
    order: &Order<E::Model>,
    page: &Page,
) -> Result<Slice<E::Model>> {
    let list = columns.of(list).into_query();
    fetch_rows(db, list, order, page, |row| columns.read(row, 0)).await
}

async fn fetch_rows<M>(
    db: &impl ConnectionTrait,
    mut list: SelectStatement,
    order: &Order<M>,
    page: &Page,
    read: impl Fn(&QueryResult) -> Result<M, DbErr>,
) -> Result<Slice<M>> {
    order.apply(&mut list, page);
    let found = db.query_all_raw(limited(db, &list)).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let row = read(&row)?;
        rows.push(((order.cursor)(&row), Arc::new(row)));
    }
    Ok(Slice::cut(rows, page))
}

/// The statement with its LIMIT, which comes last, written out rather than bound. PostgreSQL takes a limit that it does not know
/// for a tenth of the table, and plans each execution anew for it: half a millisecond instead of a sixth for a page of products.
fn limited(db: &impl ConnectionTrait, select: &SelectStatement) -> Statement {
    let mut statement = StatementBuilder::build(select, &db.get_database_backend());
    let Some(values) = &mut statement.values else {
        return statement;
    };
    let parameter = match statement.db_backend {
        DbBackend::Postgres => format!("LIMIT ${}", values.0.len()),
        _ => "LIMIT ?".to_owned(),
    };
    let (Some(start), Some(Value::BigUnsigned(Some(limit)))) =
        (statement.sql.rfind(&parameter), values.0.last())
    else {
        return statement;
    };
    let written = format!("LIMIT {limit}");
    let end = start + parameter.len();
    statement.sql.replace_range(start..end, &written);
    values.0.pop();
    statement
}

/// Counts a list, up to [`COUNT_LIMIT`].
///
/// # Errors
/// Whatever the database says.
pub async fn count(db: &impl ConnectionTrait, list: SelectStatement) -> Result<u64> {
    let count = Query::select()
        .expr(Expr::cust("count(*)"))
        .from_subquery(capped(list), Alias::new("list"))
        .take();
    let row = db.query_one_raw(limited(db, &count)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A list's first [`COUNT_LIMIT`] rows, without what is in them.
fn capped(mut list: SelectStatement) -> SelectStatement {
    list.clear_selects()
        .expr(Expr::cust("1"))
        .clear_order_by()
        .limit(COUNT_LIMIT)
        .take()
}

/// The lists of many parents: every list has the same filter, order and page.
pub struct ChildLists<E: EntityTrait> {
    /// All children there are, before they are narrowed to those of one parent.
    pub list: Select<E>,
    /// Whether a child belongs to the parent with the given key.
    pub belongs_to: fn(Expr) -> Cond,
    /// What is read of each child.
    pub columns: Columns<E>,
    /// The order of each list.
    pub order: Order<E::Model>,
}

impl<E: EntityTrait> ChildLists<E> {
    /// Fetches the page of each parent's list, all in one statement that costs what the pages cost.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn fetch(
        self,
        db: &impl ConnectionTrait,
        parents: &[Uuid],
        page: &Page,
    ) -> Result<HashMap<Uuid, Arc<Slice<E::Model>>>> {
        let backend = db.get_database_backend();
        let keys = ParentKeys::new(backend, parents);
        let mut child = self.columns.of(self.list).into_query();
        child.cond_where((self.belongs_to)(keys.key()));
        self.order.apply(&mut child, page);

        let statement = match backend {
            DbBackend::Postgres => top_n_lateral(&keys, child),
            _ => top_n_by_id(&keys, child, &self.columns, &self.order.id),
        };
        let mut lists: HashMap<Uuid, Rows<E::Model>> = HashMap::with_capacity(parents.len());
        for row in db.query_all_raw(limited(db, &statement)).await? {
            let parent: Uuid = row.try_get_by_index(0)?;
            let child = self.columns.read(&row, 1)?;
            lists
                .entry(parent)
                .or_default()
                .push(((self.order.cursor)(&child), Arc::new(child)));
        }
        let ascending = self.order.descending == page.backward;
        Ok(lists
            .into_iter()
            .map(|(parent, mut rows)| {
                // The statement says which rows, not in which order they come.
                rows.sort_unstable_by(|(a, _), (b, _)| {
                    let order = (&a.key, a.id).cmp(&(&b.key, b.id));
                    if ascending { order } else { order.reverse() }
                });
                (parent, Arc::new(Slice::cut(rows, page)))
            })
            .collect())
    }

    /// Counts each parent's list, each up to [`COUNT_LIMIT`], all in one statement.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn count(
        self,
        db: &impl ConnectionTrait,
        parents: &[Uuid],
    ) -> Result<HashMap<Uuid, u64>> {
        let keys = ParentKeys::new(db.get_database_backend(), parents);
        let mut child = capped(self.list.into_query());
        child.cond_where((self.belongs_to)(keys.key()));
        let count = Query::select()
            .expr(Expr::cust("count(*)"))
            .from_subquery(child, Alias::new("list"))
            .take();
        let statement = Query::select()
            .expr_as(keys.key(), Alias::new(PARENT))
            .expr_as(Expr::from(count), Alias::new("children"))
            .from_function(keys.table(), Alias::new(keys::ALIAS))
            .take();
        let mut counts = HashMap::with_capacity(parents.len());
        for row in db.query_all(&statement).await? {
            let count: i64 = row.try_get("", "children")?;
            counts.insert(row.try_get("", PARENT)?, u64::try_from(count).unwrap_or(0));
        }
        Ok(counts)
    }
}

/// The column that says whose child a row is.
const PARENT: &str = "parent_key";

/// PostgreSQL: for each parent, the first rows of its list.
fn top_n_lateral(keys: &ParentKeys, child: SelectStatement) -> SelectStatement {
    let child_alias = Alias::new("child");
    Query::select()
        .expr_as(keys.key(), Alias::new(PARENT))
        .expr(Expr::cust("child.*"))
        .from_function(keys.table(), Alias::new(keys::ALIAS))
        // Written out, so that the limit is what is bound last.
        .join_lateral(JoinType::InnerJoin, child, child_alias, Expr::cust("true"))
        .take()
}

/// SQLite has no LATERAL, but a subquery behind IN may look at the parent and have a LIMIT.
fn top_n_by_id<E: EntityTrait>(
    keys: &ParentKeys,
    mut child: SelectStatement,
    columns: &Columns<E>,
    id: &Expr,
) -> SelectStatement {
    child.clear_selects().expr(id.clone());
    let table: DynIden = E::default().table_name().to_owned().into_iden();
    let row = Alias::new("child");
    let mut statement = Query::select();
    statement.expr_as(keys.key(), Alias::new(PARENT));
    for column in &columns.read {
        statement.column((row.clone(), Alias::new(column.as_str())));
    }
    statement
        .from_function(keys.table(), Alias::new(keys::ALIAS))
        .join_as(
            JoinType::InnerJoin,
            table,
            row.clone(),
            Expr::col((row, Alias::new("id"))).in_subquery(child),
        )
        .take()
}
