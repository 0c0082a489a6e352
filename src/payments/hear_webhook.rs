//! Looking at what providers sent. A message is a hint that there is news; what is true is asked, so that neither its order nor its number
//! matters.

use super::{
    find, late,
    refresh::{self, Closing},
};
use crate::{
    error::{Error, Result},
    jobs::{Attempt, Job, Queue},
};
use entity::payments::event;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Looks at a message of a provider's.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct HearWebhook {
    pub(super) event: Uuid,
}

impl Job for HearWebhook {
    const KIND: &'static str = "payments.hear_webhook";
    const QUEUE: Queue = Queue::EVENTS;
    const TIMEOUT: Duration = Duration::from_secs(120);

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let event = event::Entity::find_by_id(self.event)
            .one(attempt.database.write())
            .await?;
        let Some(event) = event.filter(|event| event.processed_at.is_none()) else {
            return Ok(());
        };
        match find::concerned(attempt, &event).await {
            Ok(payment) => {
                Box::pin(refresh::open_attempts(attempt, payment, Closing::Nothing)).await?;
                Box::pin(late::arrived(attempt, payment)).await?;
            }
            // The provider is used for other things too.
            Err(Error::NotFound(_)) => {
                tracing::info!(kind = event.kind, "a message is about no payment of ours");
            }
            Err(error) => return Err(error),
        }
        attempt
            .transaction(async |tx| {
                let sql = "UPDATE payment_event SET processed_at = $2 WHERE id = $1";
                let values = [self.event.into(), attempt.clock.now().into()];
                let statement =
                    Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
                tx.execute_raw(statement).await?;
                attempt.finish(tx).await
            })
            .await
    }
}
