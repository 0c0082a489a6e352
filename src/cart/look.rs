//! What a cart is as of now: its lines by shop, what it comes to, and what keeps it from being bought. Pure: all of it was read before.

use super::{
    Cart, Problem, ProblemCode,
    lines::{self, LineView},
    load::Loaded,
    totals::{Fit, Parcel, Reduction, Totals, reckon},
};
use crate::{
    accounts::addresses::PostalAddress,
    error::Result,
    ports::tax::TaxRate,
    shipping::{ShippingMethod, goes_to},
};
use entity::ids::{SellerId, VoucherId};
use std::{collections::BTreeMap, sync::Arc};

/// A shop's part of a cart.
#[derive(Clone, Debug)]
pub(crate) struct SellerView {
    pub(crate) seller: SellerId,
    pub(crate) name: String,
    /// The ways of shipping that can be chosen: those that go where the cart is to go.
    pub(crate) methods: Vec<Arc<ShippingMethod>>,
    /// The one that is chosen.
    pub(crate) method: Option<Arc<ShippingMethod>>,
    /// What the marketplace keeps of its sales, where that was agreed with it: for whoever reckons that, and nobody else.
    pub(crate) commission_bps: Option<i64>,
    pub(crate) totals: Totals,
}

/// A voucher in a cart.
#[derive(Clone, Debug)]
pub(crate) struct VoucherView {
    pub(crate) id: VoucherId,
    pub(crate) code: String,
    /// Who bears it; the platform where this says nothing.
    pub(crate) seller: Option<SellerId>,
    /// What it takes off.
    pub(crate) amount: i64,
}

/// A cart as of now.
#[derive(Clone, Debug)]
pub(crate) struct CartView {
    pub(crate) cart: Cart,
    pub(crate) address: Option<PostalAddress>,
    pub(crate) lines: Vec<LineView>,
    pub(crate) sellers: Vec<SellerView>,
    pub(crate) vouchers: Vec<VoucherView>,
    pub(crate) tax: Option<TaxRate>,
    pub(crate) totals: Totals,
    pub(crate) problems: Vec<Problem>,
}

/// Looks at what was read.
///
/// # Errors
/// Invalid when it comes to more than there are numbers for.
pub(super) fn look(loaded: Loaded) -> Result<CartView> {
    let mut problems = Vec::new();
    let mut lines = lines::of(&loaded, &mut problems);
    let mut sellers = sellers(&loaded, &lines, &mut problems);
    let good = good_vouchers(&loaded, &mut problems);
    let items: Vec<_> = lines.iter().filter_map(LineView::item).collect();
    let parcels: Vec<_> = sellers.iter().filter_map(parcel).collect();
    let reckoning = reckon(&items, &parcels, &good, loaded.tax.as_ref())?;
    let bought = lines.iter_mut().filter(|line| line.is_for_sale);
    for (line, totals) in bought.zip(reckoning.lines) {
        line.totals = totals;
    }
    for seller in &mut sellers {
        let totals = reckoning.sellers.get(&seller.seller);
        seller.totals = totals.copied().unwrap_or_default();
    }
    let vouchers = vouchers(&loaded, &reckoning.vouchers, &mut problems);
    missing(&loaded, &lines, &sellers, &mut problems);
    Ok(CartView {
        cart: loaded.cart,
        address: loaded.address,
        lines,
        sellers,
        vouchers,
        tax: loaded.tax,
        totals: reckoning.totals,
        problems,
    })
}

fn parcel(seller: &SellerView) -> Option<Parcel> {
    let method = seller.method.as_ref()?;
    Some(Parcel {
        seller: seller.seller,
        price: method.price,
        free_from: method.free_from,
    })
}

