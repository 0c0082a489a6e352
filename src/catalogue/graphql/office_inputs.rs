//! What mutations about products and variants are given.

use crate::{
    catalogue::{
        office::{PriceWish, ProductFields, VariantFields, WeightWish},
        product_upsert::Change,
    },
    error::Result,
    graphql::{
        ids::decode,
        scalars::{Decimal, MoneyInput, WeightUnit},
    },
};
use async_graphql::{ID, InputObject, MaybeUndefined};

/// A text in a product's metadata.
#[derive(InputObject)]
pub(crate) struct MetadataEntryInput {
    /// A key at the top of the metadata, of 1 to 100 characters.
    key: String,
    /// The text under it, of at most 1,000 characters; null takes the key out.
    value: Option<String>,
}

/// A variant's value for one of its product's options.
#[derive(InputObject)]
pub(crate) struct SelectedOptionInput {
    /// The option's name, for example "Size".
    name: String,
    /// The value, for example "M".
    value: String,
}

/// How heavy something is.
#[derive(InputObject)]
pub(crate) struct WeightInput {
    /// The weight in `unit`; kept in whole grams.
    value: Decimal,
    /// The unit it is stated in.
    unit: WeightUnit,
}

/// A variant of a product that is made.
#[derive(InputObject)]
pub(crate) struct ProductVariantInput {
    /// The stock-keeping unit, unique in the shop.
    sku: Option<String>,
    /// What it costs, in the shop's currency.
    price: MoneyInput,
    /// What it cost before.
    compare_at_price: Option<MoneyInput>,
    /// Its barcode (GTIN, EAN, UPC or ISBN), of at most 64 characters.
    barcode: Option<String>,
    /// How heavy it is.
    weight: Option<WeightInput>,
    /// A value for each of the product's options.
    #[graphql(default)]
    options: Vec<SelectedOptionInput>,
}

/// A product that is made.
#[derive(InputObject)]
pub(crate) struct ProductCreateInput {
    /// The shop.
    pub(super) seller_id: ID,
    /// Its name, of 1 to 255 characters; no other product of the shop has it.
    pub(super) name: String,
    /// The shop's own key for it, unique in the shop; made from the name when left out.
    pub(super) handle: Option<String>,
    /// HTML of at most 2,000 characters, once what could do harm is taken out.
    description: Option<String>,
    /// The category it is sorted into.
    category_id: Option<ID>,
    /// The words it is labelled with, at most 50.
    tags: Option<Vec<String>>,
    /// Texts for the shop's own systems.
    #[graphql(default)]
    metadata: Vec<MetadataEntryInput>,
    /// The names of the ways in which it varies, at most five.
    #[graphql(default)]
    options: Vec<String>,
    /// What can be bought, at most 100. Prices are set by owners and managers.
    #[graphql(default)]
    pub(super) variants: Vec<ProductVariantInput>,
}

/// What of a product is changed; what is left out stays.
#[derive(InputObject)]
pub(crate) struct ProductUpdateInput {
    /// The product.
    pub(super) id: ID,
    /// Its name, of 1 to 255 characters; no other product of the shop has it.
    name: Option<String>,
    /// HTML of at most 2,000 characters, once what could do harm is taken out.
    description: Option<String>,
    /// The category it is sorted into; null for none.
    category_id: MaybeUndefined<ID>,
    /// All the words it is labelled with, at most 50.
    tags: Option<Vec<String>>,
    /// Texts for the shop's own systems; other keys stay.
    #[graphql(default)]
    metadata: Vec<MetadataEntryInput>,
    /// The names of all the ways in which it varies, at most five. While it has variants, they can change their order and nothing
    /// else.
    options: Option<Vec<String>>,
    /// The product's `version` as it was read.
    pub(super) expected_version: i64,
}

/// Several products that are changed, each by itself.
#[derive(InputObject)]
pub(crate) struct ProductUpdateManyInput {
    /// At most 50.
    pub(super) items: Vec<ProductUpdateInput>,
}

/// A product that takes a step in its life.
#[derive(InputObject)]
pub(crate) struct ProductStepInput {
    /// The product.
    pub(super) id: ID,
    /// The product's `version` as it was read.
    pub(super) expected_version: i64,
}

/// A product that is brought back.
#[derive(InputObject)]
pub(crate) struct ProductRestoreInput {
    /// The product.
    pub(super) id: ID,
}

/// A product that another shall be like.
#[derive(InputObject)]
pub(crate) struct ProductDuplicateInput {
    /// The product.
    pub(super) id: ID,
    /// The new one's name; that of the other with "(copy)" behind it when left out.
    pub(super) name: Option<String>,
}

