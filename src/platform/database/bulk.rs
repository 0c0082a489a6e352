//! Writing many rows with few statements.

use super::Tx;
use crate::error::Result;
use sea_orm::{EntityTrait, InsertMany, IntoActiveModel, Iterable, sea_query::OnConflict};

/// Most rows of one statement: enough to make its cost per row small, few enough for any database's limit of
/// bound values.
const LARGEST: usize = 512;

/// Inserts `rows`.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn insert<E>(tx: &Tx, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut rows = rows.into_iter();
    while let Some(size) = statement_size(rows.len()) {
        InsertMany::<E::ActiveModel>::many(rows.by_ref().take(size))
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Inserts `rows`, and where one of the same key is there, sets its columns `changed` to the row's.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn upsert<E>(tx: &Tx, rows: Vec<E::Model>, changed: &[E::Column]) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut rows = rows.into_iter();
    while let Some(size) = statement_size(rows.len()) {
        let key = E::PrimaryKey::iter();
        InsertMany::<E::ActiveModel>::many(rows.by_ref().take(size))
            .on_conflict(
                OnConflict::columns(key)
                    .update_columns(changed.iter().copied())
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// How many of `left` rows the next statement takes: a power of two, so that there are few different texts of a
/// statement however many rows there are.
fn statement_size(left: usize) -> Option<usize> {
    (left > 0).then(|| LARGEST.min(1 << left.ilog2()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_come_in_few_sizes() {
        let sizes = |mut left: usize| {
            let mut sizes = Vec::new();
            while let Some(size) = statement_size(left) {
                sizes.push(size);
                left -= size;
            }
            sizes
        };
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(1_100), [512, 512, 64, 8, 4]);
    }
}
