//! The sandbox's own books: a log of all that was asked of it, which is only added to, and the webhooks that follow from it.
//!
//! It is a provider by itself and shares nothing with the server but, where it is a part of it, the database: what tests hold against
//! what the server believes.

use super::cards::{Behaviour, behaviour};
use crate::{
    error::{Error, Result},
    platform::{
        clock::Clock,
        database::{Database, Tx},
    },
    ports::payments::{Answer, Operation, Request, Webhook, signature},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{fmt, time::Duration};
use uuid::Uuid;

/// After how long it is known what came of holding money with a card that takes its time.
const PENDING: TimeDelta = TimeDelta::seconds(1);
/// By how much a webhook comes late that comes after later ones.
const LATE: TimeDelta = TimeDelta::seconds(1);
/// How long a slow answer takes.
const SLOW: Duration = Duration::from_millis(1_500);

/// How an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// At once.
    Now,
    /// After a while.
    After(Duration),
    /// Not at all.
    Never,
    /// Not at all: the connection breaks.
    Lost,
}

/// A line of the log.
#[derive(Clone, Debug, FromQueryResult, Deserialize, Serialize)]
pub struct Line {
    /// The caller's key.
    pub key: String,
    /// What was asked for; `CONFIRM` and `REFUSE` by whoever pays.
    pub operation: String,
    /// What the sandbox calls the payment.
    pub reference: String,
    /// The caller's payment.
    pub payment_id: Uuid,
    /// How much.
    pub amount: i64,
    /// Of what.
    pub currency: String,
    /// The card's name.
    pub method: String,
    /// What came of it at once.
    pub outcome: String,
    /// Why it was declined.
    pub code: Option<String>,
    /// Where people are sent after confirming.
    pub return_url: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The sandbox's books.
#[derive(Clone)]
pub struct Bank {
    database: Database,
    clock: Clock,
    /// Where its pages are.
    pages: String,
    secret: SecretString,
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank").finish_non_exhaustive()
    }
}

/// Below which path its pages are.
pub const PAGES: &str = "/api/v1/sandbox-payments";

impl Bank {
    /// Books kept in `database`; its pages are found below `url`.
    #[must_use]
    pub fn new(database: Database, clock: Clock, url: &str, secret: SecretString) -> Self {
        Self {
            database,
            clock,
            pages: format!("{}{PAGES}", url.trim_end_matches('/')),
            secret,
        }
    }

