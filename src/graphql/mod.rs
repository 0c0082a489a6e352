//! The schema.

pub mod engine;

use crate::platform::config::Settings;
use async_graphql::{EmptyMutation, EmptySubscription, Object};

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

/// The schema, ready to execute.
#[must_use]
pub fn schema(_settings: &Settings) -> Schema {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish()
}

/// The schema in its definition language.
#[must_use]
pub fn sdl(settings: &Settings) -> String {
    schema(settings).sdl()
}
