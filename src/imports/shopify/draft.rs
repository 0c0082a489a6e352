//! From the rows of a product to what the catalogue shall hold, now that its shop is known.

use super::{
    columns::{Column, Columns},
    price,
    product_group::{GroupedProduct, ProductGroup},
    variant_row::{Amount, VariantRow},
};
use crate::catalogue::product_upsert::{
    CategoryWish, Change, Field, ProductDraft, Refusal, Target, VariantDraft,
};
use crate::imports::report::Problem;
use crate::sellers::Shop;
use std::sync::Arc;

/// A draft and where its variants came from.
pub(super) struct Draft {
    pub(super) product: ProductDraft,
    /// For each variant of the draft, its index among those of the group.
    pub(super) sources: Vec<usize>,
}

/// How drafts are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct DraftRules {
    /// Round prices rather than refuse them.
    pub(super) round_prices: bool,
    /// Keep the vendor with the product: it is not its shop.
    pub(super) keep_vendor: bool,
}

/// The draft of a product, and why variants are left out; nothing where the product is.
pub(super) fn draft(
    group: &ProductGroup,
    product: &GroupedProduct,
    shop: Arc<Shop>,
    rules: DraftRules,
) -> (Option<Draft>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut variants = Vec::new();
    let mut sources = Vec::new();
    for (source, row) in product.variants.iter().enumerate() {
        match variant(row, &group.columns, &shop, rules) {
            Ok(variant) => {
                variants.push(VariantDraft {
                    image_url: product.variant_images[source].clone(),
                    ..variant
                });
                sources.push(source);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if sources.first() != Some(&0) {
        return (None, problems);
    }
    let fields = &product.fields;
    let mut metadata = fields.metadata.clone();
    if rules.keep_vendor && group.columns.place(Column::Vendor).is_some() {
        let vendor = (!fields.vendor.is_empty()).then(|| fields.vendor.clone());
        metadata.push(("vendor".to_owned(), vendor));
    }
    let product = ProductDraft {
        shop,
        handle: fields.handle.clone(),
        name: fields.name.clone(),
        description: fields.description.clone(),
        status: fields.status.clone(),
        category: fields.category.clone().map(CategoryWish::Path),
        tags: fields.tags.clone(),
        metadata,
        options: fields
            .options
            .iter()
            .map(|(_, name)| name.clone())
            .collect(),
        variants,
        images: product.images.clone(),
    };
    (Some(Draft { product, sources }), problems)
}

fn variant(
    row: &VariantRow,
    columns: &Columns,
    shop: &Shop,
    rules: DraftRules,
) -> Result<VariantDraft, Problem> {
    let minor = |amount: &Amount, column| {
        price::to_minor(amount.amount, shop.currency, rules.round_prices)
            .map_err(|reason| Problem::new(row.line, columns.header(column), &amount.text, reason))
    };
    let compare_at_price = match &row.compare_at_price {
        Change::To(Some(amount)) => Change::To(Some(minor(amount, Column::CompareAtPrice)?)),
        Change::To(None) => Change::To(None),
        Change::Keep => Change::Keep,
    };
    Ok(VariantDraft {
        target: Target::Found,
        options: row.options.clone(),
        sku: row.sku.clone(),
        price: minor(&row.price, Column::Price)?,
        compare_at_price,
        barcode: row.barcode.clone(),
        weight_grams: row.weight_grams.clone(),
        weight_unit: row.weight_unit.clone(),
        image_url: Change::Keep,
        buyable: row.tracked == Some(false) || row.on_hand.is_some_and(|units| units > 0),
    })
}

/// What the catalogue refuses, in terms of the file.
pub(super) fn problem(
    group: &ProductGroup,
    product: &GroupedProduct,
    sources: &[usize],
    refusal: &Refusal,
) -> Problem {
    let row = refusal
        .variant
        .and_then(|index| sources.get(index))
        .map(|source| &product.variants[*source]);
    let line = row.map_or(group.line, |row| row.line);
    let (column, value) = match refusal.field {
        Field::Name => (Column::Title, product.fields.name.clone()),
        Field::Status => (Column::Status, String::new()),
        Field::Sku => {
            let sku = row.and_then(|row| row.sku.clone().or(None));
            (Column::Sku, sku.unwrap_or_default())
        }
        Field::Options => {
            let options = row.map(|row| row.options.join(" / "));
            (Column::OptionValue(1), options.unwrap_or_default())
        }
    };
    Problem::new(line, group.columns.header(column), &value, &refusal.reason)
}
