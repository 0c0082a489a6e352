//! Taking in many reviews at once, as written elsewhere before.

use super::events::ProductReviewed;
use crate::{error::Result, outbox, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, ProductId, ReviewId, SellerId};
use entity::reviews::review;
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::{NoContext, Timestamp, Uuid};

/// Rows of one statement.
const CHUNK: usize = 64;

/// A review that someone wrote.
pub(crate) struct ReviewCreate {
    pub(crate) product: ProductId,
    /// The product's shop.
    pub(crate) seller: SellerId,
    pub(crate) author: AccountId,
    /// One to five stars.
    pub(crate) rating: i16,
    /// At most 150 characters.
    pub(crate) title: String,
    /// At most 5,000 characters.
    pub(crate) body: String,
    /// When it was written.
    pub(crate) written: DateTime<Utc>,
}

/// Writes `reviews`, at most one of an author for a product, and tells so: the ratings of their products and shops are
/// summed soon after.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn review_create_many(tx: &Tx, reviews: Vec<ReviewCreate>) -> Result<()> {
    let mut reviewed: Vec<_> = reviews
        .iter()
        .map(|review| (review.product, review.seller))
        .collect();
    reviewed.sort_unstable();
    reviewed.dedup();
    insert(tx, reviews).await?;
    let events: Vec<_> = reviewed
        .into_iter()
        .map(|(product_id, seller_id)| ProductReviewed {
            product_id,
            seller_id,
        })
        .collect();
    outbox::emit(tx, &events).await
}

/// Writes the rows only.
pub(super) async fn insert(tx: &Tx, reviews: Vec<ReviewCreate>) -> Result<()> {
    let rows: Vec<_> = reviews.into_iter().map(row).collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        review::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(review: ReviewCreate) -> review::Model {
    let written = review.written;
    // The id carries the time of writing, not of this moment: by it lists put the newest first.
    let seconds = u64::try_from(written.timestamp()).unwrap_or_default();
    let time = Timestamp::from_unix(NoContext, seconds, written.timestamp_subsec_nanos());
    review::Model {
        id: ReviewId(Uuid::new_v7(time)),
        product_id: review.product,
        seller_id: review.seller,
        author_id: review.author,
        rating: review.rating,
        title: review.title,
        body: review.body,
        version: 1,
        created_at: written,
        updated_at: written,
        deleted_at: None,
    }
}
