//! Seeds go into an empty catalogue only: they would collide with what is there, or be lost in it.

use crate::{
    app::App,
    error::{Error, Result},
};
use entity::catalogue::product;
use sea_orm::{EntityTrait, QuerySelect};

/// Whether there is no product, not even a deleted one.
///
/// # Errors
/// Whatever the database says, also that there is no such table when the schema is missing.
pub(crate) async fn is_vacant(app: &App) -> Result<bool> {
    let any = product::Entity::find()
        .select_only()
        .column(product::Column::Id)
        .limit(1)
        .into_tuple::<entity::ids::ProductId>()
        .one(app.database.write())
        .await?;
    Ok(any.is_none())
}

/// Refuses a database that holds products.
pub(super) async fn require(app: &App) -> Result<()> {
    if is_vacant(app).await? {
        return Ok(());
    }
    Err(Error::Conflict(
        "The database already holds products, and a seed goes into an empty one only. Delete everything with \
         `tradewind migrate fresh`, or name another database in DATABASE_URL."
            .to_owned(),
    ))
}
