//! What happens to products, and what is done about what happens to shops.

use super::search_index;
use crate::{
    error::Result,
    jobs::Attempt,
    outbox::{Delivered, Event, Subscriber},
    sellers::SellerChanged,
};
use entity::catalogue::product::{Column, Entity};
use entity::ids::{CategoryId, ProductId, SellerId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A product was made or changed, came up for sale or went, by someone who works in its shop or by an import.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductChanged {
    pub(crate) product_id: ProductId,
    pub(crate) seller_id: SellerId,
    /// Whether it may have other variants now, and what follows from them is not derived yet.
    pub(crate) variants: bool,
    /// Whether it was for sale before, so that the public may be told that it is gone.
    #[serde(default)]
    pub(crate) was_active: bool,
}

impl Event for ProductChanged {
    const NAME: &'static str = "catalogue.product_changed";
    const AGGREGATE: &'static str = "product";

    fn aggregate_id(&self) -> Uuid {
        self.product_id.0
    }
}

/// A category has another name.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CategoryRenamed {
    pub(crate) category_id: CategoryId,
}

impl Event for CategoryRenamed {
    const NAME: &'static str = "catalogue.category_renamed";
    const AGGREGATE: &'static str = "category";

    fn aggregate_id(&self) -> Uuid {
        self.category_id.0
    }
}

/// Products that are indexed in one transaction.
const BATCH: u64 = 500;

/// Has search know the products of a shop by its new name.
pub(crate) struct IndexRenamedShop;

impl Subscriber for IndexRenamedShop {
    const NAME: &'static str = "catalogue.index_renamed_shop";
    type Event = SellerChanged;

    async fn receive(changed: &Delivered<SellerChanged>, attempt: &Attempt) -> Result<()> {
        if !changed.event.renamed {
            return Ok(());
        }
        index_all(attempt, Column::SellerId.eq(changed.event.seller_id)).await
    }
}

/// Has search know the products of a category by its new name.
pub(crate) struct IndexRenamedCategory;

impl Subscriber for IndexRenamedCategory {
    const NAME: &'static str = "catalogue.index_renamed_category";
    type Event = CategoryRenamed;

    async fn receive(renamed: &Delivered<CategoryRenamed>, attempt: &Attempt) -> Result<()> {
        index_all(attempt, Column::CategoryId.eq(renamed.event.category_id)).await
    }
}

/// Indexes the products that fit, some at a time.
async fn index_all(attempt: &Attempt, which: Expr) -> Result<()> {
    let mut after = ProductId(Uuid::nil());
    while let Some(last) = index(attempt, which.clone(), after).await? {
        if attempt.is_stopping() {
            return Err(attempt.interrupted());
        }
        after = last;
    }
    Ok(())
}

/// Indexes the next products, and returns the last of them.
async fn index(attempt: &Attempt, which: Expr, after: ProductId) -> Result<Option<ProductId>> {
    attempt
        .transaction(async |tx| {
            let products: Vec<ProductId> = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(which)
                .filter(Column::Id.gt(after))
                .order_by_asc(Column::Id)
                .limit(BATCH)
                .into_tuple()
                .all(tx)
                .await?;
            search_index::refresh(tx, &products).await?;
            Ok(products.last().copied())
        })
        .await
}
