//! Making a category.

use super::{
    category_hold::hold_parent,
    category_place::{hold_shape, last_position, may_stand},
    category_write::{checked, slug_is_taken},
    events::CategoryChanged,
    rules,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{OnConstraint, Result},
    outbox,
    permissions::Permission,
    platform::database::Tx,
};
use entity::catalogue::category::{Entity, Model};
use entity::ids::CategoryId;
use sea_orm::{EntityTrait, IntoActiveModel};

/// A category that an admin wants to make.
#[derive(Clone, Debug)]
pub(crate) struct CategoryCreate {
    pub(crate) name: String,
    /// Nothing for a root.
    pub(crate) parent: Option<CategoryId>,
    pub(crate) description: String,
    /// The name's own where this says nothing.
    pub(crate) slug: Option<String>,
    /// Behind its siblings where this says nothing.
    pub(crate) position: Option<i32>,
}

/// Makes a category.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; Invalid, naming what is wrong; Conflict when another category has the slug, or
/// the tree would be too deep.
pub(crate) async fn category_create(
    caller: &Caller,
    tx: &Tx,
    new: CategoryCreate,
) -> Result<CategoryId> {
    caller.require(Permission::CategoriesManage)?;
    let (id, now) = (CategoryId::generate(), caller.clock.now());
    let name = checked("input.name", rules::category_name(&new.name))?;
    let slug = match &new.slug {
        Some(slug) => checked("input.slug", rules::category_slug(slug))?,
        None => rules::slug_of_category(&name),
    };
    let description = checked("input.description", rules::description(&new.description))?;
    let position = new.position.map(rules::position).transpose();
    let position = checked("input.position", position)?;
    hold_shape(caller, tx).await?;
    hold_parent(tx, new.parent).await?;
    may_stand(tx, new.parent, None).await?;
    let position = match position {
        Some(position) => position,
        None => last_position(tx, new.parent).await?,
    };
    let entry = Entry::new("category.create", "category", id)
        .is("name", &name)
        .is("slug", &slug)
        .is("description", &description)
        .is("parent", new.parent)
        .is("position", position);
    let taken = slug_is_taken(&slug);
    let category = Model {
        id,
        parent_id: new.parent,
        slug,
        name,
        description,
        position,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    Entity::insert(category.into_active_model())
        .exec_without_returning(tx)
        .await
        // PostgreSQL names the index, SQLite the column.
        .on_constraint("slug", || taken)?;
    outbox::emit_one(tx, &CategoryChanged { category_id: id }).await?;
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}
