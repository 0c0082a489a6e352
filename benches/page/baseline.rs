//! What the page is measured against, as a server of its own: `POST /ceiling` answers fixed bytes from memory, the
//! most that HTTP on this machine gives for answers that differ; `POST /sql` answers the same shape from one hand-written statement, the
//! most that a person gives who writes SQL for this page alone.
//!
//! Both read the request's body and throw it away, so that the load is the same as for GraphQL. Started by
//! `benches/page/run.sh`.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use clap::Parser;
use sqlx::{
    AssertSqlSafe, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{
    error::Error,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A server to compare with, see benches/page/run.sh.
#[derive(Parser)]
struct Options {
    /// The database that `tradewind seed --bench` filled.
    #[arg(long, required_unless_present = "bench")]
    database_url: Option<String>,
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8802")]
    listen: SocketAddr,
    /// The file whose lines /ceiling answers in turn.
    #[arg(long, required_unless_present = "bench")]
    answers: Option<PathBuf>,
    /// Given by `cargo bench`, which has nothing to do here.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (Some(database_url), Some(answers)) = (options.database_url, options.answers) else {
        println!("This is a server to compare with; benches/page/run.sh measures.");
        return Ok(());
    };
    let ceiling = Arc::new(Ceiling::read(&answers)?);
    let router = Router::new()
        .route("/ceiling", post(async move |_: Bytes| json(ceiling.next())))
        .route("/sql", post(sql))
        .with_state(Arc::new(Pages::connect(&database_url).await?));
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

fn json(body: impl Into<Bytes>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/graphql-response+json")];
    (headers, body.into()).into_response()
}

/// Answers from memory. As many as there are pages: one alone would never leave the processor's cache.
struct Ceiling {
    answers: Vec<Bytes>,
    turn: AtomicUsize,
}

impl Ceiling {
    fn read(path: &Path) -> std::io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        Ok(Self {
            answers: text
                .lines()
                .map(|line| Bytes::from(line.to_owned()))
                .collect(),
            turn: AtomicUsize::default(),
        })
    }

    fn next(&self) -> Bytes {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.answers[turn % self.answers.len()].clone()
    }
}

async fn sql(State(pages): State<Arc<Pages>>, _: Bytes) -> Response {
    match pages.next().await {
        Ok(body) => json(body),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Where the pages begin, and what reads them.
struct Pages {
    pool: Pool,
    /// The last product of the page before, as hexadecimal digits, for each of 99 pages.
    after: Vec<String>,
    turn: AtomicUsize,
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pages {
    /// Connects with the pool sizes the server has by default.
    async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        let (pool, after) = if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse()?;
            let pool = SqlitePoolOptions::new()
                .max_connections(4)
                .test_before_acquire(false)
                .connect_with(
                    options
                        .pragma("query_only", "ON")
                        .pragma("cache_size", "-8000")
                        .pragma("mmap_size", "268435456"),
                )
                .await?;
            let sql = boundaries("lower(hex(id))");
            let after = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_all(&pool)
                .await?;
            (Pool::Sqlite(pool), after)
        } else {
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .test_before_acquire(false)
                .connect(url)
                .await?;
            let sql = boundaries("replace(id::text, '-', '')");
            let after = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_all(&pool)
                .await?;
            (Pool::Postgres(pool), after)
        };
        Ok(Self {
            pool,
            after,
            turn: AtomicUsize::new(0),
        })
    }

    async fn next(&self) -> Result<String, sqlx::Error> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let after = &self.after[turn % self.after.len().max(1)];
        match &self.pool {
            Pool::Sqlite(pool) => sqlx::query_scalar(SQLITE).bind(after).fetch_one(pool).await,
            Pool::Postgres(pool) => {
                sqlx::query_scalar(POSTGRES)
                    .bind(after)
                    .fetch_one(pool)
                    .await
            }
        }
    }
}

/// The last product of each of the first 99 pages, newest first.
fn boundaries(id: &str) -> String {
    format!(
        "SELECT {id} FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS number \
         FROM product WHERE status = 'ACTIVE') AS listed \
         WHERE number % 20 = 0 ORDER BY number LIMIT 99"
    )
}

const POSTGRES: &str = include_str!("page_postgres.sql");
const SQLITE: &str = include_str!("page_sqlite.sql");
