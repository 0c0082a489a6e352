//! Reading all that a cart is reckoned from: one statement however many lines there are, and one more where there are vouchers.

use super::{
    Cart, Choices,
    choices::address_of,
    vouchers::{self, Voucher},
};
use crate::{
    accounts::addresses::PostalAddress,
    app::App,
    error::{Error, Result},
    platform::database::lists,
    ports::tax::{Destination, FlatRate, TaxRate},
    shipping::{self, ShippingMethod},
};
use chrono::{DateTime, Utc};
use entity::ids::{CartLineId, ProductId, SellerId, VariantId, VoucherId};
use entity::money::CurrencyCode;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

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
    /// What was agreed with the shop.
    pub(super) commission_bps: Option<i64>,
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
    /// The table's lines for the country it goes to.
    pub(super) rates: Vec<FlatRate>,
    pub(super) tax: Option<TaxRate>,
    pub(super) now: DateTime<Utc>,
}

impl Loaded {
    /// Reads all of it: one statement, two where there are vouchers.
    pub(super) async fn read(
        app: &App,
        db: &impl ConnectionTrait,
        cart: Cart,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let choices = Choices::of(&cart)?;
        let address = address_of(&cart)?;
        let shelf = shelf(db, &cart, &[], address.as_ref()).await?;
        let vouchers = vouchers(db, &cart, &choices.vouchers, &[]).await?;
        let mut loaded = Self::of(cart, choices, address, shelf, vouchers, now);
        loaded.rate(app).await?;
        Ok(loaded)
    }

    /// What was read, whose tax is not reckoned yet.
    pub(super) fn of(
        cart: Cart,
        choices: Choices,
        address: Option<PostalAddress>,
        shelf: Shelf,
        vouchers: Vec<Voucher>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            cart,
            choices,
            address,
            offers: shelf.offers,
            vouchers,
            methods: shelf.methods,
            rates: shelf.rates,
            tax: None,
            now,
        }
    }

    /// Asks what tax is due on it where it goes, once it is known what is in it.
    pub(super) async fn rate(&mut self, app: &App) -> Result<()> {
        if let Some(address) = self.address.as_ref().filter(|_| !self.offers.is_empty()) {
            let destination = Destination {
                country: address.country.clone(),
                region: address.region.clone(),
            };
            self.tax = app.tax.rate(&destination, &self.rates).await?;
        }
        Ok(())
    }
}

/// What is in a cart and what is wanted, as it is for sale now, and what sending it costs.
pub(super) struct Shelf {
    pub(super) offers: Vec<Offer>,
    methods: Vec<ShippingMethod>,
    rates: Vec<FlatRate>,
}

/// What is in the cart, and what `wanted` is, as it is for sale now; the ways of shipping of their shops, and the rates of tax at `address`. The only
/// place that looks into the tables of other rooms, so that it is one statement.
pub(super) async fn shelf(
    db: &impl ConnectionTrait,
    cart: &Cart,
    wanted: &[VariantId],
    address: Option<&PostalAddress>,
) -> Result<Shelf> {
    let backend = db.get_database_backend();
    let country = address.map(|address| address.country.clone());
    let values = [
        lists::of_ids(backend, wanted),
        cart.id.0.into(),
        country.into(),
    ];
    let statement = Statement::from_sql_and_values(backend, shelf_sql(backend), values);
    let (mut offers, mut along) = (Vec::new(), None);
    for row in db.query_all_raw(statement).await? {
        if row
            .try_get::<Option<VariantId>>("", "variant_id")?
            .is_some()
        {
            offers.push(Offer::from_query_result(&row, "")?);
        } else {
            along = Some(row);
        }
    }
    offers.sort_by_key(|offer| (offer.line_id.is_none(), offer.line_id, offer.variant_id));
    let missing = || Error::internal(anyhow::anyhow!("a cart was read without what it costs"));
    let along = along.ok_or_else(missing)?;
    let text = |name: &str| along.try_get::<Option<String>>("", name);
    Ok(Shelf {
        offers,
        methods: shipping::methods_of(text("methods")?.as_deref())?,
        rates: shipping::rates_of(text("rates")?.as_deref())?,
    })
}

/// A row for each offer, and one that has none of an offer but what goes with all of them.
fn shelf_sql(backend: DbBackend) -> String {
    let among = lists::among_ids(backend);
    let sellers = format!(
        "SELECT seller_id FROM cart_line WHERE cart_id = $2 UNION SELECT seller_id FROM variant WHERE id {among}"
    );
    let (methods, rates) = (
        shipping::methods_sql(backend, &sellers),
        shipping::rates_sql(backend, "$3"),
    );
    format!(
        "SELECT v.id AS variant_id, v.product_id, v.seller_id, v.sku, v.name AS variant_name, p.name AS product_name, \
           v.price, v.currency, v.deleted_at AS variant_deleted_at, p.status AS product_status, \
           s.name AS seller_name, s.status AS seller_status, s.deleted_at AS seller_deleted_at, s.commission_bps, \
           st.tracked, st.on_hand, st.reserved, l.id AS line_id, l.quantity, l.price_seen, \
           CAST(NULL AS text) AS methods, CAST(NULL AS text) AS rates \
         FROM (SELECT variant_id FROM cart_line WHERE cart_id = $2 \
               UNION SELECT id AS variant_id FROM variant WHERE id {among}) AS w \
         JOIN variant v ON v.id = w.variant_id \
         JOIN product p ON p.id = v.product_id \
         JOIN seller s ON s.id = v.seller_id \
         LEFT JOIN stock st ON st.variant_id = v.id \
         LEFT JOIN cart_line l ON l.cart_id = $2 AND l.variant_id = v.id \
         UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
           NULL, NULL, {methods}, {rates}"
    )
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
