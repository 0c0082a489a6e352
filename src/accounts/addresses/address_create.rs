//! Noting another address.

use super::{
    Address, AddressFields,
    of_customer::{hold, room, take_defaults},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    platform::database::Tx,
};
use entity::accounts::address::Entity;
use entity::ids::AddressId;
use sea_orm::{EntityTrait, IntoActiveModel};

/// Notes another address of the caller's. The first is the default for everything.
///
/// # Errors
/// Conflict when there are too many; Unauthenticated.
pub(crate) async fn address_create(
    caller: &Caller,
    tx: &Tx,
    mut new: AddressFields,
) -> Result<AddressId> {
    let customer = caller.require_session()?.0.account;
    let (id, now) = (AddressId::generate(), caller.clock.now());
    hold(tx, customer).await?;
    if room(tx, customer).await? == 0 {
        new.is_default_shipping = true;
        new.is_default_billing = true;
    } else {
        take_defaults(tx, customer, id, &new).await?;
    }
    let address = Address {
        id,
        customer_id: customer,
        name: new.name,
        company: new.company,
        line1: new.line1,
        line2: new.line2,
        city: new.city,
        region: new.region,
        postal_code: new.postal_code,
        country: new.country,
        phone: new.phone,
        is_default_shipping: new.is_default_shipping,
        is_default_billing: new.is_default_billing,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    Entity::insert(address.into_active_model())
        .exec_without_returning(tx)
        .await?;
    // Where someone lives is erased with the account, so it must not stand in a log that nothing is erased from.
    let entry = Entry::new("address.create", "address", id).is("accountId", customer);
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}
