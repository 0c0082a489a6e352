//! Every setting of the server, in one struct: flags, environment variables and `.env` by the same names.

mod caches;
mod carts;
mod cost;
mod documents;
mod ledger;
mod payments;
mod secrets;
mod subscriptions;
mod values;

pub use caches::CacheSettings;
pub use carts::CartSettings;
pub use cost::CostSettings;
pub use documents::{DocumentSettings, TrustedMode};
pub use ledger::LedgerSettings;
pub use payments::{PaymentProviderKind, PaymentSettings};
pub use subscriptions::SubscriptionSettings;
pub use values::JobsConcurrency;

use super::networks::Network;
use clap::{Args, ValueEnum};
use entity::money::CurrencyCode;
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use url::Url;
use values::{parse_currency, parse_network, parse_origin, parse_page, parse_shop_name};

/// What kind of place the server runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Environment {
    /// On a developer's machine: migrates and seeds by itself, shows everything.
    Development,
    /// For real: needs its secrets, changes no schema by itself, shows nothing internal.
    Production,
}

/// The settings. `.env.example` lists them in this order; a test holds the two together.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where the server runs: development or production.
    #[arg(
        long,
        env = "TRADEWIND_ENV",
        value_enum,
        default_value = "development",
        global = true
    )]
    pub tradewind_env: Environment,

    /// Address and port to listen on.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8000", global = true)]
    pub listen: SocketAddr,

    /// What to log: error, warn, info, debug, trace, or a filter such as `info,tradewind=debug`.
    #[arg(long, env = "LOG_LEVEL", default_value = "info", global = true)]
    pub log_level: String,

    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://tradewind.db",
        hide_env_values = true,
        global = true
    )]
    pub database_url: SecretString,

    /// PostgreSQL replicas to read from, separated by commas.
    #[arg(
        long,
        env = "DATABASE_REPLICA_URLS",
        value_delimiter = ',',
        hide_env_values = true,
        global = true
    )]
    pub database_replica_urls: Vec<SecretString>,

    /// Most connections to each PostgreSQL server.
    #[arg(long, env = "DATABASE_MAX_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub database_max_connections: u32,

    /// How long a request waits for a free database connection, in milliseconds.
    #[arg(
        long,
        env = "DATABASE_ACQUIRE_TIMEOUT_MS",
        default_value_t = 2_000,
        global = true
    )]
    pub database_acquire_timeout_ms: u64,

    /// How long one SQL statement may run, in milliseconds.
    #[arg(
        long,
        env = "DATABASE_STATEMENT_TIMEOUT_MS",
        default_value_t = 5_000,
        global = true
    )]
    pub database_statement_timeout_ms: u64,

    /// How long one SQL statement may wait for a lock, in milliseconds.
    #[arg(
        long,
        env = "DATABASE_LOCK_TIMEOUT_MS",
        default_value_t = 1_000,
        global = true
    )]
    pub database_lock_timeout_ms: u64,

    /// How long a transaction may sit idle before PostgreSQL ends it, in milliseconds.
    #[arg(
        long,
        env = "DATABASE_IDLE_TRANSACTION_TIMEOUT_MS",
        default_value_t = 10_000,
        global = true
    )]
    pub database_idle_transaction_timeout_ms: u64,

    /// Whether `serve` does jobs too; with false, run `tradewind worker` beside it.
    #[arg(long, env = "SERVE_JOBS", default_value_t = true, action = clap::ArgAction::Set, global = true)]
    pub serve_jobs: bool,

    /// Where `tradewind worker` answers /health, /health/ready and /metrics, for example 127.0.0.1:8001; nowhere when unset.
    #[arg(long, env = "WORKER_LISTEN", global = true)]
    pub worker_listen: Option<SocketAddr>,

    /// How many jobs of a queue one process runs at once, where the default is not right: `events=32,imports=2`.
    #[arg(
        long,
        env = "JOBS_CONCURRENCY",
        default_value = "",
        hide_default_value = true,
        global = true
    )]
    pub jobs_concurrency: JobsConcurrency,

    /// How long a worker may say nothing before its jobs are given to others, in seconds.
    #[arg(long, env = "JOBS_LEASE_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(2..=3_600), global = true)]
    pub jobs_lease_seconds: u64,

    /// How long jobs that succeeded or were discarded are kept, in hours. Dead letters are kept until someone decides.
    #[arg(
        long,
        env = "JOBS_RETENTION_HOURS",
        default_value_t = 24,
        global = true
    )]
    pub jobs_retention_hours: u32,

    /// How long events are kept after they happened, in hours: listeners can come back for so long.
    #[arg(
        long,
        env = "OUTBOX_RETENTION_HOURS",
        default_value_t = 168,
        global = true
    )]
    pub outbox_retention_hours: u32,

    /// How long a mutation that is sent again with the same idempotency key is answered as it was then, in hours.
    #[arg(long, env = "IDEMPOTENCY_RETENTION_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub idempotency_retention_hours: u32,

    /// How long units are kept for someone who is about to buy them, in minutes; longer while a payment is under way.
    #[arg(long, env = "RESERVATION_MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_440), global = true)]
    pub reservation_minutes: u32,

    /// How long the audit log keeps what was done, in months. Older months go as a whole.
    #[arg(long, env = "AUDIT_RETENTION_MONTHS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1_200), global = true)]
    pub audit_retention_months: u32,

    /// Redis, for what several instances share: `redis://HOST:PORT`. Not needed by one instance.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, global = true)]
    pub redis_url: Option<SecretString>,

    /// NATS, where events are published: `nats://HOST:PORT`.
    #[arg(long, env = "NATS_URL", hide_env_values = true, global = true)]
    pub nats_url: Option<SecretString>,

    /// The JetStream stream of the events, and what their subjects begin with; made when it is missing.
    #[arg(long, env = "NATS_STREAM", default_value = "tradewind", global = true)]
    pub nats_stream: String,

    /// The Ed25519 private key that signs access tokens, in PEM. Required in production; make one with
    /// `openssl genpkey -algorithm ed25519`.
    #[arg(
        long,
        env = "JWT_PRIVATE_KEY",
        hide_env_values = true,
        allow_hyphen_values = true,
        global = true
    )]
    pub jwt_private_key: Option<SecretString>,

    /// Ed25519 public keys, in PEM one behind the other, of private keys that signed access tokens before; such tokens are taken
    /// until they expire. Get one with `openssl pkey -pubout`.
    #[arg(
        long,
        env = "JWT_PREVIOUS_PUBLIC_KEYS",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        allow_hyphen_values = true,
        global = true
    )]
    pub jwt_previous_public_keys: String,

    /// Who issues access tokens, as they say it themselves. Tokens that name another are refused.
    #[arg(long, env = "JWT_ISSUER", default_value = "tradewind", global = true)]
    pub jwt_issuer: String,

    /// The key that seals the secrets of authenticator apps in the database: 32 bytes in base 64. Required in production; make one
    /// with `openssl rand -base64 32`. Without it the apps that people use are good for nothing.
    #[arg(
        long,
        env = "FACTOR_KEY",
        hide_env_values = true,
        allow_hyphen_values = true,
        global = true
    )]
    pub factor_key: Option<SecretString>,

    /// What authenticator apps and browsers call the shop.
    #[arg(long, env = "SHOP_NAME", default_value = "Tradewind", value_parser = parse_shop_name, global = true)]
    pub shop_name: String,

    /// The domain that passkeys are for, without a scheme or port: they are good there and on all its subdomains, and lost when it
    /// changes. Left out, it is the host of `STOREFRONT_URL`.
    #[arg(long, env = "PASSKEY_RP_ID", global = true)]
    pub passkey_rp_id: Option<String>,

    /// Origins whose pages may use passkeys, separated by commas. Left out, it is the one of `STOREFRONT_URL`.
    #[arg(
        long,
        env = "PASSKEY_ORIGINS",
        value_delimiter = ',',
        value_parser = parse_origin,
        global = true
    )]
    pub passkey_origins: Vec<String>,

    /// How long an access token is good for, in minutes.
    #[arg(long, env = "ACCESS_TOKEN_MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_440), global = true)]
    pub access_token_minutes: u32,

    /// How long a session lasts that nobody uses, in days.
    #[arg(long, env = "SESSION_IDLE_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_650), global = true)]
    pub session_idle_days: u32,

    /// How long a session lasts at most, in days; then its person signs in again.
    #[arg(long, env = "SESSION_MAX_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=3_650), global = true)]
    pub session_max_days: u32,

    /// Proxies before the server, as addresses or networks separated by commas (`127.0.0.1,10.0.0.0/8`). Only of them
    /// X-Forwarded-For is believed.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network, global = true)]
    pub trusted_proxies: Vec<Option<Network>>,

    /// The mail server that takes our mail: `smtps://USER:PASSWORD@HOST`, or `smtp://USER:PASSWORD@HOST?tls=required` where it
    /// begins in clear. Without one mail goes to `MAIL_FOLDER`, else to the log; in production it then waits.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<SecretString>,

    /// A folder for mail, a file each, where there is no `SMTP_URL`.
    #[arg(long, env = "MAIL_FOLDER", global = true)]
    pub mail_folder: Option<PathBuf>,

    /// Who sends our mail.
    #[arg(
        long,
        env = "MAIL_FROM",
        default_value = "Tradewind <no-reply@tradewind.example>",
        global = true
    )]
    pub mail_from: String,

    /// Where the shop's pages are. Links in mail lead there, to `/account/verify-email`, `/account/reset-password` and
    /// `/account/confirm-email`, with `?token=` behind.
    #[arg(
        long,
        env = "STOREFRONT_URL",
        default_value = "http://localhost:3000",
        hide_env_values = true,
        value_parser = parse_page,
        global = true
    )]
    pub storefront_url: Url,

    /// Where this server is for others: providers of OIDC send people back there, to `/api/v1/oidc/NAME/callback`. `http://localhost` with the port
    /// of `LISTEN` when left out.
    #[arg(
        long,
        env = "PUBLIC_URL",
        hide_env_values = true,
        value_parser = parse_page,
        global = true
    )]
    pub public_url: Option<Url>,

    /// With whose accounts people may sign in, by OpenID Connect, as JSON:
    /// `[{"name":"acme","issuer":"https://id.acme.example","client_id":"…","client_secret":"…"}]`. See docs/oidc.md.
    #[arg(long, env = "OIDC_PROVIDERS", hide_env_values = true, global = true)]
    pub oidc_providers: Option<SecretString>,

    /// The marketplace's currency (ISO 4217): that of new shops, and of imports that name none.
    #[arg(long, env = "CURRENCY", default_value = "USD", value_parser = parse_currency, global = true)]
    pub currency: CurrencyCode,

    /// How long one request may take, in milliseconds.
    #[arg(
        long,
        env = "REQUEST_TIMEOUT_MS",
        default_value_t = 10_000,
        global = true
    )]
    pub request_timeout_ms: u64,

    /// Most requests that are worked on at once; whoever comes beyond is told to come back later.
    #[arg(long, env = "HTTP_MAX_CONCURRENT_REQUESTS", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub http_max_concurrent_requests: u32,

    /// Largest body of a request, in bytes.
    #[arg(
        long,
        env = "REQUEST_BODY_LIMIT_BYTES",
        default_value_t = 262_144,
        global = true
    )]
    pub request_body_limit_bytes: usize,

    /// How long requests under way may take to end after SIGTERM, in milliseconds.
    #[arg(
        long,
        env = "SHUTDOWN_TIMEOUT_MS",
        default_value_t = 10_000,
        global = true
    )]
    pub shutdown_timeout_ms: u64,

    /// Origins whose pages may call the API from a browser, separated by commas; `*` for any.
    #[arg(
        long,
        env = "CORS_ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_parser = parse_origin,
        global = true
    )]
    pub cors_allowed_origins: Vec<String>,

    /// Who takes payments, and how it is asked.
    #[command(flatten)]
    pub payments: PaymentSettings,

    /// What GraphQL documents may be, and which are kept and trusted.
    #[command(flatten)]
    pub documents: DocumentSettings,

    /// What operations are paid from.
    #[command(flatten)]
    pub cost: CostSettings,

    /// What is kept of what was read.
    #[command(flatten)]
    pub caches: CacheSettings,

    /// What stays open.
    #[command(flatten)]
    pub subscriptions: SubscriptionSettings,

    /// What the marketplace keeps.
    #[command(flatten)]
    pub ledger: LedgerSettings,

    /// For how long carts are kept.
    #[command(flatten)]
    pub carts: CartSettings,
}

