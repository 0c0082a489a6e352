//! The schema.

mod documents;
pub mod engine;
mod guards;
pub(crate) mod present_errors;

use crate::platform::config::Settings;
use async_graphql::{EmptyMutation, EmptySubscription, Object, SchemaBuilder};

/// The server's schema.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Where every query starts.
pub struct Query;

#[Object]
impl Query {
    /// Stands in for the schema that is being written.
    async fn ping(&self) -> bool {
        true
    }
}

/// The schema before it is finished; the engine finishes it twice, once to validate and once to execute.
pub(crate) fn builder() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription)
}

/// The schema in its definition language.
#[must_use]
pub fn sdl(_settings: &Settings) -> String {
    builder().finish().sdl()
}
