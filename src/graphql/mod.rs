//! The schema and what every type in it is made of.
//!
//! The types themselves live with their rooms, in `<room>/graphql.rs`; a schema is a cyclic graph, so those files
//! may name any room's doors. Everything else may not name `async_graphql`.

pub(crate) mod children;
pub(crate) mod connection;
pub mod engine;
pub(crate) mod ids;
mod loader;
mod loaders;
pub(crate) mod look_ahead;
mod node;
pub(crate) mod paging;
pub(crate) mod scalars;

pub(crate) use loaders::Loaders;

use crate::{caller::Caller, catalogue, platform::config::Settings, reviews, sellers};
use async_graphql::{Context, EmptyMutation, EmptySubscription, MergedObject};
use std::sync::Arc;

/// Where every query starts.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQueries,
    catalogue::graphql::CatalogueQueries,
    sellers::graphql::SellerQueries,
    reviews::graphql::ReviewQueries,
);

/// The server's schema.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// The schema, ready to execute.
#[must_use]
pub fn schema(settings: &Settings) -> Schema {
    let schema = Schema::build(Query::default(), EmptyMutation, EmptySubscription);
    if settings.is_production() {
        schema
            .disable_introspection()
            .disable_suggestions()
            .finish()
    } else {
        schema.finish()
    }
}

/// The schema in its definition language, the same for every setting.
#[must_use]
pub fn sdl(settings: &Settings) -> String {
    schema(settings).sdl()
}

/// The caller of the request.
pub(crate) fn caller<'a>(context: &'a Context<'a>) -> &'a Caller {
    context.data_unchecked::<Caller>()
}

/// The loaders of the request.
pub(crate) fn loaders<'a>(context: &'a Context<'a>) -> &'a Arc<Loaders> {
    context.data_unchecked::<Arc<Loaders>>()
}
