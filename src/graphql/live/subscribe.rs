//! Beginning a subscription: the same guards as for any other operation, and then its answers.

use super::{Access, Listening, root::with_one_field};
use crate::{
    caller::Caller,
    graphql::{
        engine::{Engine, Prepared, refused},
        present_errors::present_errors,
    },
};
use async_graphql::{Response, ServerError, Value};
use futures_util::{StreamExt, stream::BoxStream};
use std::sync::Arc;

/// The answers to a subscription, one for each event.
pub type Answers = BoxStream<'static, Response>;

impl Engine {
    /// Begins a subscription of `caller`'s, who is `access`: its answers come for as long as they are asked for. Whoever asks for
    /// them ends them when `access` is over.
    ///
    /// # Errors
    /// The answer to a subscription that is refused.
    pub async fn subscribe(
        &self,
        caller: Caller,
        access: &Arc<Access>,
        prepared: Prepared,
    ) -> Result<Answers, Box<Response>> {
        let request_id = caller.request_id.clone();
        let begun = self.begun(caller, access, prepared).await;
        let mut answers = begun.unwrap_or_else(|errors| {
            futures_util::stream::iter([Response::from_errors(errors)]).boxed()
        });
        // Every subscription begins by saying that it has begun, so this waits for nothing to happen.
        let first = answers.next().await;
        let Some(first) = first.map(|first| present_errors(first, &request_id)) else {
            return Ok(futures_util::stream::empty().boxed());
        };
        if first.data == Value::Null && !first.errors.is_empty() {
            return Err(Box::new(first));
        }
        let first = futures_util::stream::iter([first]);
        let others = answers.map(move |answer| present_errors(answer, &request_id));
        Ok(first.chain(others).boxed())
    }

    async fn begun(
        &self,
        caller: Caller,
        access: &Arc<Access>,
        prepared: Prepared,
    ) -> Result<Answers, Vec<ServerError>> {
        let (mut request, document) = self.admitted(&caller, prepared).await?;
        let executable = with_one_field(&document).map_err(|fault| vec![refused(fault)])?;
        request.set_parsed_query(executable);
        request.operation_name = None;
        let listening = Listening {
            access: Arc::clone(access),
            turns: Arc::clone(&self.turns),
        };
        Ok(self
            .streams
            .execute_stream(request.data(caller).data(listening)))
    }
}
