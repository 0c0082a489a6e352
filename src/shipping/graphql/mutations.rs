//! What shops do about their ways of shipping.

use super::ShippingMethod;
use crate::{
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        ids::decode,
        scalars::MoneyInput,
        user_errors::{UserError, or_user_errors},
    },
    platform::currency,
    shipping::{self, MethodDraft},
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::{
    ids::{SellerId, ShippingMethodId},
    money::Money,
};

/// What a way of shipping is.
#[derive(InputObject)]
pub(crate) struct ShippingMethodInput {
    /// Its name, of 1 to 100 characters.
    name: String,
    /// What it costs, in the currency of the shop; may be nothing.
    price: MoneyInput,
    /// From goods of the shop of this worth on it costs nothing.
    free_from: Option<MoneyInput>,
    /// The countries it goes to, by two letters of ISO 3166-1; all when there is none.
    #[graphql(default, validator(max_items = 250))]
    countries: Vec<String>,
    /// After how many days things come at the soonest, 0 to 365.
    min_days: Option<i32>,
    /// After how many days things come at the latest, 0 to 365.
    max_days: Option<i32>,
    /// Whether it can be chosen.
    #[graphql(default = true)]
    active: bool,
}

impl ShippingMethodInput {
    fn read(self) -> Result<MethodDraft> {
        Ok(MethodDraft {
            price: money(&self.price, "input.method.price")?,
            free_from: self
                .free_from
                .map(|from| money(&from, "input.method.freeFrom"))
                .transpose()?,
            name: self.name,
            countries: self.countries,
            min_days: self.min_days,
            max_days: self.max_days,
            active: self.active,
        })
    }
}

/// An amount as it is kept.
fn money(input: &MoneyInput, field: &str) -> Result<Money> {
    let currency = input.currency.0;
    let minor = currency::to_minor(input.amount.0, currency, field)?;
    Ok(Money { minor, currency })
}

/// Another way of shipping.
#[derive(InputObject)]
pub(crate) struct ShippingMethodCreateInput {
    /// The shop.
    seller_id: ID,
    /// What it is.
    method: ShippingMethodInput,
}

/// A way of shipping, and what it becomes.
#[derive(InputObject)]
pub(crate) struct ShippingMethodUpdateInput {
    /// The way of shipping.
    id: ID,
    /// The version of it that was read.
    expected_version: i64,
    /// All that it is from now on.
    method: ShippingMethodInput,
}

/// What became of a way of shipping.
#[derive(SimpleObject)]
pub(crate) struct ShippingMethodPayload {
    /// The way of shipping as it is now; nothing where nothing was done.
    method: Option<ShippingMethod>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

async fn payload(
    ctx: &Context<'_>,
    done: Result<ShippingMethodId>,
    field: &str,
) -> Result<ShippingMethodPayload> {
    let (id, user_errors) = or_user_errors(done, field)?;
    let method = match id {
        Some(id) => Some(shipping::by_id(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(ShippingMethodPayload {
        method,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct ShippingMutations;

#[Object]
impl ShippingMutations {
    /// Makes a way in which a shop sends things; a shop has at most 20. For its owners and managers.
    async fn shipping_method_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Another way of shipping.")] input: ShippingMethodCreateInput,
    ) -> Result<ShippingMethodPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let seller: SellerId = decode(&input.seller_id, "input.sellerId")?;
        let draft = input.method.read();
        let work =
            async move |tx: &_| shipping::shipping_method_create(caller, tx, seller, &draft?).await;
        payload(ctx, once(ctx, work).await, "input.sellerId").await
    }

    /// Changes a way in which a shop sends things, or has it chosen no more. Orders that were made before stay as they are. For the shop's
    /// owners and managers.
    async fn shipping_method_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A way of shipping, and what it becomes.")]
        input: ShippingMethodUpdateInput,
    ) -> Result<ShippingMethodPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id: ShippingMethodId = decode(&input.id, "input.id")?;
        let (version, draft) = (input.expected_version, input.method.read());
        let work = async move |tx: &_| {
            shipping::shipping_method_update(caller, tx, id, version, &draft?).await
        };
        payload(ctx, once(ctx, work).await, "input.id").await
    }
}
