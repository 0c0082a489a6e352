//! Importing files in the background.

use super::{ImportOptions, ShopChoice, ShopifyImport};
use crate::{
    audit::Agent,
    error::{Error, Result},
    imports::{
        report::{Event, Report},
        run::Run,
    },
    jobs::{Attempt, Job, Queue},
    platform::currency,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    fs::File,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::interval;

/// How often the import says how far it is.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Imports files in Shopify's format, in this order. A worker must find them under the same paths.
///
/// One that was cut off begins anew, and finds what it has done already.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct ShopifyImportJob {
    files: Vec<PathBuf>,
    shop: ShopChoice,
    currency: Option<String>,
    round_prices: bool,
}

/// How far an import is.
#[derive(Default)]
struct Progress {
    bytes: u64,
    skipped: u64,
    /// The first few things that were left out.
    problems: Vec<String>,
}

impl Progress {
    /// A person looks at a few, and then at the file.
    const SHOWN: usize = 20;

    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Progress { bytes } => self.bytes = *bytes,
            Event::Skipped { file, problem } => {
                self.skipped += 1;
                if self.problems.len() < Self::SHOWN {
                    let text = format!(
                        "{file}:{}: {} {}",
                        problem.line, problem.column, problem.reason
                    );
                    self.problems.push(text);
                }
            }
        }
    }

    fn to_json(&self, size: u64, report: Option<&Report>) -> Value {
        json!({
            "bytes": self.bytes,
            "bytesInAll": size,
            "leftOut": self.skipped,
            "problems": self.problems,
            "report": report.map(|report| json!({
                "sellers": report.sellers,
                "sellersCreated": report.sellers_created,
                "productsCreated": report.products_created,
                "productsUpdated": report.products_updated,
                "productsUnchanged": report.products_unchanged,
                "productsSkipped": report.products_skipped,
                "variants": report.variants,
                "images": report.images,
                "rows": report.rows,
                "rowsSkipped": report.rows_skipped,
            })),
        })
    }
}

impl ShopifyImportJob {
    /// An import of `files`, by their absolute paths. Always for real: there is nothing to see of a dry run.
    pub(crate) fn new(files: Vec<PathBuf>, options: &ImportOptions) -> Self {
        Self {
            files,
            shop: options.shop.clone(),
            currency: options.currency.map(|code| code.to_string()),
            round_prices: options.round_prices,
        }
    }

    fn options(&self) -> Result<ImportOptions> {
        let code = |text: &String| currency::parse_code(text, "payload.currency");
        Ok(ImportOptions {
            shop: self.shop.clone(),
            currency: self.currency.as_ref().map(code).transpose()?,
            round_prices: self.round_prices,
            dry_run: false,
        })
    }

    async fn import(&self, attempt: &Attempt, progress: &Mutex<Progress>) -> Result<Report> {
        let options = self.options()?;
        let on_event = |event: Event<'_>| {
            progress
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .note(&event);
        };
        let mut import = ShopifyImport::start(attempt, &options, on_event).await?;
        for path in &self.files {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
            Box::pin(import.file(&name, file)).await?;
        }
        Ok(import.finish())
    }

    fn size(&self) -> u64 {
        let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        self.files.iter().map(size).sum()
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Error {
    Error::Conflict(format!(
        "{name} cannot be read by the worker ({error}): it must be there under the same path, for the worker's user."
    ))
}

impl Job for ShopifyImportJob {
    const KIND: &'static str = "imports.shopify";
    const QUEUE: Queue = Queue::IMPORTS;
    const MAX_ATTEMPTS: u16 = 5;
    const TIMEOUT: Duration = Duration::from_secs(6 * 3_600);

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let progress = Mutex::new(Progress::default());
        let size = self.size();
        let now = |report: Option<&Report>| {
            let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.to_json(size, report)
        };
        let tell = async {
            let mut ticks = interval(REPORT_EVERY);
            loop {
                ticks.tick().await;
                if attempt.is_stopping() {
                    // Between two batches or within one, which is then rolled back.
                    return Err(attempt.interrupted());
                }
                attempt.report(&now(None)).await?;
            }
        };
        let work = async {
            tokio::select! {
                report = self.import(attempt, &progress) => report,
                stopped = tell => stopped,
            }
        };
        let agent = Agent::system(attempt.request_id.clone());
        let files = self.files.iter().map(|path| path.display().to_string());
        let run = Run::new(agent, attempt.job().0, "shopify", files.collect());
        let report = run.recorded(attempt, work).await?;
        attempt.report(&now(Some(&report))).await
    }
}
