//! Filling an empty database with the bench rows.

use super::{
    insert,
    shared::Shared,
    unit::{PEOPLE, PRODUCTS, Plan, SELLERS},
    words::Words,
};
use crate::{
    app::App,
    error::Result,
    outbox,
    platform::database::Tx,
    seed::{events::Seeded, vacancy},
};
use sea_orm::{ConnectionTrait, DbBackend};

/// "trdw": where every random number starts.
const SEED: u64 = 0x7472_6477;

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct BenchSeed {
    pub sellers: u32,
    pub products: u32,
    pub people: u32,
    /// All rows, the search index's own not counted.
    pub rows: usize,
}

/// Fills the database with `scale` units, one transaction each, so that it never holds half of one; `on_unit` is
/// told after each.
///
/// # Errors
/// Conflict when the database already holds products; whatever the database says.
pub async fn bench(app: &App, scale: u32, on_unit: impl Fn()) -> Result<BenchSeed> {
    vacancy::require(app).await?;
    let words = Words::read();
    let shared = Shared::make(&words, SEED);
    let plan = Plan {
        shared,
        words,
        currency: app.settings.currency,
        units: scale,
        seed: SEED,
    };
    let mut rows = app
        .transaction(async |tx| insert::shared(tx, &plan.shared).await)
        .await?;
    for index in 0..scale {
        let unit = plan.unit(index);
        rows += app
            .transaction(async |tx| {
                let rows = insert::unit(tx, unit).await?;
                outbox::emit_one(tx, &Seeded { rows }).await?;
                Ok(rows)
            })
            .await?;
        on_unit();
    }
    app.transaction(analyse).await?;
    Ok(BenchSeed {
        sellers: scale * SELLERS,
        products: scale * PRODUCTS,
        people: scale * PEOPLE,
        rows,
    })
}

/// Tells the query planner how large the tables are now, instead of leaving it to chance when it finds out. Of tables in which there is hardly
/// anything yet it is told nothing: it takes a guess for those, and would read through what it was told to be empty, for as long as it believes it.
async fn analyse(tx: &Tx) -> Result<()> {
    tx.execute_unprepared(match tx.get_database_backend() {
        DbBackend::Postgres => {
            "SET LOCAL statement_timeout = 0; \
             DO $$ DECLARE filled regclass; BEGIN \
               FOR filled IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
                   AND pg_relation_size(oid) > 0 LOOP \
                 EXECUTE format('ANALYZE %s', filled); \
               END LOOP; END $$"
        }
        // A sample: reading every index of a large file through would run into the statement timeout. SQLite looks once and believes it for ever: of
        // events there are a few by now, and soon many.
        _ => {
            "PRAGMA analysis_limit = 1000; ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl LIKE 'outbox%'; ANALYZE sqlite_schema"
        }
    })
    .await?;
    Ok(())
}
