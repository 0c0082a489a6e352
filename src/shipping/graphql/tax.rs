//! Rates of tax.

use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        paging::PageArguments,
        user_errors::{UserError, or_user_errors},
    },
    permissions::Permission,
    shipping::{self, TaxDraft, TaxRateRow as Row},
};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What tax is due somewhere.
pub(crate) struct TaxRate(Arc<Row>);

impl From<Arc<Row>> for TaxRate {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// What tax is due somewhere.
#[Object]
impl TaxRate {
    /// The country, by two letters of ISO 3166-1.
    async fn country(&self) -> &str {
        &self.0.country
    }

    /// The region of it, upper case; nothing for all of the country that has no rate of its own.
    async fn region(&self) -> Option<&str> {
        Some(self.0.region.as_str()).filter(|region| !region.is_empty())
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Basis points: 1900 is 19 %.
    async fn rate_bps(&self) -> i32 {
        self.0.rate_bps.into()
    }

    /// Whether prices hold it already; where they do not, it is added to them.
    async fn included(&self) -> bool {
        self.0.included
    }

    /// When it was last set.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

#[derive(Default)]
pub(crate) struct TaxQueries;

#[Object]
impl TaxQueries {
    /// What tax is due where, by country. For admins.
    async fn tax_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<TaxRate>> {
        let caller = caller(ctx);
        caller.require(Permission::PricingManage)?;
        let order = shipping::tax_rate_order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let slice = shipping::list_tax_rates(caller, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { shipping::count_tax_rates(&caller).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}

/// What tax is due somewhere.
#[derive(InputObject)]
pub(crate) struct TaxRateSetInput {
    /// The country, by two letters of ISO 3166-1.
    country: String,
    /// A region of it, as addresses have it; the whole country when left out.
    region: Option<String>,
    /// What it is called, 1 to 50 characters.
    name: String,
    /// Basis points, 0 to 10000: 1900 is 19 %.
    rate_bps: i32,
    /// Whether prices hold it already; where they do not, it is added to them.
    included: bool,
}

/// Where no tax of its own is due any more.
#[derive(InputObject)]
pub(crate) struct TaxRateRemoveInput {
    /// The country, by two letters of ISO 3166-1.
    country: String,
    /// A region of it; the rate for the whole country when left out.
    region: Option<String>,
}

/// What became of a rate.
#[derive(SimpleObject)]
pub(crate) struct TaxRatePayload {
    /// The rate as it is now; nothing where there is none any more, or nothing was done.
    tax_rate: Option<TaxRate>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct TaxMutations;

#[Object]
impl TaxMutations {
    /// Says what tax is due on what is sent to a country or a region, whatever was said before. For admins.
    async fn tax_rate_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What tax is due somewhere.")] input: TaxRateSetInput,
    ) -> Result<TaxRatePayload> {
        let caller = caller(ctx);
        caller.require(Permission::PricingManage)?;
        let draft = TaxDraft {
            country: input.country,
            region: input.region,
            name: input.name,
            bps: input.rate_bps,
            included: input.included,
        };
        let done = once(ctx, async |tx| {
            shipping::tax_rate_set(caller, tx, &draft).await
        });
        let (place, user_errors) = or_user_errors(done.await, "input.country")?;
        let tax_rate = match place {
            Some((country, region)) => {
                Some(shipping::tax_rate(caller, &country, &region).await?.into())
            }
            None => None,
        };
        Ok(TaxRatePayload {
            tax_rate,
            user_errors,
        })
    }

    /// Takes away what was said of a country or a region. For admins.
    async fn tax_rate_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where no tax of its own is due any more.")] input: TaxRateRemoveInput,
    ) -> Result<TaxRatePayload> {
        let caller = caller(ctx);
        caller.require(Permission::PricingManage)?;
        let done = once(ctx, async |tx| {
            let region = input.region.as_deref();
            shipping::tax_rate_remove(caller, tx, &input.country, region).await
        });
        let (_, user_errors) = or_user_errors(done.await, "input.country")?;
        Ok(TaxRatePayload {
            tax_rate: None,
            user_errors,
        })
    }
}
