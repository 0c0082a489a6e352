//! Writing what drafts come to, with all that is derived from it.

use super::clash::clash;
use crate::{
    audit,
    caller::Caller,
    catalogue::{
        events::ProductChanged,
        product_summary,
        product_upsert::{
            Effect, Field, Memory, Outcome, Planned, ProductDraft, Refusal, product_upsert_plan,
        },
        search_index,
    },
    error::{Error, Result},
    outbox,
    platform::database::Tx,
    sellers::active_products,
};
use entity::ids::{ProductId, SellerId};
use std::collections::HashSet;

/// What drafts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A product that is not there yet, and its variants.
    NewProduct,
    /// Products that are there and held, without their variants.
    Products,
    /// A variant that is not there yet, of a product that is held.
    NewVariant,
    /// A variant that is there, of a product that is held.
    Variant,
}

/// Writes what `drafts` come to: each is done, or broke a rule and nothing was done for it.
///
/// # Errors
/// Where they are about a new product or a variant, the rule that was broken; whatever the database says.
pub(super) async fn write(
    caller: &Caller,
    tx: &Tx,
    drafts: &[ProductDraft],
    about: About,
) -> Result<Vec<Result<ProductId>>> {
    let mut plan =
        product_upsert_plan(tx, drafts, &mut Memory::default(), caller.clock.now()).await?;
    let mut done = Vec::with_capacity(drafts.len());
    let mut changed: Vec<ProductChanged> = Vec::new();
    let mut counted: HashSet<SellerId> = HashSet::new();
    for outcome in &plan.outcomes {
        match (outcome, about) {
            (Outcome::Refused(refusals), About::Products) => done.push(Err(fault(refusals, about))),
            (Outcome::Refused(refusals), _) => return Err(fault(refusals, about)),
            (Outcome::Planned(planned), _) => {
                expect_whole(planned, about)?;
                if planned.effect != Effect::Unchanged {
                    changed.push(ProductChanged {
                        product_id: planned.product,
                        seller_id: planned.seller,
                        variants: about != About::Products,
                        was_active: planned.was_active,
                    });
                }
                if planned.active_changes {
                    counted.insert(planned.seller);
                }
                done.push(Ok(planned.product));
            }
        }
    }
    if changed.is_empty() {
        return Ok(done);
    }
    let entries = plan.entries(drafts);
    plan.apply(tx).await.map_err(clash)?;
    let products: Vec<ProductId> = changed.iter().map(|change| change.product_id).collect();
    if matches!(about, About::NewVariant | About::Variant) {
        product_summary::refresh(tx, &products).await?;
    }
    search_index::refresh(tx, &products).await?;
    active_products::refresh(tx, &Vec::from_iter(counted)).await?;
    outbox::emit(tx, &changed).await?;
    audit::record(tx, caller, &entries).await?;
    Ok(done)
}

/// The same for one draft.
///
/// # Errors
/// The rule that was broken; whatever the database says.
pub(super) async fn write_one(
    caller: &Caller,
    tx: &Tx,
    draft: ProductDraft,
    about: About,
) -> Result<ProductId> {
    let done = write(caller, tx, &[draft], about).await?;
    // There is one answer to each draft.
    done.into_iter()
        .next()
        .unwrap_or(Err(Error::NotFound("product")))
}

/// A seller's product is taken as a whole, where an import leaves out the variants at fault; and what is made is new.
fn expect_whole(planned: &Planned, about: About) -> Result<()> {
    if !planned.refused.is_empty() {
        return Err(fault(&planned.refused, about));
    }
    if (about == About::NewProduct) != (planned.effect == Effect::Created) {
        return Err(Error::invalid(
            "input.handle",
            "Another product of the shop has this handle: give this one a handle of its own.",
        ));
    }
    Ok(())
}

/// The first of the rules that were broken, in terms of the input.
fn fault(refusals: &[Refusal], about: About) -> Error {
    let Some(first) = refusals.first() else {
        return Error::internal(anyhow::anyhow!("a draft was refused for no reason"));
    };
    let at = match first.variant {
        Some(index) if about == About::NewProduct => format!("input.variants.{index}"),
        Some(_) if about == About::NewVariant => "input.variant".to_owned(),
        _ => "input".to_owned(),
    };
    match first.field {
        Field::Name => Error::invalid(format!("{at}.name"), &first.reason),
        Field::Sku => Error::invalid(format!("{at}.sku"), &first.reason),
        Field::Status => Error::Conflict(first.reason.clone()),
        Field::Options => Error::invalid(
            format!("{at}.options"),
            "Another variant of the product has these options: give this one others.",
        ),
    }
}
