//! Buying what is in a cart.

use super::Order;
use crate::{
    cart::{CartRef, graphql::CartProblem},
    error::{Error, Result},
    graphql::{
        caller,
        idempotent::once_required,
        ids::decode,
        scalars::MoneyInput,
        user_errors::{UserError, UserErrorCode, or_user_errors},
    },
    orders::{self, CheckoutComplete, Means, OrderRef, Refusal},
    payments::graphql::PaymentInput,
    platform::currency,
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::ids::OrderId;
use entity::money::Money;
use std::sync::OnceLock;

/// Most problems that are told at once.
const MOST_TOLD: usize = 100;

/// What is bought, and by what it is paid.
#[derive(InputObject)]
pub(crate) struct CheckoutCompleteInput {
    /// The id of a cart of one's own; the active one when this and `cartToken` are left out.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    cart_token: Option<String>,
    /// The version of the cart that was read.
    expected_version: Option<i64>,
    /// What the shopper was shown that it comes to; where it comes to something else, nothing is bought.
    expected_total: Option<MoneyInput>,
    /// By what it is paid; left out where the wallet pays.
    payment: Option<PaymentInput>,
    /// Whether the shopper's wallet pays, in the place of `payment`: all of it, in the cart's currency. Not for guests.
    #[graphql(default)]
    from_wallet: bool,
}

impl CheckoutCompleteInput {
    fn read(self, app: &crate::app::App) -> Result<CheckoutComplete> {
        let id = self.cart_id.map(|id| decode(&id, "input.cartId"));
        let cart = CartRef::read(id.transpose()?, self.cart_token.as_deref())?;
        let means = match (self.payment, self.from_wallet) {
            (Some(payment), false) => Means::Method(payment.read(app)?),
            (None, true) => Means::Wallet,
            (Some(_), true) => {
                let message = "Either `payment` says by what it is paid, or `fromWallet` that the wallet pays. Leave one of them out.";
                return Err(Error::invalid("input.fromWallet", message));
            }
            (None, false) => {
                let message = "Say by what it is paid, or set `fromWallet` to have the wallet pay.";
                return Err(Error::invalid("input.payment", message));
            }
        };
        let total = self.expected_total.map(|input| -> Result<Money> {
            let currency = input.currency.0;
            let minor = currency::to_minor(input.amount.0, currency, "input.expectedTotal")?;
            Ok(Money { minor, currency })
        });
        Ok(CheckoutComplete {
            cart,
            expected_version: self.expected_version,
            expected_total: total.transpose()?,
            means,
        })
    }
}

/// What became of buying.
#[derive(SimpleObject)]
pub(crate) struct CheckoutPayload {
    /// The order, which is not paid yet; nothing where nothing was bought.
    order: Option<Order>,
    /// What keeps the cart from being bought as it is; at most 100.
    problems: Vec<CartProblem>,
    /// What keeps it from being bought.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct CheckoutMutations;

#[Object]
impl CheckoutMutations {
    /// Buys what is in a cart, all of it or nothing, and answers at once: the order is paid after that, by `payment` or from the wallet. Watch it by
    /// asking for it again: where `payment.nextAction` says so, send the shopper there; it is `CONFIRMED` once it is paid, and `CANCELLED` with a
    /// reason where that comes to nothing. It needs an idempotency key.
    async fn checkout_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is bought, and by what it is paid.")] input: CheckoutCompleteInput,
    ) -> Result<CheckoutPayload> {
        let caller = caller(ctx);
        let new = input.read(caller);
        // Asked before: a repetition does not run the work.
        let meant = new.as_ref().map(|new| new.cart.clone());
        if let Ok(CartRef::Id(_) | CartRef::Own) = meant {
            caller.require_session()?;
        }
        let (refusal, written) = (OnceLock::new(), OnceLock::new());
        let done = once_required(ctx, async |tx| {
            let new = new.as_ref().map_err(Clone::clone)?;
            match Box::pin(orders::checkout_complete(caller, tx, new)).await? {
                Ok(view) => {
                    let id = view.order.id;
                    let _ = written.set(view);
                    Ok(id)
                }
                Err(refused) => {
                    let _ = refusal.set(refused);
                    Err(Error::Conflict(String::new()))
                }
            }
        })
        .await;
        if let Some(refusal) = refusal.into_inner() {
            return Ok(refused(refusal));
        }
        let (id, user_errors) = or_user_errors(done, "cartId")?;
        let order = match (id, written.into_inner(), meant) {
            (Some(_), Some(view), _) => Some(view.into()),
            // It was bought before, under the same key.
            (Some(id), None, Ok(meant)) => Some(read_again(ctx, id, meant).await?),
            _ => None,
        };
        Ok(CheckoutPayload {
            order,
            problems: Vec::new(),
            user_errors,
        })
    }
}

async fn read_again(ctx: &Context<'_>, id: OrderId, cart: CartRef) -> Result<Order> {
    let meant = match cart {
        CartRef::Token(hash) => OrderRef::Token(hash),
        CartRef::Id(_) | CartRef::Own => OrderRef::Id(id),
    };
    Ok(orders::view(caller(ctx), &meant).await?.into())
}

fn refused(refusal: Refusal) -> CheckoutPayload {
    let at = |field: &str, message: String| UserError::at(UserErrorCode::Conflict, field, message);
    let mut problems = Vec::new();
    let user_errors = match refusal {
        Refusal::Problems(found) => {
            let told = found.iter().map(|one| at("cartId", one.message.clone()));
            let told = told.collect();
            problems = found
                .into_iter()
                .take(MOST_TOLD)
                .map(CartProblem::from)
                .collect();
            told
        }
        Refusal::Short(short) => {
            let told = short.into_iter().map(|one| {
                let (name, left, wanted) = (one.name, one.available.max(0), one.wanted);
                at(
                    "cartId",
                    format!("Of “{name}” only {left} are left, and the cart has {wanted}. Take fewer, or take it out."),
                )
            });
            told.collect()
        }
        Refusal::UsedUp(code) => vec![at(
            "cartId",
            format!("The voucher {code} was used up meanwhile. Take it out of the cart."),
        )],
        Refusal::Total(total) => vec![at(
            "expectedTotal",
            format!(
                "It comes to {} now. Show the cart again before it is bought.",
                told(total)
            ),
        )],
        Refusal::NoWallet => vec![UserError::at(
            UserErrorCode::Invalid,
            "fromWallet",
            "A guest has no wallet. Pay by card, or sign in and buy from a cart of your own."
                .to_owned(),
        )],
        Refusal::TooLittle { held, total } => vec![at(
            "fromWallet",
            format!(
                "Your wallet holds {}, and it comes to {}. Top it up, or pay by card.",
                told(held),
                told(total)
            ),
        )],
    };
    CheckoutPayload {
        order: None,
        problems,
        user_errors,
    }
}

fn told(money: Money) -> String {
    format!("{} {}", currency::to_decimal(money), money.currency)
}
