//! Laying down rows by the thousand.

use super::{shared::Shared, unit::Unit};
use crate::{
    catalogue::search_index, error::Result, inventory::stock_open, platform::database::Tx,
};
use entity::accounts::account;
use entity::catalogue::{
    category, image, option, option_value, product, product_tag, tag, variant, variant_option,
};
use entity::inventory::stock;
use entity::reviews::review;
use entity::sellers::seller;
use sea_orm::{EntityTrait, IntoActiveModel, Iterable};

/// Values bound by one statement, far below what the databases take: a few hundred are as quick as thousands, and
/// full statements of one table share one text, which is prepared once. More would make messages to PostgreSQL of
/// more than 16 kB, one record of TLS; those wait 40 ms each, since sqlx leaves Nagle's algorithm on.
const VALUES: usize = 300;

/// Inserts what every unit shares.
pub(super) async fn shared(tx: &Tx, shared: &Shared) -> Result<usize> {
    Ok(
        rows::<category::Entity>(tx, shared.categories.clone()).await?
            + rows::<tag::Entity>(tx, shared.tags.clone()).await?,
    )
}

/// Inserts a unit, what is pointed at before what points at it, and indexes its products for search. Returns how
/// many rows went in, the index's own not counted.
pub(super) async fn unit(tx: &Tx, unit: Unit) -> Result<usize> {
    let products: Vec<_> = unit.products.iter().map(|product| product.id).collect();
    let sellers: Vec<_> = unit.sellers.iter().map(|seller| seller.id).collect();
    let mut count = rows::<account::Entity>(tx, unit.accounts).await?;
    count += rows::<seller::Entity>(tx, unit.sellers).await?;
    count += rows::<product::Entity>(tx, unit.products).await?;
    count += rows::<image::Entity>(tx, unit.images).await?;
    count += rows::<option::Entity>(tx, unit.options).await?;
    count += rows::<option_value::Entity>(tx, unit.option_values).await?;
    count += rows::<variant::Entity>(tx, unit.variants).await?;
    count += rows::<variant_option::Entity>(tx, unit.variant_options).await?;
    count += rows::<product_tag::Entity>(tx, unit.product_tags).await?;
    count += rows::<stock::Entity>(tx, unit.stock).await?;
    count += stock_open(tx, &sellers).await?;
    count += rows::<review::Entity>(tx, unit.reviews).await?;
    search_index::refresh(tx, &products).await?;
    Ok(count)
}

async fn rows<E>(tx: &Tx, models: Vec<E::Model>) -> Result<usize>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let count = models.len();
    let per_statement = VALUES / E::Column::iter().count();
    let mut models = models
        .into_iter()
        .map(IntoActiveModel::into_active_model)
        .peekable();
    while models.peek().is_some() {
        E::insert_many(models.by_ref().take(per_statement))
            .exec_without_returning(tx)
            .await?;
    }
    Ok(count)
}
