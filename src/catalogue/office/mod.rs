//! The seller's back office: what those who work in a shop do to its products.
//!
//! Whatever a product shall be becomes a draft, as an import makes them, and goes through the same planner: the rules stand there
//! and in `catalogue::rules`, once. Each function asks who the caller is in the shop, holds the products, and then reads what it
//! changes, so that two who do so at once come one after the other.

mod clash;
mod edit;
mod hold;
mod option_names;
mod product_create;
mod product_delete;
mod product_duplicate;
mod product_fields;
mod product_parts_delete;
mod product_restore;
mod product_step;
mod product_update;
mod variant_create;
mod variant_delete;
mod variant_fields;
mod variant_update;
mod write;

pub(crate) use edit::Edited;
pub(crate) use product_create::{ProductCreate, product_create};
pub(crate) use product_delete::product_delete;
pub(crate) use product_duplicate::{ProductDuplicate, product_duplicate};
pub(crate) use product_fields::ProductFields;
pub(crate) use product_parts_delete::ProductPartsDelete;
pub(crate) use product_restore::product_restore;
pub(crate) use product_step::{product_archive, product_publish, product_unpublish};
pub(crate) use product_update::{ProductUpdate, product_update, product_update_many};
pub(crate) use variant_create::{VariantCreate, variant_create};
pub(crate) use variant_delete::variant_delete;
pub(crate) use variant_fields::{PriceWish, VariantFields, WeightWish};
pub(crate) use variant_update::{VariantUpdate, variant_update};
