//! What people do about shops, and those who work in them.

use super::{Seller, SellerMember, inputs as i};
use crate::{
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        ids::decode,
        user_errors::{UserError, or_user_errors},
    },
    platform::rate_limits::Limit,
    sellers::{
        self,
        members::{self, Invite},
    },
};
use async_graphql::{Context, Object, SimpleObject};
use entity::ids::{SellerId, SellerMemberId};

/// What became of a shop.
#[derive(SimpleObject)]
pub(crate) struct SellerPayload {
    /// The shop as it is now; nothing where nothing was done.
    seller: Option<Seller>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of a member.
#[derive(SimpleObject)]
pub(crate) struct SellerMemberPayload {
    /// The member as it is now; nothing where nothing was done.
    member: Option<SellerMember>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of an invitation.
#[derive(SimpleObject)]
pub(crate) struct SellerMemberInvitePayload {
    /// What keeps it from being sent.
    user_errors: Vec<UserError>,
}

pub(super) async fn shop(
    ctx: &Context<'_>,
    done: Result<SellerId>,
    field: &str,
) -> Result<SellerPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let seller = match done {
        Some(id) => Some(sellers::by_id_written(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(SellerPayload {
        seller,
        user_errors,
    })
}

async fn member(
    ctx: &Context<'_>,
    done: Result<SellerMemberId>,
    field: &str,
) -> Result<SellerMemberPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let member = match done {
        Some(id) => Some(members::by_id(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(SellerMemberPayload {
        member,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct SellerMutations;

#[Object]
impl SellerMutations {
    /// Opens a shop, which the caller owns. An account owns at most five.
    async fn seller_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A shop that is opened.")] input: i::SellerOpenInput,
    ) -> Result<SellerPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let new = sellers::SellerOpen {
            name: input.name,
            description: input.description,
            currency: input.currency.map(|code| code.0),
        };
        let done = once(ctx, async |tx| sellers::seller_open(caller, tx, &new).await).await;
        shop(ctx, done, "input.name").await
    }

    /// Changes what a shop says of itself. For its owners and managers.
    async fn seller_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of a shop is changed; what is left out stays.")]
        input: i::SellerUpdateInput,
    ) -> Result<SellerPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let change = sellers::SellerUpdate {
            id: decode(&input.id, "input.id")?,
            name: input.name,
            description: input.description,
            expected_version: input.expected_version,
        };
        let done = once(ctx, async |tx| {
            sellers::seller_update(caller, tx, &change).await
        });
        shop(ctx, done.await, "input.id").await
    }

    /// Asks someone with an account to work in a shop, by a letter whose link is good for a week. The answer is the same whether the
    /// address has an account or not. For the shop's owners and managers; owners are asked in by owners.
    async fn seller_member_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is asked into a shop.")] input: i::SellerMemberInviteInput,
    ) -> Result<SellerMemberInvitePayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        caller.spend(Limit::Mail).await?;
        let seller = decode(&input.seller_id, "input.sellerId")?;
        let new = Invite::read(caller, seller, &input.email, input.role.into()).await;
        let done = once(ctx, async move |tx| {
            members::seller_member_invite(caller, tx, &new?).await
        });
        let (_, user_errors) = or_user_errors(done.await, "input.sellerId")?;
        Ok(SellerMemberInvitePayload { user_errors })
    }

    /// Comes into the shop that a letter asked the caller into.
    async fn seller_member_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the link in an invitation held.")] input: i::SellerMemberAcceptInput,
    ) -> Result<SellerMemberPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let done = once(ctx, async |tx| {
            members::seller_member_accept(caller, tx, &input.token).await
        });
        member(ctx, done.await, "input.token").await
    }

    /// Gives a member another role. For the shop's owners and managers; what concerns owners is theirs alone, and the last of
    /// them stays one.
    async fn seller_member_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of a member is changed.")] input: i::SellerMemberUpdateInput,
    ) -> Result<SellerMemberPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let (role, version) = (input.role.into(), input.expected_version);
        let done = once(ctx, async |tx| {
            members::seller_member_update(caller, tx, id, role, version).await
        });
        member(ctx, done.await, "input.id").await
    }

    /// Takes a member out of a shop. Everyone may leave by themselves, but the last owner; others are let go by owners and
    /// managers, and owners by owners alone.
    async fn seller_member_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who leaves a shop.")] input: i::SellerMemberRemoveInput,
    ) -> Result<SellerPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            members::seller_member_remove(caller, tx, id).await
        });
        shop(ctx, done.await, "input.id").await
    }
}
