//! Changing what is said of a category.

use super::{
    category_write::{checked, read, write},
    events::CategoryRenamed,
    rules,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    outbox,
    permissions::Permission,
    platform::database::Tx,
};
use entity::ids::CategoryId;

/// What of a category is changed; what is nothing stays.
#[derive(Clone, Debug)]
pub(crate) struct CategoryUpdate {
    pub(crate) id: CategoryId,
    pub(crate) expected_version: i64,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) slug: Option<String>,
    pub(crate) position: Option<i32>,
}

/// Changes the category. A new name leaves its slug, since addresses lead to it.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; Invalid, naming what is wrong; `NotFound`; Conflict when it is of another version
/// than the one that was read, or another category has the slug.
pub(crate) async fn category_update(
    caller: &Caller,
    tx: &Tx,
    change: &CategoryUpdate,
) -> Result<CategoryId> {
    caller.require(Permission::CategoriesManage)?;
    let before = read(tx, change.id, change.expected_version).await?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = checked("input.name", rules::category_name(name))?;
    }
    if let Some(description) = &change.description {
        after.description = checked("input.description", rules::description(description))?;
    }
    if let Some(slug) = &change.slug {
        after.slug = checked("input.slug", rules::category_slug(slug))?;
    }
    if let Some(position) = change.position {
        after.position = checked("input.position", rules::position(position))?;
    }
    write(caller, tx, &after).await?;
    if after.name != before.name {
        let renamed = CategoryRenamed {
            category_id: change.id,
        };
        outbox::emit_one(tx, &renamed).await?;
    }
    let entry = Entry::new("category.update", "category", change.id)
        .change("name", before.name, after.name)
        .change("description", before.description, after.description)
        .change("slug", before.slug, after.slug)
        .change("position", before.position, after.position);
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(change.id)
}
