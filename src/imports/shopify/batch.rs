//! One batch of products: what it comes to, and writing that.

use super::{
    draft::{DraftRules, draft, problem},
    product_group::ProductGroup,
    shops::{ShopName, Shops},
};
use crate::catalogue::{
    ProductChanged, product_hold, product_summary,
    product_upsert::{
        Effect, Memory, Outcome, Plan, Planned, ProductDraft, Refusal, product_upsert_plan,
    },
    search_index,
};
use crate::imports::{events::ProductsImported, report::Problem};
use crate::inventory::{StockPlan, StockWish, availability, stock_hold, stock_plan, stock_set};
use crate::sellers::{Shop, active_products, sellers_insert};
use crate::{error::Result, outbox, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::ids::{ProductId, SellerId};
use sea_orm::{ConnectionTrait, DbBackend};
use std::collections::HashSet;

/// A product that is to be imported.
pub(super) struct Candidate<'g> {
    pub(super) group: &'g ProductGroup,
    pub(super) shop: ShopName,
}

/// What became of a candidate.
#[derive(Default)]
pub(super) struct Verdict {
    /// What happened to the product; nothing where it was left out.
    pub(super) effect: Option<Effect>,
    pub(super) seller: Option<SellerId>,
    pub(super) variants: u64,
    pub(super) images: u64,
    /// Why it, or something of it, was left out.
    pub(super) problems: Vec<Problem>,
}

impl Verdict {
    /// Of a product that is left out for this reason, where its rows do not say so themselves.
    pub(super) fn left_out(problem: Option<Problem>) -> Self {
        Self {
            problems: problem.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Candidates with what the catalogue shall hold of them.
pub(super) struct Batch<'c> {
    candidates: &'c [Candidate<'c>],
    drafts: Vec<ProductDraft>,
    /// For each draft, where it came from.
    origins: Vec<Origin>,
    verdicts: Vec<Verdict>,
}

struct Origin {
    /// Index among the candidates.
    candidate: usize,
    /// For each variant of the draft, its index among those of the group.
    sources: Vec<usize>,
}

/// What a batch comes to.
pub(super) struct Step {
    plan: Plan,
    stock: StockPlan,
    /// The products whose stock changes.
    stocked: HashSet<ProductId>,
    pub(super) new_shops: Vec<Shop>,
}

impl<'c> Batch<'c> {
    /// Drafts the candidates, whose shops have been looked up.
    pub(super) fn new(candidates: &'c [Candidate<'c>], shops: &Shops, rules: DraftRules) -> Self {
        let mut batch = Self {
            candidates,
            drafts: Vec::with_capacity(candidates.len()),
            origins: Vec::with_capacity(candidates.len()),
            verdicts: Vec::with_capacity(candidates.len()),
        };
        for (place, candidate) in candidates.iter().enumerate() {
            let problems = batch.draft(place, candidate, shops, rules);
            batch.verdicts.push(Verdict {
                problems,
                ..Verdict::default()
            });
        }
        batch
    }

    fn draft(
        &mut self,
        place: usize,
        candidate: &Candidate<'_>,
        shops: &Shops,
        rules: DraftRules,
    ) -> Vec<Problem> {
        let group = candidate.group;
        let (Some(product), Some(shop)) = (&group.product, shops.get(&candidate.shop.handle))
        else {
            return Vec::new();
        };
        let (draft, problems) = draft(group, product, shop, rules);
        if let Some(draft) = draft {
            self.drafts.push(draft.product);
            self.origins.push(Origin {
                candidate: place,
                sources: draft.sources,
            });
        }
        problems
    }

    /// What the batch comes to, by reading alone.
    pub(super) async fn plan(
        &self,
        db: &impl ConnectionTrait,
        memory: &mut Memory,
        shops: &Shops,
        now: DateTime<Utc>,
    ) -> Result<Step> {
        let plan = product_upsert_plan(db, &self.drafts, memory, now).await?;
        let stock = stock_plan(db, &self.stock_wishes(&plan), now).await?;
        let sellers: HashSet<SellerId> = planned(&plan).map(|planned| planned.seller).collect();
        Ok(Step {
            stocked: stock.products(),
            new_shops: shops.missing(&sellers),
            plan,
            stock,
        })
    }

    fn stock_wishes(&self, plan: &Plan) -> Vec<StockWish> {
        let mut wishes = Vec::new();
        for (origin, outcome) in self.origins.iter().zip(&plan.outcomes) {
            let (Outcome::Planned(planned), Some(product)) =
                (outcome, &self.candidates[origin.candidate].group.product)
            else {
                continue;
            };
            wishes.extend(planned.variants.iter().map(|(index, variant)| {
                let row = &product.variants[origin.sources[*index]];
                StockWish {
                    variant: *variant,
                    product: planned.product,
                    seller: planned.seller,
                    on_hand: row.on_hand,
                    tracked: row.tracked,
                }
            }));
        }
        wishes
    }

