//! The second wall, on PostgreSQL: whose rows a transaction may write, held by row-level security whatever its statements say. See
//! docs/row-level-security.md.

use super::Tx;
use crate::error::Result;
use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

/// In whose name a transaction writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Writer {
    /// The server's own: writes all rows.
    #[default]
    System,
    /// This account's: of what belongs to accounts, writes its own rows.
    Account(Uuid),
}

impl Writer {
    /// What names the writer to PostgreSQL until the end of the transaction; nothing for the system, whose transactions need no name.
    pub(crate) fn sql(self) -> Option<String> {
        match self {
            Self::System => None,
            Self::Account(account) => Some(format!("SET LOCAL tradewind.writer = '{account}'")),
        }
    }
}

/// Lets the rest of `tx`, which `writer` began, write as the system: for what is about another account than that of whoever is signed in, and shows its
/// right otherwise. Say why at the call.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn write_as_system(tx: &Tx, writer: Writer) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres && writer != Writer::System {
        tx.execute_unprepared("SET LOCAL tradewind.writer = ''")
            .await?;
    }
    Ok(())
}
