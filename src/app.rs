//! What the server holds for as long as it runs.

use crate::{
    accounts::Passwords,
    error::{Error, Result},
    outbox::Outlets,
    platform::{
        clock::Clock,
        config::Settings,
        database::{Database, Tx, transactions},
        rate_limits::RateLimits,
        resilience::deadline,
        wakes::Wakes,
    },
    ports::mailer::{self, Mailer},
};
use backon::{ExponentialBuilder, Retryable};
use sea_orm::{ConnectionTrait, DbBackend, IsolationLevel};
use std::{sync::Arc, time::Duration};
use tokio_util::task::TaskTracker;

/// How often a serialisable transaction is tried again, and how soon.
const RETRIES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(5))
    .with_max_delay(Duration::from_millis(200))
    .with_max_times(3)
    .with_jitter();

/// The server's own things, shared by every request; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The settings it was started with.
    pub settings: Arc<Settings>,
    /// Where everything is kept.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// Wakes those who wait for new rows.
    pub wakes: Wakes,
    /// Where events are listened to, and leave the process.
    pub outlets: Outlets,
    /// How often one may do what costs others something.
    pub rate_limits: Arc<RateLimits>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// Makes and checks the hashes of passwords.
    pub passwords: Passwords,
    /// What runs beside requests and must be let end before the process does.
    pub tasks: TaskTracker,
}

impl App {
    /// Connects to the database that `settings` name.
    ///
    /// # Errors
    /// Invalid, naming the setting that is wrong.
    pub async fn from_settings(settings: Settings) -> Result<Self> {
        Ok(Self {
            mailer: mailer::from_settings(&settings)?,
            database: Database::connect(&settings).await?,
            settings: Arc::new(settings),
            clock: Clock::default(),
            wakes: Wakes::default(),
            outlets: Outlets::default(),
            rate_limits: Arc::default(),
            passwords: Passwords::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// Runs `work` in a transaction: committed when it returns a value, rolled back when it returns an error or is
    /// dropped. No network call belongs inside.
    ///
    /// # Errors
    /// What `work` returns, or what the database says to the commit.
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.transaction_in(None, async move |tx: Arc<Tx>| work(&tx).await)
            .await
    }

    /// The same as if no other transaction ran at the time. Where others did change the same, all of `work` is done
    /// again, up to three times; so it must change nothing but the database. It gets a handle of its own rather than a
    /// reference, since an async closure that is called repeatedly could not borrow and move between threads.
    ///
    /// # Errors
    /// What `work` returns; Contended when others were always faster.
    pub async fn transaction_serializable<T, Work>(
        &self,
        work: impl Fn(Arc<Tx>) -> Work,
    ) -> Result<T>
    where
        Work: Future<Output = Result<T>>,
    {
        let work = &work;
        let attempt = || self.transaction_in(Some(IsolationLevel::Serializable), work);
        attempt
            .retry(RETRIES)
            .when(|error| matches!(error, Error::Contended))
            .notify(|_, _| metrics::counter!("transactions_retried_total").increment(1))
            .await
    }

    async fn transaction_in<T, Work>(
        &self,
        isolation: Option<IsolationLevel>,
        work: impl FnOnce(Arc<Tx>) -> Work,
    ) -> Result<T>
    where
        Work: Future<Output = Result<T>>,
    {
        if transactions::is_open() {
            // It would wait for itself: on SQLite for the one writer, on PostgreSQL for its own locks.
            return Err(Error::internal(anyhow::anyhow!(
                "a transaction was opened inside another; pass on its `&Tx`"
            )));
        }
        // On the heap: whatever awaits a transaction would grow by several copies of its work.
        let work = Box::pin(async {
            let tx = Arc::new(self.database.begin(isolation).await?);
            self.bound_statements(&tx).await?;
            let value = work(Arc::clone(&tx)).await?;
            let tx = Arc::into_inner(tx).ok_or_else(|| {
                Error::internal(anyhow::anyhow!("a transaction was kept beyond its work"))
            })?;
            tx.commit().await?;
            Ok(value)
        });
        let (value, topics) = transactions::scope(work).await;
        if value.is_ok() {
            for topic in topics {
                self.wakes.wake(topic, &self.database, &self.tasks);
            }
        }
        value
    }

    /// Gives the statements of `tx` no longer than whoever asks for them will wait, where that is not long any more.
    /// SQLite's run in this process, and end with their own time-out.
    async fn bound_statements(&self, tx: &Tx) -> Result<()> {
        let configured = Duration::from_millis(self.settings.database_statement_timeout_ms);
        if self.database.backend() == DbBackend::Postgres
            && let Some(left) = deadline::statement_timeout(configured)
        {
            let sql = format!("SET LOCAL statement_timeout = {}", left.as_millis().max(1));
            tx.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
