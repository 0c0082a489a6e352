//! Bringing products to what an import says they shall be, many at once.
//!
//! A batch of drafts is first planned: compared with what the database holds and with what the import did before,
//! which tells what each draft comes to and which rows that takes. Planning only reads, so a dry run ends there.
//! The plan is then applied, in one transaction. What is already so is left alone, down to its version and times;
//! parts of a product that the drafts do not name stay.

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

pub(crate) use draft::{
    Change, Effect, Field, ImageDraft, Outcome, Planned, ProductDraft, Refusal, VariantDraft,
};
pub(crate) use memory::Memory;
pub(crate) use plan::{Plan, product_upsert_plan};
