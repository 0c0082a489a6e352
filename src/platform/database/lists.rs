//! Lists bound as one value, so that the text of a statement does not depend on how long they are: every length
//! then shares one prepared statement, and none runs into a database's limit of bound values.

use sea_orm::{DbBackend, Value};
use uuid::Uuid;

/// SQL that is true when the expression before it is among the ids bound as `$1`, see [`of_ids`].
#[must_use]
pub(crate) fn among_ids(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "= ANY($1)",
        // An id is a blob, and JSON has none.
        _ => "IN (SELECT unhex(value) FROM json_each($1))",
    }
}

/// SQL that is true when the expression before it is among the texts bound as `$1`, see [`of_texts`].
#[must_use]
pub(crate) fn among_texts(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "= ANY($1)",
        _ => "IN (SELECT value FROM json_each($1))",
    }
}

/// Ids as one bound value: an array on PostgreSQL, a JSON array of hexadecimal numbers on SQLite.
#[must_use]
pub(crate) fn of_ids<Id: Copy + Into<Uuid>>(backend: DbBackend, ids: &[Id]) -> Value {
    let ids = ids.iter().copied().map(Into::into);
    match backend {
        DbBackend::Postgres => ids.collect::<Vec<Uuid>>().into(),
        _ => json_of(ids.map(|id| id.simple().to_string())),
    }
}

/// Texts as one bound value: an array on PostgreSQL, a JSON array on SQLite.
#[must_use]
pub(crate) fn of_texts<Text: AsRef<str>>(backend: DbBackend, texts: &[Text]) -> Value {
    let texts = texts.iter().map(|text| text.as_ref().to_owned());
    match backend {
        DbBackend::Postgres => texts.collect::<Vec<String>>().into(),
        _ => json_of(texts),
    }
}

fn json_of(texts: impl Iterator<Item = String>) -> Value {
    serde_json::Value::from(texts.collect::<Vec<_>>())
        .to_string()
        .into()
}
