//! What mutations about shops are given.

use super::members::ShopRole;
use crate::graphql::scalars::CurrencyCode;
use async_graphql::{ID, InputObject};

/// A shop that is opened.
#[derive(InputObject)]
pub(crate) struct SellerOpenInput {
    /// Its name, of 1 to 100 characters; no other shop has it.
    pub(super) name: String,
    /// What it says of itself: text of at most 2,000 characters.
    #[graphql(default)]
    pub(super) description: String,
    /// The currency of every price in it, which stays; the marketplace's own when left out.
    pub(super) currency: Option<CurrencyCode>,
}

/// What of a shop is changed; what is left out stays.
#[derive(InputObject)]
pub(crate) struct SellerUpdateInput {
    /// The shop.
    pub(super) id: ID,
    /// Its name, of 1 to 100 characters. Its handle stays.
    pub(super) name: Option<String>,
    /// What it says of itself: text of at most 2,000 characters.
    pub(super) description: Option<String>,
    /// The shop's `version` as it was read.
    pub(super) expected_version: i64,
}

/// Who is asked into a shop.
#[derive(InputObject)]
pub(crate) struct SellerMemberInviteInput {
    /// The shop.
    pub(super) seller_id: ID,
    /// The address of the person's account.
    pub(super) email: String,
    /// What the person would be in the shop.
    pub(super) role: ShopRole,
}

/// What the link in an invitation held.
#[derive(InputObject)]
pub(crate) struct SellerMemberAcceptInput {
    /// The token in the link.
    pub(super) token: String,
}

/// What of a member is changed.
#[derive(InputObject)]
pub(crate) struct SellerMemberUpdateInput {
    /// The member.
    pub(super) id: ID,
    /// What the person is in the shop from now on.
    pub(super) role: ShopRole,
    /// The member's `version` as it was read.
    pub(super) expected_version: i64,
}

/// Who leaves a shop.
#[derive(InputObject)]
pub(crate) struct SellerMemberRemoveInput {
    /// The member; the caller's own to leave.
    pub(super) id: ID,
}
