//! What admins do about categories.

use super::Category;
use crate::{
    catalogue::{self, CategoryCreate, CategoryMove, CategoryUpdate, categories},
    error::{Error, Result},
    graphql::{
        caller,
        idempotent::once,
        ids::{decode, encode},
        user_errors::{UserError, or_user_errors},
    },
    permissions::Permission,
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use entity::ids::CategoryId;

/// A category that is made.
#[derive(InputObject)]
pub(crate) struct CategoryCreateInput {
    /// Its name, of 1 to 100 characters.
    name: String,
    /// The category above it; a root when left out. The tree has at most 10 levels.
    parent_id: Option<ID>,
    /// What is to be found in it: HTML of at most 2,000 characters, cleaned of what could do harm.
    #[graphql(default)]
    description: String,
    /// Its name in URLs, which no other category has: lower-case words joined by hyphens, at most 100 characters. Made of its name
    /// when left out.
    slug: Option<String>,
    /// Its place among its siblings, from 1 to 1,000,000; behind them when left out.
    position: Option<i32>,
}

/// What of a category is changed; what is left out stays.
#[derive(InputObject)]
pub(crate) struct CategoryUpdateInput {
    /// The category.
    id: ID,
    /// The category's `version` as it was read.
    expected_version: i64,
    /// Its name, of 1 to 100 characters. Its slug stays.
    name: Option<String>,
    /// What is to be found in it: HTML of at most 2,000 characters, cleaned of what could do harm.
    description: Option<String>,
    /// Its name in URLs, which no other category has.
    slug: Option<String>,
    /// Its place among its siblings, from 1 to 1,000,000.
    position: Option<i32>,
}

/// Where a category goes, with all that is below it.
#[derive(InputObject)]
pub(crate) struct CategoryMoveInput {
    /// The category.
    id: ID,
    /// The category's `version` as it was read.
    expected_version: i64,
    /// The category above it from now on; null makes it a root. It must be said. The tree has at most 10 levels.
    parent_id: MaybeUndefined<ID>,
    /// Its place among its new siblings, from 1 to 1,000,000; behind them when left out.
    position: Option<i32>,
}

/// Which category is deleted.
#[derive(InputObject)]
pub(crate) struct CategoryDeleteInput {
    /// The category.
    id: ID,
    /// The category's `version` as it was read.
    expected_version: i64,
}

/// What became of a category.
#[derive(SimpleObject)]
pub(crate) struct CategoryPayload {
    /// The category as it is now; nothing where nothing was done.
    category: Option<Category>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of a category that was to be deleted.
#[derive(SimpleObject)]
pub(crate) struct CategoryDeletePayload {
    /// The category that was deleted; nothing where nothing was done.
    category_id: Option<ID>,
    /// What keeps it from being deleted.
    user_errors: Vec<UserError>,
}

async fn payload(
    ctx: &Context<'_>,
    done: Result<CategoryId>,
    field: &str,
) -> Result<CategoryPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let category = match done {
        Some(id) => Some(categories::by_id_written(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(CategoryPayload {
        category,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct CategoryMutations;

#[Object]
impl CategoryMutations {
    /// Makes a category. For admins.
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A category that is made.")] input: CategoryCreateInput,
    ) -> Result<CategoryPayload> {
        let caller = caller(ctx);
        caller.require(Permission::CategoriesManage)?;
        let parent = input.parent_id.map(|id| decode(&id, "input.parentId"));
        let new = CategoryCreate {
            name: input.name,
            parent: parent.transpose()?,
            description: input.description,
            slug: input.slug,
            position: input.position,
        };
        let done = once(ctx, async move |tx| {
            catalogue::category_create(caller, tx, new).await
        });
        payload(ctx, done.await, "input.parentId").await
    }

    /// Changes what is said of a category. For admins.
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of a category is changed; what is left out stays.")]
        input: CategoryUpdateInput,
    ) -> Result<CategoryPayload> {
        let caller = caller(ctx);
        caller.require(Permission::CategoriesManage)?;
        let change = CategoryUpdate {
            id: decode(&input.id, "input.id")?,
            expected_version: input.expected_version,
            name: input.name,
            description: input.description,
            slug: input.slug,
            position: input.position,
        };
        let done = once(ctx, async |tx| {
            catalogue::category_update(caller, tx, &change).await
        });
        payload(ctx, done.await, "input.id").await
    }

    /// Moves a category, with all that is below it. For admins.
    async fn category_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where a category goes, with all that is below it.")]
        input: CategoryMoveInput,
    ) -> Result<CategoryPayload> {
        let caller = caller(ctx);
        caller.require(Permission::CategoriesManage)?;
        let parent = match &input.parent_id {
            MaybeUndefined::Value(id) => Some(decode(id, "input.parentId")?),
            MaybeUndefined::Null => None,
            MaybeUndefined::Undefined => {
                let message = "Say where it goes: pass the id of a category, or null for a root.";
                return Err(Error::invalid("input.parentId", message));
            }
        };
        let change = CategoryMove {
            id: decode(&input.id, "input.id")?,
            expected_version: input.expected_version,
            parent,
            position: input.position,
        };
        let done = once(ctx, async |tx| {
            catalogue::category_move(caller, tx, &change).await
        });
        payload(ctx, done.await, "input.id").await
    }

    /// Deletes a category that no categories and no products are in. For admins.
    async fn category_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category is deleted.")] input: CategoryDeleteInput,
    ) -> Result<CategoryDeletePayload> {
        let (caller, version) = (caller(ctx), input.expected_version);
        caller.require(Permission::CategoriesManage)?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            catalogue::category_delete(caller, tx, id, version).await
        });
        let (done, user_errors) = or_user_errors(done.await, "input.id")?;
        Ok(CategoryDeletePayload {
            category_id: done.map(encode),
            user_errors,
        })
    }
}
