//! What is changed of a cart, done to what was read of it. Pure: what comes of it is written after, or nothing is.

use super::{
    CartRef, MOST_LINES, MOST_SELLERS, MOST_UNITS, MOST_VOUCHERS,
    load::{Loaded, Offer},
    vouchers::{self, Voucher},
};
use crate::accounts::{Email, addresses::PostalAddress};
use entity::ids::{CartLineId, SellerId, ShippingMethodId, VariantId, VoucherId};
use entity::money::CurrencyCode;
use std::collections::BTreeSet;

/// What is said of something, if anything is.
#[derive(Clone, Debug)]
pub(crate) enum Said<T> {
    /// It stays as it is.
    Not,
    /// It is this from now on, or nothing.
    As(Option<T>),
}

/// Several changes of a cart, done together or not at all: first what is taken out, then what is set, then what is put in.
#[derive(Clone, Debug)]
pub(crate) struct CartChange {
    pub(crate) cart: CartRef,
    pub(crate) expected_version: Option<i64>,
    pub(crate) remove: Vec<CartLineId>,
    /// So many from now on; none takes the line out.
    pub(crate) set: Vec<(CartLineId, i64)>,
    /// So many more.
    pub(crate) add: Vec<(VariantId, i64)>,
    pub(crate) remove_codes: Vec<String>,
    pub(crate) add_codes: Vec<String>,
    /// Whether what things cost now is what they were seen to cost.
    pub(crate) accept_prices: bool,
    pub(crate) email: Said<Email>,
    pub(crate) address: Said<PostalAddress>,
    pub(crate) note: Said<String>,
    pub(crate) shipping: Vec<(SellerId, Option<ShippingMethodId>)>,
}

impl CartChange {
    /// A change of nothing.
    pub(crate) fn of(cart: CartRef) -> Self {
        Self {
            cart,
            expected_version: None,
            remove: Vec::new(),
            set: Vec::new(),
            add: Vec::new(),
            remove_codes: Vec::new(),
            add_codes: Vec::new(),
            accept_prices: false,
            email: Said::Not,
            address: Said::Not,
            note: Said::Not,
            shipping: Vec::new(),
        }
    }
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// A value cannot be taken.
    Invalid,
    /// What is named is not there.
    NotFound,
    /// Something else stands against it.
    Conflict,
}

/// What keeps a change from being done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// The path from the input on.
    pub(crate) field: String,
    pub(crate) message: String,
}

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Lines that are new or different.
    pub(super) lines: BTreeSet<CartLineId>,
    /// Lines that are no more.
    pub(super) gone: Vec<CartLineId>,
}

/// Does the change to what was read, as far as lines, vouchers and words go.
pub(super) fn apply(loaded: &mut Loaded, change: &CartChange) -> Result<Written, Vec<Fault>> {
    let mut work = Work {
        loaded,
        faults: Vec::new(),
        written: Written::default(),
    };
    work.remove(&change.remove);
    work.set(&change.set);
    work.add(&change.add);
    if change.accept_prices {
        work.accept_prices();
    }
    work.settle();
    work.remove_codes(&change.remove_codes);
    work.add_codes(&change.add_codes);
    work.say(change);
    if work.faults.is_empty() {
        Ok(work.written)
    } else {
        Err(work.faults)
    }
}

/// Chooses ways of shipping, once it is read which there are.
pub(super) fn choose(loaded: &mut Loaded, change: &CartChange) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, (seller, method)) in change.shipping.iter().enumerate() {
        let is_there = loaded.offers.iter().any(|offer| offer.seller_id == *seller);
        let mut known = loaded
            .methods
            .iter()
            .filter(|known| known.seller_id == *seller);
        if !is_there {
            faults.push(Fault {
                kind: FaultKind::NotFound,
                field: format!("shipping.{index}.sellerId"),
                message: "Nothing of this shop is in the cart.".to_owned(),
            });
        } else if method.is_some_and(|method| known.all(|known| known.id != method)) {
            faults.push(Fault {
                kind: FaultKind::NotFound,
                field: format!("shipping.{index}.methodId"),
                message: "The shop has no such way of shipping. Choose one that the cart shows."
                    .to_owned(),
            });
        } else {
            loaded.choices.choose(*seller, *method);
        }
    }
    faults
}