    /// Plans the batch and writes the plan.
    pub(super) async fn write(
        &self,
        tx: &Tx,
        memory: &mut Memory,
        shops: &Shops,
        now: DateTime<Utc>,
    ) -> Result<Step> {
        let mut step = self.plan(tx, memory, shops, now).await?;
        let changing = step.existing_products();
        // A transaction that may write is alone on SQLite.
        if tx.get_database_backend() == DbBackend::Postgres && !changing.is_empty() {
            // What was planned may have changed since it was read. Held, it stays as it is read now.
            stock_hold(tx, &changing).await?;
            product_hold(tx, &changing).await?;
            memory.discard();
            step = self.plan(tx, memory, shops, now).await?;
        }
        step.write(tx, now).await?;
        Ok(step)
    }

    /// What became of each candidate, now that `step` is done.
    pub(super) fn verdicts(mut self, step: Step) -> Vec<Verdict> {
        let refused_stock = step.stock.refused;
        for (origin, outcome) in self.origins.iter().zip(step.plan.outcomes) {
            let group = self.candidates[origin.candidate].group;
            let Some(product) = &group.product else {
                continue;
            };
            let verdict = &mut self.verdicts[origin.candidate];
            let tell = |refusal: &Refusal| problem(group, product, &origin.sources, refusal);
            match outcome {
                Outcome::Refused(refusals) => {
                    verdict.problems.extend(refusals.iter().map(tell));
                }
                Outcome::Planned(planned) => {
                    verdict.problems.extend(planned.refused.iter().map(tell));
                    for (index, variant) in &planned.variants {
                        let reason = refused_stock.iter().find(|(other, _)| other == variant);
                        if let Some((_, reason)) = reason {
                            let row = &product.variants[origin.sources[*index]];
                            verdict
                                .problems
                                .push(row.stock_problem(&group.columns, reason));
                        }
                    }
                    verdict.effect = Some(match planned.effect {
                        Effect::Unchanged if step.stocked.contains(&planned.product) => {
                            Effect::Updated
                        }
                        effect => effect,
                    });
                    verdict.seller = Some(planned.seller);
                    verdict.variants = planned.variants.len() as u64;
                    verdict.images = product.images.len() as u64;
                }
            }
        }
        self.verdicts
    }
}

impl Step {
    /// The products that are there already and change.
    fn existing_products(&self) -> Vec<ProductId> {
        planned(&self.plan)
            .filter(|planned| match planned.effect {
                Effect::Created => false,
                Effect::Updated => true,
                Effect::Unchanged => self.stocked.contains(&planned.product),
            })
            .map(|planned| planned.product)
            .collect()
    }

    async fn write(&mut self, tx: &Tx, now: DateTime<Utc>) -> Result<()> {
        sellers_insert(tx, &self.new_shops, now).await?;
        self.plan.hold_categories(tx).await?;
        self.plan.apply(tx).await?;
        let stock_news = stock_set(tx, &mut self.stock, now).await?;

        let of = |effects: &[Effect]| -> Vec<ProductId> {
            let planned = planned(&self.plan).filter(|one| effects.contains(&one.effect));
            planned.map(|planned| planned.product).collect()
        };
        // New products were written with their summary.
        product_summary::refresh(tx, &of(&[Effect::Updated])).await?;
        let stocked: Vec<ProductId> = self.stocked.iter().copied().collect();
        availability::refresh(tx, &stocked).await?;
        search_index::refresh(tx, &of(&[Effect::Created, Effect::Updated])).await?;
        let sellers: HashSet<SellerId> = planned(&self.plan)
            .filter(|planned| planned.active_changes)
            .map(|planned| planned.seller)
            .collect();
        active_products::refresh(tx, &Vec::from_iter(sellers)).await?;
        outbox::emit(tx, &self.changed()).await?;
        outbox::emit(tx, &stock_news.changed).await?;
        outbox::emit(tx, &stock_news.low).await?;
        outbox::emit(tx, &ProductsImported::all(self.written(), &self.new_shops)).await
    }

    /// The products that are written, and their shops.
    fn written(&self) -> Vec<(ProductId, SellerId)> {
        let is_written =
            |one: &&Planned| one.effect != Effect::Unchanged || self.stocked.contains(&one.product);
        let planned = planned(&self.plan).filter(is_written);
        planned.map(|one| (one.product, one.seller)).collect()
    }

    /// What there is to tell of products. What follows from their variants is derived already.
    fn changed(&self) -> Vec<ProductChanged> {
        let changed = planned(&self.plan).filter(|one| one.effect != Effect::Unchanged);
        changed
            .map(|planned| ProductChanged {
                product_id: planned.product,
                seller_id: planned.seller,
                variants: false,
                shelf: false,
                was_active: planned.was_active,
            })
            .collect()
    }
}

fn planned(plan: &Plan) -> impl Iterator<Item = &Planned> {
    plan.outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Planned(planned) => Some(planned),
        Outcome::Refused(_) => None,
    })
}
