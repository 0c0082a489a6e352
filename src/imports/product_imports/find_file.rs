//! The file of an import, put together again.

use crate::{
    app::App,
    error::{Error, Result},
};
use entity::ids::ProductImportId;
use entity::imports::product_import_chunk::Entity;
use sea_orm::EntityTrait;
use std::{
    fs::File,
    io::{Seek, Write},
};

/// The file, on this machine's disk, where nobody else finds it; it is gone when it is dropped.
///
/// # Errors
/// Internal where the disk does not take it.
pub(super) async fn file_of(app: &App, import: ProductImportId) -> Result<File> {
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    for number in 0_i64.. {
        let found = Entity::find_by_id((import, number))
            .one(app.database.write())
            .await?;
        let Some(piece) = found else {
            break;
        };
        file = tokio::task::spawn_blocking(move || file.write_all(&piece.content).map(|()| file))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
    }
    file.rewind().map_err(Error::internal)?;
    Ok(file)
}
