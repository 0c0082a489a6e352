//! Adding a variant to a product.

use super::{
    VariantFields,
    hold::{Held, hold_one},
    option_names::option_names,
    product_create::VARIANT_LIMIT,
    write::{About, write_one},
};
use crate::{
    caller::Caller,
    catalogue::product_upsert::{Change, ProductDraft, VariantDraft},
    error::{Error, Result},
    platform::database::Tx,
    sellers::members::{ShopPermission, may_role},
};
use entity::catalogue::variant::{Column, Entity};
use entity::ids::{ProductId, VariantId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A variant that is made.
#[derive(Clone, Debug)]
pub(crate) struct VariantCreate {
    pub(crate) product: ProductId,
    pub(crate) fields: VariantFields,
    /// The product's.
    pub(crate) expected_version: i64,
}

/// Adds a variant behind the others.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the product is of another version than the one that was read; `NotFound` for whoever
/// does not work in its shop, Forbidden for whoever does and may not.
pub(crate) async fn variant_create(
    caller: &Caller,
    tx: &Tx,
    new: &VariantCreate,
) -> Result<VariantId> {
    let held = hold_one(tx, caller, new.product).await?;
    may_role(held.role, ShopPermission::PricesWrite)?;
    held.expect_version(new.expected_version)?;
    if usize::try_from(held.product.variant_count).is_ok_and(|count| count >= VARIANT_LIMIT) {
        let message = format!("A product has at most {VARIANT_LIMIT} variants, and this has them.");
        return Err(Error::Conflict(message));
    }
    let options = option_names(tx, &[new.product]).await?;
    let options = options.into_values().next().unwrap_or_default();
    if options.is_empty() && held.product.variant_count > 0 {
        let message = "A product without options has one variant. To have more, delete it and give the product options first.";
        return Err(Error::Conflict(message.to_owned()));
    }
    let variant = new
        .fields
        .draft("input.variant", held.product.currency, &options, None)?;
    let draft = of_product(held, options, variant);
    let product = write_one(caller, tx, draft, About::NewVariant).await?;
    newest(tx, product).await
}

/// The draft of a product of which nothing changes but this variant.
pub(super) fn of_product(held: Held, options: Vec<String>, variant: VariantDraft) -> ProductDraft {
    ProductDraft {
        shop: held.shop,
        handle: held.product.handle,
        name: held.product.name,
        description: Change::Keep,
        status: Change::Keep,
        category: Change::Keep,
        tags: Change::Keep,
        metadata: Vec::new(),
        options,
        variants: vec![variant],
        images: Vec::new(),
    }
}

/// The variant that was made last; the product is held, so nobody else made one since.
async fn newest(tx: &Tx, product: ProductId) -> Result<VariantId> {
    let newest = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ProductId.eq(product))
        .filter(Column::DeletedAt.is_null())
        .order_by_desc(Column::Position)
        .order_by_desc(Column::Id)
        .into_tuple::<VariantId>()
        .one(tx)
        .await?;
    newest.ok_or(Error::NotFound("variant"))
}
