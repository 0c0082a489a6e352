//! What the database holds of the products that drafts are about, and of whatever they could clash with.

use super::{
    draft::{ProductDraft, VariantDraft},
    slug,
};
use crate::{
    error::Result,
    platform::{
        database::lists::{self, is_among_ids},
        text,
    },
};
use entity::catalogue::{
    image, option, option_value, product, product_tag, variant, variant_option,
};
use entity::ids::{OptionId, OptionValueId, ProductId, SellerId, TagId, VariantId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a batch of drafts is compared with.
#[derive(Default)]
pub(super) struct Existing {
    /// Living products by shop and handle.
    pub(super) products: HashMap<(SellerId, String), ExistingProduct>,
    /// Which living product has a name, by shop and the name's key.
    pub(super) names: HashMap<(SellerId, String), ProductId>,
    /// Which product a living variant with a SKU belongs to, by shop and SKU.
    pub(super) skus: HashMap<(SellerId, String), ProductId>,
    /// Slugs that living products have.
    pub(super) slugs: HashSet<String>,
}

/// A product with its parts.
pub(super) struct ExistingProduct {
    pub(super) product: product::Model,
    pub(super) options: Vec<option::Model>,
    pub(super) values: Vec<option_value::Model>,
    /// The living ones, in their order.
    pub(super) variants: Vec<variant::Model>,
    /// Of all variants, deleted ones too.
    pub(super) links: Vec<variant_option::Model>,
    pub(super) images: Vec<image::Model>,
    pub(super) tags: HashSet<TagId>,
}

impl ExistingProduct {
    /// A product whose parts are not known yet.
    pub(super) fn bare(product: product::Model) -> Self {
        Self {
            product,
            options: Vec::new(),
            values: Vec::new(),
            variants: Vec::new(),
            links: Vec::new(),
            images: Vec::new(),
            tags: HashSet::new(),
        }
    }

    /// The options of its variants: value by option name.
    pub(super) fn options_by_variant(&self) -> HashMap<VariantId, BTreeMap<&str, &str>> {
        let names: HashMap<OptionId, &str> = self
            .options
            .iter()
            .map(|option| (option.id, option.name.as_str()))
            .collect();
        let values: HashMap<OptionValueId, &str> = self
            .values
            .iter()
            .map(|value| (value.id, value.value.as_str()))
            .collect();
        let mut options: HashMap<VariantId, BTreeMap<&str, &str>> = HashMap::new();
        for link in &self.links {
            if let (Some(name), Some(value)) =
                (names.get(&link.option_id), values.get(&link.value_id))
            {
                options
                    .entry(link.variant_id)
                    .or_default()
                    .insert(name, value);
            }
        }
        options
    }
}

#[derive(FromQueryResult)]
struct Owner {
    seller_id: SellerId,
    word: String,
    product_id: ProductId,
}

impl Existing {
    /// Reads whatever `drafts` are about or could clash with.
    pub(super) async fn load(db: &impl ConnectionTrait, drafts: &[ProductDraft]) -> Result<Self> {
        let words = |word: fn(&ProductDraft) -> String| -> Vec<(SellerId, String)> {
            let words = drafts.iter().map(|draft| (draft.shop.id, word(draft)));
            words.collect()
        };
        let skus: Vec<(SellerId, String)> = drafts
            .iter()
            .flat_map(|draft| {
                let skus = draft.variants.iter().filter_map(VariantDraft::sku);
                skus.map(|sku| (draft.shop.id, sku.to_owned()))
            })
            .collect();
        let found = owners(db, Word::Handle, &words(|draft| draft.handle.clone())).await?;
        let found: Vec<ProductId> = found.into_values().collect();
        let products = products(db, &found).await?;
        let slugs: Vec<String> = drafts
            .iter()
            .filter(|draft| !products.contains_key(&(draft.shop.id, draft.handle.clone())))
            .flat_map(slug::wishes)
            .collect();
        Ok(Self {
            products,
            names: owners(db, Word::Name, &words(|draft| text::name_key(&draft.name))).await?,
            skus: owners(db, Word::Sku, &skus).await?,
            slugs: taken_slugs(db, &slugs).await?,
        })
    }
}

/// What only one living product of a shop can have.
#[derive(Clone, Copy)]
enum Word {
    Handle,
    Name,
    Sku,
}

/// Which living product of a shop has a word.
async fn owners(
    db: &impl ConnectionTrait,
    word: Word,
    wanted: &[(SellerId, String)],
) -> Result<HashMap<(SellerId, String), ProductId>> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let (table, column, product) = match word {
        Word::Handle => ("product", "handle", "id"),
        Word::Name => ("product", "name_key", "id"),
        Word::Sku => ("variant", "sku", "product_id"),
    };
    let backend = db.get_database_backend();
    // A cross join keeps SQLite from reading the table first.
    let sql = format!(
        "SELECT {table}.seller_id, {table}.{column} AS word, {table}.{product} AS product_id \
         FROM {pairs} CROSS JOIN {table} WHERE {table}.seller_id = wanted.id \
           AND {table}.{column} = wanted.word AND {table}.deleted_at IS NULL",
        pairs = lists::wanted_pairs(backend)
    );
    let statement = Statement::from_sql_and_values(backend, sql, lists::of_pairs(backend, wanted));
    let owners = Owner::find_by_statement(statement).all(db).await?;
    Ok(owners
        .into_iter()
        .map(|owner| ((owner.seller_id, owner.word), owner.product_id))
        .collect())
}

