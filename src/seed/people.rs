//! Three people to sign in as when one tries things out. Their passwords are known to everyone: for development only.

use crate::{
    accounts::{KnownPerson, account_create_known},
    app::App,
    caller::Role,
    error::Result,
};
use entity::ids::AccountId;

/// Someone to sign in as.
#[derive(Clone, Copy, Debug)]
pub struct DemoPerson {
    /// The address.
    pub email: &'static str,
    /// The password.
    pub password: &'static str,
    name: &'static str,
    role: Role,
}

/// The place of the seller among [`DEMO_PEOPLE`].
pub(super) const SELLER: usize = 1;
/// The handle of the shop that the seller owns.
pub(super) const SELLERS_SHOP: &str = "north-quay-outfitters";

/// A shopper, a seller (who owns the shop North Quay Outfitters) and an admin.
pub const DEMO_PEOPLE: [DemoPerson; 3] = [
    DemoPerson {
        email: "shopper@tradewind.example",
        password: "shopper-at-the-quay",
        name: "Sina Shopper",
        role: Role::Customer,
    },
    DemoPerson {
        email: "seller@tradewind.example",
        password: "seller-at-the-quay",
        name: "Selim Seller",
        role: Role::Customer,
    },
    DemoPerson {
        email: "admin@tradewind.example",
        password: "admin-at-the-quay",
        name: "Ada Admin",
        role: Role::Admin,
    },
];

/// Makes the accounts of [`DEMO_PEOPLE`], in that order.
///
/// # Errors
/// Conflict when one of the addresses is taken; whatever the database says.
pub async fn demo_people(app: &App) -> Result<Vec<AccountId>> {
    let mut ids = Vec::with_capacity(DEMO_PEOPLE.len());
    for person in DEMO_PEOPLE {
        let known = KnownPerson {
            email: person.email,
            password: person.password,
            display_name: person.name,
            role: person.role,
        };
        ids.push(account_create_known(app, known).await?);
    }
    Ok(ids)
}
