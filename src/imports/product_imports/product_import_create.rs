//! Asking for an import.

use super::{ProductImport, State};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
    sellers::members::{ShopPermission, may},
};
use chrono::TimeDelta;
use entity::ids::{ProductImportId, SellerId};
use entity::imports::product_import::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

/// Most imports of a shop that are not over.
const MOST: u64 = 5;
/// One that did not get on for so long is dead, and keeps nobody waiting.
const GIVEN_UP: TimeDelta = TimeDelta::days(1);

/// An import that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProductImportCreate {
    pub(crate) seller: SellerId,
    pub(crate) round_prices: bool,
}

/// Makes room for a file of products of the shop. Whoever imports says prices too.
///
/// # Errors
/// `NotFound` and Forbidden for whoever may not; Conflict when too many are not over.
pub(crate) async fn product_import_create(
    caller: &Caller,
    tx: &Tx,
    new: ProductImportCreate,
) -> Result<ProductImportId> {
    let person = caller.require_person()?;
    may(tx, caller, new.seller, ShopPermission::ProductsWrite).await?;
    may(tx, caller, new.seller, ShopPermission::PricesWrite).await?;
    let living = Entity::find()
        .filter(Column::SellerId.eq(new.seller))
        .filter(Column::State.is_not_in([State::Done, State::Failed]))
        .filter(Column::UpdatedAt.gt(caller.clock.now() - GIVEN_UP))
        .count(tx)
        .await?;
    if living >= MOST {
        let message =
            format!("The shop has {MOST} imports that are not over. Wait for one to end.");
        return Err(Error::Conflict(message));
    }
    let (id, now) = (ProductImportId::generate(), caller.clock.now());
    let import = ProductImport {
        id,
        seller_id: new.seller,
        account_id: person.account,
        state: State::AwaitingFile,
        round_prices: new.round_prices,
        bytes: 0,
        progress: "{}".to_owned(),
        error: None,
        created_at: now,
        updated_at: now,
    };
    Entity::insert(import.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let entry = Entry::new("import.create", "import", id).of_shop(new.seller);
    audit::record(tx, caller, &[entry.is("roundPrices", new.round_prices)]).await?;
    Ok(id)
}
