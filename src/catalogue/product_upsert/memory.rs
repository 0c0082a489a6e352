//! What an import knows beyond the database: what it has done so far, and what it has already looked up.

use super::{draft::Change, draft::ProductDraft, existing::Existing};
use crate::catalogue::category_tree::CategoryTree;
use crate::{
    error::Result,
    platform::{database::lists, layered::Layered, text},
};
use chrono::{DateTime, Utc};
use entity::catalogue::tag;
use entity::ids::{ProductId, SellerId, TagId};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use std::collections::HashSet;

/// Remembers across the batches of one import; what a seller changes is one batch.
///
/// Empty, it knows no categories, so that none may be named by its path. A batch that is only planned (a dry run) leaves the same memory as
/// one that is written, so that both say the same of the batches after it.
#[derive(Default)]
pub(crate) struct Memory {
    pub(super) categories: CategoryTree,
    /// Tags by slug.
    tags: Layered<String, TagId>,
    new_tags: Vec<tag::Model>,
    /// Which product has a name now; nothing for one that was given up.
    names: Layered<(SellerId, String), Option<ProductId>>,
    /// Which product a SKU belongs to now; nothing for one that was given up.
    skus: Layered<(SellerId, String), Option<ProductId>>,
    slugs: Layered<String, ()>,
    /// How many active products a shop has now.
    active: Layered<SellerId, i64>,
}

#[derive(FromQueryResult)]
struct KnownTag {
    id: TagId,
    slug: String,
}

impl Memory {
    /// A memory that knows the categories and nothing else.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Self> {
        Ok(Self {
            categories: CategoryTree::load(db).await?,
            tags: Layered::default(),
            new_tags: Vec::new(),
            names: Layered::default(),
            skus: Layered::default(),
            slugs: Layered::default(),
            active: Layered::default(),
        })
    }

    /// The batch that was planned last is done.
    pub(crate) fn settle(&mut self) {
        self.categories.settle();
        self.tags.settle();
        self.names.settle();
        self.skus.settle();
        self.slugs.settle();
        self.active.settle();
    }

    /// The batch that was planned last will not be done.
    pub(crate) fn discard(&mut self) {
        self.categories.discard();
        self.tags.discard();
        self.new_tags.clear();
        self.names.discard();
        self.skus.discard();
        self.slugs.discard();
        self.active.discard();
    }

    /// Reads the categories anew: someone else made some.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) async fn refresh(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        self.categories = CategoryTree::load(db).await?;
        Ok(())
    }

    /// Looks up the tags of `drafts` that are not known yet.
    pub(super) async fn look_up_tags(
        &mut self,
        db: &impl ConnectionTrait,
        drafts: &[ProductDraft],
    ) -> Result<()> {
        let unknown: HashSet<String> = drafts
            .iter()
            .filter_map(|draft| match &draft.tags {
                Change::To(names) => Some(names),
                Change::Keep => None,
            })
            .flatten()
            .map(|name| tag_slug(name))
            .filter(|slug| self.tags.get(slug).is_none())
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let backend = db.get_database_backend();
        let sql = format!(
            "SELECT id, slug FROM tag WHERE slug {}",
            lists::among_texts(backend)
        );
        let slugs: Vec<String> = unknown.into_iter().collect();
        let statement =
            Statement::from_sql_and_values(backend, sql, [lists::of_texts(backend, &slugs)]);
        for known in KnownTag::find_by_statement(statement).all(db).await? {
            self.tags.insert(known.slug, known.id);
        }
        Ok(())
    }

    /// The tag of that name; made where it is missing.
    pub(super) fn tag(&mut self, name: &str, now: DateTime<Utc>) -> TagId {
        let slug = tag_slug(name);
        if let Some(id) = self.tags.get(&slug) {
            return *id;
        }
        let id = TagId::generate();
        self.tags.insert(slug.clone(), id);
        self.new_tags.push(tag::Model {
            id,
            slug,
            name: name.to_owned(),
            created_at: now,
        });
        id
    }

    /// The tags that were made since this was last asked.
    pub(super) fn take_new_tags(&mut self) -> Vec<tag::Model> {
        std::mem::take(&mut self.new_tags)
    }

    /// Which living product of the shop has the name, compared as names are.
    pub(super) fn name_owner(
        &self,
        existing: &Existing,
        key: &(SellerId, String),
    ) -> Option<ProductId> {
        owner(&self.names, existing.names.get(key), key)
    }

    /// Which product of the shop has a living variant of the SKU.
    pub(super) fn sku_owner(
        &self,
        existing: &Existing,
        key: &(SellerId, String),
    ) -> Option<ProductId> {
        owner(&self.skus, existing.skus.get(key), key)
    }

    /// The product has the name from now on, and no longer the one before.
    pub(super) fn rename(
        &mut self,
        seller: SellerId,
        before: Option<&str>,
        name_key: &str,
        product: ProductId,
    ) {
        if let Some(before) = before {
            self.names.insert((seller, before.to_owned()), None);
        }
        self.names
            .insert((seller, name_key.to_owned()), Some(product));
    }

    /// Variants of the product give up their SKUs, the first of each pair, and take the second.
    pub(super) fn move_skus(
        &mut self,
        seller: SellerId,
        moved: &[(Option<&str>, Option<&str>)],
        product: ProductId,
    ) {
        for before in moved.iter().filter_map(|(before, _)| *before) {
            self.skus.insert((seller, before.to_owned()), None);
        }
        for after in moved.iter().filter_map(|(_, after)| *after) {
            self.skus.insert((seller, after.to_owned()), Some(product));
        }
    }

    /// Whether a living product has the slug.
    pub(super) fn slug_is_taken(&self, existing: &Existing, slug: &str) -> bool {
        existing.slugs.contains(slug) || self.slugs.get(slug).is_some()
    }

    /// The slug is a product's from now on.
    pub(super) fn take_slug(&mut self, slug: &str) {
        self.slugs.insert(slug.to_owned(), ());
    }

    /// How many active products the shop of the draft has now.
    pub(super) fn active_products(&self, draft: &ProductDraft) -> i64 {
        let known = self.active.get(&draft.shop.id);
        known.copied().unwrap_or(draft.shop.active_products)
    }

    /// The shop has so many active products from now on.
    pub(super) fn set_active_products(&mut self, seller: SellerId, number: i64) {
        self.active.insert(seller, number);
    }
}

fn owner(
    moved: &Layered<(SellerId, String), Option<ProductId>>,
    stored: Option<&ProductId>,
    key: &(SellerId, String),
) -> Option<ProductId> {
    match moved.get(key) {
        Some(owner) => *owner,
        None => stored.copied(),
    }
}

fn tag_slug(name: &str) -> String {
    text::slug(name, 100)
}
