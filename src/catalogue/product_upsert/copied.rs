//! A product that is like another.

use super::{
    draft::{CategoryWish, Change, ImageDraft, ProductDraft, Target, VariantDraft},
    existing::{self, ExistingProduct},
};
use crate::{
    error::{Error, Result},
    platform::database::lists::is_among_ids,
    sellers::Shop,
};
use entity::catalogue::{product, tag, variant};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};
use std::sync::Arc;

/// The draft of a product like `product`, under another handle and name: a draft in its life too, and without SKUs, of which
/// each is one variant's alone.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn product_copied(
    db: &impl ConnectionTrait,
    product: &product::Model,
    shop: Arc<Shop>,
    handle: String,
    name: String,
) -> Result<ProductDraft> {
    let mut found = existing::products(db, &[product.id]).await?;
    let key = (product.seller_id, product.handle.clone());
    let existing = found.remove(&key).ok_or(Error::NotFound("product"))?;
    let tags: Vec<_> = existing.tags.iter().copied().collect();
    let is_among = is_among_ids(db.get_database_backend(), tag::Column::Id, &tags);
    let tags = tag::Entity::find().filter(is_among).all(db).await?;
    let mut options: Vec<_> = existing.options.iter().collect();
    options.sort_by_key(|option| option.position);
    let metadata = existing.product.metadata.as_object();
    let metadata = metadata.into_iter().flatten();
    Ok(ProductDraft {
        shop,
        handle,
        name,
        description: Change::To(existing.product.description.clone()),
        status: Change::To(product::Status::Draft),
        category: Change::To(CategoryWish::Is(existing.product.category_id)),
        tags: Change::To(tags.into_iter().map(|tag| tag.name).collect()),
        metadata: metadata
            .filter_map(|(key, value)| Some((key.clone(), Some(value.as_str()?.to_owned()))))
            .collect(),
        options: options.iter().map(|option| option.name.clone()).collect(),
        variants: variants(
            &existing,
            &options
                .iter()
                .map(|option| option.name.as_str())
                .collect::<Vec<_>>(),
        ),
        images: images(&existing),
    })
}

fn variants(existing: &ExistingProduct, options: &[&str]) -> Vec<VariantDraft> {
    let values = existing.options_by_variant();
    let url_of = |variant: &variant::Model| {
        let image = existing
            .images
            .iter()
            .find(|image| Some(image.id) == variant.image_id);
        image.map(|image| image.url.clone())
    };
    let variants = existing.variants.iter().map(|variant| VariantDraft {
        target: Target::New,
        options: options
            .iter()
            .filter_map(|name| {
                values
                    .get(&variant.id)?
                    .get(name)
                    .map(|value| (*value).to_owned())
            })
            .collect(),
        sku: Change::Keep,
        price: variant.price,
        compare_at_price: Change::To(variant.compare_at_price),
        barcode: Change::To(variant.barcode.clone()),
        weight_grams: Change::To(variant.weight_grams),
        weight_unit: Change::To(variant.weight_unit),
        image_url: Change::To(url_of(variant)),
        buyable: false,
    });
    variants.collect()
}

fn images(existing: &ExistingProduct) -> Vec<ImageDraft> {
    let mut images: Vec<_> = existing.images.iter().collect();
    images.sort_by_key(|image| image.position);
    let images = images.into_iter().map(|image| ImageDraft {
        url: image.url.clone(),
        alt: Change::To(image.alt.clone()),
        position: Some(image.position),
    });
    images.collect()
}