struct Work<'a> {
    loaded: &'a mut Loaded,
    faults: Vec<Fault>,
    written: Written,
}

impl Work<'_> {
    fn fault(&mut self, kind: FaultKind, field: String, message: impl Into<String>) {
        let message = message.into();
        self.faults.push(Fault {
            kind,
            field,
            message,
        });
    }

    fn line(&mut self, id: CartLineId) -> Option<&mut Offer> {
        self.loaded
            .offers
            .iter_mut()
            .find(|offer| offer.line_id == Some(id))
    }

    fn take_out(&mut self, id: CartLineId) -> bool {
        let Some(offer) = self.line(id) else {
            return false;
        };
        (offer.line_id, offer.quantity, offer.price_seen) = (None, None, None);
        self.written.gone.push(id);
        true
    }

    fn remove(&mut self, lines: &[CartLineId]) {
        for (index, id) in lines.iter().enumerate() {
            if !self.take_out(*id) && !self.written.gone.contains(id) {
                let message = "There is no such line in the cart.";
                self.fault(FaultKind::NotFound, format!("remove.{index}"), message);
            }
        }
    }

    fn set(&mut self, lines: &[(CartLineId, i64)]) {
        for (index, (id, quantity)) in lines.iter().enumerate() {
            if !(0..=MOST_UNITS).contains(quantity) {
                let message = format!("Take 1 to {MOST_UNITS}, or 0 to take the line out.");
                self.fault(FaultKind::Invalid, format!("set.{index}.quantity"), message);
                continue;
            }
            let is_there = if *quantity == 0 {
                self.take_out(*id)
            } else if let Some(offer) = self.line(*id) {
                offer.quantity = Some(*quantity);
                offer.price_seen = Some(offer.price);
                self.written.lines.insert(*id);
                true
            } else {
                false
            };
            if !is_there {
                let message = "There is no such line in the cart.";
                self.fault(FaultKind::NotFound, format!("set.{index}.lineId"), message);
            }
        }
    }

    fn add(&mut self, wanted: &[(VariantId, i64)]) {
        for (index, (variant, more)) in wanted.iter().enumerate() {
            if !(1..=MOST_UNITS).contains(more) {
                let message = format!("Take 1 to {MOST_UNITS}.");
                self.fault(FaultKind::Invalid, format!("add.{index}.quantity"), message);
            } else if let Err((kind, field, message)) = self.add_one(*variant, *more) {
                self.fault(kind, format!("add.{index}.{field}"), message);
            }
        }
        let lines = self
            .loaded
            .offers
            .iter()
            .filter(|offer| offer.line_id.is_some());
        if lines.count() > MOST_LINES {
            let message = format!("A cart has at most {MOST_LINES} lines. Take some out.");
            self.fault(FaultKind::Conflict, "add".to_owned(), message);
        }
        let lines = self
            .loaded
            .offers
            .iter()
            .filter(|offer| offer.line_id.is_some());
        let sellers: BTreeSet<_> = lines.map(|offer| offer.seller_id).collect();
        if sellers.len() > MOST_SELLERS {
            let message = format!("A cart has things of at most {MOST_SELLERS} shops.");
            self.fault(FaultKind::Conflict, "add".to_owned(), message);
        }
    }

    fn add_one(
        &mut self,
        variant: VariantId,
        more: i64,
    ) -> Result<(), (FaultKind, &'static str, String)> {
        let currency = self.currency();
        let offers = self.loaded.offers.iter_mut();
        let found = offers
            .filter(|offer| offer.is_for_sale() && offer.is_open())
            .find(|offer| offer.variant_id == variant);
        let Some(offer) = found else {
            let message = "There is no such thing for sale.".to_owned();
            return Err((FaultKind::NotFound, "variantId", message));
        };
        if let Some(currency) = currency.filter(|currency| *currency != offer.currency) {
            let message = format!(
                "The cart is in {currency} and this costs {}. Buy it with another cart.",
                offer.currency
            );
            return Err((FaultKind::Conflict, "variantId", message));
        }
        let quantity = offer.quantity.unwrap_or(0) + more;
        if quantity > MOST_UNITS {
            let message = format!("At most {MOST_UNITS} of one thing fit into a cart.");
            return Err((FaultKind::Invalid, "quantity", message));
        }
        let line = offer.line_id.unwrap_or_else(CartLineId::generate);
        offer.line_id = Some(line);
        offer.quantity = Some(quantity);
        offer.price_seen = Some(offer.price);
        let bought_in = offer.currency;
        // An empty cart is in that of what comes first, whatever was in it before.
        self.loaded.cart.currency = currency.or(Some(bought_in));
        self.written.lines.insert(line);
        Ok(())
    }

    /// The cart's, or that of its first line where it was empty.
    fn currency(&self) -> Option<CurrencyCode> {
        let mut lines = self
            .loaded
            .offers
            .iter()
            .filter(|offer| offer.line_id.is_some());
        lines
            .next()
            .map(|first| self.loaded.cart.currency.unwrap_or(first.currency))
    }

    fn accept_prices(&mut self) {
        for offer in &mut self.loaded.offers {
            if let Some(line) = offer.line_id
                && offer.price_seen != Some(offer.price)
            {
                offer.price_seen = Some(offer.price);
                self.written.lines.insert(line);
            }
        }
    }

    /// Keeps what is in the cart, in its order.
    fn settle(&mut self) {
        self.loaded.cart.currency = self.currency();
        self.loaded.offers.retain(|offer| offer.line_id.is_some());
        self.loaded.offers.sort_by_key(|offer| offer.line_id);
        let offers = &self.loaded.offers;
        let is_there = |seller| offers.iter().any(|offer| offer.seller_id == seller);
        self.loaded.choices.keep_sellers(is_there);
        let gone = &self.written.gone;
        self.written.lines.retain(|line| !gone.contains(line));
    }

    fn with_code(&self, code: &str) -> Vec<VoucherId> {
        let key = vouchers::code_key(code);
        let found = self
            .loaded
            .vouchers
            .iter()
            .filter(|found| found.row.code_key == key);
        found.map(|found| found.row.id).collect()
    }

    fn remove_codes(&mut self, codes: &[String]) {
        for code in codes {
            // One that is not in it need not be taken out.
            let gone = self.with_code(code);
            self.loaded.choices.vouchers.retain(|id| !gone.contains(id));
        }
    }

    fn add_codes(&mut self, codes: &[String]) {
        for (index, code) in codes.iter().enumerate() {
            let field = format!("addVoucherCodes.{index}");
            let ids = self.with_code(code);
            let known = self.loaded.vouchers.iter();
            let known = known.filter(|found| ids.contains(&found.row.id));
            // A shop's is one only where something of the shop is in the cart.
            let fitting = known.filter(|found| {
                let is_of = |seller| self.loaded.offers.iter().any(|o| o.seller_id == seller);
                found.row.active && found.row.seller_id.is_none_or(is_of)
            });
            let fitting: Vec<_> = fitting.cloned().collect();
            if fitting.is_empty() {
                let message = "There is no voucher of this code for what is in the cart.";
                self.fault(FaultKind::NotFound, field, message);
                continue;
            }
            for voucher in fitting {
                self.add_voucher(&voucher, &field);
            }
        }
        if self.loaded.choices.vouchers.len() > MOST_VOUCHERS {
            let message = format!("At most {MOST_VOUCHERS} vouchers fit into a cart.");
            self.fault(FaultKind::Conflict, "addVoucherCodes".to_owned(), message);
        }
    }

    fn add_voucher(&mut self, voucher: &Voucher, field: &str) {
        if self.loaded.choices.vouchers.contains(&voucher.row.id) {
            return;
        }
        match voucher.standing(self.loaded.now, self.loaded.cart.currency) {
            Ok(_) => self.loaded.choices.vouchers.push(voucher.row.id),
            Err((_, why)) => self.fault(FaultKind::Conflict, field.to_owned(), why),
        }
    }

    fn say(&mut self, change: &CartChange) {
        let cart = &mut self.loaded.cart;
        if let Said::As(email) = &change.email {
            cart.email = email.as_ref().map(|email| email.written.clone());
        }
        if let Said::As(note) = &change.note {
            cart.note.clone_from(note);
        }
        if let Said::As(address) = &change.address {
            self.loaded.address.clone_from(address);
        }
        // Ids that name nothing any more are forgotten.
        let vouchers = &self.loaded.vouchers;
        let is_there = |id: &VoucherId| vouchers.iter().any(|found| found.row.id == *id);
        self.loaded.choices.vouchers.retain(is_there);
    }
}
