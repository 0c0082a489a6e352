//! Who works in a shop, and what each may do there.

mod find;
mod invitation;
mod leave_all;
mod may;
mod permissions;
mod seller_member_accept;
mod seller_member_invite;
mod seller_member_remove;
mod seller_member_update;
mod send_invitation;
mod sweep_invitations;
mod who_may;

pub(crate) use entity::sellers::member::{Model as SellerMember, Role as ShopRole};
pub(crate) use find::{by_id, count_of_viewer, counts_of_sellers, of_sellers, of_viewer, order};
pub(crate) use leave_all::leave_all;
pub(crate) use may::{is_inside, may, roles_in, sees_inside, works_with};
pub(crate) use permissions::{ShopPermission, may_role};
pub(crate) use seller_member_accept::seller_member_accept;
pub(crate) use seller_member_invite::{Invite, seller_member_invite};
pub(crate) use seller_member_remove::seller_member_remove;
pub(crate) use seller_member_update::seller_member_update;
pub(crate) use send_invitation::SendInvitation;
pub(crate) use sweep_invitations::SweepInvitations;
pub(crate) use who_may::who_may;

use may::role_in;
