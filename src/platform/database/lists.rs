//! Lists bound as one value, so that the text of a statement does not depend on how long they are: every length
//! then shares one prepared statement, and none runs into a database's limit of bound values.
//!
//! On PostgreSQL a list goes through a `(SELECT $1)`, so that it is taken for ten whatever is bound. Where the length is seen, a plan for
//! one id is cheaper than that for any list, and it is planned anew each time, which takes longer than looking up.

use sea_orm::{
    ColumnTrait, DbBackend, Value,
    sea_query::{Expr, IntoColumnRef},
};
use uuid::Uuid;

/// SQL that is true when the expression before it is among the ids bound as `$1`, see [`of_ids`].
#[must_use]
pub(crate) fn among_ids(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "= ANY(CAST((SELECT $1) AS uuid[]))",
        // An id is a blob, and JSON has none.
        _ => "IN (SELECT unhex(value) FROM json_each($1))",
    }
}

/// SQL that is true when the expression before it is among the texts bound as `$1`, see [`of_texts`].
#[must_use]
pub(crate) fn among_texts(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "= ANY(CAST((SELECT $1) AS text[]))",
        _ => "IN (SELECT value FROM json_each($1))",
    }
}

/// SQL for PostgreSQL that is true when `id` is among those of `rows`, to stand beside the join with them. It expects a hundred rows of what is
/// read from JSON, and would read a table of thousands through to join them; of an array it expects ten, and looks them up.
#[must_use]
pub(crate) fn is_looked_up(id: &str, among: &str, rows: &str) -> String {
    format!("{id} = ANY(ARRAY(SELECT {among} FROM {rows}))")
}

/// SQL of a table `wanted (id, word)` that holds the pairs bound by [`of_pairs`], the only values of the statement.
#[must_use]
pub(crate) fn wanted_pairs(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "unnest((SELECT $1::uuid[]), (SELECT $2::text[])) AS wanted (id, word)"
        }
        _ => "(SELECT unhex(value ->> 0) AS id, value ->> 1 AS word FROM json_each($1)) AS wanted",
    }
}

/// Whether a column's value is among `ids`, for queries that SeaORM builds.
#[must_use]
pub(crate) fn is_among_ids<Column, Id>(backend: DbBackend, column: Column, ids: &[Id]) -> Expr
where
    Column: ColumnTrait,
    Id: Copy + Into<Uuid>,
{
    match backend {
        DbBackend::Postgres => Expr::cust_with_exprs(
            "$1 = ANY(CAST((SELECT $2) AS uuid[]))",
            [
                Expr::col(column.as_column_ref().into_column_ref()),
                Expr::val(of_ids(backend, ids)),
            ],
        ),
        _ => Expr::cust_with_exprs(
            "? IN (SELECT unhex(value) FROM json_each(?))",
            [
                Expr::col(column.as_column_ref().into_column_ref()),
                Expr::val(of_ids(backend, ids)),
            ],
        ),
    }
}

/// Ids as one bound value: an array on PostgreSQL, a JSON array of hexadecimal numbers on SQLite.
#[must_use]
pub(crate) fn of_ids<Id: Copy + Into<Uuid>>(backend: DbBackend, ids: &[Id]) -> Value {
    let ids = ids.iter().copied().map(Into::into);
    match backend {
        DbBackend::Postgres => ids.collect::<Vec<Uuid>>().into(),
        _ => json(ids.map(hexadecimal).collect::<Vec<_>>()),
    }
}

/// Texts as one bound value: an array on PostgreSQL, a JSON array on SQLite.
#[must_use]
pub(crate) fn of_texts<Text: AsRef<str>>(backend: DbBackend, texts: &[Text]) -> Value {
    let texts = texts.iter().map(|text| text.as_ref().to_owned());
    match backend {
        DbBackend::Postgres => texts.collect::<Vec<String>>().into(),
        _ => json(texts.collect::<Vec<_>>()),
    }
}

/// Pairs of an id and a word, as [`wanted_pairs`] expects them.
#[must_use]
pub(crate) fn of_pairs<Id: Copy + Into<Uuid>>(
    backend: DbBackend,
    pairs: &[(Id, String)],
) -> Vec<Value> {
    let pairs = pairs.iter().map(|(id, word)| ((*id).into(), word.clone()));
    match backend {
        DbBackend::Postgres => {
            let (ids, words): (Vec<Uuid>, Vec<String>) = pairs.unzip();
            vec![ids.into(), words.into()]
        }
        _ => vec![json(
            pairs
                .map(|(id, word)| vec![hexadecimal(id), word])
                .collect::<Vec<_>>(),
        )],
    }
}

fn hexadecimal(id: Uuid) -> String {
    id.simple().to_string()
}

fn json(list: impl Into<serde_json::Value>) -> Value {
    list.into().to_string().into()
}
