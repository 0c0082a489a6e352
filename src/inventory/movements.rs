//! Moving units: what lies at a location changes with a movement that says why, or not at all.

use crate::{
    audit::Agent,
    error::Result,
    platform::database::{Tx, lists},
};
use chrono::{DateTime, Utc};
use entity::ids::{LocationId, SellerId, StockMovementId, VariantId};
use entity::inventory::movement::Reason;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, Statement, Value as Bound};
use serde_json::{Value, json};
use uuid::Uuid;

/// Units that come to a location, or go from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Movement {
    pub(super) variant: VariantId,
    pub(super) seller: SellerId,
    pub(super) location: LocationId,
    pub(super) reason: Reason,
    /// Negative where they go.
    pub(super) delta: i64,
    /// To whom they were sold.
    pub(super) holder: Option<Uuid>,
}

/// Who moves units, and when.
pub(super) struct Mover {
    pub(super) agent: Agent,
    pub(super) note: Option<String>,
    pub(super) now: DateTime<Utc>,
}

impl Mover {
    /// The server by itself.
    pub(super) fn system(now: DateTime<Utc>) -> Self {
        Self {
            agent: Agent::system(None),
            note: None,
            now,
        }
    }
}

/// Moves units, each variant at most once at a location: one statement on PostgreSQL and three on SQLite, however many. Whoever
/// calls holds the totals of the variants, and changes them as much.
///
/// # Errors
/// Whatever the database says, for example that fewer would be left than none.
pub(super) async fn move_units(tx: &Tx, mover: &Mover, movements: &[Movement]) -> Result<()> {
    if movements.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let hex = |id: Uuid| id.simple().to_string();
    let rows: Vec<Value> = movements
        .iter()
        .map(|one| {
            json!({
                "id": hex(StockMovementId::generate().0),
                "variant_id": hex(one.variant.0),
                "seller_id": hex(one.seller.0),
                "location_id": hex(one.location.0),
                "holder_id": one.holder.map(hex),
                "reason": one.reason.to_value(),
                "delta": one.delta,
            })
        })
        .collect();
    let rows: Bound = Value::from(rows).to_string().into();
    let now: Bound = mover.now.into();
    let who: [Bound; 3] = [
        mover.agent.kind().to_value().into(),
        mover.agent.account().map(|account| account.0).into(),
        mover.note.clone().into(),
    ];
    for (sql, is_last) in statements(backend) {
        let mut values = vec![rows.clone(), now.clone()];
        values.extend(who.iter().filter(|_| is_last).cloned());
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// The statements, and whether each writes down who moves.
fn statements(backend: DbBackend) -> Vec<(String, bool)> {
    let columns = "id, seller_id, variant_id, location_id, reason, delta, on_hand, actor, account_id, holder_id, note, occurred_at";
    let movements = |new: &str, levels: &str| {
        format!(
            "INSERT INTO stock_movement ({columns}) \
             SELECT new.id, new.seller_id, new.variant_id, new.location_id, reason, delta, l.on_hand, $3, $4, holder_id, $5, $2 \
             FROM {new} JOIN {levels} AS l ON l.variant_id = new.variant_id AND l.location_id = new.location_id"
        )
    };
    if backend == DbBackend::Postgres {
        // Totals are held, so nobody else makes or changes these levels meanwhile.
        let levels = "(SELECT * FROM moved UNION ALL SELECT * FROM made)";
        return vec![(
            format!(
                "WITH new AS MATERIALIZED (SELECT * FROM json_to_recordset(CAST($1 AS json)) AS new (id uuid, variant_id uuid, \
                     seller_id uuid, location_id uuid, holder_id uuid, reason text, delta bigint)), \
                 moved AS (UPDATE stock_level AS l SET on_hand = l.on_hand + new.delta, version = l.version + 1, updated_at = $2 \
                     FROM new WHERE l.variant_id = new.variant_id AND l.location_id = new.location_id AND {} \
                     RETURNING l.variant_id, l.location_id, l.on_hand), \
                 made AS (INSERT INTO stock_level (variant_id, location_id, seller_id, on_hand, updated_at) \
                     SELECT variant_id, location_id, seller_id, delta, $2 FROM new WHERE NOT EXISTS (SELECT FROM stock_level AS l \
                         WHERE l.variant_id = new.variant_id AND l.location_id = new.location_id) \
                     RETURNING variant_id, location_id, on_hand) {}",
                lists::is_looked_up("l.variant_id", "variant_id", "new"),
                movements("new", levels)
            ),
            true,
        )];
    }
    let new = "(SELECT unhex(value ->> 'id') AS id, unhex(value ->> 'variant_id') AS variant_id, \
         unhex(value ->> 'seller_id') AS seller_id, unhex(value ->> 'location_id') AS location_id, \
         unhex(value ->> 'holder_id') AS holder_id, value ->> 'reason' AS reason, value ->> 'delta' AS delta \
         FROM json_each($1)) AS new";
    vec![
        (
            format!(
                "INSERT INTO stock_level (variant_id, location_id, seller_id, on_hand, version, updated_at) \
                 SELECT variant_id, location_id, seller_id, 0, 0, $2 FROM {new} WHERE true ON CONFLICT DO NOTHING"
            ),
            false,
        ),
        (
            format!(
                "UPDATE stock_level AS l SET on_hand = l.on_hand + new.delta, version = l.version + 1, updated_at = $2 \
                 FROM {new} WHERE l.variant_id = new.variant_id AND l.location_id = new.location_id"
            ),
            false,
        ),
        (movements(new, "stock_level"), true),
    ]
}
