//! Many keys in one parameter, so that a statement's text is the same for any number of them and each connection
//! prepares it once: an array on PostgreSQL, a JSON array of hexadecimal digits on SQLite.

use sea_orm::{
    DbBackend, Value,
    sea_query::{Alias, ArrayType, Expr, ExprTrait, Func, FunctionCall, Query},
};
use uuid::Uuid;

/// The name under which [`ParentKeys`] stand in a statement.
pub(super) const ALIAS: &str = "k";

/// Keys as a table to select from.
pub(super) struct ParentKeys {
    backend: DbBackend,
    parameter: Value,
}

impl ParentKeys {
    pub(super) fn new(backend: DbBackend, keys: &[Uuid]) -> Self {
        Self {
            backend,
            parameter: parameter(backend, keys),
        }
    }

    /// The table, to be named [`ALIAS`].
    pub(super) fn table(&self) -> FunctionCall {
        let function = match self.backend {
            DbBackend::Postgres => "unnest",
            _ => "json_each",
        };
        Func::cust(Alias::new(function)).arg(Expr::value(self.parameter.clone()))
    }

    /// The key of the table's current row.
    pub(super) fn key(&self) -> Expr {
        match self.backend {
            DbBackend::Postgres => Expr::cust("k.k"),
            _ => Expr::cust("unhex(k.value)"),
        }
    }
}

/// Whether `column` is one of `keys`.
#[must_use]
pub fn is_among(backend: DbBackend, column: Expr, keys: &[Uuid]) -> Expr {
    let parameter = Expr::value(parameter(backend, keys));
    match backend {
        DbBackend::Postgres => column.eq(Func::cust(Alias::new("any")).arg(parameter)),
        _ => column.in_subquery(
            Query::select()
                .expr(Expr::cust("unhex(value)"))
                .from_function(
                    Func::cust(Alias::new("json_each")).arg(parameter),
                    Alias::new(ALIAS),
                )
                .take(),
        ),
    }
}

/// Whether the text `column` is one of `texts`.
#[must_use]
pub fn is_among_texts(backend: DbBackend, column: Expr, texts: &[String]) -> Expr {
    match backend {
        DbBackend::Postgres => {
            let values = texts
                .iter()
                .map(|text| Value::from(text.as_str()))
                .collect();
            let parameter = Value::Array(ArrayType::String, Some(Box::new(values)));
            column.eq(Func::cust(Alias::new("any")).arg(Expr::value(parameter)))
        }
        _ => {
            let parameter = serde_json::Value::from(texts).to_string();
            column.in_subquery(
                Query::select()
                    .expr(Expr::cust("value"))
                    .from_function(
                        Func::cust(Alias::new("json_each")).arg(Expr::value(parameter)),
                        Alias::new(ALIAS),
                    )
                    .take(),
            )
        }
    }
}

fn parameter(backend: DbBackend, keys: &[Uuid]) -> Value {
    match backend {
        DbBackend::Postgres => {
            let values = keys.iter().map(|key| Value::from(*key)).collect();
            Value::Array(ArrayType::Uuid, Some(Box::new(values)))
        }
        _ => {
            let mut json = String::with_capacity(keys.len() * 35 + 2);
            let mut digits = Uuid::encode_buffer();
            for key in keys {
                json.push_str(if json.is_empty() { "[\"" } else { ",\"" });
                json.push_str(key.simple().encode_lower(&mut digits));
                json.push('"');
            }
            json.push_str(if json.is_empty() { "[]" } else { "]" });
            json.into()
        }
    }
}
