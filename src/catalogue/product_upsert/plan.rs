//! What a batch of drafts comes to.

use super::{
    draft::{CategoryWish, Change, Effect, Field, Outcome, Planned, ProductDraft, Refusal},
    existing::{Existing, ExistingProduct},
    match_variants::{Matched, match_variants},
    memory::Memory,
    plan_options::plan_options,
    plan_parts::{plan_images, plan_tags, plan_variants},
    slug,
    writes::Writes,
};
use crate::{
    catalogue::category_hold::category_hold,
    error::{Error, Result},
    platform::{database::Tx, text},
};
use chrono::{DateTime, Utc};
use entity::catalogue::product::{Model, Status};
use entity::ids::{ProductId, SellerId, TagId};
use sea_orm::ConnectionTrait;
use std::collections::HashSet;

/// What a batch of drafts comes to, one outcome each, and the rows that takes.
pub(crate) struct Plan {
    pub(crate) outcomes: Vec<Outcome>,
    pub(super) writes: Writes,
    /// What it was compared with.
    pub(super) existing: Existing,
}

impl Plan {
    /// Writes it. What is derived from products (summaries, the search index, stock, shops) is the caller's to
    /// refresh.
    ///
    /// # Errors
    /// Whatever the database says, for example that a name is taken by now.
    pub(crate) async fn apply(&mut self, tx: &Tx) -> Result<()> {
        std::mem::take(&mut self.writes).apply(tx).await
    }

    /// Holds the categories that something is put into, which were read some time ago. For those who do not name them by their ids.
    ///
    /// # Errors
    /// Contended when one was deleted since: read them anew.
    pub(crate) async fn hold_categories(&self, tx: &Tx) -> Result<()> {
        let wanted = self.writes.categories_used();
        if category_hold(tx, &wanted).await?.len() < wanted.len() {
            return Err(Error::Contended);
        }
        Ok(())
    }
}

/// Plans `drafts`, no two of which are about the same product. What they come to is noted in `memory`, to be
/// settled or discarded by the caller.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn product_upsert_plan(
    db: &impl ConnectionTrait,
    drafts: &[ProductDraft],
    memory: &mut Memory,
    now: DateTime<Utc>,
) -> Result<Plan> {
    let existing = Existing::load(db, drafts).await?;
    memory.look_up_tags(db, drafts).await?;
    let mut planner = Planner {
        memory,
        existing: &existing,
        now,
        writes: Writes::default(),
    };
    let outcomes = drafts.iter().map(|draft| planner.plan(draft)).collect();
    let mut writes = planner.writes;
    writes.categories = memory.categories.take_new();
    writes.tags = memory.take_new_tags();
    Ok(Plan {
        outcomes,
        writes,
        existing,
    })
}

struct Planner<'a> {
    memory: &'a mut Memory,
    existing: &'a Existing,
    now: DateTime<Utc>,
    writes: Writes,
}

