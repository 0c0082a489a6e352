//! A small catalogue of our own, to look at in GraphiQL.

use crate::{app::App, error::Result};

/// Fills an empty catalogue.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn demo(_app: &App) -> Result<()> {
    Ok(())
}
