//! Where a person works, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{PAGE, Rows},
};
use chrono::{DateTime, Utc};
use entity::ids::{SellerId, SellerMemberId};
use entity::sellers::member::Role;
use sea_orm::{ActiveEnum, DbBackend, FromQueryResult, Statement};
use serde_json::json;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Row {
    id: SellerMemberId,
    seller_id: SellerId,
    name: String,
    role: Role,
    created_at: DateTime<Utc>,
}

/// The shops that the caller works in, those that are closed too.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let person = caller.require_person()?;
    let sql = "SELECT member.id, member.seller_id, seller.name, member.role, member.created_at FROM seller_member AS member \
        JOIN seller ON seller.id = member.seller_id WHERE member.account_id = $1 AND member.id > $2 ORDER BY member.id LIMIT $3";
    let backend: DbBackend = caller.database.backend();
    let values = [
        person.account.0.into(),
        after.unwrap_or(Uuid::nil()).into(),
        PAGE.cast_signed().into(),
    ];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = Row::find_by_statement(statement)
        .all(caller.database.read())
        .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "shop": row.seller_id.0,
            "name": row.name,
            "role": row.role.to_value(),
            "since": row.created_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
