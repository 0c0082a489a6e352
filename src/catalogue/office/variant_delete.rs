//! Taking a variant out of a product.

use super::variant_update::hold_variant;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    catalogue::{Variant, events::ProductChanged, product_summary, search_index},
    error::{Error, Result},
    outbox,
    platform::database::Tx,
};
use entity::catalogue::{
    product,
    product::Status,
    variant::{Column, Entity},
};
use entity::ids::{ProductId, VariantId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement,
    sea_query::{Expr, ExprTrait},
};

/// Deletes the variant, for good. Its row stays, since orders point at it; what of the product's options nothing has any more goes.
///
/// # Errors
/// Conflict when the variant is of another version than the one that was read, or the last of a product that is for sale; `NotFound`
/// for whoever does not work in its shop, Forbidden for whoever does and may not.
pub(crate) async fn variant_delete(
    caller: &Caller,
    tx: &Tx,
    id: VariantId,
    expected_version: i64,
) -> Result<ProductId> {
    let (held, variant) = hold_variant(caller, tx, id, expected_version).await?;
    let (product, now) = (held.product, caller.clock.now());
    if product.status == Status::Active && product.variant_count <= 1 {
        let message = "This is the last variant of a product that is for sale. Take the product off the shelf first.";
        return Err(Error::Conflict(message.to_owned()));
    }
    let deleted = Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(expected_version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx)
        .await?;
    if deleted.rows_affected == 0 {
        return Err(Error::Contended);
    }
    product::Entity::update_many()
        .col_expr(product::Column::UpdatedAt, Expr::value(now))
        .col_expr(
            product::Column::Version,
            Expr::col(product::Column::Version).add(1),
        )
        .filter(product::Column::Id.eq(product.id))
        .exec(tx)
        .await?;
    unlink(tx, &variant).await?;
    product_summary::refresh(tx, &[product.id]).await?;
    search_index::refresh(tx, &[product.id]).await?;
    let changed = ProductChanged {
        product_id: product.id,
        seller_id: product.seller_id,
        variants: true,
        was_active: product.status == Status::Active,
    };
    outbox::emit_one(tx, &changed).await?;
    let entry = Entry::new("variant.delete", "variant", id)
        .of_shop(product.seller_id)
        .was("product", product.id)
        .was("name", &variant.name)
        .was("sku", &variant.sku)
        .was("price", variant.price);
    audit::record(tx, caller, &[entry]).await?;
    Ok(product.id)
}

/// Takes the variant's values from it, and from the product those that no other variant has.
async fn unlink(tx: &Tx, variant: &Variant) -> Result<()> {
    let links = "DELETE FROM variant_option WHERE variant_id = $1";
    let values = "DELETE FROM option_value WHERE product_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM variant_option WHERE variant_option.value_id = option_value.id)";
    for (sql, id) in [(links, variant.id.0), (values, variant.product_id.0)] {
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()]);
        tx.execute_raw(statement).await?;
    }
    Ok(())
}
