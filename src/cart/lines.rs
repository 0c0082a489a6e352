//! The lines of a cart as of now.

use super::{
    Problem, ProblemCode,
    load::{Loaded, Offer},
    totals::{Item, LineTotals},
};
use entity::ids::{CartLineId, ProductId, SellerId, VariantId};
use entity::money::CurrencyCode;

/// A line of a cart.
#[derive(Clone, Debug)]
pub(crate) struct LineView {
    pub(crate) id: CartLineId,
    pub(crate) variant: VariantId,
    pub(crate) product: ProductId,
    pub(crate) seller: SellerId,
    pub(crate) seller_name: String,
    pub(crate) sku: Option<String>,
    pub(crate) product_name: String,
    pub(crate) variant_name: String,
    pub(crate) quantity: i64,
    /// What one costs now, in minor units of `currency`.
    pub(crate) unit_price: i64,
    /// What one cost when it was put in.
    pub(crate) price_seen: i64,
    pub(crate) currency: CurrencyCode,
    /// How many can be bought; nothing where units are not counted.
    pub(crate) available: Option<i64>,
    /// Whether it is for sale at all; what is not counts for nothing.
    pub(crate) is_for_sale: bool,
    pub(crate) totals: LineTotals,
}

impl LineView {
    /// What is reckoned of it; nothing where it is not for sale.
    pub(super) fn item(&self) -> Option<Item> {
        self.is_for_sale.then_some(Item {
            variant: self.variant,
            seller: self.seller,
            unit_price: self.unit_price,
            quantity: self.quantity,
        })
    }
}

/// The lines, the first to be put in first, and what is wrong with them.
pub(super) fn of(loaded: &Loaded, problems: &mut Vec<Problem>) -> Vec<LineView> {
    let mut lines = Vec::with_capacity(loaded.offers.len());
    for offer in &loaded.offers {
        let (Some(id), Some(quantity)) = (offer.line_id, offer.quantity) else {
            continue;
        };
        let price_seen = offer.price_seen.unwrap_or(offer.price);
        let keeps_out = keeps_out(loaded, offer);
        let is_for_sale = keeps_out.is_none();
        let found = keeps_out.or_else(|| too_few(offer, quantity));
        let found = found.into_iter().chain(
            (is_for_sale && price_seen != offer.price).then_some((
                ProblemCode::PriceChanged,
                "It costs something else than when it was put in. Look at it again, and accept the price.",
            )),
        );
        problems.extend(found.map(|(code, message)| {
            let problem = Problem::new(code, message);
            problem.of_line(id).of_seller(offer.seller_id)
        }));
        lines.push(LineView {
            id,
            variant: offer.variant_id,
            product: offer.product_id,
            seller: offer.seller_id,
            seller_name: offer.seller_name.clone(),
            sku: offer.sku.clone(),
            product_name: offer.product_name.clone(),
            variant_name: offer.variant_name.clone(),
            quantity,
            unit_price: offer.price,
            price_seen,
            currency: offer.currency,
            available: offer.available(),
            is_for_sale,
            totals: LineTotals::default(),
        });
    }
    lines
}

type Found = (ProblemCode, &'static str);

/// What keeps it from being for sale.
fn keeps_out(loaded: &Loaded, offer: &Offer) -> Option<Found> {
    if !offer.is_open() {
        return Some((
            ProblemCode::SellerSuspended,
            "The shop that sells it is closed. Take it out.",
        ));
    }
    if !offer.is_for_sale() {
        return Some((
            ProblemCode::ProductGone,
            "It is not for sale any more. Take it out.",
        ));
    }
    if loaded
        .cart
        .currency
        .is_some_and(|currency| currency != offer.currency)
    {
        return Some((
            ProblemCode::Currency,
            "It has a price in another currency than the cart. Take it out.",
        ));
    }
    None
}

fn too_few(offer: &Offer, quantity: i64) -> Option<Found> {
    match offer.available() {
        Some(0) => Some((
            ProblemCode::OutOfStock,
            "None of it is left. Take it out, or come back.",
        )),
        Some(available) if available < quantity => Some((
            ProblemCode::LessAvailable,
            "There is less of it than that. Take fewer.",
        )),
        _ => None,
    }
}
