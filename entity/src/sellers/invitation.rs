//! Who was asked into a shop and has not answered yet.

use super::member::Role;
use crate::ids::{AccountId, SellerId, SellerInvitationId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seller_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SellerInvitationId,
    pub seller_id: SellerId,
    /// The one form of all addresses that mean the same; unique in the shop.
    #[sea_orm(column_type = "Text")]
    pub email_key: String,
    /// What the person would be.
    pub role: Role,
    pub invited_by: AccountId,
    /// Whose address it is; nothing until a letter was sent there.
    pub account_id: Option<AccountId>,
    /// SHA-256 of the token in that letter.
    #[sea_orm(column_type = "Text", nullable)]
    pub token_hash: Option<String>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