impl Planner<'_> {
    fn plan(&mut self, draft: &ProductDraft) -> Outcome {
        let seller = draft.shop.id;
        let found = self.existing.products.get(&(seller, draft.handle.clone()));
        let (matched, refused) = match_variants(draft, found, |sku| {
            self.memory
                .sku_owner(self.existing, &(seller, sku.to_owned()))
        });
        let mut faults: Vec<Refusal> = self
            .name_fault(draft, found)
            .into_iter()
            .chain(self.status_fault(draft, found))
            .collect();
        // The first variant carries the product.
        if !faults.is_empty() || refused.iter().any(|fault| fault.variant == Some(0)) {
            faults.extend(refused);
            return Outcome::Refused(faults);
        }
        let before = self.writes.product_writes();
        let product = match found {
            Some(found) => self.change(draft, found, &matched),
            None => self.create(draft, &matched),
        };
        let effect = match found {
            None => Effect::Created,
            Some(_) if self.writes.product_writes() == before => Effect::Unchanged,
            Some(_) => Effect::Updated,
        };
        let was = found.map(|found| found.product.status);
        let active_changes = self.note(draft, was, &product, &matched, found);
        Outcome::Planned(Planned {
            product: product.id,
            seller,
            effect,
            was_active: was == Some(Status::Active),
            active_changes,
            variants: matched.iter().map(|one| (one.index, one.id)).collect(),
            refused,
        })
    }

    fn name_fault(&self, draft: &ProductDraft, found: Option<&ExistingProduct>) -> Option<Refusal> {
        let key = (draft.shop.id, text::name_key(&draft.name));
        let owner = self.memory.name_owner(self.existing, &key)?;
        if found.is_some_and(|found| found.product.id == owner) {
            return None;
        }
        Some(Refusal {
            variant: None,
            field: Field::Name,
            reason: "Another product of the shop has this name: give this one a name of its own."
                .to_owned(),
        })
    }

    fn status_fault(
        &self,
        draft: &ProductDraft,
        found: Option<&ExistingProduct>,
    ) -> Option<Refusal> {
        let limit = draft.shop.active_product_limit?;
        let was = found.map(|found| found.product.status);
        if was == Some(Status::Active)
            || status(draft, was) != Status::Active
            || self.memory.active_products(draft) < limit
        {
            return None;
        }
        Some(Refusal {
            variant: None,
            field: Field::Status,
            reason: format!(
                "The shop's plan allows {limit} active products, and it has them: \
                 import this one as a draft, or take another off the shelf."
            ),
        })
    }

    /// Plans a product that is not there yet.
    fn create(&mut self, draft: &ProductDraft, matched: &[Matched<'_>]) -> Model {
        let id = ProductId::generate();
        let prices = || matched.iter().map(|matched| matched.draft.price);
        let slug = slug::choose(draft, id, |slug| {
            self.memory.slug_is_taken(self.existing, slug)
        });
        self.memory.take_slug(&slug);
        let blank = Model {
            id,
            seller_id: draft.shop.id,
            category_id: None,
            handle: draft.handle.clone(),
            slug,
            name: String::new(),
            name_key: String::new(),
            description: String::new(),
            status: Status::Active,
            metadata: serde_json::json!({}),
            currency: draft.shop.currency,
            // As the projections will derive them, which then find nothing to write.
            price_min: prices().min().unwrap_or_default(),
            price_max: prices().max().unwrap_or_default(),
            variant_count: i32::try_from(matched.len()).unwrap_or(i32::MAX),
            in_stock: matched.iter().any(|matched| matched.draft.buyable),
            rating_sum: 0,
            rating_count: 0,
            rating_average: 0,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
            deleted_at: None,
        };
        let product = self.lay_over(draft, blank);
        self.plan_parts(
            draft,
            &product,
            &ExistingProduct::bare(product.clone()),
            matched,
        );
        self.writes.products_new.push(product.clone());
        product
    }

    /// Plans a product that is there.
    fn change(
        &mut self,
        draft: &ProductDraft,
        found: &ExistingProduct,
        matched: &[Matched<'_>],
    ) -> Model {
        let mut product = self.lay_over(draft, found.product.clone());
        let parts_change = self.plan_parts(draft, &product, found, matched);
        if parts_change || product != found.product {
            product.version += 1;
            product.updated_at = self.now;
            self.writes.products_changed.push(product.clone());
        }
        product
    }

    /// The product's own row with what the draft says of it.
    fn lay_over(&mut self, draft: &ProductDraft, base: Model) -> Model {
        let category_id = match &draft.category {
            Change::Keep => base.category_id,
            Change::To(CategoryWish::Path(path)) => self.memory.categories.ensure(path, self.now),
            Change::To(CategoryWish::Is(id)) => *id,
        };
        let mut metadata = base.metadata;
        if let Some(metadata) = metadata.as_object_mut() {
            for (key, value) in &draft.metadata {
                match value {
                    Some(value) => metadata.insert(key.clone(), value.clone().into()),
                    None => metadata.remove(key),
                };
            }
        }
        Model {
            category_id,
            name: draft.name.clone(),
            name_key: text::name_key(&draft.name),
            description: draft.description.clone().or(base.description),
            status: draft.status.clone().or(base.status),
            metadata,
            ..base
        }
    }

    /// Plans everything that belongs to the product; tells whether what it counts as its own changes. Which variants it
    /// has is its own; what they are is theirs, and they have versions of their own.
    fn plan_parts(
        &mut self,
        draft: &ProductDraft,
        product: &Model,
        existing: &ExistingProduct,
        matched: &[Matched<'_>],
    ) -> bool {
        let writes = &mut self.writes;
        let images_before = writes.images.len();
        let images = plan_images(draft, product, existing, self.now, writes);
        let images_change = writes.images.len() > images_before;
        let options_change = plan_options(draft, product, existing, matched, writes);
        plan_variants(product, existing, matched, &images, self.now, writes);
        let tags_change = match &draft.tags {
            Change::Keep => false,
            Change::To(names) => {
                let tags = names.iter().map(|name| self.memory.tag(name, self.now));
                let tags: HashSet<TagId> = tags.collect();
                plan_tags(product, existing, &tags, &mut self.writes)
            }
        };
        let variants_come = matched.iter().any(|one| one.before.is_none());
        images_change || options_change || tags_change || variants_come
    }

    /// Notes what is so from now on; tells whether the shop's number of active products changes.
    fn note(
        &mut self,
        draft: &ProductDraft,
        was: Option<Status>,
        product: &Model,
        matched: &[Matched<'_>],
        found: Option<&ExistingProduct>,
    ) -> bool {
        let seller: SellerId = product.seller_id;
        let name_before = found.map(|found| found.product.name_key.as_str());
        if name_before != Some(product.name_key.as_str()) {
            self.memory
                .rename(seller, name_before, &product.name_key, product.id);
        }
        let moved: Vec<_> = matched
            .iter()
            .map(|one| {
                let before = one.before.and_then(|variant| variant.sku.as_deref());
                match &one.draft.sku {
                    Change::To(sku) => (before, sku.as_deref()),
                    Change::Keep => (before, before),
                }
            })
            .filter(|(before, after)| before != after)
            .collect();
        self.memory.move_skus(seller, &moved, product.id);
        let change =
            i64::from(product.status == Status::Active) - i64::from(was == Some(Status::Active));
        if change != 0 {
            let active = self.memory.active_products(draft) + change;
            self.memory.set_active_products(seller, active);
        }
        change != 0
    }
}

fn status(draft: &ProductDraft, was: Option<Status>) -> Status {
    draft.status.clone().or(was.unwrap_or(Status::Active))
}