async fn taken_slugs(db: &impl ConnectionTrait, slugs: &[String]) -> Result<HashSet<String>> {
    if slugs.is_empty() {
        return Ok(HashSet::new());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT slug FROM product WHERE deleted_at IS NULL AND slug {}",
        lists::among_texts(backend)
    );
    let statement = Statement::from_sql_and_values(backend, sql, [lists::of_texts(backend, slugs)]);
    let rows = db.query_all_raw(statement).await?;
    let taken: Result<_, _> = rows.iter().map(|row| row.try_get("", "slug")).collect();
    Ok(taken?)
}

/// The products with their parts, each kind of part by one statement.
pub(super) async fn products(
    db: &impl ConnectionTrait,
    ids: &[ProductId],
) -> Result<HashMap<(SellerId, String), ExistingProduct>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = db.get_database_backend();
    let rows = product::Entity::find()
        .filter(is_among_ids(backend, product::Column::Id, ids))
        .all(db)
        .await?;
    let mut products: HashMap<ProductId, ExistingProduct> = rows
        .into_iter()
        .map(|product| (product.id, ExistingProduct::bare(product)))
        .collect();
    macro_rules! parts {
        ($table:ident, $into:ident, $query:expr) => {
            let query = $query.filter(is_among_ids(backend, $table::Column::ProductId, ids));
            for row in query.all(db).await? {
                if let Some(existing) = products.get_mut(&row.product_id) {
                    existing.$into.push(row);
                }
            }
        };
    }
    parts!(option, options, option::Entity::find());
    parts!(option_value, values, option_value::Entity::find());
    parts!(
        variant,
        variants,
        variant::Entity::find()
            .filter(variant::Column::DeletedAt.is_null())
            .order_by_asc(variant::Column::Position)
            .order_by_asc(variant::Column::Id)
    );
    parts!(variant_option, links, variant_option::Entity::find());
    parts!(image, images, image::Entity::find());
    let tags: Vec<(ProductId, TagId)> = product_tag::Entity::find()
        .select_only()
        .columns([product_tag::Column::ProductId, product_tag::Column::TagId])
        .filter(is_among_ids(backend, product_tag::Column::ProductId, ids))
        .into_tuple()
        .all(db)
        .await?;
    for (product, tag) in tags {
        if let Some(existing) = products.get_mut(&product) {
            existing.tags.insert(tag);
        }
    }
    Ok(products
        .into_values()
        .map(|existing| {
            let product = &existing.product;
            ((product.seller_id, product.handle.clone()), existing)
        })
        .collect())
}
