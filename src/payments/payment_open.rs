//! Opening a payment.

use super::{Payment, State};
use crate::{
    app::App,
    error::{Error, OnConstraint, Result},
    platform::database::Tx,
    ports::payments::Method,
};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, PaymentId};
use entity::money::Money;
use entity::payments::payment;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryTrait};
use uuid::Uuid;

/// A payment that is to be made.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// What it is for: at most one payment of it is under way or made.
    pub subject: Uuid,
    /// Who pays, where that is someone with an account.
    pub customer: Option<AccountId>,
    /// How much; more than nothing.
    pub amount: Money,
    /// By what.
    pub method: Method,
}

/// By what someone wants to pay, as they sent it. What comes out is a name that may be kept; what was sent may not.
///
/// # Errors
/// Invalid, naming the field `paymentMethod`, when it is nothing that the provider takes.
pub fn method(app: &App, text: &str) -> Result<Method> {
    app.payments.method(text)
}

/// Opens a payment when `tx` is committed; nobody is asked for money by that.
///
/// # Errors
/// Invalid when the amount is not positive; Conflict when there is one of the same already; whatever the database says.
pub async fn open(tx: &Tx, app: &App, now: DateTime<Utc>, new: &NewPayment) -> Result<Payment> {
    let row = row(app, now, new)?;
    let taken = || Error::Conflict("This is being paid already.".to_owned());
    let inserted = payment::Entity::insert(row.clone().into_active_model());
    let inserted = inserted.exec_without_returning(tx).await;
    // PostgreSQL names the index, SQLite its column.
    match inserted.on_constraint("payment_active", taken) {
        Err(Error::Internal { source, .. })
            if source.to_string().contains("payment.subject_id") =>
        {
            Err(taken())
        }
        other => other.map(|_| row),
    }
}

/// The same for what `tx` makes itself, so that nothing else can be paying for it: written with what `tx` writes next.
///
/// # Errors
/// Invalid when the amount is not positive.
pub(crate) fn open_for_new(
    tx: &Tx,
    app: &App,
    now: DateTime<Utc>,
    new: &NewPayment,
) -> Result<Payment> {
    let row = row(app, now, new)?;
    tx.put_off(
        payment::Entity::insert(row.clone().into_active_model()).build(tx.get_database_backend()),
    );
    Ok(row)
}

fn row(app: &App, now: DateTime<Utc>, new: &NewPayment) -> Result<Payment> {
    if new.amount.minor <= 0 {
        return Err(Error::invalid("amount", "There is nothing to be paid."));
    }
    Ok(Payment {
        id: PaymentId::generate(),
        subject_id: new.subject,
        customer_id: new.customer,
        provider: app.payments.name().to_owned(),
        method: new.method.token().to_owned(),
        state: State::Created,
        amount: new.amount.minor,
        currency: new.amount.currency,
        captured: 0,
        refunding: 0,
        refunded: 0,
        reference: None,
        action_url: None,
        decline_code: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}
