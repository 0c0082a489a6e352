//! Which variants of a product the drafts are about.

use super::{
    draft::{Change, Field, ProductDraft, Refusal, Target, VariantDraft},
    existing::ExistingProduct,
};
use entity::catalogue::variant;
use entity::ids::{ProductId, VariantId};
use std::collections::{BTreeMap, HashMap, HashSet};

impl VariantDraft {
    /// The SKU it shall have.
    pub(super) fn sku(&self) -> Option<&str> {
        match &self.sku {
            Change::To(sku) => sku.as_deref(),
            Change::Keep => None,
        }
    }
}

/// A draft that is taken, and the variant it is about.
pub(super) struct Matched<'a> {
    /// Index among the drafts.
    pub(super) index: usize,
    pub(super) draft: &'a VariantDraft,
    pub(super) id: VariantId,
    /// The variant as it is; nothing where it is new.
    pub(super) before: Option<&'a variant::Model>,
}

/// Finds the variant of each draft, and refuses drafts whose SKU another product has (`sku_owner`), or another variant where
/// the draft says which one it is about, and those whose options a variant has that no draft is about.
pub(super) fn match_variants<'a>(
    draft: &'a ProductDraft,
    existing: Option<&'a ExistingProduct>,
    sku_owner: impl Fn(&str) -> Option<ProductId>,
) -> (Vec<Matched<'a>>, Vec<Refusal>) {
    let mut refused = Vec::new();
    let own = existing.map(|existing| existing.product.id);
    let mut taken: Vec<usize> = Vec::new();
    for (index, variant) in draft.variants.iter().enumerate() {
        match variant.sku() {
            Some(sku) if sku_owner(sku).is_some_and(|owner| Some(owner) != own) => {
                refused.push(Refusal {
                    variant: Some(index),
                    field: Field::Sku,
                    reason: format!(
                        "Another product of the shop has the SKU '{sku}': give this variant one of its own."
                    ),
                });
            }
            Some(sku) if existing.is_some_and(|existing| is_anothers(variant, sku, existing)) => {
                refused.push(Refusal {
                    variant: Some(index),
                    field: Field::Sku,
                    reason: format!(
                        "Another variant of the product has the SKU '{sku}': give this one one of its own."
                    ),
                });
            }
            _ => taken.push(index),
        }
    }
    let Some(existing) = existing else {
        return (matched(draft, taken, &HashMap::new()), refused);
    };
    let options = existing.options_by_variant();
    loop {
        let pairs = pair(draft, &taken, existing, &options);
        let clashes = clashes(draft, &taken, existing, &options, &pairs);
        if clashes.is_empty() {
            return (matched(draft, taken, &pairs), refused);
        }
        taken.retain(|index| !clashes.contains(index));
        refused.extend(clashes.into_iter().map(|index| {
            Refusal {
                variant: Some(index),
                field: Field::Options,
                reason: "Another variant of the product has these options and is not in the file: \
                     name it too, or give this one other options."
                    .to_owned(),
            }
        }));
    }
}

/// Whether another variant than the one that the draft is about has the SKU.
fn is_anothers(draft: &VariantDraft, sku: &str, existing: &ExistingProduct) -> bool {
    let owner = existing
        .variants
        .iter()
        .find(|variant| variant.sku.as_deref() == Some(sku));
    match (draft.target, owner) {
        (Target::Found, _) | (_, None) => false,
        (Target::New, Some(_)) => true,
        (Target::Is(id), Some(owner)) => owner.id != id,
    }
}

type Options<'a> = HashMap<VariantId, BTreeMap<&'a str, &'a str>>;
type Pairs<'a> = HashMap<usize, &'a variant::Model>;

/// The variant of each draft in `taken` that has one.
fn pair<'a>(
    draft: &ProductDraft,
    taken: &[usize],
    existing: &'a ExistingProduct,
    options: &Options<'_>,
) -> Pairs<'a> {
    let mut pairs = Pairs::new();
    let mut free: Vec<&variant::Model> = existing.variants.iter().collect();
    let mut take = |index: usize, is_it: &dyn Fn(&variant::Model) -> bool| {
        if let Some(place) = free.iter().position(|variant| is_it(variant)) {
            pairs.insert(index, free.remove(place));
            return true;
        }
        false
    };
    let mut rest = Vec::new();
    for &index in taken {
        match draft.variants[index].target {
            Target::New => continue,
            Target::Is(id) => {
                take(index, &|variant| variant.id == id);
                continue;
            }
            Target::Found => {}
        }
        let sku = draft.variants[index].sku();
        if sku.is_none() || !take(index, &|variant| variant.sku.as_deref() == sku) {
            rest.push(index);
        }
    }
    for index in rest {
        let wanted = draft.options_of(index);
        take(index, &|variant| of(options, variant.id) == wanted);
    }
    pairs
}

/// The drafts that would have the options of a variant that no draft is about.
fn clashes(
    draft: &ProductDraft,
    taken: &[usize],
    existing: &ExistingProduct,
    options: &Options<'_>,
    pairs: &Pairs<'_>,
) -> Vec<usize> {
    let paired: HashSet<VariantId> = pairs.values().map(|variant| variant.id).collect();
    let left: HashSet<BTreeMap<&str, &str>> = existing
        .variants
        .iter()
        .filter(|variant| !paired.contains(&variant.id))
        .map(|variant| of(options, variant.id))
        .collect();
    let clash = |index: &usize| left.contains(&draft.options_of(*index));
    taken.iter().copied().filter(clash).collect()
}

fn of<'a>(options: &Options<'a>, variant: VariantId) -> BTreeMap<&'a str, &'a str> {
    options.get(&variant).cloned().unwrap_or_default()
}

fn matched<'a>(draft: &'a ProductDraft, taken: Vec<usize>, pairs: &Pairs<'a>) -> Vec<Matched<'a>> {
    taken
        .into_iter()
        .map(|index| {
            let before = pairs.get(&index).copied();
            Matched {
                index,
                draft: &draft.variants[index],
                id: before.map_or_else(VariantId::generate, |variant| variant.id),
                before,
            }
        })
        .collect()
}

impl ProductDraft {
    /// The options of a variant draft: value by option name.
    fn options_of(&self, index: usize) -> BTreeMap<&str, &str> {
        let names = self.options.iter().map(String::as_str);
        let values = self.variants[index].options.iter().map(String::as_str);
        names.zip(values).collect()
    }
}
