//! Every setting of the server, in one struct: flags, environment variables and `.env` by the same names.

use crate::error::{Error, Result};
use clap::{Args, ValueEnum};
use entity::money::CurrencyCode;
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};
use url::Url;

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
    #[arg(long, env = "JWT_PRIVATE_KEY", hide_env_values = true, global = true)]
    pub jwt_private_key: Option<SecretString>,

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

    /// Longest GraphQL document, in bytes.
    #[arg(
        long,
        env = "GRAPHQL_MAX_DOCUMENT_BYTES",
        default_value_t = 65_536,
        global = true
    )]
    pub graphql_max_document_bytes: usize,

    /// How deep brackets may nest in a GraphQL document.
    #[arg(long, env = "GRAPHQL_MAX_NESTING", default_value_t = 64, global = true)]
    pub graphql_max_nesting: usize,

    /// Most tokens in a GraphQL document.
    #[arg(
        long,
        env = "GRAPHQL_MAX_TOKENS",
        default_value_t = 2_000,
        global = true
    )]
    pub graphql_max_tokens: usize,

    /// Most selections of a GraphQL operation after its fragments are spread out.
    #[arg(
        long,
        env = "GRAPHQL_MAX_SELECTIONS",
        default_value_t = 2_000,
        global = true
    )]
    pub graphql_max_selections: usize,

    /// How deep fields of a GraphQL operation may nest.
    #[arg(long, env = "GRAPHQL_MAX_DEPTH", default_value_t = 16, global = true)]
    pub graphql_max_depth: usize,

    /// Most aliases in a GraphQL operation after its fragments are spread out.
    #[arg(
        long,
        env = "GRAPHQL_MAX_ALIASES",
        default_value_t = 100,
        global = true
    )]
    pub graphql_max_aliases: usize,

    /// Largest complexity of a GraphQL operation: about how many fields its answer may hold.
    #[arg(
        long,
        env = "GRAPHQL_MAX_COMPLEXITY",
        default_value_t = 50_000,
        global = true
    )]
    pub graphql_max_complexity: usize,
}

/// How many jobs of a queue run at once, by the queue's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobsConcurrency(Vec<(String, usize)>);

impl JobsConcurrency {
    /// What was set for the queue of this name.
    #[must_use]
    pub fn of(&self, queue: &str) -> Option<usize> {
        let mut set = self.0.iter();
        set.find(|(name, _)| name == queue)
            .map(|(_, number)| *number)
    }
}

impl FromStr for JobsConcurrency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let pairs = parts.map(|part| {
            let (name, number) = part.split_once('=')?;
            let number = number
                .trim()
                .parse()
                .ok()
                .filter(|number| (1..=512).contains(number))?;
            Some((name.trim().to_owned(), number))
        });
        let pairs: Option<Vec<_>> = pairs.collect();
        pairs.map(Self).ok_or_else(|| {
            "Write a queue's name, =, and a number from 1 to 512, separated by commas: events=32,imports=2".to_owned()
        })
    }
}

fn parse_currency(text: &str) -> Result<CurrencyCode, String> {
    super::currency::parse_code(text, "CURRENCY").map_err(|error| error.to_string())
}

/// An origin as browsers send it: a scheme, a host, perhaps a port, and nothing behind.
fn parse_origin(text: &str) -> Result<String, String> {
    let is_origin = || {
        let url = Url::parse(text).ok()?;
        (url.origin().ascii_serialization() == text).then_some(())
    };
    if text.is_empty() || text == "*" || is_origin().is_some() {
        Ok(text.to_owned())
    } else {
        Err("An origin looks like https://shop.example or http://localhost:3000, without a slash at its end; * allows any.".to_owned())
    }
}

/// Where pages are: a link can be made by putting a path behind.
fn parse_page(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    let is_page = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
    };
    url.filter(is_page)
        .ok_or_else(|| "It looks like https://shop.example, perhaps with a path behind.".to_owned())
}

impl Settings {
    /// The settings with blank values taken as not given: environments are often made from templates that leave
    /// a variable empty.
    #[must_use]
    pub fn without_blanks(mut self) -> Self {
        let is_given = |secret: &SecretString| !secret.expose_secret().trim().is_empty();
        self.database_replica_urls.retain(is_given);
        self.redis_url = self.redis_url.filter(is_given);
        self.nats_url = self.nats_url.filter(is_given);
        self.jwt_private_key = self.jwt_private_key.filter(is_given);
        self.smtp_url = self.smtp_url.filter(is_given);
        self.mail_folder = self.mail_folder.filter(|path| !path.as_os_str().is_empty());
        self.cors_allowed_origins
            .retain(|origin| !origin.is_empty());
        self
    }

    /// Whether the server runs for real.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.tradewind_env == Environment::Production
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

    /// Checks the secrets: in production all must be there, and what is there must be usable anywhere.
    ///
    /// # Errors
    /// Invalid, naming the setting and how to get a right value.
    pub fn check_secrets(&self) -> Result<()> {
        const MEND: &str = "Make one with `openssl genpkey -algorithm ed25519`.";
        match &self.jwt_private_key {
            Some(pem) => jsonwebtoken::EncodingKey::from_ed_pem(pem.expose_secret().as_bytes())
                .map(|_| ())
                .map_err(|_| {
                    Error::invalid(
                        "JWT_PRIVATE_KEY",
                        format!("It is not an Ed25519 private key in PEM. {MEND}"),
                    )
                }),
            None if self.is_production() => Err(Error::invalid(
                "JWT_PRIVATE_KEY",
                format!("It is required in production and is missing. {MEND}"),
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
impl Settings {
    /// The settings of a server that was told nothing.
    pub(crate) fn defaults() -> Self {
        #[derive(clap::Parser)]
        struct Nothing {
            #[command(flatten)]
            settings: Settings,
        }
        <Nothing as clap::Parser>::parse_from(["test"]).settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        for origin in [
            "*",
            "https://shop.example",
            "http://localhost:3000",
            "http://[::1]:80",
        ] {
            let expected = origin.replace(":80", "");
            assert_eq!(parse_origin(origin).is_ok(), expected == origin, "{origin}");
        }
        for text in [
            "shop.example",
            "https://shop.example/",
            "https://shop.example:443",
            "https://SHOP.example",
            "https://user@shop.example",
            "null",
        ] {
            assert!(parse_origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn blanks_are_as_good_as_nothing() {
        let blank = || SecretString::from(" ");
        let settings = Settings {
            database_replica_urls: vec![blank(), SecretString::from("postgres://replica")],
            jwt_private_key: Some(blank()),
            cors_allowed_origins: vec![String::new()],
            ..Settings::defaults()
        }
        .without_blanks();
        assert_eq!(settings.database_replica_urls.len(), 1);
        assert!(settings.jwt_private_key.is_none());
        assert!(settings.cors_allowed_origins.is_empty());
    }
}
