//! Taking a cart for an order: it is marked first, so that of two who take it one does, and then looked at again.

use super::{
    CartRef, CartView, Problem, Totals, VoucherView,
    cart_ref::open,
    load::Loaded,
    look::look,
    vouchers::{Redeemer, Use},
};
use crate::{
    accounts::addresses::PostalAddress,
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
    ports::tax::TaxRate,
};
use entity::cart::cart::{Column, Entity, State};
use entity::ids::{
    AccountId, CartId, CartLineId, ProductId, SellerId, ShippingMethodId, VariantId, VoucherId,
};
use entity::money::CurrencyCode;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Cond, Expr, ExprTrait},
};

/// A line as it was taken. Amounts are minor units of the cart's currency.
#[derive(Clone, Debug)]
pub struct TakenLine {
    /// The line it was.
    pub line: CartLineId,
    /// What is bought.
    pub variant: VariantId,
    /// The product it is a variant of.
    pub product: ProductId,
    /// Who sells it.
    pub seller: SellerId,
    /// The seller's stock-keeping unit.
    pub sku: Option<String>,
    /// The product's name.
    pub product_name: String,
    /// Its option values joined.
    pub variant_name: String,
    /// What one costs.
    pub unit_price: i64,
    /// How many.
    pub quantity: i64,
    /// What they cost, before vouchers.
    pub subtotal: i64,
    /// What each voucher takes off.
    pub discounts: Vec<(VoucherId, i64)>,
    /// What all vouchers take off.
    pub discount: i64,
    /// The tax on what is left.
    pub tax: i64,
    /// What is left, with the tax where it comes on top.
    pub total: i64,
}

/// A shop's part as it was taken.
#[derive(Clone, Debug)]
pub struct TakenSeller {
    /// The shop.
    pub seller: SellerId,
    /// Its name.
    pub name: String,
    /// How it is to send its part; nothing where it has no ways of shipping.
    pub method: Option<(ShippingMethodId, String)>,
    /// What the marketplace keeps of its sales, in basis points, where that was agreed with it.
    pub commission_bps: Option<i64>,
    /// What its part comes to.
    pub totals: Totals,
}

/// A voucher as it was taken.
#[derive(Clone, Debug)]
pub struct TakenVoucher {
    /// The voucher.
    pub id: VoucherId,
    /// Its code, as it was made.
    pub code: String,
    /// Who bears it; the platform where this says nothing.
    pub seller: Option<SellerId>,
    /// What it takes off.
    pub amount: i64,
}

/// A cart as it was taken: all that an order keeps.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The cart, which is ordered now.
    pub cart: CartId,
    /// Whose it is; nothing for a guest's.
    pub customer: Option<AccountId>,
    /// Whom to write to.
    pub email: String,
    /// Where it goes.
    pub address: PostalAddress,
    /// What the shopper says.
    pub note: Option<String>,
    /// Of all amounts.
    pub currency: CurrencyCode,
    /// The lines, the first to be put in first.
    pub lines: Vec<TakenLine>,
    /// The shops, by id.
    pub sellers: Vec<TakenSeller>,
    /// The vouchers that take something off.
    pub vouchers: Vec<TakenVoucher>,
    /// The rate of tax on all of it.
    pub tax: Option<TaxRate>,
    /// What it comes to.
    pub totals: Totals,
}

impl Taken {
    /// The uses of vouchers that it comes with, for [`voucher_redeem`](super::voucher_redeem).
    #[must_use]
    pub fn uses(&self) -> Vec<Use> {
        let uses = self.vouchers.iter().map(|voucher| Use {
            voucher: voucher.id,
            seller: voucher.seller,
            amount: voucher.amount,
        });
        uses.collect()
    }

    /// Whose uses of vouchers they are.
    #[must_use]
    pub fn redeemer(&self) -> Redeemer {
        Redeemer::of(self.customer, &self.email)
    }
}

/// Takes the cart: two statements, three where there are vouchers. Where anything keeps it from being bought, says what: the
/// transaction is to be rolled back then, since the cart is marked already.
///
/// # Errors
/// `NotFound` and Unauthenticated for whoever's it is not; Conflict where it was ordered, or is of another version than was read; Invalid where
/// it comes to more than there are numbers for.
pub async fn take(
    tx: &Tx,
    caller: &Caller,
    cart: &CartRef,
    expected_version: Option<i64>,
) -> Result<Result<Taken, Vec<Problem>>> {
    let now = caller.clock.now();
    let mut mark = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Ordered))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(cart.is_meant(caller)?)
        .filter(Column::State.eq(State::Active))
        .filter(
            Cond::any()
                .add(Column::ExpiresAt.is_null())
                .add(Column::ExpiresAt.gt(now)),
        );
    if let Some(version) = expected_version {
        mark = mark.filter(Column::Version.eq(version));
    }
    let Some(marked) = mark.exec_with_returning(tx).await?.into_iter().next() else {
        open(cart.find(caller)?.one(tx).await?, now)?;
        return Err(Error::Conflict(
            "The cart was changed since you read it. Look at it again.".to_owned(),
        ));
    };
    let view = look(Loaded::read(caller, tx, marked, now).await?)?;
    Ok(taken(view))
}

/// What was taken, or what keeps it from being bought.
fn taken(view: CartView) -> Result<Taken, Vec<Problem>> {
    let (Some(email), Some(address), Some(currency), true) = (
        view.cart.email,
        view.address,
        view.cart.currency,
        view.problems.is_empty(),
    ) else {
        return Err(view.problems);
    };
    let lines = view.lines.into_iter().map(|line| TakenLine {
        line: line.id,
        variant: line.variant,
        product: line.product,
        seller: line.seller,
        sku: line.sku,
        product_name: line.product_name,
        variant_name: line.variant_name,
        unit_price: line.unit_price,
        quantity: line.quantity,
        subtotal: line.totals.subtotal,
        discounts: line.totals.discounts,
        discount: line.totals.discount,
        tax: line.totals.tax,
        total: line.totals.total,
    });
    let sellers = view.sellers.into_iter().map(|part| TakenSeller {
        seller: part.seller,
        name: part.name,
        commission_bps: part.commission_bps,
        method: part.method.map(|method| (method.id, method.name.clone())),
        totals: part.totals,
    });
    let vouchers = view
        .vouchers
        .into_iter()
        .filter(|voucher| voucher.amount > 0);
    let vouchers = vouchers.map(|voucher: VoucherView| TakenVoucher {
        id: voucher.id,
        code: voucher.code,
        seller: voucher.seller,
        amount: voucher.amount,
    });
    Ok(Taken {
        cart: view.cart.id,
        customer: view.cart.customer_id,
        email,
        address,
        note: view.cart.note,
        currency,
        lines: lines.collect(),
        sellers: sellers.collect(),
        vouchers: vouchers.collect(),
        tax: view.tax,
        totals: view.totals,
    })
}
