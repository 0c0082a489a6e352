//! What a product shall be, as an import or its seller says.

use crate::sellers::Shop;
use entity::catalogue::{product::Status, variant::WeightUnit};
use entity::ids::{CategoryId, ProductId, SellerId, VariantId};
use std::sync::Arc;

/// What shall become of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Change<T> {
    /// It stays as it is; something new gets the default.
    #[default]
    Keep,
    /// It becomes this.
    To(T),
}

impl<T> Change<T> {
    /// The same change of something made from the value.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::To(value) => Change::To(make(value)),
        }
    }

    /// The value afterwards, where `kept` is the one before.
    pub(crate) fn or(self, kept: T) -> T {
        match self {
            Self::Keep => kept,
            Self::To(value) => value,
        }
    }
}

/// What a product shall be. Texts have passed the rules of the catalogue.
#[derive(Clone, Debug)]
pub(crate) struct ProductDraft {
    pub(crate) shop: Arc<Shop>,
    /// Says which product of the shop is meant.
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) description: Change<String>,
    /// A new product is active where this says nothing.
    pub(crate) status: Change<Status>,
    pub(crate) category: Change<CategoryWish>,
    /// Names, no two of one slug.
    pub(crate) tags: Change<Vec<String>>,
    /// Keys to set, or to remove where there is no value; others stay.
    pub(crate) metadata: Vec<(String, Option<String>)>,
    /// Names of the ways in which it varies.
    pub(crate) options: Vec<String>,
    /// No two with the same options or SKU. Those that are there and not here stay. An import names at least one.
    pub(crate) variants: Vec<VariantDraft>,
    /// No two of one URL. Those that are there and not here stay.
    pub(crate) images: Vec<ImageDraft>,
}

/// Which category a product shall be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CategoryWish {
    /// Names from a root to the category, which is made where it is missing; empty for none.
    Path(Vec<String>),
    /// One that is there, or none.
    Is(Option<CategoryId>),
}

/// Which variant of a product a draft is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Target {
    /// The one with its SKU, or else with its options; where there is none, a new one.
    #[default]
    Found,
    /// A new one.
    New,
    /// This one, which is there.
    Is(VariantId),
}

/// What a variant shall be.
#[derive(Clone, Debug)]
pub(crate) struct VariantDraft {
    pub(crate) target: Target,
    /// A value for each of the product's options.
    pub(crate) options: Vec<String>,
    pub(crate) sku: Change<Option<String>>,
    /// Minor units of the shop's currency.
    pub(crate) price: i64,
    /// Minor units of the shop's currency.
    pub(crate) compare_at_price: Change<Option<i64>>,
    pub(crate) barcode: Change<Option<String>>,
    pub(crate) weight_grams: Change<Option<i64>>,
    pub(crate) weight_unit: Change<WeightUnit>,
    /// One of the draft's images.
    pub(crate) image_url: Change<Option<String>>,
    /// Whether the variant can be bought with the stock that is about to be set. A new product is written so; what
    /// counts is derived from the stock itself.
    pub(crate) buyable: bool,
}

/// What a picture shall be. It is found by its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageDraft {
    pub(crate) url: String,
    pub(crate) alt: Change<String>,
    /// Its place among the product's pictures; behind the others where this says nothing.
    pub(crate) position: Option<i32>,
}

/// What becomes of a draft.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The product breaks rules and stays as it is.
    Refused(Vec<Refusal>),
    /// The product becomes what the draft says, but for the variants that were refused.
    Planned(Planned),
}

/// Which rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Index of the variant draft at fault, or nothing where it is the product.
    pub(crate) variant: Option<usize>,
    pub(crate) field: Field,
    /// What is wrong and how to mend it, as a sentence.
    pub(crate) reason: String,
}

/// Which part of a draft breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    Status,
    Sku,
    Options,
}

/// What a draft comes to.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) product: ProductId,
    pub(crate) seller: SellerId,
    pub(crate) effect: Effect,
    /// Whether it was for sale before.
    pub(crate) was_active: bool,
    /// Whether the shop's number of active products changes.
    pub(crate) active_changes: bool,
    /// Indices of the variant drafts that are taken, and the variants they are about.
    pub(crate) variants: Vec<(usize, VariantId)>,
    /// Why the other variants are not taken.
    pub(crate) refused: Vec<Refusal>,
}

/// What happens to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Created,
    Updated,
    Unchanged,
}
