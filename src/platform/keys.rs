//! Lists bound as one value, see [`lists`], in the terms of the query builder.

use super::database::lists;
use sea_orm::{
    DbBackend, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, FunctionCall, Query, SelectStatement},
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
            parameter: lists::of_ids(backend, keys),
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
    let parameter = Expr::value(lists::of_ids(backend, keys));
    match backend {
        DbBackend::Postgres => column.eq(Func::cust(Alias::new("any")).arg(parameter)),
        _ => column.in_subquery(one_of(parameter, "unhex(value)")),
    }
}

/// Whether the text `column` is one of `texts`.
#[must_use]
pub fn is_among_texts(backend: DbBackend, column: Expr, texts: &[String]) -> Expr {
    let parameter = Expr::value(lists::of_texts(backend, texts));
    match backend {
        DbBackend::Postgres => column.eq(Func::cust(Alias::new("any")).arg(parameter)),
        _ => column.in_subquery(one_of(parameter, "value")),
    }
}

/// The entries of a JSON array.
fn one_of(array: Expr, entry: &'static str) -> SelectStatement {
    Query::select()
        .expr(Expr::cust(entry))
        .from_function(
            Func::cust(Alias::new("json_each")).arg(array),
            Alias::new(ALIAS),
        )
        .take()
}
