//! Bringing the webhooks of the sandbox that is a part of this server, by the same door by which others come.

use super::webhook_receive::webhook_receive;
use crate::{
    error::Result,
    jobs::{self, Attempt, Job},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Until what is to be brought later is looked for again.
const PAUSE: Duration = Duration::from_millis(500);

/// Brings what is to be brought by now.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct BringWebhooks {}

impl Job for BringWebhooks {
    const KIND: &'static str = "payments.bring_webhooks";

    fn unique_key(&self) -> Option<String> {
        Some("timer".to_owned())
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let Some(bank) = attempt.payments.embedded() else {
            return Ok(());
        };
        loop {
            let webhooks = attempt.payments.undelivered().await?;
            if webhooks.is_empty() || attempt.is_stopping() {
                break;
            }
            for webhook in &webhooks {
                let provider = attempt.payments.name();
                let notice = webhook_receive(attempt, provider, webhook).await?;
                attempt.payments.brought(&notice.event_id).await?;
            }
        }
        let has_more = bank.has_news().await?;
        attempt
            .transaction(async |tx| {
                attempt.finish(tx).await?;
                if has_more {
                    jobs::enqueue_in(tx, &Self {}, PAUSE).await?;
                }
                Ok(())
            })
            .await
    }
}
