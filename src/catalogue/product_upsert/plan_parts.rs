//! The pictures, the variants and the tags of a product.

use super::{
    draft::{Change, ProductDraft},
    existing::ExistingProduct,
    match_variants::Matched,
    order::positions,
    writes::Writes,
};
use chrono::{DateTime, Utc};
use entity::catalogue::{image, product, product_tag, variant, variant::WeightUnit};
use entity::ids::{ImageId, TagId, VariantId};
use std::collections::{HashMap, HashSet};

/// Plans the pictures of `product` and returns those it will have, by URL.
pub(super) fn plan_images(
    draft: &ProductDraft,
    product: &product::Model,
    existing: &ExistingProduct,
    now: DateTime<Utc>,
    writes: &mut Writes,
) -> HashMap<String, ImageId> {
    let before: HashMap<&str, &image::Model> = existing
        .images
        .iter()
        .map(|image| (image.url.as_str(), image))
        .collect();
    let wanted: Vec<&str> = draft
        .images
        .iter()
        .map(|image| image.url.as_str())
        .collect();
    let places = before.iter().map(|(url, image)| (*url, image.position));
    let places = positions(&wanted, &places.collect());
    let mut ids: HashMap<String, ImageId> = before
        .iter()
        .map(|(url, image)| ((*url).to_owned(), image.id))
        .collect();
    for wish in &draft.images {
        let before = before.get(wish.url.as_str()).copied();
        let alt = before.map(|image| image.alt.clone()).unwrap_or_default();
        let row = image::Model {
            id: before.map_or_else(ImageId::generate, |image| image.id),
            product_id: product.id,
            seller_id: product.seller_id,
            url: wish.url.clone(),
            alt: wish.alt.clone().or(alt),
            position: wish.position.unwrap_or(places[wish.url.as_str()]),
            created_at: before.map_or(now, |image| image.created_at),
        };
        ids.insert(row.url.clone(), row.id);
        if before != Some(&row) {
            writes.images.push(row);
        }
    }
    ids
}

/// Plans the matched variants of `product`, whose pictures have these ids.
pub(super) fn plan_variants(
    product: &product::Model,
    existing: &ExistingProduct,
    matched: &[Matched<'_>],
    images: &HashMap<String, ImageId>,
    now: DateTime<Utc>,
    writes: &mut Writes,
) {
    let wanted: Vec<VariantId> = matched.iter().map(|matched| matched.id).collect();
    let places = existing.variants.iter();
    let places = positions(
        &wanted,
        &places
            .map(|variant| (variant.id, variant.position))
            .collect(),
    );
    for matched in matched {
        let base = matched
            .before
            .cloned()
            .unwrap_or_else(|| blank(product, matched.id, now));
        let draft = matched.draft;
        let image_id = match &draft.image_url {
            Change::Keep => base.image_id,
            Change::To(url) => url.as_ref().and_then(|url| images.get(url).copied()),
        };
        let row = variant::Model {
            sku: draft.sku.clone().or(base.sku.clone()),
            name: draft.options.join(" / "),
            price: draft.price,
            compare_at_price: draft.compare_at_price.clone().or(base.compare_at_price),
            barcode: draft.barcode.clone().or(base.barcode.clone()),
            weight_grams: draft.weight_grams.clone().or(base.weight_grams),
            weight_unit: draft.weight_unit.clone().or(base.weight_unit),
            image_id,
            position: places[&matched.id],
            ..base
        };
        match matched.before {
            None => writes.variants.push(row),
            Some(before) if *before == row => {}
            Some(before) => {
                if before.sku.is_some() && before.sku != row.sku {
                    writes.skus_given_up.push(row.id);
                }
                writes.variants.push(variant::Model {
                    version: row.version + 1,
                    updated_at: now,
                    ..row
                });
            }
        }
    }
}

/// A new variant before its draft is laid over it.
fn blank(product: &product::Model, id: VariantId, now: DateTime<Utc>) -> variant::Model {
    variant::Model {
        id,
        product_id: product.id,
        seller_id: product.seller_id,
        sku: None,
        name: String::new(),
        price: 0,
        compare_at_price: None,
        currency: product.currency,
        barcode: None,
        weight_grams: None,
        weight_unit: WeightUnit::Grams,
        image_id: None,
        position: 1,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// Plans that `product` bears exactly `tags`; tells whether that is a change.
pub(super) fn plan_tags(
    product: &product::Model,
    existing: &ExistingProduct,
    tags: &HashSet<TagId>,
    writes: &mut Writes,
) -> bool {
    if existing.tags == *tags {
        return false;
    }
    if !existing.tags.is_empty() {
        writes.tags_replaced.push(product.id);
    }
    writes
        .product_tags
        .extend(tags.iter().map(|tag| product_tag::Model {
            product_id: product.id,
            tag_id: *tag,
            seller_id: product.seller_id,
        }));
    true
}