    /// Makes its tables where it has a database of its own.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn open(&self) -> Result<()> {
        for migration in migration::MIGRATIONS {
            if migration.name.ends_with("_sandbox_payments") {
                for sql in migration.up_sql(self.database.backend()) {
                    self.database.write().execute_unprepared(&sql).await?;
                }
            }
        }
        Ok(())
    }

    /// Does what is asked, once per key, and says how its answer comes.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn handle(&self, request: &Request) -> Result<(Answer, Manner)> {
        let tx = self.database.begin(None).await?;
        if let Some(line) = line(&tx, "key = $1", &request.key).await? {
            let manner = match behaviour(&line.method) {
                Behaviour::Slow => Manner::After(SLOW),
                _ => Manner::Now,
            };
            if line.operation != request.operation.name() || line.amount != request.money.minor {
                let code = "idempotency_key_reused".to_owned();
                let reference = Some(line.reference);
                return Ok((Answer::Declined { reference, code }, manner));
            }
            return Ok((self.now_of(&tx, &line).await?, manner));
        }
        let held = match &request.reference {
            Some(reference) => authorised(&tx, reference).await?,
            None => None,
        };
        let method = match (&held, &request.method) {
            (Some(held), _) => held.method.clone(),
            (None, Some(method)) => method.0.clone(),
            (None, None) => String::new(),
        };
        let behaves = behaviour(&method);
        if behaves == Behaviour::TimeOut && request.operation == Operation::Authorise {
            let error = "no answer".to_owned();
            return Ok((Answer::Unknown { error }, Manner::Never));
        }
        let answer = self.decide(&tx, request, held.as_ref(), behaves).await?;
        if !self.write(&tx, request, &method, &answer, behaves).await? {
            // A twin was faster.
            drop(tx);
            let found = self.find(&request.key).await?;
            let error = || Answer::Unknown {
                error: "a twin is at it".to_owned(),
            };
            return Ok((found.unwrap_or_else(error), Manner::Now));
        }
        tx.commit().await?;
        let manner = match behaves {
            Behaviour::Slow => Manner::After(SLOW),
            Behaviour::LostAnswer => Manner::Lost,
            _ => Manner::Now,
        };
        Ok((answer, manner))
    }

    /// What came of the call with this key, as far as is known now.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn find(&self, key: &str) -> Result<Option<Answer>> {
        let tx = self.database.begin(None).await?;
        match line(&tx, "key = $1", key).await? {
            Some(line) => Ok(Some(self.now_of(&tx, &line).await?)),
            None => Ok(None),
        }
    }

    async fn decide(
        &self,
        tx: &Tx,
        request: &Request,
        held: Option<&Line>,
        behaves: Behaviour,
    ) -> Result<Answer> {
        let declined = |code: &str| Answer::Declined {
            reference: request.reference.clone(),
            code: code.to_owned(),
        };
        if request.operation == Operation::Authorise {
            let reference = format!("pay_{}", Uuid::now_v7().simple());
            return Ok(match behaves {
                Behaviour::Decline(code) => Answer::Declined {
                    reference: Some(reference),
                    code: code.to_owned(),
                },
                Behaviour::ThreeDSecure => Answer::RequiresAction {
                    url: format!("{}/{reference}", self.pages),
                    reference,
                },
                Behaviour::Pending => Answer::Pending { reference },
                _ => Answer::Succeeded { reference },
            });
        }
        let (Some(held), Some(reference)) = (held, request.reference.clone()) else {
            return Ok(declined("no_such_payment"));
        };
        let captured = sum(tx, &reference, "CAPTURE").await?;
        let voided = sum(tx, &reference, "VOID").await?.is_some();
        let refused = match request.operation {
            Operation::Capture if behaves == Behaviour::CaptureDecline => Some("charge_declined"),
            Operation::Capture if captured.is_some() => Some("already_captured"),
            Operation::Capture if voided => Some("already_voided"),
            Operation::Capture if request.money.minor > held.amount => Some("amount_too_large"),
            Operation::Capture => {
                let stands = self.now_of(tx, held).await?;
                (!matches!(stands, Answer::Succeeded { .. })).then_some("not_authorised")
            }
            Operation::Void => captured.map(|_| "already_captured"),
            Operation::Refund => {
                let refunded = sum(tx, &reference, "REFUND").await?.unwrap_or(0);
                let left = captured.unwrap_or(0) - refunded;
                (request.money.minor > left).then_some("amount_too_large")
            }
            Operation::Authorise => None,
        };
        Ok(refused.map_or(Answer::Succeeded { reference }, declined))
    }

    /// What is true now of a line: what was open when it was written may have come to an end.
    async fn now_of(&self, tx: &Tx, written: &Line) -> Result<Answer> {
        let reference = written.reference.clone();
        let declined = |code: &str| Answer::Declined {
            reference: Some(written.reference.clone()),
            code: code.to_owned(),
        };
        Ok(match written.outcome.as_str() {
            "SUCCEEDED" => Answer::Succeeded { reference },
            "PENDING" if written.created_at + PENDING <= self.clock.now() => {
                Answer::Succeeded { reference }
            }
            "PENDING" => Answer::Pending { reference },
            "REQUIRES_ACTION" => {
                let acted = "reference = $1 AND operation IN ('CONFIRM', 'REFUSE')";
                match line(tx, acted, &reference).await? {
                    Some(acted) if acted.operation == "CONFIRM" => Answer::Succeeded { reference },
                    Some(_) => declined("authentication_failed"),
                    None => Answer::RequiresAction {
                        url: format!("{}/{reference}", self.pages),
                        reference,
                    },
                }
            }
            _ => declined(written.code.as_deref().unwrap_or("declined")),
        })
    }

    async fn write(
        &self,
        tx: &Tx,
        request: &Request,
        method: &str,
        answer: &Answer,
        behaves: Behaviour,
    ) -> Result<bool> {
        let (reference, outcome, code) = match answer {
            Answer::Succeeded { reference } => (Some(reference), "SUCCEEDED", None),
            Answer::Declined { reference, code } => {
                (reference.as_ref(), "DECLINED", Some(code.clone()))
            }
            Answer::RequiresAction { reference, .. } => (Some(reference), "REQUIRES_ACTION", None),
            Answer::Pending { reference } => (Some(reference), "PENDING", None),
            Answer::Unknown { .. } => return Ok(true),
        };
        let written = Line {
            key: request.key.clone(),
            operation: request.operation.name().to_owned(),
            reference: reference.cloned().unwrap_or_default(),
            payment_id: request.payment.0,
            amount: request.money.minor,
            currency: request.money.currency.to_string(),
            method: method.to_owned(),
            outcome: outcome.to_owned(),
            code,
            return_url: request.return_url.clone(),
            created_at: self.clock.now(),
        };
        if !append(tx, &written).await? {
            return Ok(false);
        }
        let kind = match (outcome, request.operation) {
            ("REQUIRES_ACTION", _) => return Ok(true),
            ("DECLINED", operation) => format!("{}.declined", operation.name().to_lowercase()),
            (_, operation) => format!("{}.succeeded", operation.name().to_lowercase()),
        };
        self.tell(tx, &written, &kind, behaves).await?;
        Ok(true)
    }

    /// Has a webhook sent about a line.
    async fn tell(&self, tx: &Tx, of: &Line, kind: &str, behaves: Behaviour) -> Result<()> {
        let (id, now) = (format!("evt_{}", Uuid::now_v7().simple()), self.clock.now());
        let body = json!({
            "id": id, "type": kind, "reference": of.reference, "key": of.key, "created": now.timestamp(),
        });
        let copies: i64 = if behaves == Behaviour::DuplicateWebhooks {
            2
        } else {
            1
        };
        let deliver_after = match behaves {
            Behaviour::Pending => now + PENDING,
            Behaviour::UnorderedWebhooks if of.operation == "AUTHORISE" => now + LATE,
            _ => now,
        };
        let sql =
            "INSERT INTO sandbox_event (id, body, copies, deliver_after) VALUES ($1, $2, $3, $4)";
        let values = [
            id.into(),
            body.to_string().into(),
            copies.into(),
            deliver_after.into(),
        ];
        execute(tx, sql, values).await
    }

    /// Whoever pays confirms or refuses what a page asked them. The line of the payment, for the page; nothing where there is none.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn act(&self, reference: &str, confirms: bool) -> Result<Option<Line>> {
        let tx = self.database.begin(None).await?;
        let Some(held) = authorised(&tx, reference).await? else {
            return Ok(None);
        };
        let open = matches!(
            self.now_of(&tx, &held).await?,
            Answer::RequiresAction { .. }
        );
        if open && sum(&tx, reference, "VOID").await?.is_none() {
            let (operation, kind) = if confirms {
                ("CONFIRM", "authorise.succeeded")
            } else {
                ("REFUSE", "authorise.declined")
            };
            let acted = Line {
                key: format!("{reference}:acted"),
                operation: operation.to_owned(),
                outcome: "SUCCEEDED".to_owned(),
                created_at: self.clock.now(),
                ..held.clone()
            };
            if append(&tx, &acted).await? {
                let behaves = behaviour(&held.method);
                self.tell(&tx, &held, kind, behaves).await?;
                tx.commit().await?;
            }
        }
        Ok(Some(held))
    }

    /// The payment of this reference; nothing where there is none.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn payment(&self, reference: &str) -> Result<Option<Line>> {
        let tx = self.database.begin(None).await?;
        authorised(&tx, reference).await
    }

    /// All that was ever asked of it, in order.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn log(&self) -> Result<Vec<Line>> {
        let sql = "SELECT * FROM sandbox_operation ORDER BY sequence";
        let statement = Statement::from_string(self.database.backend(), sql);
        let rows = self.database.write().query_all_raw(statement).await?;
        rows.iter()
            .map(|row| Ok(Line::from_query_result(row, "")?))
            .collect()
    }

    /// Webhooks that are to be brought by now, each as often as it is to come.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn undelivered(&self) -> Result<Vec<Webhook>> {
        let now = self.clock.now();
        let sql = "SELECT body, copies FROM sandbox_event WHERE sent_at IS NULL AND deliver_after <= $1 \
             ORDER BY deliver_after, id LIMIT 100";
        let statement = Statement::from_sql_and_values(self.database.backend(), sql, [now.into()]);
        let mut webhooks = Vec::new();
        for row in self.database.write().query_all_raw(statement).await? {
            let (body, copies): (String, i64) =
                (row.try_get("", "body")?, row.try_get("", "copies")?);
            for _ in 0..copies {
                webhooks.push(Webhook {
                    signature: Some(signature::sign(&self.secret, now, body.as_bytes())),
                    body: body.clone().into_bytes(),
                });
            }
        }
        Ok(webhooks)
    }

    /// Whether any webhook is still to be brought, now or later.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn has_news(&self) -> Result<bool> {
        let sql = "SELECT id FROM sandbox_event WHERE sent_at IS NULL LIMIT 1";
        let statement = Statement::from_string(self.database.backend(), sql);
        Ok(self
            .database
            .write()
            .query_one_raw(statement)
            .await?
            .is_some())
    }

    /// The webhook of this id was brought.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn brought(&self, event_id: &str) -> Result<()> {
        let sql = "UPDATE sandbox_event SET sent_at = $2 WHERE id = $1";
        let values = [event_id.into(), self.clock.now().into()];
        let statement = Statement::from_sql_and_values(self.database.backend(), sql, values);
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }
}

