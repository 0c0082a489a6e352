//! What the view's tables are made of, in SQL: one statement each, so that a row is made of one moment of its order.

use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::OrderId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// A table of the view, and where it comes from.
pub(super) struct Derived {
    pub(super) table: &'static str,
    /// The columns that name a row.
    pub(super) key: &'static [&'static str],
    /// Each column and what is written into it.
    pub(super) columns: Vec<(&'static str, String)>,
    /// From what, up to and with a condition: `o` is the order.
    pub(super) source: &'static str,
    /// What is true of a row of the table that has no place there any more.
    pub(super) is_surplus: Option<&'static str>,
}

/// Over which rows of the view others are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Those of an older version: whatever comes late, or again, does nothing.
    Older,
    /// Those of the same version too, however they came to say something else.
    Same,
}

/// The tables of the view.
pub(super) fn tables(backend: DbBackend) -> [Derived; 3] {
    [orders(backend), parts(backend), skus()]
}

/// Milliseconds since 1970 of when the order was bought.
fn placed_ms(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(floor(extract(epoch FROM o.created_at) * 1000) AS bigint)",
        _ => "CAST(round((julianday(o.created_at) - 2440587.5) * 86400000.0) AS integer)",
    }
}

fn orders(backend: DbBackend) -> Derived {
    let email_key = match backend {
        // Of ASCII letters alone, as on SQLite.
        DbBackend::Postgres => "lower(o.email COLLATE \"C\")",
        _ => "lower(o.email)",
    };
    let own = |column: &'static str| (column, format!("o.{column}"));
    Derived {
        table: "order_view",
        key: &["id"],
        columns: vec![
            own("id"),
            own("number"),
            own("customer_id"),
            ("email_key", email_key.to_owned()),
            own("state"),
            own("currency"),
            own("total"),
            ("placed_ms", placed_ms(backend).to_owned()),
            own("version"),
        ],
        source: "customer_order o WHERE true",
        is_surplus: None,
    }
}

fn parts(backend: DbBackend) -> Derived {
    let of = |column: &'static str, name: &str| (column, format!("{name}.{column}"));
    Derived {
        table: "order_view_part",
        key: &["id"],
        columns: vec![
            of("id", "f"),
            of("order_id", "f"),
            of("seller_id", "f"),
            of("customer_id", "o"),
            of("number", "o"),
            of("state", "f"),
            of("total", "f"),
            ("placed_ms", placed_ms(backend).to_owned()),
            of("version", "o"),
        ],
        // What is not paid is nothing for a shop yet, and never was where it came to nothing.
        source: "order_fulfilment f JOIN customer_order o ON o.id = f.order_id WHERE o.number IS NOT NULL",
        is_surplus: Some(
            "NOT EXISTS (SELECT 1 FROM customer_order o WHERE o.id = order_view_part.order_id AND o.number IS NOT NULL)",
        ),
    }
}

fn skus() -> Derived {
    let of = |column: &'static str, name: &str| (column, format!("{name}.{column}"));
    Derived {
        table: "order_view_sku",
        key: &["part_id", "sku"],
        columns: vec![
            ("part_id", "l.fulfilment_id".to_owned()),
            of("sku", "l"),
            of("order_id", "l"),
            of("seller_id", "l"),
            of("customer_id", "l"),
        ],
        source: "order_line l JOIN customer_order o ON o.id = l.order_id WHERE l.sku IS NOT NULL",
        is_surplus: Some(
            "NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = order_view_sku.order_id \
             AND l.fulfilment_id = order_view_sku.part_id AND l.sku = order_view_sku.sku)",
        ),
    }
}

impl Derived {
    /// SQL that writes the rows of the orders whose ids are bound.
    fn write(&self, backend: DbBackend, over: Over) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<_> = self.columns.iter().map(|(_, value)| &**value).collect();
        let (table, key) = (self.table, self.key.join(", "));
        let changed = names.iter().filter(|name| !self.key.contains(name));
        let changed: Vec<_> = changed
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let older = match over {
            Over::Older => "<",
            Over::Same => "<=",
        };
        let conflict = if names.contains(&"version") {
            format!(
                "UPDATE SET {} WHERE {table}.version {older} excluded.version",
                changed.join(", ")
            )
        } else {
            // Nothing of it ever changes.
            "NOTHING".to_owned()
        };
        // In one order, so that two that write many rows do not wait for each other in a circle.
        format!(
            "INSERT INTO {table} ({}) SELECT DISTINCT {} FROM {} AND o.id {} ORDER BY {} ON CONFLICT ({key}) DO {conflict}",
            names.join(", "),
            values.join(", "),
            self.source,
            lists::among_ids(backend),
            (1..=self.key.len())
                .map(|place| place.to_string())
                .collect::<Vec<_>>()
                .join(", "),
        )
    }
}

/// Makes the rows of these orders anew: three statements.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn derive(tx: &Tx, orders: &[OrderId], over: Over) -> Result<()> {
    let backend = tx.get_database_backend();
    let ids = lists::of_ids(backend, orders);
    for derived in tables(backend) {
        let sql = derived.write(backend, over);
        let statement = Statement::from_sql_and_values(backend, sql, [ids.clone()]);
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

/// Takes away what the view has of these orders and should not have.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn clear(tx: &Tx, orders: &[OrderId]) -> Result<()> {
    let backend = tx.get_database_backend();
    let ids = lists::of_ids(backend, orders);
    for derived in tables(backend) {
        let Some(is_surplus) = derived.is_surplus else {
            continue;
        };
        let sql = format!(
            "DELETE FROM {} WHERE order_id {} AND {is_surplus}",
            derived.table,
            lists::among_ids(backend)
        );
        let statement = Statement::from_sql_and_values(backend, sql, [ids.clone()]);
        tx.execute_raw(statement).await?;
    }
    Ok(())
}
