//! Writing any number of rows with one statement: they are bound as one JSON value, so that its text is the same for all numbers.
//!
//! For rows that come by the dozen. Thousands go faster in the statements of `bulk`, whose values nobody has to take apart.

use super::Tx;
use crate::error::{Error, Result};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ColumnType, ConnectionTrait, DbBackend, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable, Statement, Value,
};
use serde_json::{Value as Json, json};

/// Inserts `rows`, in their order: one statement, none where there are none.
///
/// # Errors
/// Whatever the database says; Internal for tables with columns of kinds that stand in none of those it was made for.
pub(crate) async fn insert<E>(tx: &Tx, rows: &[E::Model]) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    if let Some(statement) = statement::<E>(tx, rows)? {
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

/// The same, with what `tx` does next, see [`Tx::put_off`].
///
/// # Errors
/// Internal for tables with columns of kinds that stand in none of those it was made for.
pub(crate) fn put_off<E>(tx: &Tx, rows: &[E::Model]) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    if let Some(statement) = statement::<E>(tx, rows)? {
        tx.put_off(statement);
    }
    Ok(())
}

fn statement<E>(tx: &Tx, rows: &[E::Model]) -> Result<Option<Statement>>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    if rows.is_empty() {
        return Ok(None);
    }
    let rows = rows.iter().map(|row| {
        let row = row.clone().into_active_model();
        let cells = E::Column::iter().map(|column| cell(row.get(column).into_value()));
        cells.collect::<Result<Json>>()
    });
    let rows = rows.collect::<Result<Json>>()?.to_string();
    let backend = tx.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql::<E>(backend)?, [rows.into()]);
    Ok(Some(statement))
}

/// The statement. Each row is an array of its columns' values.
fn sql<E: EntityTrait>(backend: DbBackend) -> Result<String> {
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (index, column) in E::Column::iter().enumerate() {
        columns.push(column.as_str());
        let (postgres, is_id) = match column.def().get_column_type() {
            ColumnType::Uuid => ("uuid", true),
            ColumnType::BigInteger => ("bigint", false),
            ColumnType::SmallInteger => ("smallint", false),
            ColumnType::Boolean => ("boolean", false),
            ColumnType::Text | ColumnType::String(_) => ("text", false),
            ColumnType::TimestampWithTimeZone => ("timestamptz", false),
            other => return Err(strange(other)),
        };
        values.push(match (backend, is_id) {
            (DbBackend::Postgres, _) => format!("CAST(value ->> {index} AS {postgres})"),
            // An id is a blob, and JSON has none.
            (_, true) => format!("unhex(value ->> {index})"),
            (_, false) => format!("value ->> {index}"),
        });
    }
    let rows = match backend {
        DbBackend::Postgres => "jsonb_array_elements(CAST($1 AS jsonb))",
        _ => "json_each($1)",
    };
    Ok(format!(
        "INSERT INTO {} ({}) SELECT {} FROM {rows}",
        E::default().table_name(),
        columns.join(", "),
        values.join(", ")
    ))
}

/// A value as JSON, in the form in which it would be kept were it bound by itself.
fn cell(value: Option<Value>) -> Result<Json> {
    Ok(match value {
        None
        | Some(
            Value::Bool(None)
            | Value::SmallInt(None)
            | Value::BigInt(None)
            | Value::String(None)
            | Value::Uuid(None)
            | Value::ChronoDateTimeUtc(None),
        ) => Json::Null,
        Some(Value::Bool(Some(value))) => json!(value),
        Some(Value::SmallInt(Some(value))) => json!(value),
        Some(Value::BigInt(Some(value))) => json!(value),
        Some(Value::String(Some(value))) => json!(value),
        Some(Value::Uuid(Some(value))) => json!(value.simple().to_string()),
        Some(Value::ChronoDateTimeUtc(Some(value))) => {
            json!(value.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false))
        }
        Some(other) => return Err(strange(&other)),
    })
}

fn strange(what: &impl std::fmt::Debug) -> Error {
    Error::internal(anyhow::anyhow!(
        "{what:?} cannot be written by `together::insert`: teach it, or use `bulk`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_form() {
        let kept = |value: Value| cell(Some(value)).unwrap();
        assert_eq!(kept("a\"é".into()), json!("a\"é"));
        assert_eq!(kept(i64::MAX.into()), json!(i64::MAX));
        assert_eq!(kept(Option::<String>::None.into()), Json::Null);
        let at: chrono::DateTime<chrono::Utc> = "2026-11-21T10:00:00.5Z".parse().unwrap();
        assert_eq!(kept(at.into()), json!("2026-11-21T10:00:00.500+00:00"));
        assert!(cell(Some(1.5_f64.into())).is_err());
    }
}
