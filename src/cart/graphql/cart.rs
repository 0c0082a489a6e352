//! Carts and their parts.

use super::{line::CartLine, problem::CartProblem};
use crate::{
    accounts::addresses::PostalAddress as Postal,
    cart::{self, CartRef, CartView, SellerView, Totals},
    error::{Error, Result},
    graphql::{
        caller,
        eager::Eager,
        ids::{decode, encode},
        loaders, nullable,
        scalars::{CurrencyCode, Money},
    },
    sellers::graphql::Seller,
    shipping::graphql::ShippingMethod,
};
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::money::{CurrencyCode as Code, Money as Amount};
use std::sync::Arc;

/// Most problems that are told at once.
const MOST_TOLD: usize = 100;

/// What someone means to buy.
pub(crate) struct Cart(Arc<CartView>);

impl From<CartView> for Cart {
    fn from(view: CartView) -> Self {
        Self(Arc::new(view))
    }
}

fn money(minor: i64, currency: Option<Code>) -> Option<Eager<Money>> {
    currency.map(|currency| Eager(Money(Amount { minor, currency })))
}

/// What someone means to buy, as of now: prices and stock are those of this moment.
#[Object]
impl Cart {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.cart.id)
    }

    /// Counts the changes: send it as `expectedVersion` where nobody else may have changed it.
    async fn version(&self) -> i64 {
        self.0.cart.version
    }

    /// The currency of all that is in it, that of its first line; nothing while it is empty.
    async fn currency(&self) -> Option<CurrencyCode> {
        self.0.cart.currency.map(CurrencyCode)
    }

    /// Where to write to.
    async fn email(&self) -> Option<&str> {
        self.0.cart.email.as_deref()
    }

    /// Where it is to be sent.
    async fn shipping_address(&self) -> Option<PostalAddress> {
        self.0.address.clone().map(PostalAddress::from)
    }

    /// What the shopper says to the shops.
    async fn note(&self) -> Option<&str> {
        self.0.cart.note.as_deref()
    }

    /// What is in it, the first to be put in first; at most 100.
    async fn lines(&self) -> Vec<CartLine> {
        CartLine::all(&self.0)
    }

    /// The shops of which something in it is for sale, with what their parts come to; at most 20.
    async fn sellers(&self) -> Vec<CartSeller> {
        let parts = 0..self.0.sellers.len();
        parts
            .map(|index| CartSeller {
                view: Arc::clone(&self.0),
                index,
            })
            .collect()
    }

    /// The vouchers in it, in the order in which they were put in; at most 5.
    async fn vouchers(&self) -> Vec<CartVoucher> {
        let currency = self.0.cart.currency;
        let vouchers = self.0.vouchers.iter().map(|voucher| CartVoucher {
            code: voucher.code.clone(),
            discount: money(voucher.amount, currency),
            seller_id: voucher.seller.map(encode),
        });
        vouchers.collect()
    }

    /// How many units are in it.
    async fn quantity(&self) -> i64 {
        self.0.lines.iter().map(|line| line.quantity).sum()
    }

    /// What it comes to; nothing while it is empty.
    async fn totals(&self) -> Option<CartTotals> {
        totals(&self.0.totals, self.0.cart.currency)
    }

    /// The tax that is due where it goes; nothing where none is, or that is not known.
    async fn tax(&self) -> Option<CartTax> {
        let tax = self.0.tax.as_ref()?;
        Some(CartTax {
            name: tax.name.clone(),
            rate_bps: tax.bps.into(),
            included: tax.included,
        })
    }

    /// What has gone wrong with it since: show it before it is bought. At most 100.
    async fn problems(&self) -> Vec<CartProblem> {
        let problems = self.0.problems.iter();
        let wrong = problems.filter(|problem| !problem.code.is_missing());
        wrong
            .take(MOST_TOLD)
            .cloned()
            .map(CartProblem::from)
            .collect()
    }

    /// What is still to be said before it can be bought. At most 100.
    async fn missing(&self) -> Vec<CartProblem> {
        let problems = self.0.problems.iter();
        let missing = problems.filter(|problem| problem.code.is_missing());
        missing
            .take(MOST_TOLD)
            .cloned()
            .map(CartProblem::from)
            .collect()
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.cart.updated_at
    }

    /// Until when it is kept; nothing for a customer's, which is kept.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.cart.expires_at
    }
}

/// What a cart, or a shop's part of it, comes to.
#[derive(SimpleObject)]
pub(crate) struct CartTotals {
    /// The goods, before vouchers.
    subtotal: Eager<Money>,
    /// What vouchers take off.
    discount: Eager<Money>,
    /// Sending it.
    shipping: Eager<Money>,
    /// All tax, also that which prices hold already.
    tax: Eager<Money>,
    /// The part of the tax that comes on top of the prices.
    tax_added: Eager<Money>,
    /// `subtotal` less `discount`, with `shipping` and `taxAdded`.
    total: Eager<Money>,
}

