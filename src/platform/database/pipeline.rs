//! Several statements in one round trip.

use sea_orm::{DbBackend, Statement, Values};

/// Stands before what carries nothing but statements that were put off, which were counted then.
pub(super) const PUT_OFF: &str = "/* put off */ ";

/// Which of `statements` go together: all of them, but on PostgreSQL only one that has a `WITH` of its own, which is the last.
pub(super) fn trips(backend: DbBackend, statements: Vec<Statement>) -> Vec<Vec<Statement>> {
    let has_with = |one: &Statement| backend == DbBackend::Postgres && one.sql.starts_with("WITH ");
    let (with, mut first): (Vec<_>, Vec<_>) = statements.into_iter().partition(has_with);
    let mut with = with.into_iter();
    first.extend(with.next());
    let first = (!first.is_empty()).then_some(first);
    first.into_iter().chain(with.map(|one| vec![one])).collect()
}

/// All of `statements` as one, in their order on SQLite, which is handed as many at once as one likes.
///
/// On PostgreSQL a prepared statement is one statement: all but the last go into its `WITH`, where they may write, and are done in any order;
/// what they refer to is looked at when all are done. Only the last may have a `WITH` of its own.
/// (<https://www.postgresql.org/docs/15/queries-with.html>, "Data-Modifying Statements in WITH")
pub(super) fn joined(backend: DbBackend, statements: Vec<Statement>) -> Statement {
    let (mut texts, mut values) = (Vec::with_capacity(statements.len()), Vec::new());
    for statement in statements {
        texts.push(renumbered(&statement.sql, values.len()));
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    let sql = match (backend, texts.split_last()) {
        (DbBackend::Postgres, Some((last, others))) if !others.is_empty() => {
            let others = others.iter().enumerate();
            let others = others.map(|(number, text)| format!("put_off_{number} AS ({text})"));
            let others = others.collect::<Vec<_>>().join(", ");
            match last.strip_prefix("WITH ") {
                Some(last) => format!("WITH {others}, {last}"),
                None => format!("WITH {others} {last}"),
            }
        }
        _ => texts.join("; "),
    };
    Statement {
        sql,
        values: Some(Values(values)),
        db_backend: backend,
    }
}

/// `sql` with its parameters, `$1` and so on or a `?` each, numbered from after `offset`. What stands in quotes is none.
fn renumbered(sql: &str, offset: usize) -> String {
    let mut text = String::with_capacity(sql.len() + 64);
    let (mut positional, mut rest) = (0, sql);
    while let Some(at) = rest.find(['\'', '"', '?', '$']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let (mark, after) = found.split_at(1);
        let number = match mark {
            "?" => {
                positional += 1;
                rest = after;
                Some(positional)
            }
            "$" => {
                let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                rest = &after[digits..];
                after[..digits].parse::<usize>().ok()
            }
            quote => {
                let end = after.find(quote).map_or(found.len(), |end| end + 2);
                text.push_str(&found[..end]);
                rest = &found[end..];
                continue;
            }
        };
        text.push('$');
        if let Some(number) = number {
            text.push_str(&(offset + number).to_string());
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(sql: &str, values: &[i64]) -> Statement {
        let values = values.iter().map(|value| (*value).into());
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
    }

    #[test]
    fn parameters_keep_their_values() {
        let all = || {
            vec![
                statement("INSERT INTO a VALUES ($2, $1, '$1 ?')", &[1, 2]),
                statement("INSERT INTO b VALUES (?, ?)", &[3, 4]),
                statement("INSERT INTO c VALUES (\"a?\", $1)", &[5]),
            ]
        };
        let sqlite = joined(DbBackend::Sqlite, all());
        assert_eq!(
            sqlite.sql,
            "INSERT INTO a VALUES ($2, $1, '$1 ?'); INSERT INTO b VALUES ($3, $4); INSERT INTO c VALUES (\"a?\", $5)"
        );
        let values = sqlite.values.map(|values| values.0);
        assert_eq!(values, Some((1..=5_i64).map(Into::into).collect()));
        let postgres = joined(DbBackend::Postgres, all());
        assert!(
            postgres.sql.starts_with("WITH put_off_0 AS (INSERT INTO a"),
            "{}",
            postgres.sql
        );
        assert!(
            postgres
                .sql
                .ends_with(") INSERT INTO c VALUES (\"a?\", $5)"),
            "{}",
            postgres.sql
        );
    }
}
