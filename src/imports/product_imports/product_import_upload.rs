//! Taking in an import's file.

use super::{ProductImportJob, State, by_id};
use crate::{
    caller::Caller,
    error::{Error, Result},
    jobs,
    platform::resilience::deadline,
    scopes::ApiScope,
    sellers::members::{ShopPermission, may},
};
use bytes::Bytes;
use entity::ids::ProductImportId;
use entity::imports::{
    product_import::{Column, Entity},
    product_import_chunk as chunk,
};
use futures_util::{Stream, StreamExt};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use std::time::Duration;

/// Most bytes of a file, as it is sent: compressed, where it is.
pub(crate) const LARGEST_FILE: usize = 64 * 1_024 * 1_024;
/// How long a file may take to come.
pub(crate) const UPLOAD_TIME: Duration = Duration::from_mins(10);
/// Bytes of a piece.
const CHUNK: usize = 256 * 1_024;

/// Takes in the file of the import, and has it imported. Where it does not come to its end, it can be sent again.
///
/// Each piece is a statement by itself: a client may be slow, and a transaction would stay open for as long.
///
/// # Errors
/// `NotFound` and Forbidden for whoever may not; Conflict when the import has a file; Invalid when the file is empty, too large, or cut off.
pub(crate) async fn product_import_upload(
    caller: &Caller,
    id: ProductImportId,
    file: impl Stream<Item = std::io::Result<Bytes>> + Send,
) -> Result<()> {
    caller.require_scope(ApiScope::CatalogueWrite)?;
    let import = by_id(caller, id).await?;
    caller
        .transaction(async |tx| {
            may(tx, caller, import.seller_id, ShopPermission::PricesWrite)
                .await
                .map(drop)
        })
        .await?;
    begin_upload(caller, id).await?;
    let kept = deadline::within(UPLOAD_TIME, Box::pin(keep(caller, id, file))).await;
    match kept.map_err(Error::from).and_then(|kept| kept) {
        Ok(bytes) => enqueue(caller, id, bytes).await,
        Err(error) => {
            forget_pieces(caller, id).await?;
            Entity::update_many()
                .col_expr(Column::State, Expr::value(State::AwaitingFile))
                .filter(Column::Id.eq(id))
                .exec(caller.database.write())
                .await?;
            Err(error)
        }
    }
}

/// One file comes at a time. Of one that was coming when its server ended, nothing is left to wait for.
async fn begin_upload(caller: &Caller, id: ProductImportId) -> Result<()> {
    let now = caller.clock.now();
    let is_dead = Column::State
        .eq(State::Uploading)
        .and(Column::UpdatedAt.lt(now - UPLOAD_TIME));
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Uploading))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::AwaitingFile).or(is_dead))
        .exec(caller.database.write())
        .await?;
    if changed.rows_affected == 0 {
        let message = "This import has its file already. Ask for another with productImportCreate.";
        return Err(Error::Conflict(message.to_owned()));
    }
    forget_pieces(caller, id).await
}

async fn forget_pieces(caller: &Caller, id: ProductImportId) -> Result<()> {
    chunk::Entity::delete_many()
        .filter(chunk::Column::ImportId.eq(id))
        .exec(caller.database.write())
        .await?;
    Ok(())
}

/// Keeps the file, piece by piece; how large it is.
async fn keep(
    caller: &Caller,
    id: ProductImportId,
    file: impl Stream<Item = std::io::Result<Bytes>> + Send,
) -> Result<usize> {
    let mut file = Box::pin(file);
    let (mut piece, mut number, mut bytes) = (Vec::with_capacity(CHUNK), 0, 0);
    while let Some(read) = file.next().await {
        let read = read.map_err(|_| Error::invalid("file", "It was cut off. Send it again."))?;
        bytes += read.len();
        if bytes > LARGEST_FILE {
            let most = LARGEST_FILE / 1_024 / 1_024;
            let message =
                format!("It has more than {most} MiB. Compress it with gzip, or split it.");
            return Err(Error::invalid("file", message));
        }
        piece.extend_from_slice(&read);
        if piece.len() >= CHUNK {
            write(caller, id, number, std::mem::take(&mut piece)).await?;
            number += 1;
        }
    }
    if bytes == 0 {
        return Err(Error::invalid(
            "file",
            "It is empty. Send the CSV file as the request's body.",
        ));
    }
    if !piece.is_empty() {
        write(caller, id, number, piece).await?;
    }
    Ok(bytes)
}

async fn write(
    caller: &Caller,
    import_id: ProductImportId,
    number: i64,
    content: Vec<u8>,
) -> Result<()> {
    let row = chunk::Model {
        import_id,
        number,
        content,
    };
    chunk::Entity::insert(row.into_active_model())
        .exec_without_returning(caller.database.write())
        .await?;
    Ok(())
}

/// Has a worker do the import, when its file is there.
async fn enqueue(caller: &Caller, id: ProductImportId, bytes: usize) -> Result<()> {
    let bytes = i64::try_from(bytes).map_err(Error::internal)?;
    caller
        .transaction(async |tx| {
            Entity::update_many()
                .col_expr(Column::State, Expr::value(State::Waiting))
                .col_expr(Column::Bytes, Expr::value(bytes))
                .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
                .filter(Column::Id.eq(id))
                .exec(tx)
                .await?;
            jobs::enqueue(tx, &ProductImportJob { import: id }).await?;
            Ok(())
        })
        .await
}
