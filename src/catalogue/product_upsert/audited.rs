//! What a plan changes, as the audit log tells it.

use super::{
    draft::{Outcome, ProductDraft},
    existing::ExistingProduct,
    plan::Plan,
};
use crate::audit::Entry;
use entity::catalogue::{product, variant};
use entity::ids::{ProductId, TagId, VariantId};
use sea_orm::ActiveEnum;
use std::collections::HashMap;

impl Plan {
    /// What the plan changes, before it is applied: each product, and each variant, with every field that becomes another.
    /// `drafts` are those it was made of.
    pub(crate) fn entries(&self, drafts: &[ProductDraft]) -> Vec<Entry> {
        let after: HashMap<ProductId, &product::Model> = (self.writes.products_changed.iter())
            .chain(&self.writes.products_new)
            .map(|row| (row.id, row))
            .collect();
        let mut entries = Vec::new();
        let mut before_of: HashMap<VariantId, &variant::Model> = HashMap::new();
        for (draft, outcome) in drafts.iter().zip(&self.outcomes) {
            let Outcome::Planned(planned) = outcome else {
                continue;
            };
            let key = (draft.shop.id, draft.handle.clone());
            let before = self.existing.products.get(&key);
            if let Some(before) = before {
                before_of.extend(before.variants.iter().map(|variant| (variant.id, variant)));
            }
            if let Some(after) = after.get(&planned.product) {
                entries.push(self.product_entry(draft, before, after));
            }
        }
        let variants = self.writes.variants.iter();
        entries
            .extend(variants.map(|after| variant_entry(before_of.get(&after.id).copied(), after)));
        entries.retain(Entry::has_changes);
        entries
    }

    fn product_entry(
        &self,
        draft: &ProductDraft,
        before: Option<&ExistingProduct>,
        after: &product::Model,
    ) -> Entry {
        let tags = self.tags_of(after.id, before);
        let Some(before) = before else {
            return Entry::new("product.create", "product", after.id)
                .of_shop(after.seller_id)
                .is("name", &after.name)
                .is("handle", &after.handle)
                .is("description", &after.description)
                .is("status", after.status.to_value())
                .is("category", after.category_id)
                .is("metadata", &after.metadata)
                .is("options", &draft.options)
                .is("tags", tags);
        };
        let mut options: Vec<_> = before.options.iter().collect();
        options.sort_by_key(|option| option.position);
        let options: Vec<&str> = options.iter().map(|option| option.name.as_str()).collect();
        let was = &before.product;
        let mut tags_before: Vec<TagId> = before.tags.iter().copied().collect();
        tags_before.sort_unstable();
        Entry::new("product.update", "product", after.id)
            .of_shop(after.seller_id)
            .change("name", &was.name, &after.name)
            .change("description", &was.description, &after.description)
            .change("status", was.status.to_value(), after.status.to_value())
            .change("category", was.category_id, after.category_id)
            .change("metadata", &was.metadata, &after.metadata)
            .change(
                "options",
                options,
                draft.options.iter().map(String::as_str).collect(),
            )
            .change("tags", tags_before, tags)
    }

    /// The tags that the product will bear.
    fn tags_of(&self, product: ProductId, before: Option<&ExistingProduct>) -> Vec<TagId> {
        let rows = self.writes.product_tags.iter();
        let mut tags: Vec<TagId> = rows
            .filter(|row| row.product_id == product)
            .map(|row| row.tag_id)
            .collect();
        if tags.is_empty() && !self.writes.tags_replaced.contains(&product) {
            tags.extend(before.iter().flat_map(|before| before.tags.iter().copied()));
        }
        tags.sort_unstable();
        tags
    }
}

fn variant_entry(before: Option<&variant::Model>, after: &variant::Model) -> Entry {
    let Some(before) = before else {
        return Entry::new("variant.create", "variant", after.id)
            .of_shop(after.seller_id)
            .is("product", after.product_id)
            .is("name", &after.name)
            .is("sku", &after.sku)
            .is("price", after.price)
            .is("compareAtPrice", after.compare_at_price)
            .is("currency", after.currency.as_str());
    };
    Entry::new("variant.update", "variant", after.id)
        .of_shop(after.seller_id)
        .change("name", &before.name, &after.name)
        .change("sku", &before.sku, &after.sku)
        .change("price", before.price, after.price)
        .change(
            "compareAtPrice",
            before.compare_at_price,
            after.compare_at_price,
        )
        .change("barcode", &before.barcode, &after.barcode)
        .change("weightGrams", before.weight_grams, after.weight_grams)
        .change(
            "weightUnit",
            before.weight_unit.to_value(),
            after.weight_unit.to_value(),
        )
}
