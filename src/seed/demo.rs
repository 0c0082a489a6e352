//! A small catalogue to look around in: the shops of a harbour town, their goods, and what people say of them.
//!
//! It is data of our own, beside this file: a catalogue as Shopify would export it, which goes in through the
//! import like anyone's, and a table of reviews.

use super::{people, selling, vacancy};
use crate::{
    accounts::account_create_many,
    app::App,
    error::{Error, Result},
    imports::{Event, ImportOptions, ShopChoice, shopify_import},
    outbox,
    platform::database::Tx,
    reviews::{ReviewCreate, review_create_many},
    sellers::{seller_owner_add, shops_by_handle},
    worker,
};
use anyhow::{Context, anyhow};
use chrono::{NaiveDate, NaiveTime};
use entity::catalogue::product;
use entity::ids::{AccountId, ProductId, SellerId};
use sea_orm::{EntityTrait, QuerySelect};
use serde::Deserialize;
use std::collections::HashMap;

const CATALOGUE: &str = include_str!("demo/catalogue.csv");
const REVIEWS: &str = include_str!("demo/reviews.csv");

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct DemoSeed {
    pub sellers: u64,
    pub products: u64,
    pub variants: u64,
    pub people: usize,
    pub reviews: usize,
}

/// A row of the table of reviews.
#[derive(Deserialize)]
struct Row {
    /// The product's handle.
    product: String,
    /// The name of who wrote it; the same name is the same person.
    author: String,
    rating: i16,
    title: String,
    body: String,
    date: NaiveDate,
}

/// Fills the database with the demo catalogue.
///
/// # Errors
/// Conflict when the database already holds products; whatever the database says.
pub async fn demo(app: &App) -> Result<DemoSeed> {
    vacancy::require(app).await?;
    let mut skipped = None;
    let options = ImportOptions {
        shop: ShopChoice::Vendor,
        currency: None,
        // The marketplace's currency may have fewer decimals than the catalogue's prices.
        round_prices: true,
        dry_run: false,
    };
    let source = CATALOGUE.as_bytes();
    let report = shopify_import(app, "demo/catalogue.csv", source, &options, |event| {
        if let Event::Skipped { problem, .. } = event {
            skipped.get_or_insert_with(|| problem.clone());
        }
    })
    .await?;
    if let Some(problem) = skipped {
        return Err(Error::internal(anyhow!("demo/catalogue.csv: {problem:?}")));
    }
    let rows = csv::Reader::from_reader(REVIEWS.as_bytes())
        .into_deserialize()
        .collect::<Result<Vec<Row>, _>>()
        .context("demo/reviews.csv")
        .map_err(Error::internal)?;
    let reviews = rows.len();
    let people = app
        .transaction(async |tx| review(app, tx, rows).await)
        .await?;
    let now = app.clock.now();
    app.transaction(async |tx| selling::make(tx, now).await)
        .await?;
    // Everyone knows their passwords.
    if !app.settings.is_production() {
        let people = people::demo_people(app).await?;
        open_shop(app, &people).await?;
    }
    // Nobody may be there to sum the ratings when this command has ended.
    outbox::settle(app, &worker::subscriptions()).await?;
    Ok(DemoSeed {
        sellers: report.sellers,
        products: report.products(),
        variants: report.variants,
        people,
        reviews,
    })
}

/// Gives the demo's seller one of the shops.
async fn open_shop(app: &App, people: &[AccountId]) -> Result<()> {
    let shops = [people::SELLERS_SHOP.to_owned()];
    app.transaction(async |tx| {
        let shops = shops_by_handle(tx, &shops).await?;
        if let (Some(shop), Some(seller)) = (shops.first(), people.get(people::SELLER)) {
            seller_owner_add(tx, shop.id, *seller, app.clock.now()).await?;
        }
        Ok(())
    })
    .await
}

/// Makes the people who wrote `rows`, and the reviews; returns how many people there are.
async fn review(app: &App, tx: &Tx, rows: Vec<Row>) -> Result<usize> {
    let mut names: Vec<&str> = rows.iter().map(|row| row.author.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let ids = account_create_many(tx, &names, app.clock.now()).await?;
    let authors: HashMap<String, AccountId> = names
        .iter()
        .map(|name| (*name).to_owned())
        .zip(ids)
        .collect();
    let products: Vec<(String, ProductId, SellerId)> = product::Entity::find()
        .select_only()
        .columns([
            product::Column::Handle,
            product::Column::Id,
            product::Column::SellerId,
        ])
        .into_tuple()
        .all(tx)
        .await?;
    let products: HashMap<_, _> = products
        .into_iter()
        .map(|(handle, id, seller)| (handle, (id, seller)))
        .collect();
    let mut reviews = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some((product, seller)), Some(author)) =
            (products.get(&row.product), authors.get(&row.author))
        else {
            let handle = row.product;
            return Err(Error::internal(anyhow!(
                "demo/reviews.csv: there is no product {handle}"
            )));
        };
        reviews.push(ReviewCreate {
            product: *product,
            seller: *seller,
            author: *author,
            rating: row.rating,
            title: row.title,
            body: row.body,
            written: row.date.and_time(NaiveTime::MIN).and_utc(),
        });
    }
    review_create_many(tx, reviews).await?;
    Ok(authors.len())
}
