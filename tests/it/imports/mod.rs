//! The command `import`, from its flags to the rows it leaves.

mod audited;
mod bad_input;
mod by_sellers;
mod file_forms;
mod product_rules;
mod products;
mod repeated;
mod sample_files;
mod sellers;

use crate::support::TestApp;
use sea_orm::{ConnectionTrait, Statement};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// A folder for the files of one test.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

/// What an import printed.
pub struct Import {
    succeeded: bool,
    stdout: String,
    stderr: String,
}

impl Import {
    /// Runs the command on the test's database.
    fn run(app: &TestApp, files: &[&Path], flags: &[&str]) -> Self {
        let output: Output = command(app, files, flags)
            .output()
            .expect("the binary runs");
        Self {
            succeeded: output.status.success(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Runs the command on a file of this content, which must go through.
    pub fn of(app: &TestApp, content: impl AsRef<[u8]>, flags: &[&str]) -> Self {
        let files = Files::new();
        let import = Self::run(app, &[&files.write("file.csv", content)], flags);
        assert!(import.succeeded, "{}", import.stderr);
        import
    }

    /// A line of the summary, for example "products".
    fn line(&self, name: &str) -> &str {
        self.stdout
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_else(|| panic!("no {name} in: {}{}", self.stdout, self.stderr))
            .trim()
    }

    /// The summary without the time it took.
    fn counts(&self) -> String {
        let lines = self.stdout.lines();
        let lines = lines.filter(|line| !line.starts_with("seconds"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn products(&self) -> &str {
        self.line("products")
    }
}

impl From<Output> for Import {
    fn from(output: Output) -> Self {
        Self {
            succeeded: output.status.success(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

fn command(app: &TestApp, files: &[&Path], flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradewind"));
    command
        .env_clear()
        // Where no .env lies.
        .current_dir(std::env::temp_dir())
        .args(["--database-url", &app.database.url, "import", "shopify"])
        .args(files)
        .args(flags);
    command
}

/// A file in the older spelling: columns beyond the first four are those of `columns`.
fn csv(columns: &str, rows: &[&str]) -> String {
    let columns = if columns.is_empty() {
        String::new()
    } else {
        format!(",{columns}")
    };
    format!(
        "Handle,Title,Vendor,Variant Price{columns}\n{}\n",
        rows.join("\n")
    )
}

/// The first column of every row that a query yields, as text.
async fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    let database = app.app.database.write();
    let sql = format!("SELECT CAST(v AS text) AS v FROM ({sql}) AS rows");
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let rows = database.query_all_raw(statement).await.expect("rows");
    rows.iter()
        .map(|row| row.try_get("", "v").expect("a text"))
        .collect()
}

async fn execute(app: &TestApp, sql: &str) {
    let database = app.app.database.write();
    database.execute_unprepared(sql).await.expect("a change");
}

/// How many rows every table has that imports write.
async fn row_counts(app: &TestApp) -> Vec<String> {
    let tables = [
        "seller",
        "category",
        "product",
        "product_image",
        "product_option",
        "option_value",
        "variant",
        "variant_option",
        "tag",
        "product_tag",
        "stock",
        "product_search",
    ];
    let counts = tables.map(|table| format!("SELECT '{table} ' || count(*) AS v FROM {table}"));
    let mut counts = texts(app, &counts.join(" UNION ALL ")).await;
    counts.sort();
    counts
}
