//! What the server holds for as long as it runs.

use crate::{
    accounts::{Faces, Passwords, factors, keys, oidc::Providers, sessions::Memory},
    catalogue,
    error::{Error, Result},
    idempotency::KeysInFlight,
    outbox::Outlets,
    platform::{
        cache::Purger,
        clock::Clock,
        config::Settings,
        database::{Database, Tx, transactions, walls::Writer},
        probes::Probes,
        rate_limits::RateLimits,
        resilience::deadline,
        shared::Redis,
        throttle::{Throttle, ThrottlePolicy},
        wakes::Wakes,
    },
    ports::{
        mailer::{self, Mailer},
        payments::{self, PaymentProvider},
        tax::{FlatRates, TaxCalculator},
    },
    reviews, sellers,
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

/// How those are held off who guess a password: after five failures each further one doubles the wait, up to a quarter of
/// an hour.
const PASSWORD_GUESSES: ThrottlePolicy = ThrottlePolicy {
    name: "password",
    free: 5,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(900),
    forget: Duration::from_secs(86_400),
};

/// How those are held off who guess codes of an authenticator app. A code is one of a million, and three are good at a time: with an
/// hour's wait someone who knows the password needs some twenty-six years for an even chance.
const CODE_GUESSES: ThrottlePolicy = ThrottlePolicy {
    name: "code",
    free: 5,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(3_600),
    forget: Duration::from_secs(86_400),
};

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
    /// The idempotency keys it works on.
    pub(crate) keys_in_flight: Arc<KeysInFlight>,
    /// Where events are listened to, and leave the process.
    pub outlets: Outlets,
    /// What several processes share, where there is a Redis.
    pub redis: Option<Arc<Redis>>,
    /// How often one may do what costs others something.
    pub rate_limits: Arc<RateLimits>,
    /// Who guesses passwords: by the e-mail address they are of, and of who is signed in by account.
    pub password_failures: Throttle,
    /// Who guesses codes of authenticator apps, by account or session.
    pub factor_failures: Throttle,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// Knows what tax is due.
    pub tax: Arc<dyn TaxCalculator>,
    /// Takes payments.
    pub payments: Arc<dyn PaymentProvider>,
    /// Makes and checks the hashes of passwords.
    pub passwords: Passwords,
    /// What it remembers of sessions, and the keys that sign their tokens.
    pub(crate) sessions: Arc<Memory>,
    /// What it remembers of the keys of programs.
    pub(crate) keys: Arc<keys::Memory>,
    /// The key that seals secrets of factors.
    pub(crate) factors: Arc<factors::Memory>,
    /// With whose accounts people may sign in.
    pub(crate) oidc: Arc<Providers>,
    /// Takes out of the caches of this process what writes make untrue.
    pub purger: Arc<Purger>,
    /// What it keeps of what is for sale.
    pub(crate) catalogue: Arc<catalogue::Memory>,
    /// The shops that it keeps.
    pub(crate) shops: Arc<sellers::Memory>,
    /// The lists of reviews that it keeps.
    pub(crate) reviews: Arc<reviews::Memory>,
    /// The people that it keeps, as others see them.
    pub(crate) faces: Arc<Faces>,
    /// Where tests have it fail; a server that runs has none.
    pub probes: Probes,
    /// What runs beside requests and must be let end before the process does.
    pub tasks: TaskTracker,
}

