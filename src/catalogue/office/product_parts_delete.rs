//! What belongs to products that were deleted long ago goes, in batches.
//!
//! The product and its variants stay as rows without use, since orders, stock and reviews point at them; its pictures, options, tags
//! and metadata are what nobody needs any more.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// For how long a deleted product can be brought back.
pub(super) const KEPT: TimeDelta = TimeDelta::days(30);
/// The parts go a day later, so that whoever brings a product back in the last moment finds them.
const GONE: TimeDelta = TimeDelta::days(31);

/// Deletes the parts of products that cannot be brought back any more.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct ProductPartsDelete {}

impl Job for ProductPartsDelete {
    const KIND: &'static str = "catalogue.product_parts_delete";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let seconds = format!("-{}", GONE.num_seconds());
        let before = time::from_now(attempt.database.backend(), &seconds);
        let gone = format!("(SELECT id FROM product WHERE deleted_at <= {before})");
        // What points at something goes before it.
        let mut statements = vec![
            format!(
                "DELETE FROM product_tag WHERE (product_id, tag_id) IN \
                 (SELECT product_id, tag_id FROM product_tag WHERE product_id IN {gone} LIMIT {BATCH})"
            ),
            format!(
                "DELETE FROM variant_option WHERE (variant_id, option_id) IN \
                 (SELECT variant_id, option_id FROM variant_option WHERE product_id IN {gone} LIMIT {BATCH})"
            ),
        ];
        for table in ["option_value", "product_option"] {
            statements.push(format!(
                "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE product_id IN {gone} LIMIT {BATCH})"
            ));
        }
        statements.push(format!(
            "UPDATE variant SET image_id = NULL WHERE id IN \
             (SELECT id FROM variant WHERE image_id IS NOT NULL AND product_id IN {gone} LIMIT {BATCH})"
        ));
        statements.push(format!(
            "DELETE FROM product_image WHERE id IN (SELECT id FROM product_image WHERE product_id IN {gone} LIMIT {BATCH})"
        ));
        for statement in &statements {
            sweep(attempt, statement).await?;
            if attempt.is_stopping() {
                return Err(attempt.interrupted());
            }
        }
        Ok(())
    }
}
