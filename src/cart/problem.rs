//! What keeps a cart from being bought as it is.

use entity::ids::{CartLineId, SellerId};

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// None of it is left.
    OutOfStock,
    /// Less of it is left.
    LessAvailable,
    /// It costs something else than when it was put in.
    PriceChanged,
    /// It is not for sale any more.
    ProductGone,
    /// The shop is closed.
    SellerSuspended,
    /// It has a price in another currency by now.
    Currency,
    /// The voucher's time is over, or has not come.
    VoucherExpired,
    /// The voucher is not good for this cart.
    VoucherUnusable,
    /// The way of shipping cannot be chosen any more, or does not go there.
    ShippingMethodGone,
    /// The shop has ways of shipping, and none is chosen.
    ShippingMethodMissing,
    /// Nobody knows where it is to go.
    AddressMissing,
    /// Nobody knows whom to write to.
    EmailMissing,
    /// There is nothing in it.
    CartEmpty,
}

impl ProblemCode {
    /// Whether it is something that is still to be said, rather than something that went wrong.
    #[must_use]
    pub fn is_missing(self) -> bool {
        matches!(
            self,
            Self::ShippingMethodMissing
                | Self::AddressMissing
                | Self::EmailMissing
                | Self::CartEmpty
        )
    }
}

/// What keeps a cart from being bought as it is, and what would mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing it is.
    pub code: ProblemCode,
    /// What it is and what would mend it, as a sentence.
    pub message: String,
    /// The line it is about.
    pub line: Option<CartLineId>,
    /// The shop it is about.
    pub seller: Option<SellerId>,
    /// The voucher it is about.
    pub voucher_code: Option<String>,
}

impl Problem {
    /// One of the whole cart.
    pub(super) fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            line: None,
            seller: None,
            voucher_code: None,
        }
    }

    pub(super) fn of_line(mut self, line: CartLineId) -> Self {
        self.line = Some(line);
        self
    }

    pub(super) fn of_seller(mut self, seller: SellerId) -> Self {
        self.seller = Some(seller);
        self
    }

    pub(super) fn of_voucher(mut self, code: &str) -> Self {
        self.voucher_code = Some(code.to_owned());
        self
    }
}
