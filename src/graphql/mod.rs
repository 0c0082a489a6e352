//! The schema and what every type in it is made of.
//!
//! The types themselves live with their rooms, in `<room>/graphql.rs`; a schema is a cyclic graph, so those files
//! may name any room's doors. Everything else may not name `async_graphql`.

pub mod answers;
pub(crate) mod children;
pub(crate) mod connection;
mod cost;
mod documents;
pub(crate) mod eager;
pub mod engine;
mod guards;
pub mod idempotent;
pub(crate) mod ids;
pub mod json;
pub mod key_scopes;
pub mod live;
mod loader;
mod loaders;
pub(crate) mod look_ahead;
#[cfg(test)]
mod measure_loaders;
mod next_round;
mod node;
mod operations;
pub(crate) mod paging;
pub mod persisted;
pub(crate) mod present_errors;
pub mod refresh_cookie;
pub(crate) mod scalars;
pub(crate) mod user_errors;

pub(crate) use loader::ListOf;
pub(crate) use loaders::{CountLoader, Loaders};

use crate::{
    accounts, audit, caller::Caller, cart, catalogue, error::Result, imports, inventory, jobs,
    ledger, orders, payments, platform::config::Settings, reviews, sagas, sellers, shipping,
    wallets,
};
use async_graphql::{Context, MergedObject, MergedSubscription, SchemaBuilder};
use std::sync::Arc;

/// Where every query starts.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQueries,
    cost::CostQueries,
    accounts::graphql::ViewerQueries,
    accounts::staff::graphql::StaffQueries,
    catalogue::graphql::CatalogueQueries,
    sellers::graphql::SellerQueries,
    inventory::graphql::InventoryQueries,
    reviews::graphql::ReviewQueries,
    imports::product_imports::graphql::ProductImportQueries,
    ledger::graphql::LedgerQueries,
    wallets::graphql::TopUpQueries,
    jobs::graphql::JobQueries,
    sagas::graphql::SagaQueries,
    payments::graphql::PaymentQueries,
    audit::graphql::AuditQueries,
    shipping::graphql::ShippingQueries,
    shipping::graphql::TaxQueries,
    cart::graphql::CartQueries,
    cart::vouchers::graphql::VoucherQueries,
    orders::graphql::OrderQueries,
);

/// Where every change starts.
#[derive(MergedObject, Default)]
pub struct Mutation(
    accounts::sessions::graphql::SessionMutations,
    accounts::sessions::graphql::SecondFactorMutations,
    accounts::factors::graphql::FactorMutations,
    accounts::factors::graphql::PasskeyMutations,
    accounts::graphql::AccountMutations,
    sellers::graphql::SellerMutations,
    sellers::graphql::SellerStaffMutations,
    catalogue::graphql::OfficeMutations,
    catalogue::graphql::CategoryMutations,
    inventory::graphql::InventoryMutations,
    accounts::addresses::graphql::AddressMutations,
    accounts::staff::graphql::StaffMutations,
    accounts::keys::graphql::ApiKeyMutations,
    accounts::oidc::graphql::IdentityMutations,
    imports::product_imports::graphql::ProductImportMutations,
    ledger::graphql::WalletMutations,
    wallets::graphql::TopUpMutations,
    jobs::graphql::JobMutations,
    shipping::graphql::ShippingMutations,
    shipping::graphql::TaxMutations,
    cart::graphql::CartMutations,
    cart::vouchers::graphql::VoucherMutations,
    orders::graphql::OrderMutations,
    orders::graphql::CheckoutMutations,
    sagas::graphql::SagaMutations,
);

/// Where every subscription starts.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    catalogue::graphql::CatalogueSubscriptions,
    inventory::graphql::InventorySubscriptions,
    orders::graphql::OrderSubscriptions,
);

/// The server's schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema before it is finished; the engine finishes it twice, once to validate and once to execute.
pub(crate) fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    let subscription = Subscription::default();
    Schema::build(Query::default(), Mutation::default(), subscription)
        .directive(idempotent::idempotent)
}

/// The schema in its definition language, the same for every setting.
#[must_use]
pub fn sdl(_settings: &Settings) -> String {
    builder().finish().sdl()
}

/// The caller of the request.
pub(crate) fn caller<'a>(context: &'a Context<'a>) -> &'a Caller {
    context.data_unchecked::<Caller>()
}

/// The loaders of the request.
pub(crate) fn loaders<'a>(context: &'a Context<'a>) -> &'a Arc<Loaders> {
    context.data_unchecked::<Arc<Loaders>>()
}

/// A field that is null where there is nothing, and null with an error where something went wrong: the library
/// carries the error of a `Result<Option<…>>` up to the parent, which would take its other fields away.
pub(crate) fn nullable<M, T: From<M>>(found: Result<Option<M>>) -> Option<Result<T>> {
    found.map(|found| found.map(T::from)).transpose()
}
