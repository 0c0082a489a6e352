//! A database for one test: a file of SQLite's, or a copy of a migrated template on PostgreSQL.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::{io::Write, sync::OnceLock, time::Duration};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tradewind::platform::{config::Settings, migrations};

/// Gone when the test ends; kept, and named in the output, when it fails.
pub struct TestDatabase {
    pub url: String,
    kind: Kind,
}

enum Kind {
    Sqlite(Option<TempDir>),
    Postgres { name: String },
}

impl TestDatabase {
    /// An empty SQLite file, without a schema.
    pub fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite://{}", folder.path().join("test.db").display()),
            kind: Kind::Sqlite(Some(folder)),
        }
    }

    /// A migrated SQLite file.
    pub async fn sqlite() -> Self {
        let database = Self::empty_sqlite();
        migrations::up(&database.settings(), None)
            .await
            .expect("migrations run");
        database
    }

    /// An empty PostgreSQL database, or nothing where no server answers.
    pub async fn empty_postgres() -> Option<Self> {
        Self::create("template0").await
    }

    /// A migrated PostgreSQL database, or nothing where no server answers.
    pub async fn postgres() -> Option<Self> {
        static TEMPLATE: OnceCell<Option<String>> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(template).await.as_ref()?;
        Self::create(template).await
    }

    async fn create(template: &str) -> Option<Self> {
        let server = server().await?;
        let name = format!("tradewind_test_{}", uuid::Uuid::now_v7().simple());
        let owner = owner(&server).await;
        server
            .execute_unprepared(&format!(
                "CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}"
            ))
            .await
            .expect("a database for the test");
        Some(Self {
            url: with_database(&name, owner),
            kind: Kind::Postgres { name },
        })
    }

    /// The same database for another server, which is gone when the first is.
    pub fn again(&self) -> Self {
        Self::elsewhere(self.url.clone())
    }

    /// A database that somebody else looks after.
    pub fn elsewhere(url: String) -> Self {
        Self {
            url,
            kind: Kind::Sqlite(None),
        }
    }

    /// Settings that point at this database.
    pub fn settings(&self) -> Settings {
        super::app::settings(&[("--database-url", &self.url)])
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        match &mut self.kind {
            Kind::Sqlite(folder) if failed => {
                let path = folder.take().map(TempDir::keep);
                eprintln!("the failed test's database is kept in {path:?}");
            }
            Kind::Sqlite(_) => {}
            Kind::Postgres { name } if failed => {
                eprintln!("the failed test's database is kept as {name}");
            }
            Kind::Postgres { name } => drop_database(std::mem::take(name)),
        }
    }
}

/// Drops a database from a thread of its own, since `Drop` runs inside the test's runtime.
fn drop_database(name: String) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            if let Some(server) = server().await {
                let _ = server
                    .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await;
            }
        });
    });
    let _ = thread.join();
}

/// Makes the template once for this state of the migrations, whichever test process comes first.
async fn template() -> Option<String> {
    let server = server().await?;
    let fingerprint = {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        migrations::postgres_sql().hash(&mut hasher);
        hasher.finish()
    };
    let owner = owner(&server).await;
    let name = format!("tradewind_template_{fingerprint:016x}_{owner}");
    server
        .execute_unprepared("SELECT pg_advisory_lock(7777)")
        .await
        .expect("the template's lock");
    let exists = server
        .query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"),
        ))
        .await
        .expect("the list of databases");
    if exists.is_none() {
        // Built under another name, so that a build that was cut off is never taken for a template.
        let draft = format!("{name}_draft");
        for sql in [
            format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"),
            format!("CREATE DATABASE {draft} TEMPLATE template0 OWNER {owner}"),
        ] {
            server
                .execute_unprepared(&sql)
                .await
                .expect("a draft of the template");
        }
        let settings = super::app::settings(&[("--database-url", &with_database(&draft, owner))]);
        migrations::up(&settings, None)
            .await
            .expect("migrations run");
        server
            .execute_unprepared(&format!("ALTER DATABASE {draft} RENAME TO {name}"))
            .await
            .expect("the template");
    }
    let _ = server
        .execute_unprepared("SELECT pg_advisory_unlock(7777)")
        .await;
    Some(name)
}

/// A connection to the test server, or nothing, with a word about it, where none answers.
async fn server() -> Option<DatabaseConnection> {
    let mut options = sea_orm::ConnectOptions::new(server_url());
    options
        .max_connections(1)
        .connect_timeout(Duration::from_secs(5))
        .sqlx_logging(false);
    match Database::connect(options).await {
        Ok(connection) => Some(connection),
        Err(error) if variable("CI").is_some_and(|ci| ci == "true") => {
            panic!(
                "PostgreSQL must answer at {} when CI is set: {error}",
                server_url()
            )
        }
        Err(_) => {
            static SAID: OnceLock<()> = OnceLock::new();
            SAID.get_or_init(|| {
                // Past the macros, whose output is captured where a test passes.
                let _ = writeln!(
                    std::io::stderr(),
                    "SKIPPED on PostgreSQL: no server answers at {}",
                    server_url()
                );
            });
            None
        }
    }
}

/// Whose the tests' databases are: as in a deployment no superuser, whom row-level security would not hold. Made once; where the server does
/// not let us, whoever we are.
async fn owner(server: &DatabaseConnection) -> &'static str {
    const OWNER: &str = "tradewind_tests";
    static MADE: OnceCell<&str> = OnceCell::const_new();
    let make = async || {
        let url = url::Url::parse(&server_url()).expect("TEST_DATABASE_URL is a URL");
        let password = url.password().unwrap_or_default().replace('\'', "''");
        let sql = format!(
            "DO $$ BEGIN CREATE ROLE {OWNER} LOGIN PASSWORD '{password}'; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        match server.execute_unprepared(&sql).await {
            Ok(_) => OWNER,
            Err(_) => "current_user",
        }
    };
    MADE.get_or_init(make).await
}

fn server_url() -> String {
    variable("TEST_DATABASE_URL")
        .unwrap_or_else(|| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

/// Read by the tests only, so no setting.
#[expect(
    clippy::disallowed_methods,
    reason = "the server's settings do not hold it"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn with_database(name: &str, owner: &str) -> String {
    let mut url = url::Url::parse(&server_url()).expect("TEST_DATABASE_URL is a URL");
    url.set_path(name);
    if owner != "current_user" {
        url.set_username(owner).expect("a URL with a host");
    }
    url.to_string()
}
