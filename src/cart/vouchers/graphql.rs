//! Vouchers, as the API shows them to those who make them.

use super::{VoucherDraft, VoucherRow as Row};
use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        eager::Eager,
        idempotent::once,
        ids::{decode, encode},
        loaders, nullable,
        paging::PageArguments,
        scalars::{Money, MoneyInput},
        user_errors::{UserError, or_user_errors},
    },
    permissions::Permission,
    platform::currency,
    sellers::graphql::Seller,
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{
    ids::{SellerId, VoucherId},
    money::Money as Amount,
};
use std::sync::Arc;

/// A code that makes things cheaper.
pub(crate) struct Voucher(Arc<Row>);

impl From<Arc<Row>> for Voucher {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

impl Voucher {
    fn money(&self, minor: Option<i64>) -> Option<Eager<Money>> {
        let currency = self.0.currency?;
        minor.map(|minor| Eager(Money(Amount { minor, currency })))
    }
}

/// A code that makes things cheaper.
#[Object]
impl Voucher {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// The code, as it is shown. Upper and lower case are the same.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The shop whose lines it is for and who bears it; nothing for the marketplace's.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<Eager<Seller>>> {
        nullable(loaders(ctx).objects.sellers.load(self.0.seller_id?).await)
    }

    /// The part that it takes off, in basis points; nothing where it takes off an amount.
    async fn rate_bps(&self) -> Option<i32> {
        self.0.rate_bps.map(i32::from)
    }

    /// The amount that it takes off; nothing where it takes off a part.
    async fn amount(&self) -> Option<Eager<Money>> {
        self.money(self.0.amount)
    }

    /// From goods of this worth on it is good.
    async fn minimum(&self) -> Option<Eager<Money>> {
        self.money(self.0.minimum)
    }

    /// From when on it is good.
    async fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.0.starts_at
    }

    /// Until when it is good.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.ends_at
    }

    /// How often it can be used.
    async fn total_limit(&self) -> Option<i64> {
        self.0.total_limit
    }

    /// How often one person can use it.
    async fn customer_limit(&self) -> Option<i64> {
        self.0.customer_limit
    }

    /// How often it is used.
    async fn redeemed(&self) -> i64 {
        self.0.redeemed
    }

    /// Whether it is in use.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// Counts its edits: pass it as `expectedVersion` when you edit.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What a voucher is.
#[derive(InputObject)]
pub(crate) struct VoucherInput {
    /// The code: 3 to 40 letters from A to Z, digits, hyphens and underscores.
    code: String,
    /// The part that it takes off, in basis points from 1 to 10000; either this or `amount`.
    rate_bps: Option<i32>,
    /// The amount that it takes off, at most what there is; either this or `rateBps`.
    amount: Option<MoneyInput>,
    /// From goods of this worth on it is good, before any voucher.
    minimum: Option<MoneyInput>,
    /// From when on it is good; at once when left out.
    starts_at: Option<DateTime<Utc>>,
    /// Until when it is good; for ever when left out.
    ends_at: Option<DateTime<Utc>>,
    /// How often it can be used; any number of times when left out.
    total_limit: Option<i64>,
    /// How often one person can use it; any number of times when left out.
    customer_limit: Option<i64>,
}

impl VoucherInput {
    fn read(self) -> Result<VoucherDraft> {
        let money = |input: Option<MoneyInput>, field: &str| {
            let read = input.map(|input| -> Result<Amount> {
                let (currency, field) = (input.currency.0, format!("input.voucher.{field}"));
                let minor = currency::to_minor(input.amount.0, currency, &field)?;
                Ok(Amount { minor, currency })
            });
            read.transpose()
        };
        Ok(VoucherDraft {
            code: self.code,
            rate_bps: self.rate_bps,
            amount: money(self.amount, "amount")?,
            minimum: money(self.minimum, "minimum")?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            total_limit: self.total_limit,
            customer_limit: self.customer_limit,
        })
    }
}

/// Another voucher.
#[derive(InputObject)]
pub(crate) struct VoucherCreateInput {
    /// The shop whose lines it is for and who bears it; the marketplace's when left out, which is for admins.
    seller_id: Option<ID>,
    /// What it is.
    voucher: VoucherInput,
}

/// A voucher, and what it becomes.
#[derive(InputObject)]
pub(crate) struct VoucherUpdateInput {
    /// The voucher.
    id: ID,
    /// The version of it that was read.
    expected_version: i64,
    /// All that it is from now on.
    voucher: VoucherInput,
}

/// A voucher that goes out of use.
#[derive(InputObject)]
pub(crate) struct VoucherDeactivateInput {
    /// The voucher.
    id: ID,
}

/// What became of a voucher.
#[derive(SimpleObject)]
pub(crate) struct VoucherPayload {
    /// The voucher as it is now; nothing where nothing was done.
    voucher: Option<Voucher>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

async fn payload(
    ctx: &Context<'_>,
    done: Result<VoucherId>,
    field: &str,
) -> Result<VoucherPayload> {
    let (id, user_errors) = or_user_errors(done, field)?;
    let voucher = match id {
        Some(id) => Some(super::by_id(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(VoucherPayload {
        voucher,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct VoucherQueries;

#[Object]
impl VoucherQueries {
    /// A shop's vouchers, the last to be made first, for those who work in it; for everyone else there are none. Without a shop the
    /// marketplace's own, for admins.
    async fn vouchers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop.")] seller_id: Option<ID>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Voucher>> {
        let seller = seller_id.map(|id| decode::<SellerId>(&id, "sellerId"));
        let seller = seller.transpose()?;
        let order = super::order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let caller = caller(ctx);
        let slice = super::list(caller, seller, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { super::count(&caller, seller).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}

#[derive(Default)]
pub(crate) struct VoucherMutations;

#[Object]
impl VoucherMutations {
    /// Makes a voucher: of a shop for its owners and managers, of the marketplace for admins.
    async fn voucher_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Another voucher.")] input: VoucherCreateInput,
    ) -> Result<VoucherPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let seller = input.seller_id.map(|id| decode(&id, "input.sellerId"));
        let seller = seller.transpose()?;
        if seller.is_none() {
            caller.require(Permission::PricingManage)?;
        }
        let draft = input.voucher.read();
        let work = async move |tx: &_| super::voucher_create(caller, tx, seller, &draft?).await;
        payload(ctx, once(ctx, work).await, "input.sellerId").await
    }

    /// Changes a voucher. Orders that were made before stay as they are. For those who may make one there.
    async fn voucher_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A voucher, and what it becomes.")] input: VoucherUpdateInput,
    ) -> Result<VoucherPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let (version, draft) = (input.expected_version, input.voucher.read());
        let work =
            async move |tx: &_| super::voucher_update(caller, tx, id, version, &draft?).await;
        payload(ctx, once(ctx, work).await, "input.id").await
    }

    /// Takes a voucher out of use; its code may be given to another then. For those who may make one there.
    async fn voucher_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A voucher that goes out of use.")] input: VoucherDeactivateInput,
    ) -> Result<VoucherPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            super::voucher_deactivate(caller, tx, id).await
        });
        payload(ctx, done.await, "input.id").await
    }
}
