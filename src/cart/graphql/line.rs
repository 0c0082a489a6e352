//! Lines of carts.

use crate::{
    cart::{CartView, LineView},
    catalogue::graphql::{Product, Variant},
    error::Result,
    graphql::{eager::Eager, ids::encode, loaders, nullable, scalars::Money},
    sellers::graphql::Seller,
};
use async_graphql::{Context, ID, Object};
use entity::money::Money as Amount;
use std::sync::Arc;

/// Some of one variant in a cart.
pub(crate) struct CartLine {
    view: Arc<CartView>,
    index: usize,
}

impl CartLine {
    /// Those of `view`.
    pub(super) fn all(view: &Arc<CartView>) -> Vec<Self> {
        let lines = 0..view.lines.len();
        lines
            .map(|index| Self {
                view: Arc::clone(view),
                index,
            })
            .collect()
    }

    fn line(&self) -> &LineView {
        &self.view.lines[self.index]
    }

    fn money(&self, minor: i64) -> Eager<Money> {
        let currency = self.line().currency;
        Eager(Money(Amount { minor, currency }))
    }
}

/// Some of one variant in a cart.
#[Object]
impl CartLine {
    /// Its id, by which it is changed.
    async fn id(&self) -> ID {
        encode(self.line().id)
    }

    /// The variant's id.
    async fn variant_id(&self) -> ID {
        encode(self.line().variant)
    }

    /// What is bought; nothing where it is not shown any more.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<Eager<Variant>>> {
        nullable(
            loaders(ctx)
                .objects
                .variants
                .load(self.line().variant)
                .await,
        )
    }

    /// The product it is a variant of; nothing where it is not shown any more.
    async fn product(&self, ctx: &Context<'_>) -> Option<Result<Eager<Product>>> {
        nullable(
            loaders(ctx)
                .objects
                .products
                .load(self.line().product)
                .await,
        )
    }

    /// Who sells it; nothing where the shop is closed.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<Eager<Seller>>> {
        nullable(loaders(ctx).objects.sellers.load(self.line().seller).await)
    }

    /// The product's name.
    async fn product_name(&self) -> &str {
        &self.line().product_name
    }

    /// The variant's option values joined, for example "M / Red"; may be empty.
    async fn variant_name(&self) -> &str {
        &self.line().variant_name
    }

    /// The seller's stock-keeping unit.
    async fn sku(&self) -> Option<&str> {
        self.line().sku.as_deref()
    }

    /// How many.
    async fn quantity(&self) -> i64 {
        self.line().quantity
    }

    /// How many can be bought now; nothing where units are not counted.
    async fn available(&self) -> Option<i64> {
        self.line().available
    }

    /// Whether it is for sale at all. What is not counts for nothing.
    async fn is_for_sale(&self) -> bool {
        self.line().is_for_sale
    }

    /// What one costs now.
    async fn unit_price(&self) -> Eager<Money> {
        self.money(self.line().unit_price)
    }

    /// What one cost when it was put in, or when the price was last accepted.
    async fn price_seen(&self) -> Eager<Money> {
        self.money(self.line().price_seen)
    }

    /// What they cost, before vouchers.
    async fn subtotal(&self) -> Eager<Money> {
        self.money(self.line().totals.subtotal)
    }

    /// What vouchers take off.
    async fn discount(&self) -> Eager<Money> {
        self.money(self.line().totals.discount)
    }

    /// The tax on what is left.
    async fn tax(&self) -> Eager<Money> {
        self.money(self.line().totals.tax)
    }

    /// What is left, with the tax where it comes on top.
    async fn total(&self) -> Eager<Money> {
        self.money(self.line().totals.total)
    }
}
