//! Where in the tree a category stands, and where it may.

use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::catalogue::category::{Column, Entity};
use entity::ids::CategoryId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement,
};

/// Most levels of the tree that admins make, the roots included.
const DEEPEST: usize = 10;
/// Ends a cycle, which should not be but would never end by itself. Imports make trees that are deeper than those of admins.
const LONGEST_WAY: usize = 32;
/// "trdc": the tree changes its shape in one transaction at a time. Two that moved A under B and B under A would not see each other.
const TURNSTILE: i64 = 0x7472_6463;

/// Keeps the shape of the tree as it is until the transaction ends.
///
/// # Errors
/// Unavailable when others take too long.
pub(super) async fn hold_shape(caller: &Caller, tx: &Tx) -> Result<()> {
    caller.database.be_alone(tx, TURNSTILE).await
}

#[derive(FromQueryResult)]
struct Found {
    id: CategoryId,
    level: i32,
}

/// Makes sure that `moved`, with all that is below it, may stand under `parent`; nothing stands for a category that is new.
///
/// # Errors
/// Conflict when it would be below itself, or too deep.
pub(super) async fn may_stand(
    tx: &Tx,
    parent: Option<CategoryId>,
    moved: Option<CategoryId>,
) -> Result<()> {
    let Some(parent) = parent else {
        return Ok(());
    };
    let above = ways(tx, parent, "next.id = way.parent_id").await?;
    if moved.is_some_and(|moved| above.iter().any(|(id, _)| *id == moved)) {
        return Err(Error::Conflict(
            "A category cannot stand under itself or what is below it. Choose another parent."
                .to_owned(),
        ));
    }
    let below = match moved {
        Some(moved) => ways(tx, moved, "next.parent_id = way.id").await?,
        None => Vec::new(),
    };
    let levels = below.iter().map(|(_, level)| *level).max().unwrap_or(1);
    if above.len() + levels > DEEPEST {
        return Err(Error::Conflict(format!(
            "The tree has at most {DEEPEST} levels. Choose a parent that is nearer to the root."
        )));
    }
    Ok(())
}

/// The category and every one that is reached from it by `step`, with how many levels that takes, its own included.
async fn ways(tx: &Tx, start: CategoryId, step: &str) -> Result<Vec<(CategoryId, usize)>> {
    let sql = format!(
        "WITH RECURSIVE way (id, parent_id, level) AS ( \
           SELECT id, parent_id, 1 FROM category WHERE id = $1 \
           UNION ALL SELECT next.id, next.parent_id, way.level + 1 \
           FROM category AS next JOIN way ON {step} \
           WHERE next.deleted_at IS NULL AND way.level < {LONGEST_WAY}) \
         SELECT id, level FROM way"
    );
    let statement =
        Statement::from_sql_and_values(tx.get_database_backend(), sql, [start.0.into()]);
    let found = Found::find_by_statement(statement).all(tx).await?;
    let level = |found: &Found| usize::try_from(found.level).unwrap_or(LONGEST_WAY);
    Ok(found.iter().map(|found| (found.id, level(found))).collect())
}

/// The place behind the last of the categories under `parent`.
pub(super) async fn last_position(tx: &Tx, parent: Option<CategoryId>) -> Result<i32> {
    let under = match parent {
        Some(parent) => Column::ParentId.eq(parent),
        None => Column::ParentId.is_null(),
    };
    let last: Option<Option<i32>> = Entity::find()
        .select_only()
        .column_as(Column::Position.max(), "last")
        .filter(under)
        .filter(Column::DeletedAt.is_null())
        .into_tuple()
        .one(tx)
        .await?;
    Ok(last.flatten().map_or(1, |last| last.saturating_add(1)))
}