impl Settings {
    /// The settings as the environment has them, for programs that take no flags.
    #[must_use]
    pub fn from_environment() -> Self {
        #[derive(clap::Parser)]
        struct Nothing {
            #[command(flatten)]
            settings: Settings,
        }
        <Nothing as clap::Parser>::parse_from(["tradewind"]).settings
    }

    /// The settings with blank values taken as not given: environments are often made from templates that leave
    /// a variable empty.
    #[must_use]
    pub fn without_blanks(mut self) -> Self {
        let is_given = |secret: &SecretString| !secret.expose_secret().trim().is_empty();
        self.database_replica_urls.retain(is_given);
        self.redis_url = self.redis_url.filter(is_given);
        self.nats_url = self.nats_url.filter(is_given);
        self.jwt_private_key = self.jwt_private_key.filter(is_given);
        self.factor_key = self.factor_key.filter(is_given);
        self.passkey_rp_id = self.passkey_rp_id.filter(|id| !id.trim().is_empty());
        self.passkey_origins.retain(|origin| !origin.is_empty());
        self.smtp_url = self.smtp_url.filter(is_given);
        self.oidc_providers = self.oidc_providers.filter(is_given);
        self.payments = self.payments.without_blanks();
        self.mail_folder = self.mail_folder.filter(|path| !path.as_os_str().is_empty());
        let origins = &mut self.cors_allowed_origins;
        origins.retain(|origin| !origin.is_empty());
        let trusted = &mut self.documents.graphql_trusted_documents;
        trusted.retain(|path| !path.as_os_str().is_empty());
        self
    }

