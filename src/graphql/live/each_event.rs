//! What is made anew for each event of a subscription: its caller, as it is by then, and its loaders. The library shares what a
//! request was given between all its events, and a loader that has loaded once would tell the same for ever.

use super::Listening;
use crate::{caller::Caller, graphql::Loaders};
use async_graphql::{
    Data, Response,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use std::sync::Arc;

/// Gives each event what is its own. Only the schema that subscriptions run on has it: nothing else pays for it.
pub(crate) struct EachEvent;

impl ExtensionFactory for EachEvent {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for EachEvent {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let (Some(caller), Some(listening)) =
            (ctx.data_opt::<Caller>(), ctx.data_opt::<Listening>())
        else {
            return next.run(ctx, operation_name).await;
        };
        let caller = caller.clone().acting_as(listening.access.actor());
        let mut own = Data::default();
        own.insert(Arc::new(Loaders::new(&Arc::new(caller.clone()))));
        own.insert(caller);
        next.run_with_data(ctx, operation_name, own).await
    }
}