/// The shops of which something can be bought, by id.
fn sellers(loaded: &Loaded, lines: &[LineView], problems: &mut Vec<Problem>) -> Vec<SellerView> {
    let mut names = BTreeMap::new();
    for line in lines.iter().filter(|line| line.is_for_sale) {
        names.entry(line.seller).or_insert(&line.seller_name);
    }
    let country = loaded.address.as_ref().map(|address| &address.country);
    let mut views = Vec::with_capacity(names.len());
    for (seller, name) in names {
        let of_shop = loaded
            .methods
            .iter()
            .filter(|method| method.seller_id == seller);
        let methods: Vec<_> = of_shop
            .filter(|method| country.is_none_or(|country| goes_to(method, country)))
            .map(|method| Arc::new(method.clone()))
            .collect();
        let chosen = loaded.choices.method(seller);
        let method = chosen.and_then(|id| methods.iter().find(|method| method.id == id));
        let method = method.cloned();
        if chosen.is_some() && method.is_none() {
            let message = format!(
                "{name} does not send things in this way any more, or not there. Choose another way."
            );
            let problem = Problem::new(ProblemCode::ShippingMethodGone, message);
            problems.push(problem.of_seller(seller));
        }
        let mut offers = loaded.offers.iter();
        let offer = offers.find(|offer| offer.seller_id == seller);
        views.push(SellerView {
            commission_bps: offer.and_then(|offer| offer.commission_bps),
            seller,
            name: name.clone(),
            methods,
            method,
            totals: Totals::default(),
        });
    }
    views
}

/// The vouchers that are good by themselves.
fn good_vouchers(loaded: &Loaded, problems: &mut Vec<Problem>) -> Vec<Reduction> {
    let mut good = Vec::new();
    for id in &loaded.choices.vouchers {
        let Some(voucher) = loaded.vouchers.iter().find(|found| found.row.id == *id) else {
            continue;
        };
        match voucher.standing(loaded.now, loaded.cart.currency) {
            Ok(reduction) => good.push(reduction),
            Err((code, why)) => {
                problems.push(Problem::new(code, why).of_voucher(&voucher.row.code));
            }
        }
    }
    good
}

/// The vouchers as they were typed, with what they take off.
fn vouchers(
    loaded: &Loaded,
    fits: &BTreeMap<VoucherId, Fit>,
    problems: &mut Vec<Problem>,
) -> Vec<VoucherView> {
    let ids = loaded.choices.vouchers.iter();
    let found = ids.filter_map(|id| loaded.vouchers.iter().find(|found| found.row.id == *id));
    let mut views = Vec::new();
    for voucher in found {
        let row = &voucher.row;
        let mut unusable = |why: &str| {
            let problem = Problem::new(ProblemCode::VoucherUnusable, why);
            problems.push(problem.of_voucher(&row.code));
        };
        let amount = match fits.get(&row.id) {
            Some(Fit::Applied(amount)) => *amount,
            Some(Fit::BelowMinimum(_)) => {
                unusable("What this voucher is for is worth too little. Add some, or take it out.");
                0
            }
            Some(Fit::Nothing) => {
                unusable("There is nothing in the cart that this voucher is for. Take it out.");
                0
            }
            None => 0,
        };
        views.push(VoucherView {
            id: row.id,
            code: row.code.clone(),
            seller: row.seller_id,
            amount,
        });
    }
    views
}

/// What is still to be said.
fn missing(
    loaded: &Loaded,
    lines: &[LineView],
    sellers: &[SellerView],
    problems: &mut Vec<Problem>,
) {
    use ProblemCode as P;
    let mut say = |code, message: &str| problems.push(Problem::new(code, message));
    if lines.is_empty() {
        say(
            P::CartEmpty,
            "There is nothing in the cart. Put something into it.",
        );
    }
    if loaded.address.is_none() {
        say(P::AddressMissing, "Say where it is to be sent.");
    }
    if loaded.cart.email.is_none() {
        say(
            P::EmailMissing,
            "Give an e-mail address, for what there is to tell.",
        );
    }
    for view in sellers.iter().filter(|view| view.method.is_none()) {
        let has_any = loaded
            .methods
            .iter()
            .any(|method| method.seller_id == view.seller);
        let is_told = loaded.choices.method(view.seller).is_some();
        if has_any && !is_told {
            let message = if view.methods.is_empty() {
                format!("{} does not send things there. Take them out.", view.name)
            } else {
                format!("Choose how {} is to send its part.", view.name)
            };
            let problem = Problem::new(P::ShippingMethodMissing, message);
            problems.push(problem.of_seller(view.seller));
        }
    }
}
