//! Executes requests against the schema.

use super::{Loaders, Schema};
use crate::caller::Caller;
use async_graphql::{Request, Response};
use std::sync::Arc;

/// The schema, and what stands around its execution.
pub struct Engine {
    schema: Schema,
}

impl Engine {
    /// An engine for `schema`.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self { schema }
    }

    /// Answers `request` for `caller`.
    pub async fn execute(&self, caller: Caller, request: Request) -> Response {
        self.schema.execute(with_data(caller, request)).await
    }
}

/// Gives the resolvers what they find in their context: the caller, and whatever else lives as long as a request.
fn with_data(caller: Caller, request: Request) -> Request {
    let loaders = Arc::new(Loaders::new(&caller));
    request.data(caller).data(loaders)
}