    /// Whether the server runs for real.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.tradewind_env == Environment::Production
    }

    /// Where this server is for others, without a slash at its end: paths are put behind it.
    #[must_use]
    pub fn public_base(&self) -> String {
        let here = || format!("http://localhost:{}", self.listen.port());
        let told = self.public_url.as_ref();
        told.map_or_else(here, |url| url.as_str().trim_end_matches('/').to_owned())
    }

    /// The origin of this server's pages, as browsers name it.
    #[must_use]
    pub fn public_origin(&self) -> String {
        let told = self.public_url.as_ref();
        told.map_or_else(
            || self.public_base(),
            |url| url.origin().ascii_serialization(),
        )
    }

    /// How long one request may take.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// How long results are kept for those who send a mutation again.
    #[must_use]
    pub fn idempotency_retention(&self) -> Duration {
        Duration::from_hours(u64::from(self.idempotency_retention_hours))
    }

    /// How long requests under way may take to end after SIGTERM.
    #[must_use]
    pub fn shutdown_timeout(&self) -> Duration {
        Duration::from_millis(self.shutdown_timeout_ms)
    }
}

#[cfg(test)]
impl Settings {
    /// The settings of a server that was told nothing.
    pub(crate) fn defaults() -> Self {
        Self::from_environment()
    }
}

#[cfg(test)]
mod tests;
