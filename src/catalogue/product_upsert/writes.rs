//! The rows that a plan writes, and writing them: a few statements for each table, however many products.

use crate::{
    error::Result,
    platform::database::{Tx, bulk, lists},
};
use entity::catalogue::{
    category, image, option, option_value, product, product_tag, tag, variant, variant_option,
};
use entity::ids::{CategoryId, OptionId, OptionValueId, ProductId, VariantId};
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows as they shall be. Where a row of the same key is there, it becomes the new one.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) categories: Vec<category::Model>,
    pub(super) tags: Vec<tag::Model>,
    /// Before the new ones, since they may give up a name that a new one takes.
    pub(super) products_changed: Vec<product::Model>,
    pub(super) products_new: Vec<product::Model>,
    pub(super) images: Vec<image::Model>,
    pub(super) options: Vec<option::Model>,
    pub(super) values: Vec<option_value::Model>,
    /// Variants that get another SKU; theirs is free before any other takes it.
    pub(super) skus_given_up: Vec<VariantId>,
    pub(super) variants: Vec<variant::Model>,
    /// Variants all of whose links go before `links` are made.
    pub(super) links_replaced: Vec<VariantId>,
    pub(super) links: Vec<variant_option::Model>,
    pub(super) values_gone: Vec<OptionValueId>,
    pub(super) options_gone: Vec<OptionId>,
    /// Products all of whose tags go before `product_tags` are made.
    pub(super) tags_replaced: Vec<ProductId>,
    pub(super) product_tags: Vec<product_tag::Model>,
}

impl Writes {
    /// How much of options is written, to tell whether a product's options change.
    pub(super) fn option_writes(&self) -> usize {
        self.options.len() + self.values.len() + self.options_gone.len() + self.values_gone.len()
    }

    /// How much is written of products and their parts.
    pub(super) fn product_writes(&self) -> usize {
        self.option_writes()
            + self.products_changed.len()
            + self.products_new.len()
            + self.images.len()
            + self.variants.len()
            + self.links_replaced.len()
            + self.links.len()
            + self.tags_replaced.len()
            + self.product_tags.len()
    }

    /// The categories that something is put into, but those that are new.
    pub(super) fn categories_used(&self) -> Vec<CategoryId> {
        let products = self.products_changed.iter().chain(&self.products_new);
        let used = products.filter_map(|product| product.category_id);
        let parents = self.categories.iter().filter_map(|new| new.parent_id);
        let mut used: BTreeSet<CategoryId> = used.chain(parents).collect();
        for new in &self.categories {
            used.remove(&new.id);
        }
        used.into_iter().collect()
    }

    /// Writes everything, what is pointed at before what points at it.
    pub(super) async fn apply(self, tx: &Tx) -> Result<()> {
        bulk::insert::<category::Entity>(tx, self.categories).await?;
        bulk::insert::<tag::Entity>(tx, self.tags).await?;
        upsert_products(tx, self.products_changed).await?;
        bulk::insert::<product::Entity>(tx, self.products_new).await?;
        {
            use image::Column::{Alt, Position};
            bulk::upsert::<image::Entity>(tx, self.images, &[Alt, Position]).await?;
        }
        {
            use option::Column::Position;
            bulk::upsert::<option::Entity>(tx, self.options, &[Position]).await?;
        }
        {
            use option_value::Column::Position;
            bulk::upsert::<option_value::Entity>(tx, self.values, &[Position]).await?;
        }
        let give_up = "UPDATE variant SET sku = NULL WHERE id";
        for_ids(tx, give_up, &self.skus_given_up).await?;
        upsert_variants(tx, self.variants).await?;
        let unlink = "DELETE FROM variant_option WHERE variant_id";
        for_ids(tx, unlink, &self.links_replaced).await?;
        bulk::insert::<variant_option::Entity>(tx, self.links).await?;
        for_ids(tx, "DELETE FROM option_value WHERE id", &self.values_gone).await?;
        for_ids(
            tx,
            "DELETE FROM product_option WHERE id",
            &self.options_gone,
        )
        .await?;
        let untag = "DELETE FROM product_tag WHERE product_id";
        for_ids(tx, untag, &self.tags_replaced).await?;
        bulk::insert::<product_tag::Entity>(tx, self.product_tags).await
    }
}

/// What an import changes of a product; the projections on it are not its to write.
async fn upsert_products(tx: &Tx, rows: Vec<product::Model>) -> Result<()> {
    use product::Column::{
        CategoryId, Description, Metadata, Name, NameKey, Status, UpdatedAt, Version,
    };
    let changed = [
        CategoryId,
        Name,
        NameKey,
        Description,
        Status,
        Metadata,
        Version,
        UpdatedAt,
    ];
    bulk::upsert::<product::Entity>(tx, rows, &changed).await
}

async fn upsert_variants(tx: &Tx, rows: Vec<variant::Model>) -> Result<()> {
    use variant::Column::{
        Barcode, CompareAtPrice, ImageId, Name, Position, Price, Sku, UpdatedAt, Version,
        WeightGrams, WeightUnit,
    };
    let changed = [
        Sku,
        Name,
        Price,
        CompareAtPrice,
        Barcode,
        WeightGrams,
        WeightUnit,
        ImageId,
        Position,
        Version,
        UpdatedAt,
    ];
    bulk::upsert::<variant::Entity>(tx, rows, &changed).await
}

/// Runs a statement that ends in the column to look for `ids` in.
async fn for_ids<Id: Copy + Into<Uuid>>(tx: &Tx, sql: &str, ids: &[Id]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let sql = format!("{sql} {}", lists::among_ids(backend));
    let ids = lists::of_ids(backend, ids);
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
        .await?;
    Ok(())
}
