//! Reading all that a cart is reckoned from: a statement for each kind of thing, however many there are.

use super::{
    Cart, Choices,
    choices::address_of,
    vouchers::{self, Voucher},
};
use crate::{
    accounts::addresses::PostalAddress,
    app::App,
    error::Result,
    platform::database::lists,
    ports::tax::{Destination, TaxRate},
    shipping::{self, ShippingMethod},
};
use chrono::{DateTime, Utc};
use entity::ids::{CartLineId, ProductId, SellerId, VariantId, VoucherId};
use entity::money::CurrencyCode;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use std::collections::BTreeSet;

/// A variant as it is for sale now, and what of it is in the cart.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Offer {
    pub(super) variant_id: VariantId,
    pub(super) product_id: ProductId,
    pub(super) seller_id: SellerId,
    pub(super) sku: Option<String>,
    pub(super) variant_name: String,
    pub(super) product_name: String,
    pub(super) price: i64,
    pub(super) currency: CurrencyCode,
    variant_deleted_at: Option<DateTime<Utc>>,
    product_status: String,
    pub(super) seller_name: String,
    seller_status: String,
    seller_deleted_at: Option<DateTime<Utc>>,
    tracked: Option<bool>,
    on_hand: Option<i64>,
    reserved: Option<i64>,
    pub(super) line_id: Option<CartLineId>,
    pub(super) quantity: Option<i64>,
    pub(super) price_seen: Option<i64>,
}

impl Offer {
    /// Whether the product is for sale, its shop left aside.
    pub(super) fn is_for_sale(&self) -> bool {
        self.variant_deleted_at.is_none() && self.product_status == "ACTIVE"
    }

    /// Whether the shop is open.
    pub(super) fn is_open(&self) -> bool {
        self.seller_status == "ACTIVE" && self.seller_deleted_at.is_none()
    }

    /// How many can be bought now; nothing where units are not counted.
    pub(super) fn available(&self) -> Option<i64> {
        match self.tracked {
            Some(false) => None,
            // Where no stock was entered there is none.
            _ => Some((self.on_hand.unwrap_or(0) - self.reserved.unwrap_or(0)).max(0)),
        }
    }
}

/// What a cart is reckoned from.
pub(super) struct Loaded {
    pub(super) cart: Cart,
    pub(super) choices: Choices,
    pub(super) address: Option<PostalAddress>,
    /// What is in it, by line.
    pub(super) offers: Vec<Offer>,
    pub(super) vouchers: Vec<Voucher>,
    /// Those that can be chosen, of the shops whose things are in it.
    pub(super) methods: Vec<ShippingMethod>,
    pub(super) tax: Option<TaxRate>,
    pub(super) now: DateTime<Utc>,
}

impl Loaded {
    /// Reads all of it: two to four statements.
    pub(super) async fn read(
        app: &App,
        db: &impl ConnectionTrait,
        cart: Cart,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let choices = Choices::of(&cart)?;
        let address = address_of(&cart)?;
        let offers = offers(db, &cart, &[]).await?;
        let vouchers = vouchers(db, &cart, &choices.vouchers, &[]).await?;
        let mut loaded = Self {
            cart,
            choices,
            address,
            offers,
            vouchers,
            methods: Vec::new(),
            tax: None,
            now,
        };
        loaded.read_rates(app, db).await?;
        Ok(loaded)
    }

    /// Reads what sending it costs, and what tax is due on it.
    pub(super) async fn read_rates(&mut self, app: &App, db: &impl ConnectionTrait) -> Result<()> {
        self.methods = shipping::methods_of(db, &self.sellers()).await?;
        if let Some(address) = self.address.as_ref().filter(|_| !self.offers.is_empty()) {
            let destination = Destination {
                country: address.country.clone(),
                region: address.region.clone(),
            };
            self.tax = shipping::tax_rate_at(app, db, &destination).await?;
        }
        Ok(())
    }

    /// The shops whose things are in it.
    pub(super) fn sellers(&self) -> Vec<SellerId> {
        let sellers: BTreeSet<_> = self.offers.iter().map(|offer| offer.seller_id).collect();
        sellers.into_iter().collect()
    }
}

/// What is in the cart, and what `wanted` is, as it is for sale now. The only place that looks into the tables of other rooms, so that
/// it is one statement.
pub(super) async fn offers(
    db: &impl ConnectionTrait,
    cart: &Cart,
    wanted: &[VariantId],
) -> Result<Vec<Offer>> {
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT v.id AS variant_id, v.product_id, v.seller_id, v.sku, v.name AS variant_name, p.name AS product_name, \
           v.price, v.currency, v.deleted_at AS variant_deleted_at, p.status AS product_status, \
           s.name AS seller_name, s.status AS seller_status, s.deleted_at AS seller_deleted_at, \
           st.tracked, st.on_hand, st.reserved, l.id AS line_id, l.quantity, l.price_seen \
         FROM (SELECT variant_id FROM cart_line WHERE cart_id = $2 \
               UNION SELECT id AS variant_id FROM variant WHERE id {}) AS w \
         JOIN variant v ON v.id = w.variant_id \
         JOIN product p ON p.id = v.product_id \
         JOIN seller s ON s.id = v.seller_id \
         LEFT JOIN stock st ON st.variant_id = v.id \
         LEFT JOIN cart_line l ON l.cart_id = $2 AND l.variant_id = v.id",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, wanted), cart.id.0.into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut offers = Offer::find_by_statement(statement).all(db).await?;
    offers.sort_by_key(|offer| (offer.line_id.is_none(), offer.line_id, offer.variant_id));
    Ok(offers)
}

/// The vouchers with these ids, and those with these codes, and how often whoever's cart it is has used each: no statement where
/// there are none.
pub(super) async fn vouchers(
    db: &impl ConnectionTrait,
    cart: &Cart,
    ids: &[VoucherId],
    codes: &[String],
) -> Result<Vec<Voucher>> {
    if ids.is_empty() && codes.is_empty() {
        return Ok(Vec::new());
    }
    let redeemer = vouchers::Redeemer::of_cart(cart.customer_id, cart.email.as_deref());
    vouchers::among(db, ids, codes, redeemer.as_ref()).await
}