impl App {
    /// Connects to the database that `settings` name.
    ///
    /// # Errors
    /// Invalid, naming the setting that is wrong.
    pub async fn from_settings(settings: Settings) -> Result<Self> {
        let redis = Redis::from_settings(&settings)?;
        let (database, clock) = (Database::connect(&settings).await?, Clock::default());
        let purger = Arc::new(Purger::new(settings.replica_lag()));
        Ok(Self {
            catalogue: Arc::new(catalogue::Memory::new(&purger, &settings)),
            shops: Arc::new(sellers::Memory::new(&purger, &settings)),
            reviews: Arc::new(reviews::Memory::new(&purger, &settings)),
            faces: Arc::new(Faces::new(&purger, &settings)),
            purger,
            mailer: mailer::from_settings(&settings)?,
            tax: Arc::new(FlatRates),
            oidc: Arc::new(Providers::from_settings(&settings)?),
            payments: payments::from_settings(&settings, &database, &clock)?,
            database,
            rate_limits: Arc::new(RateLimits::new(&settings, redis.clone())),
            settings: Arc::new(settings),
            clock,
            wakes: Wakes::default(),
            keys_in_flight: Arc::default(),
            outlets: Outlets::default(),
            password_failures: Throttle::new(PASSWORD_GUESSES, redis.clone()),
            factor_failures: Throttle::new(CODE_GUESSES, redis.clone()),
            redis,
            passwords: Passwords::default(),
            factors: Arc::default(),
            sessions: Arc::default(),
            keys: Arc::default(),
            probes: Probes::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// Runs `work` in a transaction: committed when it returns a value, rolled back when it returns an error or is
    /// dropped. No network call belongs inside.
    ///
    /// # Errors
    /// What `work` returns, or what the database says to the commit.
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.transaction_of(Writer::System, work).await
    }

    /// The same in the name of `writer`: PostgreSQL lets it change no row that is another account's.
    ///
    /// # Errors
    /// What `work` returns, or what the database says to the commit.
    pub(crate) async fn transaction_of<T>(
        &self,
        writer: Writer,
        work: impl AsyncFnOnce(&Tx) -> Result<T>,
    ) -> Result<T> {
        self.transaction_in(None, writer, async move |tx: Arc<Tx>| work(&tx).await)
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
        let attempt =
            || self.transaction_in(Some(IsolationLevel::Serializable), Writer::System, work);
        attempt
            .retry(RETRIES)
            .when(|error| matches!(error, Error::Contended))
            .notify(|_, _| metrics::counter!("transactions_retried_total").increment(1))
            .await
    }

    async fn transaction_in<T, Work>(
        &self,
        isolation: Option<IsolationLevel>,
        writer: Writer,
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
            self.bound_statements(&tx, writer).await?;
            let done = work(Arc::clone(&tx)).await;
            match (Arc::into_inner(tx), &done) {
                (Some(tx), Ok(_)) => {
                    transactions::about_to_commit();
                    tx.commit().await?;
                }
                (Some(tx), Err(_)) => tx.rollback().await,
                (None, Err(_)) => {}
                (None, Ok(_)) => {
                    let kept = anyhow::anyhow!("a transaction was kept beyond its work");
                    return Err(Error::internal(kept));
                }
            }
            done
        });
        let (value, after) = transactions::scope(Arc::clone(&self.purger), work).await;
        if value.is_ok() {
            after.purges.committed();
            after.work.into_iter().for_each(|work| work());
            for topic in after.topics {
                self.wakes.wake(topic, &self.database, &self.tasks);
            }
        }
        value
    }

    /// Gives the statements of `tx` no longer than whoever asks for them will wait, where that is not long any more, and names
    /// `writer`, in one round trip. SQLite's run in this process, end with their own time-out, and know no writers.
    async fn bound_statements(&self, tx: &Tx, writer: Writer) -> Result<()> {
        if self.database.backend() != DbBackend::Postgres {
            return Ok(());
        }
        let configured = Duration::from_millis(self.settings.database_statement_timeout_ms);
        let timeout = deadline::statement_timeout(configured);
        let timeout = timeout.map(|left| left.as_millis().max(1));
        let timeout = timeout.map(|left| format!("SET LOCAL statement_timeout = {left}"));
        let settings: Vec<_> = timeout.into_iter().chain(writer.sql()).collect();
        if !settings.is_empty() {
            tx.execute_unprepared(&settings.join("; ")).await?;
        }
        Ok(())
    }
}
