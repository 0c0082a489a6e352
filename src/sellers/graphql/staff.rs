//! What admins do about anyone's shop.

use super::mutations::{SellerPayload, shop};
use crate::{
    error::Result,
    graphql::{caller, idempotent::once, ids::decode},
    permissions::Permission,
    sellers::{self, Commission, SuspendReason},
};
use async_graphql::{Context, ID, InputObject, Object};
use entity::ids::SellerId;

/// Which shop is closed to the public, and why.
#[derive(InputObject)]
pub(crate) struct SellerSuspendInput {
    /// The shop.
    id: ID,
    /// Why, in 1 to 500 characters, for those who read the audit log.
    reason: String,
}

/// Which shop is opened to the public again.
#[derive(InputObject)]
pub(crate) struct SellerReinstateInput {
    /// The shop.
    id: ID,
}

/// What the marketplace keeps of a shop's sales.
#[derive(InputObject)]
pub(crate) struct SellerCommissionSetInput {
    /// The shop.
    id: ID,
    /// What it keeps, in basis points from 0 to 10000: 1000 are ten per cent. Null for the marketplace's usual rate.
    commission_bps: Option<i64>,
}

#[derive(Default)]
pub(crate) struct SellerStaffMutations;

#[Object]
impl SellerStaffMutations {
    /// Closes a shop to the public: nothing of it is listed or found, and its members go on working in it. For admins.
    async fn seller_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shop is closed to the public, and why.")] input: SellerSuspendInput,
    ) -> Result<SellerPayload> {
        let caller = caller(ctx);
        caller.require(Permission::SellersSuspend)?;
        let id: SellerId = decode(&input.id, "input.id")?;
        let reason = SuspendReason::read(&input.reason, "input.reason");
        let work = async move |tx: &_| {
            sellers::seller_suspend(caller, tx, id, &reason?).await?;
            Ok(id)
        };
        shop(ctx, once(ctx, work).await, "input.id").await
    }

    /// Opens a shop that was suspended to the public again. For admins.
    async fn seller_reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shop is opened to the public again.")] input: SellerReinstateInput,
    ) -> Result<SellerPayload> {
        let caller = caller(ctx);
        caller.require(Permission::SellersSuspend)?;
        let id: SellerId = decode(&input.id, "input.id")?;
        let work = async |tx: &_| {
            sellers::seller_reinstate(caller, tx, id).await?;
            Ok(id)
        };
        shop(ctx, once(ctx, work).await, "input.id").await
    }

    /// Sets what the marketplace keeps of a shop's sales from now on; sales that were made keep the rate they were made at. For admins who
    /// have just shown a second factor.
    async fn seller_commission_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the marketplace keeps of a shop's sales.")]
        input: SellerCommissionSetInput,
    ) -> Result<SellerPayload> {
        let caller = caller(ctx);
        caller.require(Permission::CommissionSet)?;
        caller.require_step_up()?;
        let id: SellerId = decode(&input.id, "input.id")?;
        let rate = Commission::read(input.commission_bps, "input.commissionBps");
        let work = async move |tx: &_| {
            sellers::seller_commission_set(caller, tx, id, rate?).await?;
            Ok(id)
        };
        shop(ctx, once(ctx, work).await, "input.id").await
    }
}
