//! The options of a product and their values, as its variants will need them.

use super::{
    draft::ProductDraft, existing::ExistingProduct, match_variants::Matched, order::positions,
    writes::Writes,
};
use entity::catalogue::{option, option_value, product, variant_option};
use entity::ids::{OptionId, OptionValueId, VariantId};
use std::collections::{HashMap, HashSet};

/// Plans the options of `product`: those of the drafts, and those that variants left alone still have. Also what
/// links the matched variants to their values. Tells whether anything changes.
pub(super) fn plan_options(
    draft: &ProductDraft,
    product: &product::Model,
    existing: &ExistingProduct,
    matched: &[Matched<'_>],
    writes: &mut Writes,
) -> bool {
    let rewritten: HashSet<VariantId> = matched.iter().map(|matched| matched.id).collect();
    let left: Vec<&variant_option::Model> = existing
        .links
        .iter()
        .filter(|link| !rewritten.contains(&link.variant_id))
        .collect();
    let used_options: HashSet<OptionId> = left.iter().map(|link| link.option_id).collect();
    let used_values: HashSet<OptionValueId> = left.iter().map(|link| link.value_id).collect();

    let before = writes.option_writes();
    let options = option_rows(draft, product, existing, &used_options, writes);
    let mut values = HashMap::new();
    for (place, option) in options.iter().enumerate() {
        let wanted = matched
            .iter()
            .filter_map(|matched| matched.draft.options.get(place).map(String::as_str));
        let rows = value_rows(option, existing, wanted, &used_values, writes);
        values.extend(rows.into_iter().map(|row| ((place, row.value), row.id)));
    }
    let kept: HashSet<OptionId> = options.iter().map(|option| option.id).collect();
    for value in &existing.values {
        if !kept.contains(&value.option_id) && !used_values.contains(&value.id) {
            writes.values_gone.push(value.id);
        }
    }
    link_variants(product, existing, &options, &values, matched, writes);
    writes.option_writes() != before
}

/// The rows of the draft's options, in its order; options that nothing uses any more go.
fn option_rows(
    draft: &ProductDraft,
    product: &product::Model,
    existing: &ExistingProduct,
    used: &HashSet<OptionId>,
    writes: &mut Writes,
) -> Vec<option::Model> {
    let wanted: Vec<&str> = draft.options.iter().map(String::as_str).collect();
    let mut now = HashMap::new();
    for option in &existing.options {
        if wanted.contains(&option.name.as_str()) || used.contains(&option.id) {
            now.insert(option.name.as_str(), option.position);
        } else {
            writes.options_gone.push(option.id);
        }
    }
    let positions = positions(&wanted, &now);
    let rows = wanted.into_iter().map(|name| {
        let before = existing.options.iter().find(|option| option.name == name);
        let row = option::Model {
            id: before.map_or_else(OptionId::generate, |option| option.id),
            product_id: product.id,
            seller_id: product.seller_id,
            name: name.to_owned(),
            position: positions[name],
        };
        if before != Some(&row) {
            writes.options.push(row.clone());
        }
        row
    });
    rows.collect()
}

/// The rows of an option's values that the drafts name; values that nothing uses any more go.
fn value_rows<'d>(
    option: &option::Model,
    existing: &ExistingProduct,
    named: impl Iterator<Item = &'d str>,
    used: &HashSet<OptionValueId>,
    writes: &mut Writes,
) -> Vec<option_value::Model> {
    let mut wanted: Vec<&str> = Vec::new();
    let mut seen = HashSet::new();
    for value in named {
        if seen.insert(value) {
            wanted.push(value);
        }
    }
    let mut now = HashMap::new();
    let mut rows_now = HashMap::new();
    for row in existing
        .values
        .iter()
        .filter(|row| row.option_id == option.id)
    {
        if seen.contains(row.value.as_str()) || used.contains(&row.id) {
            now.insert(row.value.as_str(), row.position);
            rows_now.insert(row.value.as_str(), row);
        } else {
            writes.values_gone.push(row.id);
        }
    }
    let positions = positions(&wanted, &now);
    let rows = wanted.into_iter().map(|value| {
        let before = rows_now.get(value).copied();
        let row = option_value::Model {
            id: before.map_or_else(OptionValueId::generate, |row| row.id),
            option_id: option.id,
            product_id: option.product_id,
            seller_id: option.seller_id,
            value: value.to_owned(),
            position: positions[value],
        };
        if before != Some(&row) {
            writes.values.push(row.clone());
        }
        row
    });
    rows.collect()
}

/// Links each matched variant to its values, where it is not so already.
fn link_variants(
    product: &product::Model,
    existing: &ExistingProduct,
    options: &[option::Model],
    values: &HashMap<(usize, String), OptionValueId>,
    matched: &[Matched<'_>],
    writes: &mut Writes,
) {
    let mut now: HashMap<VariantId, HashSet<(OptionId, OptionValueId)>> = HashMap::new();
    for link in &existing.links {
        let links = now.entry(link.variant_id).or_default();
        links.insert((link.option_id, link.value_id));
    }
    for matched in matched {
        let wanted: HashSet<(OptionId, OptionValueId)> = options
            .iter()
            .zip(matched.draft.options.iter().enumerate())
            .filter_map(|(option, (place, value))| {
                let value = values.get(&(place, value.clone()))?;
                Some((option.id, *value))
            })
            .collect();
        if now.remove(&matched.id).unwrap_or_default() == wanted {
            continue;
        }
        if matched.before.is_some() {
            writes.links_replaced.push(matched.id);
        }
        let links = wanted
            .into_iter()
            .map(|(option_id, value_id)| variant_option::Model {
                variant_id: matched.id,
                option_id,
                value_id,
                product_id: product.id,
                seller_id: product.seller_id,
            });
        writes.links.extend(links);
    }
}
