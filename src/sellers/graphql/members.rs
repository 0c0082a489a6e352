//! Who works in shops, as the API shows it.

use super::Seller;
use crate::{
    accounts::graphql::Author,
    error::{Error, Result},
    graphql::{
        caller,
        children::Children,
        connection::{Connection, Count},
        ids::encode,
        loaders, nullable,
        paging::PageArguments,
    },
    platform::keyset::Page,
    sellers::members::{self, SellerMember as Row, ShopRole as Role},
};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::ids::SellerId;
use std::sync::Arc;

/// What someone is in a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Role")]
pub(crate) enum ShopRole {
    /// May do everything. A shop always has one.
    Owner,
    /// May do everything but what concerns owners.
    Manager,
    /// Keeps the catalogue and the stock, and sets no prices.
    Staff,
}

/// Someone's place in a shop.
pub(crate) struct SellerMember(Arc<Row>);

impl From<Arc<Row>> for SellerMember {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// Someone's place in a shop.
#[Object]
impl SellerMember {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// What the person is in the shop.
    async fn role(&self) -> ShopRole {
        self.0.role.into()
    }

    /// The person, as everyone sees it; nothing where the account was closed.
    async fn person(&self, ctx: &Context<'_>) -> Option<Result<Author>> {
        nullable(loaders(ctx).objects.authors.load(self.0.account_id).await)
    }

    /// The shop.
    async fn seller(&self, ctx: &Context<'_>) -> Result<Seller> {
        let seller = loaders(ctx).objects.sellers.load(self.0.seller_id).await?;
        seller.map(Seller::from).ok_or(Error::NotFound("seller"))
    }

    /// Counts its edits: pass it as `expectedVersion` when you edit.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When the person came into the shop.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

const OF_SELLER: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.members_of_seller,
    counts: |loaders| &loaders.counts.members_of_seller,
};

/// The members of a shop.
pub(super) async fn of_seller(
    ctx: &Context<'_>,
    seller: SellerId,
    page: &PageArguments,
) -> Result<Connection<SellerMember>> {
    let order = members::order().name;
    let page = page.page(order)?;
    OF_SELLER.connection(ctx, seller.0, page, order, ()).await
}

/// The caller's places in shops, with the shops at once.
pub(crate) async fn of_viewer(
    ctx: &Context<'_>,
    page: &PageArguments,
) -> Result<Connection<SellerMember>> {
    let order = members::order().name;
    let caller = caller(ctx);
    let slice = members::of_viewer(caller, &page.page(order)?).await?;
    let shops = slice.items().map(|row| row.seller_id).collect();
    loaders(ctx).objects.sellers.load_many(shops).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let caller = caller.clone();
        Box::pin(async move { members::count_of_viewer(&caller).await })
    });
    Ok(Connection::new(&slice, order, count))
}
