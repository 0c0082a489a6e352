//! What was chosen beside the lines, as it stands in the cart's row.

use super::Cart;
use crate::{
    accounts::addresses::PostalAddress,
    error::{Error, Result},
};
use entity::ids::{SellerId, ShippingMethodId, VoucherId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Vouchers, and ways of shipping by shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choices {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) vouchers: Vec<VoucherId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    shipping: BTreeMap<Uuid, ShippingMethodId>,
}

impl Choices {
    /// What the cart's row says.
    pub(super) fn of(cart: &Cart) -> Result<Self> {
        serde_json::from_str(&cart.choices).map_err(Error::internal)
    }

    /// As it is kept.
    pub(super) fn written(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// How the shop is to send its part.
    pub(super) fn method(&self, seller: SellerId) -> Option<ShippingMethodId> {
        self.shipping.get(&seller.0).copied()
    }

    /// Has the shop send its part in this way, or in none that was chosen.
    pub(super) fn choose(&mut self, seller: SellerId, method: Option<ShippingMethodId>) {
        match method {
            Some(method) => self.shipping.insert(seller.0, method),
            None => self.shipping.remove(&seller.0),
        };
    }

    /// Forgets the shops of which nothing is left.
    pub(super) fn keep_sellers(&mut self, is_there: impl Fn(SellerId) -> bool) {
        self.shipping
            .retain(|seller, _| is_there(SellerId(*seller)));
    }

    /// Takes from `other` what is not chosen here.
    pub(super) fn fill(&mut self, other: Self, most_vouchers: usize) {
        for voucher in other.vouchers {
            if self.vouchers.len() < most_vouchers && !self.vouchers.contains(&voucher) {
                self.vouchers.push(voucher);
            }
        }
        for (seller, method) in other.shipping {
            self.shipping.entry(seller).or_insert(method);
        }
    }
}

/// Where the cart is to be sent.
pub(super) fn address_of(cart: &Cart) -> Result<Option<PostalAddress>> {
    let address = cart.address.as_deref().map(serde_json::from_str);
    address.transpose().map_err(Error::internal)
}
