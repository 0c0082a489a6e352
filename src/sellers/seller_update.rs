//! Changing what a shop says of itself.

use super::{
    events::SellerChanged,
    members::{ShopPermission, may},
    rules,
    seller_open::take_name,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    outbox,
    platform::{database::Tx, text},
};
use entity::ids::SellerId;
use entity::sellers::seller::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// What of a shop is changed; what is nothing stays.
#[derive(Clone, Debug)]
pub(crate) struct SellerUpdate {
    pub(crate) id: SellerId,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) expected_version: i64,
}

/// Changes the shop. Its handle stays, since addresses lead to it.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the shop is of another version than the one that was read; `NotFound` and
/// Forbidden for whoever may not.
pub(crate) async fn seller_update(
    caller: &Caller,
    tx: &Tx,
    change: &SellerUpdate,
) -> Result<SellerId> {
    may(tx, caller, change.id, ShopPermission::ShopManage).await?;
    let found = Entity::find_by_id(change.id).one(tx).await?;
    let before = found.ok_or(Error::NotFound("seller"))?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = rules::name(name)?;
        after.name_key = text::name_key(&after.name);
    }
    if let Some(description) = &change.description {
        after.description = rules::description(description)?;
    }
    if after.name_key != before.name_key {
        take_name(caller, tx, &after).await?;
    }
    write(caller, tx, &after, change.expected_version).await?;
    let changed = SellerChanged {
        seller_id: before.id,
        renamed: after.name != before.name,
    };
    outbox::emit_one(tx, &changed).await?;
    let entry = Entry::new("seller.update", "seller", before.id)
        .of_shop(before.id)
        .change("name", before.name, after.name)
        .change("description", before.description, after.description);
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(change.id)
}

async fn write(caller: &Caller, tx: &Tx, after: &Model, expected_version: i64) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(after.name.as_str()))
        .col_expr(Column::NameKey, Expr::value(after.name_key.as_str()))
        .col_expr(Column::Description, Expr::value(after.description.as_str()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(after.id))
        // What was read above is of this version too, or nothing is written.
        .filter(Column::Version.eq(expected_version))
        .filter(Column::Version.eq(after.version))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::Conflict(
            "The shop was changed since you read it. Read it again, and change that.".to_owned(),
        ));
    }
    Ok(())
}
