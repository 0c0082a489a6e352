//! What must always hold for idempotency keys.

use crate::{
    error::Result,
    platform::database::{faults, time},
};
use sea_orm::ConnectionTrait;

/// Keys whose time was over a day ago: the job that deletes them comes round every hour.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn expired(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let a_day_ago = time::from_now(db.get_database_backend(), "-86400");
    let sql = format!(
        "SELECT claim_id AS id, 'a key of the mutation ' || operation || ' is kept beyond its time; is any worker running?' \
             AS fault \
         FROM idempotency_key WHERE expires_at < {a_day_ago} AND leased_until < {a_day_ago}"
    );
    faults(db, &sql).await
}
