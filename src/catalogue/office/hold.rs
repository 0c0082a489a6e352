//! Taking products in hand to change them.

use crate::{
    caller::Caller,
    catalogue::product_hold,
    error::{Error, Result},
    platform::database::{Tx, lists::is_among_ids},
    sellers::{
        Shop,
        members::{ShopPermission, ShopRole, may_role, roles_in},
        shops_by_id,
    },
};
use entity::catalogue::product::{Column, Entity, Model};
use entity::ids::{ProductId, SellerId};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::{collections::HashMap, sync::Arc};

/// A product that stays as it is until the transaction changes it or ends.
pub(super) struct Held {
    pub(super) product: Model,
    pub(super) shop: Arc<Shop>,
    /// What the caller is in the shop.
    pub(super) role: ShopRole,
}

/// Holds those of `ids` that the caller may change, deleted ones too; the others are left out.
///
/// # Errors
/// Forbidden where the caller works in a shop and may not change its products; Unauthenticated.
pub(super) async fn hold(
    tx: &Tx,
    caller: &Caller,
    ids: &[ProductId],
) -> Result<HashMap<ProductId, Held>> {
    let backend = tx.get_database_backend();
    let owners: Vec<(ProductId, SellerId)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::SellerId])
        .filter(is_among_ids(backend, Column::Id, ids))
        .into_tuple()
        .all(tx)
        .await?;
    let mut sellers: Vec<SellerId> = owners.iter().map(|(_, seller)| *seller).collect();
    sellers.sort_unstable();
    sellers.dedup();
    let roles = roles_in(tx, caller, &sellers).await?;
    // Only what is theirs to hold: others cannot be made to wait for strangers.
    let own = owners
        .iter()
        .filter(|(_, seller)| roles.contains_key(seller));
    let own: Vec<ProductId> = own.map(|(id, _)| *id).collect();
    if own.is_empty() {
        return Ok(HashMap::new());
    }
    for role in roles.values() {
        may_role(*role, ShopPermission::ProductsWrite)?;
    }
    product_hold(tx, &own).await?;
    let rows = Entity::find().filter(is_among_ids(backend, Column::Id, &own));
    let shops = shops_by_id(tx, &sellers).await?;
    let shops: HashMap<SellerId, Arc<Shop>> = (shops.into_iter())
        .map(|shop| (shop.id, Arc::new(shop)))
        .collect();
    let mut held = HashMap::new();
    for product in rows.all(tx).await? {
        let (shop, role) = (shops.get(&product.seller_id), roles.get(&product.seller_id));
        if let (Some(shop), Some(role)) = (shop, role) {
            let (shop, role) = (Arc::clone(shop), *role);
            held.insert(
                product.id,
                Held {
                    product,
                    shop,
                    role,
                },
            );
        }
    }
    Ok(held)
}

/// Holds a product that is there, deleted or not.
///
/// # Errors
/// `NotFound` for whoever does not work in its shop, Forbidden for whoever does and may not.
pub(super) async fn hold_any(tx: &Tx, caller: &Caller, id: ProductId) -> Result<Held> {
    let held = hold(tx, caller, &[id]).await?.remove(&id);
    held.ok_or(Error::NotFound("product"))
}

/// Holds a living product.
///
/// # Errors
/// As [`hold_any`], and `NotFound` where it is deleted.
pub(super) async fn hold_one(tx: &Tx, caller: &Caller, id: ProductId) -> Result<Held> {
    let held = hold_any(tx, caller, id).await?;
    held.living()
}

impl Held {
    /// The same, if it is not deleted.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) fn living(self) -> Result<Self> {
        match self.product.deleted_at {
            None => Ok(self),
            Some(_) => Err(Error::NotFound("product")),
        }
    }

    /// Makes sure that the product is as it was when it was read.
    ///
    /// # Errors
    /// Conflict when it is of another version.
    pub(super) fn expect_version(&self, expected: i64) -> Result<()> {
        if self.product.version == expected {
            return Ok(());
        }
        Err(Error::Conflict(
            "The product was changed since you read it. Read it again, and change that.".to_owned(),
        ))
    }
}
