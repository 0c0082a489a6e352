//! Making a product like another.

use super::{
    hold::hold_one,
    product_create::free_handle,
    product_fields::checked,
    write::{About, write_one},
};
use crate::{
    caller::Caller,
    catalogue::{product_upsert::product_copied, rules},
    error::Result,
    platform::database::Tx,
};
use entity::ids::ProductId;

/// Longest part of a name that is kept where a word is put behind it, in characters.
const NAME_LIMIT: usize = 240;

/// A product that another shall be like.
#[derive(Clone, Debug)]
pub(crate) struct ProductDuplicate {
    pub(crate) id: ProductId,
    /// The new one's name; that of the other with "(copy)" behind it where this says nothing.
    pub(crate) name: Option<String>,
}

/// Makes a draft like the product, with its options, variants, prices, tags and pictures, and without SKUs, of which each is one
/// variant's alone, and without stock.
///
/// # Errors
/// Invalid when the name is taken; `NotFound` for whoever does not work in its shop, Forbidden for whoever does and may not.
pub(crate) async fn product_duplicate(
    caller: &Caller,
    tx: &Tx,
    wish: &ProductDuplicate,
) -> Result<ProductId> {
    let held = hold_one(tx, caller, wish.id).await?;
    let name = if let Some(name) = &wish.name {
        checked("input.name", rules::product_name(name))?
    } else {
        let kept: String = held.product.name.chars().take(NAME_LIMIT).collect();
        format!("{} (copy)", kept.trim_end())
    };
    let handle = free_handle(tx, held.shop.id, &name).await?;
    let draft = product_copied(tx, &held.product, held.shop, handle, name).await?;
    write_one(caller, tx, draft, About::NewProduct).await
}
