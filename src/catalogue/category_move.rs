//! Moving a category, with all that is below it.

use super::{
    category_hold::hold_parent,
    category_place::{hold_shape, last_position, may_stand},
    category_write::{checked, read, write},
    rules,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    permissions::Permission,
    platform::database::Tx,
};
use entity::ids::CategoryId;

/// Where a category goes.
#[derive(Clone, Debug)]
pub(crate) struct CategoryMove {
    pub(crate) id: CategoryId,
    pub(crate) expected_version: i64,
    /// Nothing makes it a root.
    pub(crate) parent: Option<CategoryId>,
    /// Behind its new siblings where this says nothing.
    pub(crate) position: Option<i32>,
}

/// Moves the category.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; Invalid, naming what is wrong; `NotFound`; Conflict when it is of another version
/// than the one that was read, would be below itself, or the tree would be too deep.
pub(crate) async fn category_move(
    caller: &Caller,
    tx: &Tx,
    change: &CategoryMove,
) -> Result<CategoryId> {
    caller.require(Permission::CategoriesManage)?;
    let position = change.position.map(rules::position).transpose();
    let position = checked("input.position", position)?;
    hold_shape(caller, tx).await?;
    let before = read(tx, change.id, change.expected_version).await?;
    hold_parent(tx, change.parent).await?;
    may_stand(tx, change.parent, Some(change.id)).await?;
    let mut after = before.clone();
    after.parent_id = change.parent;
    after.position = match position {
        Some(position) => position,
        None => last_position(tx, change.parent).await?,
    };
    write(caller, tx, &after).await?;
    let entry = Entry::new("category.move", "category", change.id)
        .change("parent", before.parent_id, after.parent_id)
        .change("position", before.position, after.position);
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(change.id)
}