/// The newest line of which `is` is true.
async fn line(tx: &Tx, is: &str, value: &str) -> Result<Option<Line>> {
    let sql = format!("SELECT * FROM sandbox_operation WHERE {is} ORDER BY sequence DESC LIMIT 1");
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [value.into()]);
    let row = tx.query_one_raw(statement).await?;
    Ok(row
        .map(|row| Line::from_query_result(&row, ""))
        .transpose()?)
}

/// The line that opened a payment. Whoever asks next waits.
async fn authorised(tx: &Tx, reference: &str) -> Result<Option<Line>> {
    let lock = match tx.get_database_backend() {
        DbBackend::Postgres => "FOR UPDATE",
        _ => "",
    };
    let sql = format!(
        "SELECT * FROM sandbox_operation WHERE reference = $1 AND operation = 'AUTHORISE' {lock}"
    );
    let statement =
        Statement::from_sql_and_values(tx.get_database_backend(), sql, [reference.into()]);
    let row = tx.query_one_raw(statement).await?;
    Ok(row
        .map(|row| Line::from_query_result(&row, ""))
        .transpose()?)
}

/// The sum of what was done of this kind; nothing where it was not.
async fn sum(tx: &Tx, reference: &str, operation: &str) -> Result<Option<i64>> {
    let sql = "SELECT CAST(sum(amount) AS bigint) AS amount FROM sandbox_operation \
         WHERE reference = $1 AND operation = $2 AND outcome = 'SUCCEEDED'";
    let values = [reference.into(), operation.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("a sum has a row")))?;
    Ok(row.try_get("", "amount")?)
}

/// Whether it was new: a key is written once.
async fn append(tx: &Tx, line: &Line) -> Result<bool> {
    let sql = "INSERT INTO sandbox_operation (key, operation, reference, payment_id, amount, currency, method, outcome, code, \
             return_url, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (key) DO NOTHING";
    let values = [
        line.key.as_str().into(),
        line.operation.as_str().into(),
        line.reference.as_str().into(),
        line.payment_id.into(),
        line.amount.into(),
        line.currency.as_str().into(),
        line.method.as_str().into(),
        line.outcome.as_str().into(),
        line.code.clone().into(),
        line.return_url.as_str().into(),
        line.created_at.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() > 0)
}

async fn execute(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<()> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(statement).await?;
    Ok(())
}
