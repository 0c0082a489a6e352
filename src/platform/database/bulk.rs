//! Writing many rows with few statements.

use super::Tx;
use crate::error::Result;
use sea_orm::{EntityTrait, InsertMany, IntoActiveModel, Iterable, sea_query::OnConflict};

/// Most values bound by one statement. They mostly fit 16 KiB, one record of TLS: sqlx 0.9 leaves Nagle's algorithm
/// on, so that whatever is behind the first record waits for an acknowledgement, for up to 40 ms.
const MOST_VALUES: usize = 800;

/// Inserts `rows`.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn insert<E>(tx: &Tx, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let largest = largest_size(E::Column::iter().count());
    let mut rows = rows.into_iter();
    while let Some(size) = statement_size(rows.len(), largest) {
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
    let largest = largest_size(E::Column::iter().count());
    let mut rows = rows.into_iter();
    while let Some(size) = statement_size(rows.len(), largest) {
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

/// How many rows of so many columns the largest statement takes: a power of two.
fn largest_size(columns: usize) -> usize {
    1 << (MOST_VALUES / columns).max(1).ilog2()
}

/// How many of `left` rows the next statement takes: a power of two, so that there are few different texts of a
/// statement however many rows there are.
fn statement_size(left: usize, largest: usize) -> Option<usize> {
    (left > 0).then(|| largest.min(1 << left.ilog2()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_come_in_few_sizes() {
        let sizes = |mut left: usize| {
            let mut sizes = Vec::new();
            while let Some(size) = statement_size(left, 128) {
                sizes.push(size);
                left -= size;
            }
            sizes
        };
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(300), [128, 128, 32, 8, 4]);
    }

    #[test]
    fn wide_tables_take_fewer_rows() {
        assert_eq!([3, 24, 500, 1_000].map(largest_size), [256, 32, 1, 1]);
    }
}
