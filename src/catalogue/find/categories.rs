//! Finding categories. Everyone sees them all.

use crate::{
    caller::Caller,
    catalogue::cached,
    error::{Error, Result},
    platform::{
        keys,
        keyset::{self, ChildLists, Cursor, Order, Page, Slice, SortKey},
        narrow::Columns,
    },
};
use entity::catalogue::category::{self, Entity, Model};
use entity::ids::CategoryId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryTrait, Select,
    sea_query::{
        Alias, CommonTableExpression, Expr, ExprTrait, JoinType, Query, UnionType, WithClause,
    },
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: category::Column) -> Expr {
    Expr::col((Entity, column))
}

fn living() -> Select<Entity> {
    Entity::find().filter(category::Column::DeletedAt.is_null())
}

/// Whether `category` is `root` or lies below it.
pub(in crate::catalogue) fn is_within(category: Expr, root: Expr) -> Expr {
    let below = Query::select()
        .expr(Expr::cust("category.id"))
        .from(Entity)
        .join(
            JoinType::InnerJoin,
            Alias::new("branch"),
            Expr::cust("category.parent_id = branch.id"),
        )
        .take();
    let branch = CommonTableExpression::new()
        .table_name(Alias::new("branch"))
        .columns([Alias::new("id")])
        // DISTINCT rather than ALL: a cycle, which should not be, would end.
        .query(
            Query::select()
                .expr(root)
                .union(UnionType::Distinct, below)
                .take(),
        )
        .to_owned();
    category.in_subquery(
        Query::select()
            .expr(Expr::cust("id"))
            .from(Alias::new("branch"))
            .with_cte(WithClause::new().recursive(true).cte(branch).to_owned())
            .take(),
    )
}

/// Siblings in the order their position gives.
pub(crate) fn order() -> Order<Model> {
    Order {
        name: "categories by position",
        key: Some(column(category::Column::Position)),
        id: column(category::Column::Id),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::Integer(row.position.into()),
            id: row.id.0,
        },
    }
}

fn roots() -> Select<Entity> {
    living().filter(category::Column::ParentId.is_null())
}

/// A page of the categories without a parent.
pub(crate) async fn list_roots(caller: &Caller, page: &Page) -> Result<Slice<Model>> {
    caller.depends_on([cached::CATEGORIES]);
    keyset::fetch(caller.database.read(), roots().into_query(), &order(), page).await
}

/// How many categories have no parent.
pub(crate) async fn count_roots(caller: &Caller) -> Result<u64> {
    caller.depends_on([cached::CATEGORIES]);
    keyset::count(caller.database.read(), roots().into_query()).await
}

fn children() -> ChildLists<Entity> {
    ChildLists {
        list: living(),
        belongs_to: |key| column(category::Column::ParentId).eq(key).into(),
        columns: Columns::all(),
        order: order(),
    }
}

/// The same page of each parent's children.
pub(crate) async fn children_of(
    caller: &Caller,
    parents: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<Model>>>> {
    caller.depends_on([cached::CATEGORIES]);
    children()
        .fetch(caller.database.read(), parents, page)
        .await
}

/// How many children each parent has.
pub(crate) async fn counts_of_children(
    caller: &Caller,
    parents: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    caller.depends_on([cached::CATEGORIES]);
    children().count(caller.database.read(), parents).await
}

/// The categories with these ids.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<CategoryId>,
) -> Result<HashMap<CategoryId, Arc<Model>>> {
    caller.depends_on(ids.iter().map(|id| cached::category(*id)));
    // Everyone sees the same, but only the public is not shown what a moment ago it changed itself.
    if caller.is_the_public() {
        let fetch = async |ids| fetch_by_ids(&caller, ids).await;
        return caller.catalogue.categories.get(ids, fetch).await;
    }
    fetch_by_ids(&caller, ids).await
}

async fn fetch_by_ids(
    caller: &Caller,
    ids: Vec<CategoryId>,
) -> Result<HashMap<CategoryId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let is_asked_for = keys::is_among(
        caller.database.backend(),
        column(category::Column::Id),
        &ids,
    );
    let rows = living()
        .filter(is_asked_for)
        .all(caller.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}

/// A category, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id_written(caller: &Caller, id: CategoryId) -> Result<Arc<Model>> {
    let found = living().filter(category::Column::Id.eq(id));
    let found = found.one(caller.database.write()).await?;
    found.map(Arc::new).ok_or(Error::NotFound("category"))
}

/// The category with this slug.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_slug(caller: &Caller, slug: &str) -> Result<Arc<Model>> {
    let found = living()
        .filter(category::Column::Slug.eq(slug))
        .one(caller.database.read())
        .await?
        .map(Arc::new)
        .ok_or(Error::NotFound("category"))?;
    caller.depends_on([cached::category(found.id)]);
    Ok(found)
}

/// For each category those above it, the root first, all in one statement.
pub(crate) async fn ancestors_of(
    caller: Caller,
    ids: Vec<CategoryId>,
) -> Result<HashMap<CategoryId, Arc<Vec<Arc<Model>>>>> {
    caller.depends_on([cached::CATEGORIES]);
    let db = caller.database.read();
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let mut select = living().into_query();
    select
        .with_cte(paths(keys::is_among(
            caller.database.backend(),
            column(category::Column::Id),
            &ids,
        )))
        .expr_as(Expr::cust("path.start"), Alias::new("start"))
        .expr_as(Expr::cust("path.depth"), Alias::new("depth"))
        .join(
            JoinType::InnerJoin,
            Alias::new("path"),
            Expr::cust("path.id = category.id"),
        );
    let mut ancestors: HashMap<CategoryId, Vec<(i64, Arc<Model>)>> = HashMap::new();
    for row in db.query_all(&select).await? {
        let start: Uuid = row.try_get("", "start")?;
        let depth: i32 = row.try_get("", "depth")?;
        let category = Arc::new(Model::from_query_result(&row, "")?);
        ancestors
            .entry(CategoryId(start))
            .or_default()
            .push((depth.into(), category));
    }
    Ok(ancestors
        .into_iter()
        .map(|(id, mut path)| {
            path.sort_unstable_by_key(|(depth, _)| -depth);
            (
                id,
                Arc::new(path.into_iter().map(|(_, category)| category).collect()),
            )
        })
        .collect())
}

/// The way up from each of the categories that `starts` picks, as a table `path (start, id, depth)`.
fn paths(starts: Expr) -> WithClause {
    let mut first = Query::select()
        .columns([category::Column::Id, category::Column::ParentId])
        .expr(Expr::cust("1"))
        .from(Entity)
        .and_where(starts)
        .take();
    let next = Query::select()
        .expr(Expr::cust("path.start"))
        .expr(Expr::cust("category.parent_id"))
        .expr(Expr::cust("path.depth + 1"))
        .from(Entity)
        .join(
            JoinType::InnerJoin,
            Alias::new("path"),
            Expr::cust("category.id = path.id"),
        )
        // Ends a cycle, which should not be but would never end by itself.
        .and_where(Expr::cust("path.depth < 32"))
        .take();
    let path = CommonTableExpression::new()
        .table_name(Alias::new("path"))
        .columns(["start", "id", "depth"].map(Alias::new))
        .query(first.union(UnionType::All, next).take())
        .to_owned();
    WithClause::new().recursive(true).cte(path).to_owned()
}
