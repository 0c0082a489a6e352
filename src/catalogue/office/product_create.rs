//! Making a product, as a draft.

use super::{
    ProductFields, VariantFields,
    product_fields::{at_most, checked, expect_category, named},
    write::{About, write_one},
};
use crate::{
    caller::Caller,
    catalogue::{
        category_hold::category_hold,
        product_upsert::{Change, ProductDraft, VariantDraft},
        rules,
    },
    error::{Error, Result},
    platform::{database::Tx, text},
    sellers::{
        members::{ShopPermission, may, may_role},
        shops_by_id,
    },
};
use entity::catalogue::product::{Column, Entity, Status};
use entity::ids::{ProductId, SellerId};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::sync::Arc;
use uuid::Uuid;

/// Most variants of a product that a seller makes.
pub(super) const VARIANT_LIMIT: usize = 100;
/// Longest handle that is made from a name, in characters.
const HANDLE_LIMIT: usize = 200;

/// A product that is made.
#[derive(Clone, Debug)]
pub(crate) struct ProductCreate {
    pub(crate) seller: SellerId,
    /// The seller's own key; made from the name where this says nothing.
    pub(crate) handle: Option<String>,
    /// It has a name.
    pub(crate) fields: ProductFields,
    pub(crate) variants: Vec<VariantFields>,
}

/// Makes a product that nobody but the shop's members sees until it is published.
///
/// # Errors
/// Invalid, naming what is wrong; `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not.
pub(crate) async fn product_create(
    caller: &Caller,
    tx: &Tx,
    new: ProductCreate,
) -> Result<ProductId> {
    let role = may(tx, caller, new.seller, ShopPermission::ProductsWrite).await?;
    if !new.variants.is_empty() {
        may_role(role, ShopPermission::PricesWrite)?;
    }
    let missing = || Error::NotFound("seller");
    let shop = shops_by_id(tx, &[new.seller])
        .await?
        .pop()
        .ok_or_else(missing)?;
    let fields = new.fields.checked()?;
    let category = category_hold(tx, &Vec::from_iter(named(&fields.category))).await?;
    expect_category(&fields.category, &category)?;
    let options = fields.options.clone().unwrap_or_default();
    at_most(
        "input.variants",
        new.variants.len(),
        VARIANT_LIMIT,
        "variants",
    )?;
    let variants = (new.variants.iter().enumerate())
        .map(|(place, variant)| {
            variant.draft(
                &format!("input.variants.{place}"),
                shop.currency,
                &options,
                None,
            )
        })
        .collect::<Result<Vec<_>>>()?;
    expect_different(&variants)?;
    let category = fields.category();
    let name = fields
        .name
        .ok_or_else(|| Error::invalid("input.name", "A product has a name."))?;
    let handle = match new.handle {
        Some(handle) => checked("input.handle", rules::handle(&handle))?,
        None => free_handle(tx, new.seller, &name).await?,
    };
    let draft = ProductDraft {
        shop: Arc::new(shop),
        handle,
        name,
        description: fields.description.map_or(Change::Keep, Change::To),
        status: Change::To(Status::Draft),
        category,
        tags: fields.tags.map_or(Change::Keep, Change::To),
        metadata: fields.metadata,
        options,
        variants,
        images: Vec::new(),
    };
    write_one(caller, tx, draft, About::NewProduct).await
}

/// No two variants have the same options or SKU.
fn expect_different(variants: &[VariantDraft]) -> Result<()> {
    for (place, variant) in variants.iter().enumerate() {
        let earlier = &variants[..place];
        let sku = |variant: &VariantDraft| match &variant.sku {
            Change::To(sku) => sku.clone(),
            Change::Keep => None,
        };
        if sku(variant).is_some_and(|own| {
            earlier
                .iter()
                .any(|other| sku(other).as_ref() == Some(&own))
        }) {
            let message = "Another variant here has this SKU: give this one a SKU of its own.";
            return Err(Error::invalid(
                format!("input.variants.{place}.sku"),
                message,
            ));
        }
        if earlier.iter().any(|other| other.options == variant.options) {
            let message = if variant.options.is_empty() {
                "Without options a product has one variant. Give it `options` that its variants differ in."
            } else {
                "Another variant here has these options: give this one others."
            };
            return Err(Error::invalid(
                format!("input.variants.{place}.options"),
                message,
            ));
        }
    }
    Ok(())
}

/// A handle made from the name that no living product of the shop has.
pub(super) async fn free_handle(tx: &Tx, seller: SellerId, name: &str) -> Result<String> {
    let mut handle = text::slug(name, HANDLE_LIMIT);
    if handle.is_empty() {
        "product".clone_into(&mut handle);
    }
    let taken = Entity::find()
        .filter(Column::SellerId.eq(seller))
        .filter(Column::Handle.eq(handle.as_str()))
        .filter(Column::DeletedAt.is_null());
    if taken.count(tx).await? > 0 {
        let random = Uuid::new_v4().simple().to_string();
        handle = format!("{handle}-{}", &random[..8]);
    }
    Ok(handle)
}
