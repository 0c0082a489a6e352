//! Addresses, as the API shows them to their people.

use super::{Address as Row, AddressDraft, AddressFields};
use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        ids::{decode, encode},
        paging::PageArguments,
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::AddressId;
use std::sync::Arc;

/// Where someone has things sent, or bills.
pub(crate) struct Address(Arc<Row>);

impl From<Arc<Row>> for Address {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// Where someone has things sent, or bills.
#[Object]
impl Address {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Who receives what is sent there.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The company there.
    async fn company(&self) -> Option<&str> {
        self.0.company.as_deref()
    }

    /// Street and number.
    async fn line1(&self) -> &str {
        &self.0.line1
    }

    /// Floor, flat, door.
    async fn line2(&self) -> Option<&str> {
        self.0.line2.as_deref()
    }

    /// The town.
    async fn city(&self) -> &str {
        &self.0.city
    }

    /// State, province or county, where it belongs to the address.
    async fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// The postal code, where there are any.
    async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// The country, by its two letters of ISO 3166-1.
    async fn country(&self) -> &str {
        &self.0.country
    }

    /// A telephone number for the carrier.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Whether things are sent there when nothing else is said.
    async fn is_default_shipping(&self) -> bool {
        self.0.is_default_shipping
    }

    /// Whether bills go there when nothing else is said.
    async fn is_default_billing(&self) -> bool {
        self.0.is_default_billing
    }

    /// Counts the edits: send it as `expectedVersion` with the next.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was noted.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What an address is made of.
#[derive(InputObject)]
pub(crate) struct AddressInput {
    /// Who receives what is sent there, 1 to 100 characters.
    name: String,
    /// The company there, at most 100 characters.
    company: Option<String>,
    /// Street and number, 1 to 200 characters.
    line1: String,
    /// Floor, flat, door; at most 200 characters.
    line2: Option<String>,
    /// The town, 1 to 100 characters.
    city: String,
    /// State, province or county, at most 100 characters.
    region: Option<String>,
    /// The postal code, at most 20 characters.
    postal_code: Option<String>,
    /// The country, by its two letters of ISO 3166-1, such as `DE`.
    country: String,
    /// A telephone number for the carrier, at most 30 characters.
    phone: Option<String>,
    /// Whether things are sent there when nothing else is said. That is one address at a time; the first is it by itself.
    #[graphql(default)]
    is_default_shipping: bool,
    /// Whether bills go there when nothing else is said. That is one address at a time; the first is it by itself.
    #[graphql(default)]
    is_default_billing: bool,
}

impl AddressInput {
    fn read(self) -> Result<AddressFields> {
        AddressFields::read(AddressDraft {
            name: self.name,
            company: self.company,
            line1: self.line1,
            line2: self.line2,
            city: self.city,
            region: self.region,
            postal_code: self.postal_code,
            country: self.country,
            phone: self.phone,
            is_default_shipping: self.is_default_shipping,
            is_default_billing: self.is_default_billing,
        })
    }
}

/// Another address.
#[derive(InputObject)]
pub(crate) struct AddressCreateInput {
    /// What it is made of.
    address: AddressInput,
}

/// An address, and what it becomes.
#[derive(InputObject)]
pub(crate) struct AddressUpdateInput {
    /// The address.
    id: ID,
    /// The version of it that was read.
    expected_version: i64,
    /// All that it is made of from now on.
    address: AddressInput,
}

/// Which address is deleted.
#[derive(InputObject)]
pub(crate) struct AddressDeleteInput {
    /// The address.
    id: ID,
}

/// What became of an address.
#[derive(SimpleObject)]
pub(crate) struct AddressPayload {
    /// The address as it is now; nothing where nothing was changed.
    address: Option<Address>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

/// What became of an address that was to go.
#[derive(SimpleObject)]
pub(crate) struct AddressDeletePayload {
    /// The id it had; nothing where it was not deleted.
    deleted_id: Option<ID>,
    /// What keeps it from being deleted.
    user_errors: Vec<UserError>,
}

async fn payload(ctx: &Context<'_>, done: Result<AddressId>) -> Result<AddressPayload> {
    let (id, user_errors) = or_user_errors(done, "id")?;
    let address = match id {
        Some(id) => Some(super::by_id(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(AddressPayload {
        address,
        user_errors,
    })
}

/// The caller's addresses, as `viewer` shows them.
pub(crate) async fn of_viewer(
    ctx: &Context<'_>,
    arguments: PageArguments,
) -> Result<Connection<Address>> {
    let order = super::order();
    let page = arguments.page(order.name)?;
    let caller = caller(ctx);
    let slice = super::list(caller, &order, &page).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let caller = caller.clone();
        Box::pin(async move { super::count(&caller).await })
    });
    Ok(Connection::new(&slice, order.name, count))
}

#[derive(Default)]
pub(crate) struct AddressMutations;

#[Object]
impl AddressMutations {
    /// Notes another address of one's own; an account has at most 50.
    async fn address_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Another address.")] input: AddressCreateInput,
    ) -> Result<AddressPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let new = input.address.read();
        let work = async move |tx: &_| super::address_create(caller, tx, new?).await;
        payload(ctx, once(ctx, work).await).await
    }

    /// Changes an address of one's own. Orders that were made before keep the address they were made with.
    async fn address_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An address, and what it becomes.")] input: AddressUpdateInput,
    ) -> Result<AddressPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id: AddressId = decode(&input.id, "input.id")?;
        let (version, new) = (input.expected_version, input.address.read());
        let work = async move |tx: &_| {
            super::address_update(caller, tx, id, version, new?).await?;
            Ok(id)
        };
        payload(ctx, once(ctx, work).await).await
    }

    /// Deletes an address of one's own.
    async fn address_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which address is deleted.")] input: AddressDeleteInput,
    ) -> Result<AddressDeletePayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id: AddressId = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| super::address_delete(caller, tx, id).await).await;
        let (done, user_errors) = or_user_errors(done, "id")?;
        Ok(AddressDeletePayload {
            deleted_id: done.map(|()| input.id),
            user_errors,
        })
    }
}
