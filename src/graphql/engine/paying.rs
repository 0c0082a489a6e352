//! Paying for operations before they run.

use super::{Engine, Prepared};
use crate::{
    caller::Caller,
    graphql::{
        cost::{Charge, Plan, Requested},
        operations::Measures,
    },
};
use async_graphql::{Request, Response, ServerError};
use std::sync::{Arc, OnceLock};

impl Engine {
    /// Executes what was prepared, once it is paid for; the errors of the answer are to be presented yet.
    pub(super) async fn paid(
        &self,
        caller: Caller,
        prepared: Prepared,
        measures: &OnceLock<Arc<Measures>>,
    ) -> Response {
        match self.charged(&caller, &prepared).await {
            Ok(charge) => {
                let executed = self
                    .executed(caller, prepared, measures, charge.coming())
                    .await;
                charge.settle(executed.unwrap_or_else(Response::from_errors))
            }
            Err(refused) => *refused,
        }
    }

    /// Looks at the variables, and takes what the operation may cost from whoever asks. What it did not cost is given back by
    /// [`Charge::settle`].
    ///
    /// # Errors
    /// The answer to variables that are wrong, or to who has not so much; its errors are to be presented yet.
    pub(in crate::graphql) async fn charged(
        &self,
        caller: &Caller,
        prepared: &Prepared,
    ) -> Result<Charge, Box<Response>> {
        if let Err(error) = self.check_variables(prepared) {
            return Err(Box::new(Response::from_errors(vec![error])));
        }
        let plan = prepared.document().plan(&self.costs);
        let requested = plan.requested(&prepared.request.variables);
        Charge::take(caller, plan, requested, &prepared.request.variables).await
    }

    /// What `request` would cost, which passes all that it would have to pass, and is not run.
    ///
    /// # Errors
    /// Why it would not be run.
    pub(in crate::graphql) async fn explain(
        &self,
        mut request: Request,
    ) -> Result<(Arc<Plan>, Requested), Vec<ServerError>> {
        let document = self.find(&mut request).await.map_err(|error| vec![error])?;
        let prepared = Prepared {
            document,
            request,
            key: None,
            as_text: false,
        };
        self.check_variables(&prepared)?;
        let (document, variables) = (prepared.document(), &prepared.request.variables);
        self.validate(document, variables).await?;
        let plan = Arc::clone(document.plan(&self.costs));
        let requested = plan.requested(variables);
        Ok((plan, requested))
    }
}
