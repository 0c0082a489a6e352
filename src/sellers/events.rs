//! What happens to shops.

use super::{
    cached,
    members::{SellerMember, ShopRole},
};
use crate::{outbox::Event, platform::cache::CacheTag};
use entity::ids::{AccountId, SellerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Someone opened a shop.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SellerOpened {
    pub(crate) seller_id: SellerId,
    /// Who opened it, and owns it.
    pub(crate) account_id: AccountId,
}

impl Event for SellerOpened {
    const NAME: &'static str = "sellers.seller_opened";
    const AGGREGATE: &'static str = "seller";

    fn aggregate_id(&self) -> Uuid {
        self.seller_id.0
    }

    fn purges(&self) -> Vec<CacheTag> {
        vec![cached::tag(self.seller_id), cached::LISTED]
    }
}

/// What a shop says of itself is something else now.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SellerChanged {
    pub(crate) seller_id: SellerId,
    /// Whether its name is.
    pub(crate) renamed: bool,
}

impl Event for SellerChanged {
    const NAME: &'static str = "sellers.seller_changed";
    const AGGREGATE: &'static str = "seller";

    fn aggregate_id(&self) -> Uuid {
        self.seller_id.0
    }

    fn purges(&self) -> Vec<CacheTag> {
        let id = self.seller_id;
        vec![cached::tag(id), cached::open_tag(id), cached::LISTED]
    }
}

/// Someone came into a shop, left it, or has another role there.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberChanged {
    pub(crate) seller_id: SellerId,
    pub(crate) account_id: AccountId,
    /// The role it has now; nothing for whoever left.
    pub(crate) role: Option<ShopRole>,
}

impl MemberChanged {
    /// The member is as it stands here.
    pub(super) fn of(member: &SellerMember) -> Self {
        Self {
            seller_id: member.seller_id,
            account_id: member.account_id,
            role: Some(member.role),
        }
    }

    /// The member is none any more.
    pub(super) fn gone(member: &SellerMember) -> Self {
        Self {
            role: None,
            ..Self::of(member)
        }
    }
}

impl Event for MemberChanged {
    const NAME: &'static str = "sellers.member_changed";
    const AGGREGATE: &'static str = "seller";

    fn aggregate_id(&self) -> Uuid {
        self.seller_id.0
    }

    /// The public does not see who works where.
    fn purges(&self) -> Vec<CacheTag> {
        Vec::new()
    }
}
