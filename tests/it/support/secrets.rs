//! Watching that what only a person and the server may know stands nowhere else: in no log, no table, no metric, and no answer but
//! the one that hands it over.
//!
//! To have something watched, write a `run(watch, app)` that does it and tells [`Watch::secret`] whatever it came to know, and give it a
//! line in `accounts/sessions/secrets/mod.rs`.

use super::{Reply, TestApp};
use axum::{body::Body, http::Request};
use sea_orm::DbBackend;
use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

struct Secret {
    what: String,
    text: String,
    /// The only table in which it may stand.
    kept_in: Option<&'static str>,
}

/// What is secret, and what was said.
pub struct Watch {
    log: Log,
    secrets: Vec<Secret>,
    replies: Vec<String>,
}

impl Watch {
    /// Writes down everything that is logged from now on, of all threads of the process: databases work on threads of
    /// their own.
    pub fn begin() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Log::default();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_writer(log.clone())
                .with_ansi(false)
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
            log
        });
        tracing::trace!("everything is written down");
        let watch = Self {
            log: log.clone(),
            secrets: Vec::new(),
            replies: Vec::new(),
        };
        assert!(watch.logged().contains("everything is written down"));
        watch
    }

    /// A secret that may stand nowhere. Returns it.
    pub fn secret(&mut self, what: &str, text: impl Into<String>) -> String {
        self.add(what, text.into(), None)
    }

    /// A secret that is kept in this table, and may stand nowhere else.
    pub fn kept(&mut self, what: &str, text: impl Into<String>, table: &'static str) -> String {
        self.add(what, text.into(), Some(table))
    }

    fn add(&mut self, what: &str, text: String, kept_in: Option<&'static str>) -> String {
        assert!(text.len() >= 8, "{what} is too short to be looked for");
        self.secrets.push(Secret {
            what: what.to_owned(),
            text: text.clone(),
            kept_in,
        });
        text
    }

    /// An answer that may hold no secret; any but one that hands some over.
    pub fn said(&mut self, reply: Reply) -> Reply {
        self.replies
            .push(format!("{:?} {}", reply.headers, reply.body));
        reply
    }

    pub fn logged(&self) -> String {
        String::from_utf8_lossy(&self.log.0.lock().unwrap()).into_owned()
    }

    /// Fails the test when a secret stands where it may not.
    pub async fn assert_nowhere(&self, app: &TestApp) {
        let metrics = Request::get("/metrics").body(Body::empty()).unwrap();
        let metrics = app.send(metrics).await.body.to_string();
        let mut places = vec![
            ("the log".to_owned(), self.logged()),
            ("the metrics".to_owned(), metrics),
            ("an answer".to_owned(), self.replies.join("\n")),
        ];
        let tables = app.every_table().await;
        for expected in [
            "audit_entry",
            "job",
            "idempotency_key",
            "outbox_event",
            "session",
        ] {
            assert!(
                tables.iter().any(|(name, _)| name == expected),
                "{expected}"
            );
        }
        places.extend(tables);
        // Once: with all tests in one process the log is long.
        let places = places
            .into_iter()
            .map(|(place, text)| (place, text.to_lowercase()));
        let places: Vec<_> = places.collect();
        for secret in &self.secrets {
            let hex = secret.text.bytes().fold(String::new(), |mut hex, byte| {
                use std::fmt::Write;
                write!(hex, "{byte:02x}").unwrap();
                hex
            });
            for (place, text) in &places {
                let may = secret.kept_in.is_some_and(|table| table == place);
                let found = [secret.text.to_lowercase(), hex.clone()];
                let found = found.iter().find_map(|form| text.find(form));
                let around = |at: usize| {
                    let from = text.floor_char_boundary(at.saturating_sub(200));
                    let to = text.ceil_char_boundary((at + 200).min(text.len()));
                    text[from..to].to_owned()
                };
                assert!(
                    may || found.is_none(),
                    "{} is in {place}: {}",
                    secret.what,
                    found.map(around).unwrap_or_default()
                );
            }
        }
    }
}

impl TestApp {
    /// Every table by name, with all that stands in it.
    async fn every_table(&self) -> Vec<(String, String)> {
        let is_postgres = self.app.database.backend() == DbBackend::Postgres;
        let names = if is_postgres {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        };
        let mut tables = Vec::new();
        for name in self.column::<String>(names).await {
            let sql = if is_postgres {
                format!("SELECT CAST(row_to_json(t) AS text) FROM \"{name}\" t")
            } else {
                let columns = format!(
                    "SELECT 'coalesce(quote(\"' || name || '\"), '''')' FROM pragma_table_info('{name}')"
                );
                let columns: Vec<String> = self.column(&columns).await;
                format!("SELECT {} FROM \"{name}\"", columns.join(" || ',' || "))
            };
            let rows: Vec<String> = self.column(&sql).await;
            tables.push((name, rows.join("\n")));
        }
        tables
    }
}
