//! Bringing back a product that was archived, or deleted not long ago.

use super::{
    clash::clash,
    hold::{Held, hold_any},
    product_parts_delete::KEPT,
    product_step::{settle, step},
};
use crate::{
    caller::Caller,
    catalogue::{category_hold::category_hold, product_life::Step, product_summary, search_index},
    error::{Error, Result},
    platform::database::Tx,
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, Statement};

/// Brings the product back, off the shelf: with the variants it had, if it was deleted.
///
/// # Errors
/// Conflict when it is neither archived nor deleted, was deleted too long ago, or another product has its name or one of its SKUs by
/// now; `NotFound` for whoever does not work in its shop, Forbidden for whoever does and may not.
pub(crate) async fn product_restore(caller: &Caller, tx: &Tx, id: ProductId) -> Result<ProductId> {
    let held = hold_any(tx, caller, id).await?;
    match held.product.deleted_at {
        None => step(caller, tx, &held, Step::Restore).await?,
        Some(deleted_at) if deleted_at + KEPT > caller.clock.now() => {
            undelete(caller, tx, &held).await?;
        }
        Some(_) => {
            return Err(Error::Conflict(
                "The product was deleted more than 30 days ago, and its parts are gone.".to_owned(),
            ));
        }
    }
    Ok(id)
}

async fn undelete(caller: &Caller, tx: &Tx, held: &Held) -> Result<()> {
    let to = Step::Restore.apply(held.product.status)?;
    let id = held.product.id;
    let backend = tx.get_database_backend();
    let variants = "UPDATE variant SET deleted_at = NULL WHERE product_id = $1 \
         AND deleted_at = (SELECT deleted_at FROM product WHERE id = $1)";
    // Another product may have its address by now; the end of an id is random.
    let product = "UPDATE product SET status = 'INACTIVE', deleted_at = NULL, category_id = $4, updated_at = $2, version = version + 1, \
         slug = CASE WHEN EXISTS (SELECT 1 FROM product AS other WHERE other.slug = product.slug AND other.deleted_at IS NULL) \
           THEN product.slug || $3 ELSE product.slug END \
         WHERE id = $1 AND deleted_at IS NOT NULL";
    // Its category may have been deleted meanwhile; one that is there stays now.
    let category = Vec::from_iter(held.product.category_id);
    let kept = category_hold(tx, &category).await?.into_iter().next();
    let digits = id.0.simple().to_string();
    let ending = format!("-{}", &digits[digits.len() - 8..]);
    let kept = kept.map(|category| category.0);
    let values = [
        id.0.into(),
        caller.clock.now().into(),
        ending.into(),
        kept.into(),
    ];
    for (sql, values) in [(variants, values[..1].to_vec()), (product, values.to_vec())] {
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let done = tx.execute_raw(statement).await;
        done.map_err(|error| taken(clash(error.into())))?;
    }
    product_summary::refresh(tx, &[id]).await?;
    search_index::refresh(tx, &[id]).await?;
    settle(caller, tx, held, Step::Restore, to, true).await
}

/// There is no field of the input to mend.
fn taken(error: Error) -> Error {
    match error {
        Error::Invalid { .. } => Error::Conflict(
            "Another product has the name, the handle or a SKU of this one by now. Change it there first."
                .to_owned(),
        ),
        other => other,
    }
}
