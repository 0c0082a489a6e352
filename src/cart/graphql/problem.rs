//! What keeps a cart from being bought.

use crate::{
    cart::{Problem as Found, ProblemCode as Code},
    graphql::ids::encode,
};
use async_graphql::{Enum, ID, Object};

/// What kind of thing keeps a cart from being bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Code")]
pub(crate) enum CartProblemCode {
    /// None of it is left.
    OutOfStock,
    /// Less of it is left than is in the cart.
    LessAvailable,
    /// It costs something else than when it was put in.
    PriceChanged,
    /// It is not for sale any more.
    ProductGone,
    /// The shop is closed.
    SellerSuspended,
    /// Its price is in another currency than the cart.
    Currency,
    /// The voucher's time is over, or has not come.
    VoucherExpired,
    /// The voucher is not good for this cart.
    VoucherUnusable,
    /// The way of shipping cannot be chosen any more, or does not go there.
    ShippingMethodGone,
    /// The shop has ways of shipping, and none is chosen.
    ShippingMethodMissing,
    /// It is not said where it is to go.
    AddressMissing,
    /// There is no e-mail address.
    EmailMissing,
    /// There is nothing in the cart.
    CartEmpty,
}

/// What keeps a cart from being bought as it is, and what would mend it.
pub(crate) struct CartProblem(Found);

impl From<Found> for CartProblem {
    fn from(found: Found) -> Self {
        Self(found)
    }
}

/// What keeps a cart from being bought as it is, and what would mend it.
#[Object]
impl CartProblem {
    /// What kind of thing it is; stable.
    async fn code(&self) -> CartProblemCode {
        self.0.code.into()
    }

    /// The same for people.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// The id of the line it is about; nothing where it is about none.
    async fn line_id(&self) -> Option<ID> {
        self.0.line.map(encode)
    }

    /// The id of the shop it is about; nothing where it is about none.
    async fn seller_id(&self) -> Option<ID> {
        self.0.seller.map(encode)
    }

    /// The code of the voucher it is about; nothing where it is about none.
    async fn voucher_code(&self) -> Option<&str> {
        self.0.voucher_code.as_deref()
    }
}
