//! Bringing products to what an import or a seller says they shall be, many at once.
//!
//! A batch of drafts is first planned: compared with what the database holds and with what the import did before,
//! which tells what each draft comes to and which rows that takes. Planning only reads, so a dry run ends there.
//! The plan is then applied, in one transaction. What is already so is left alone, down to its version and times;
//! parts of a product that the drafts do not name stay.

mod audited;
mod copied;
mod draft;
mod existing;
mod match_variants;
mod memory;
mod order;
mod plan;
mod plan_options;
mod plan_parts;
mod slug;
mod writes;

pub(crate) use copied::product_copied;
pub(crate) use draft::{
    CategoryWish, Change, Effect, Field, ImageDraft, Outcome, Planned, ProductDraft, Refusal,
    Target, VariantDraft,
};
pub(crate) use memory::Memory;
pub(crate) use plan::{Plan, product_upsert_plan};
