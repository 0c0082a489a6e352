//! Taking in what providers send.

use super::hear_webhook::HearWebhook;
use crate::{
    app::App,
    error::{Error, Result},
    jobs,
    ports::payments::{Notice, Webhook},
};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

/// Longest ids and names that are taken in, in bytes.
const LONGEST: usize = 255;

/// Takes in a message of the provider called `provider`: it is kept once, however often it comes, and looked at by a job. Whoever sent it
/// need not send it again once this returns.
///
/// # Errors
/// `NotFound` when no such provider is used; Forbidden when the provider did not sign it; Invalid when it makes no sense.
pub async fn webhook_receive(app: &App, provider: &str, webhook: &Webhook) -> Result<Notice> {
    if provider != app.payments.name() {
        return Err(Error::NotFound("provider"));
    }
    let now = app.clock.now();
    let notice = app.payments.hear(webhook, now)?;
    let is_long = |text: &String| text.len() > LONGEST;
    let texts = [
        Some(&notice.event_id),
        Some(&notice.kind),
        notice.reference.as_ref(),
        notice.key.as_ref(),
    ];
    if notice.event_id.is_empty() || texts.into_iter().flatten().any(is_long) {
        return Err(Error::invalid("body", "An id in it is none."));
    }
    let id = Uuid::now_v7();
    app.transaction(async |tx| {
        let sql = "INSERT INTO payment_event (id, provider, event_id, kind, reference, key, received_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider, event_id) DO NOTHING";
        let values = [
            id.into(),
            provider.into(),
            notice.event_id.as_str().into(),
            notice.kind.as_str().into(),
            notice.reference.clone().into(),
            notice.key.clone().into(),
            now.into(),
        ];
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        let is_new = tx.execute_raw(statement).await?.rows_affected() > 0;
        if is_new {
            jobs::enqueue(tx, &HearWebhook { event: id }).await?;
        }
        let outcome = if is_new { "new" } else { "repeated" };
        metrics::counter!("payment_webhooks_total", "outcome" => outcome).increment(1);
        Ok(())
    })
    .await?;
    Ok(notice)
}