fn totals(of: &Totals, currency: Option<Code>) -> Option<CartTotals> {
    let money = |minor| money(minor, currency);
    Some(CartTotals {
        subtotal: money(of.subtotal)?,
        discount: money(of.discount)?,
        shipping: money(of.shipping)?,
        tax: money(of.tax)?,
        tax_added: money(of.tax_added)?,
        total: money(of.total)?,
    })
}

/// A rate of tax on a cart.
#[derive(SimpleObject)]
pub(crate) struct CartTax {
    /// What it is called.
    name: String,
    /// Basis points: 1900 is 19 %.
    rate_bps: i32,
    /// Whether prices hold it already.
    included: bool,
}

/// A voucher in a cart.
#[derive(SimpleObject)]
pub(crate) struct CartVoucher {
    /// Its code.
    code: String,
    /// What it takes off.
    discount: Option<Eager<Money>>,
    /// The id of the shop whose it is; nothing where it is the marketplace's.
    seller_id: Option<ID>,
}

/// A shop's part of a cart.
pub(crate) struct CartSeller {
    view: Arc<CartView>,
    index: usize,
}

impl CartSeller {
    fn part(&self) -> &SellerView {
        &self.view.sellers[self.index]
    }
}

/// A shop's part of a cart.
#[Object]
impl CartSeller {
    /// The shop's id.
    async fn seller_id(&self) -> ID {
        encode(self.part().seller)
    }

    /// The shop's name.
    async fn name(&self) -> &str {
        &self.part().name
    }

    /// The shop.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<Eager<Seller>>> {
        nullable(loaders(ctx).objects.sellers.load(self.part().seller).await)
    }

    /// The ids of the lines that it sells, the first to be put in first; at most 100.
    async fn line_ids(&self) -> Vec<ID> {
        let seller = self.part().seller;
        let lines = self.view.lines.iter();
        let of_seller = lines.filter(|line| line.is_for_sale && line.seller == seller);
        of_seller.map(|line| encode(line.id)).collect()
    }

    /// The ways in which it can send its part, to where the cart goes if that is known; at most 20. Where there are none at all, it is
    /// sent for nothing.
    async fn shipping_methods(&self) -> Vec<ShippingMethod> {
        let methods = self.part().methods.iter();
        methods.cloned().map(ShippingMethod::from).collect()
    }

    /// The way in which it is to send its part; nothing while none is chosen.
    async fn shipping_method(&self) -> Option<ShippingMethod> {
        self.part().method.clone().map(ShippingMethod::from)
    }

    /// What its part comes to.
    async fn totals(&self) -> Option<CartTotals> {
        totals(&self.part().totals, self.view.cart.currency)
    }
}

/// Where something is sent.
#[derive(SimpleObject)]
pub(crate) struct PostalAddress {
    /// Who receives it.
    name: String,
    /// The company there.
    company: Option<String>,
    /// Street and number.
    line1: String,
    /// Floor, flat, door.
    line2: Option<String>,
    /// The town.
    city: String,
    /// State, province or county.
    region: Option<String>,
    /// The postal code.
    postal_code: Option<String>,
    /// The country, by its two letters of ISO 3166-1.
    country: String,
    /// A telephone number for the carrier.
    phone: Option<String>,
}

impl From<Postal> for PostalAddress {
    fn from(postal: Postal) -> Self {
        Self {
            name: postal.name,
            company: postal.company,
            line1: postal.line1,
            line2: postal.line2,
            city: postal.city,
            region: postal.region,
            postal_code: postal.postal_code,
            country: postal.country,
            phone: postal.phone,
        }
    }
}

/// The caller's active cart, as `viewer` shows it.
pub(crate) async fn of_viewer(ctx: &Context<'_>) -> Option<Result<Cart>> {
    cart::own(caller(ctx))
        .await
        .map(|found| found.map(Cart::from))
        .transpose()
}

#[derive(Default)]
pub(crate) struct CartQueries;

#[Object]
impl CartQueries {
    /// A cart: a guest's by its token, or one of one's own by its id. One that was ordered, merged or given up is there no more.
    async fn cart(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a cart of one's own.")] id: Option<ID>,
        #[graphql(desc = "The token that cartCreate gave out.")] token: Option<String>,
    ) -> Option<Result<Cart>> {
        Some(find(ctx, id, token).await)
    }
}

async fn find(ctx: &Context<'_>, id: Option<ID>, token: Option<String>) -> Result<Cart> {
    if id.is_some() == token.is_some() {
        return Err(Error::invalid("id", "Pass either `id` or `token`."));
    }
    let id = id.map(|id| decode(&id, "id")).transpose()?;
    let meant = CartRef::read(id, token.as_deref())?;
    // Whoever has not signed in has no carts but those of tokens.
    match cart::view(caller(ctx), &meant).await {
        Ok(view) => Ok(view.into()),
        Err(Error::Unauthenticated | Error::Forbidden) => Err(Error::NotFound("cart")),
        Err(error) => Err(error),
    }
}