/// A variant that is added.
#[derive(InputObject)]
pub(crate) struct VariantCreateInput {
    /// The product.
    pub(super) product_id: ID,
    /// The variant.
    pub(super) variant: ProductVariantInput,
    /// The product's `version` as it was read.
    pub(super) expected_version: i64,
}

/// What of a variant is changed; what is left out stays.
#[derive(InputObject)]
pub(crate) struct VariantUpdateInput {
    /// The variant.
    pub(super) id: ID,
    /// The stock-keeping unit, unique in the shop; null for none.
    sku: MaybeUndefined<String>,
    /// What it costs, in the shop's currency. For owners and managers.
    price: Option<MoneyInput>,
    /// What it cost before; null for nothing. For owners and managers.
    compare_at_price: MaybeUndefined<MoneyInput>,
    /// Its barcode (GTIN, EAN, UPC or ISBN), of at most 64 characters; null for none.
    barcode: MaybeUndefined<String>,
    /// How heavy it is; null where that is not known.
    weight: MaybeUndefined<WeightInput>,
    /// Values for some of the product's options; the others stay.
    #[graphql(default)]
    options: Vec<SelectedOptionInput>,
    /// The variant's `version` as it was read.
    pub(super) expected_version: i64,
}

/// A variant that is deleted.
#[derive(InputObject)]
pub(crate) struct VariantDeleteInput {
    /// The variant.
    pub(super) id: ID,
    /// The variant's `version` as it was read.
    pub(super) expected_version: i64,
}

impl From<MoneyInput> for PriceWish {
    fn from(money: MoneyInput) -> Self {
        Self {
            amount: money.amount.0,
            currency: money.currency.0,
        }
    }
}

impl From<WeightInput> for WeightWish {
    fn from(weight: WeightInput) -> Self {
        Self {
            value: weight.value.0,
            unit: weight.unit.into(),
        }
    }
}

/// What was sent, as a change; what was left out stays.
fn change<T, U: From<T>>(sent: MaybeUndefined<T>) -> Change<Option<U>> {
    match sent {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::To(None),
        MaybeUndefined::Value(value) => Change::To(Some(value.into())),
    }
}

fn options(options: Vec<SelectedOptionInput>) -> Vec<(String, String)> {
    let options = options.into_iter();
    options.map(|option| (option.name, option.value)).collect()
}

fn metadata(entries: Vec<MetadataEntryInput>) -> Vec<(String, Option<String>)> {
    let entries = entries.into_iter();
    entries.map(|entry| (entry.key, entry.value)).collect()
}

impl From<ProductVariantInput> for VariantFields {
    fn from(input: ProductVariantInput) -> Self {
        Self {
            sku: Change::To(input.sku),
            price: Some(input.price.into()),
            compare_at_price: Change::To(input.compare_at_price.map(Into::into)),
            barcode: Change::To(input.barcode),
            weight: Change::To(input.weight.map(Into::into)),
            options: options(input.options),
        }
    }
}

impl From<VariantUpdateInput> for VariantFields {
    fn from(input: VariantUpdateInput) -> Self {
        Self {
            sku: change(input.sku),
            price: input.price.map(Into::into),
            compare_at_price: change(input.compare_at_price),
            barcode: change(input.barcode),
            weight: change(input.weight),
            options: options(input.options),
        }
    }
}

impl ProductCreateInput {
    /// What is said of the product.
    pub(super) fn fields(&mut self) -> Result<ProductFields> {
        let category = self.category_id.take();
        let category = category.map(|id| decode(&id, "input.categoryId"));
        Ok(ProductFields {
            name: Some(std::mem::take(&mut self.name)),
            description: self.description.take(),
            category: category
                .transpose()?
                .map_or(Change::Keep, |id| Change::To(Some(id))),
            tags: self.tags.take(),
            metadata: metadata(std::mem::take(&mut self.metadata)),
            options: Some(std::mem::take(&mut self.options)),
        })
    }
}

impl ProductUpdateInput {
    /// What is said of the product.
    pub(super) fn fields(self) -> Result<ProductFields> {
        let category = match self.category_id {
            MaybeUndefined::Undefined => Change::Keep,
            MaybeUndefined::Null => Change::To(None),
            MaybeUndefined::Value(id) => Change::To(Some(decode(&id, "input.categoryId")?)),
        };
        Ok(ProductFields {
            name: self.name,
            description: self.description,
            category,
            tags: self.tags,
            metadata: metadata(self.metadata),
            options: self.options,
        })
    }
}
