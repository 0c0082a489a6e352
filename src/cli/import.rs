//! `tradewind import shopify FILE…`.

use crate::imports::{
    Event, ImportOptions, Problem, Report, Run, ShopChoice, ShopifyImport, ShopifyImportJob,
    shopify_check,
};
use crate::{
    app::App,
    caller::{Actor, Caller},
    error::{Error, Result},
    graphql::ids,
    jobs,
    platform::{config::Settings, migrations, telemetry::RequestId},
};
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand, parser::ValueSource};
use entity::money::CurrencyCode;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    fs::File,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use uuid::Uuid;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    /// Import products from Shopify's product CSV. Running it again changes only what differs.
    Shopify(Shopify),
}

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
struct Shopify {
    /// CSV files, plain or gzipped.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Import everything to the shop of this handle; it is made when it is missing.
    #[arg(long, value_name = "HANDLE", conflicts_with = "vendor_as_seller")]
    seller: Option<String>,

    /// Import each product to the shop of its vendor; what happens anyway where the file names vendors.
    #[arg(long)]
    vendor_as_seller: bool,

    /// Round prices that have more decimals than their currency, half up, rather than leave them out.
    #[arg(long)]
    round_prices: bool,

    /// Say what would happen, and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Leave it to a worker, and say under which id it can be watched. The worker must find the files under the
    /// same paths.
    #[arg(long, conflicts_with_all = ["dry_run", "errors"])]
    as_job: bool,

    /// Write what was left out, and why, to this CSV file.
    #[arg(long, value_name = "OUT.csv")]
    errors: Option<PathBuf>,

    #[command(flatten)]
    currency: StatedCurrency,
}

/// The currency, if the command line states it: a mere setting is no mistake where a shop has another.
#[derive(Debug)]
struct StatedCurrency(Option<CurrencyCode>);

impl FromArgMatches for StatedCurrency {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        // The setting of that name, which every command takes.
        const ID: &str = "currency";
        let stated = matches.try_contains_id(ID).unwrap_or_default()
            && matches.value_source(ID) == Some(ValueSource::CommandLine);
        Ok(Self(stated.then(|| matches.get_one(ID).copied()).flatten()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for StatedCurrency {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    let Format::Shopify(arguments) = arguments.format;
    let options = arguments.options();
    let size = check_files(&arguments.files, &options.shop).await?;
    let app = App::from_settings(settings).await?;
    migrate(&app, options.dry_run).await?;
    if arguments.as_job {
        return enqueue(&app, &arguments.files, &options).await;
    }
    let mut skips = Skips::new(arguments.errors.as_deref())?;

    let bar = progress_bar(size);
    let began = Instant::now();
    let on_event = |event: Event<'_>| match event {
        Event::Skipped { file, problem } => skips.tell(file, problem, &bar),
        Event::Progress { bytes } => bar.set_position(bytes),
    };
    let import = async {
        let mut import = ShopifyImport::start(&app, &options, on_event).await?;
        for path in &arguments.files {
            let name = name(path);
            import.file(&name, open(path)?).await?;
        }
        Ok(import.finish())
    };
    let report = if options.dry_run {
        import.await?
    } else {
        let files = arguments.files.iter().map(|path| name(path)).collect();
        let operator = Caller::new(app.clone(), Actor::Operator, RequestId::generate());
        let run = Run::new(&operator, Uuid::now_v7(), "shopify", files);
        Box::pin(run.recorded(&app, import)).await?
    };
    bar.finish_and_clear();
    skips.finish()?;
    print!("{}", summary(&report, began.elapsed(), options.dry_run));
    Ok(())
}

/// Leaves the import to a worker.
async fn enqueue(app: &App, files: &[PathBuf], options: &ImportOptions) -> Result<()> {
    let absolute = |path: &PathBuf| {
        path.canonicalize()
            .map_err(|error| unreadable(path, &error))
    };
    let files = files.iter().map(absolute).collect::<Result<Vec<_>>>()?;
    let job = ShopifyImportJob::new(files, options);
    let id = app
        .transaction(async |tx| jobs::enqueue(tx, &job).await)
        .await?;
    app.tasks.close();
    app.tasks.wait().await;
    if let Some(id) = id {
        let id = ids::encode(id);
        println!("{}\nWatch it with: tradewind jobs show {}", *id, *id);
    }
    Ok(())
}

impl Shopify {
    fn options(&self) -> ImportOptions {
        ImportOptions {
            shop: match &self.seller {
                Some(handle) => ShopChoice::Handle(handle.clone()),
                None if self.vendor_as_seller => ShopChoice::Vendor,
                None => ShopChoice::VendorIfNamed,
            },
            currency: self.currency.0,
            round_prices: self.round_prices,
            dry_run: self.dry_run,
        }
    }
}

/// Checks every file before anything is written; returns their size in bytes.
async fn check_files(files: &[PathBuf], shop: &ShopChoice) -> Result<u64> {
    let mut size = 0;
    for path in files {
        let file = open(path)?;
        size += file.metadata().map_or(0, |metadata| metadata.len());
        shopify_check(&name(path), file, shop).await?;
    }
    Ok(size)
}

/// An import into a new database needs its tables.
async fn migrate(app: &App, dry_run: bool) -> Result<()> {
    if migrations::are_current(&app.database).await? {
        return Ok(());
    }
    if dry_run || app.settings.is_production() {
        return Err(Error::Conflict(
            "The database's schema is not up to date: run `tradewind migrate up` first.".to_owned(),
        ));
    }
    migrations::up(&app.settings, None).await
}

fn open(path: &Path) -> Result<File> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => Err(unreadable(path, &"it is a folder")),
        _ => Ok(file),
    }
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::invalid(name(path), format!("The file cannot be read: {reason}."))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// Shows nothing where standard error is no terminal.
fn progress_bar(size: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{bar:40} {percent:>3} % of {total_bytes}, {elapsed} gone, {eta} to go",
    )
    // The template is a constant, and a test draws it.
    .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(size).with_style(style)
}

/// What was left out: to a file, or the beginning of it to the terminal.
struct Skips {
    out: Option<csv::Writer<File>>,
    count: u64,
    failure: Option<Error>,
}

impl Skips {
    /// How many are shown where there is no file for them.
    const SHOWN: u64 = 10;

    fn new(path: Option<&Path>) -> Result<Self> {
        let mut skips = Self {
            out: None,
            count: 0,
            failure: None,
        };
        if let Some(path) = path {
            let file = File::create(path).map_err(|error| unwritable(&error))?;
            skips.out = Some(csv::Writer::from_writer(file));
            skips.write(&["file", "line", "column", "value", "reason"]);
        }
        Ok(skips)
    }

    fn tell(&mut self, file: &str, problem: &Problem, bar: &ProgressBar) {
        let Problem {
            line,
            column,
            value,
            reason,
        } = problem;
        self.count += 1;
        if self.out.is_some() {
            self.write(&[file, &line.to_string(), column, value, reason]);
        } else if self.count <= Self::SHOWN {
            let place = match (column.as_str(), value.as_str()) {
                ("", _) => String::new(),
                (column, "") => format!(" {column}:"),
                (column, value) => format!(" {column} '{value}':"),
            };
            bar.suspend(|| eprintln!("{file}:{line}:{place} {reason}"));
        }
    }

    fn write(&mut self, record: &[&str]) {
        if let Some(out) = &mut self.out
            && let Err(error) = out.write_record(record)
        {
            self.failure.get_or_insert(unwritable(&error));
        }
    }

    fn finish(self) -> Result<()> {
        if self.out.is_none() && self.count > Self::SHOWN {
            let more = self.count - Self::SHOWN;
            eprintln!("… and {more} more; --errors OUT.csv writes all of them.");
        }
        if let Some(mut out) = self.out {
            out.flush().map_err(|error| unwritable(&error))?;
        }
        self.failure.map_or(Ok(()), Err)
    }
}

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Error::invalid("--errors", format!("The file cannot be written: {error}."))
}

fn summary(report: &Report, elapsed: Duration, dry_run: bool) -> String {
    let mut lines = String::new();
    if dry_run {
        lines.push_str("A dry run: nothing was written.\n");
    }
    lines.push_str(&format!(
        "sellers   {} ({} created)\n\
         products  {} ({} created, {} updated, {} unchanged), {} skipped\n\
         variants  {}\n\
         images    {}\n\
         rows      {}, {} skipped\n\
         seconds   {:.1}\n",
        report.sellers,
        report.sellers_created,
        report.products(),
        report.products_created,
        report.products_updated,
        report.products_unchanged,
        report.products_skipped,
        report.variants,
        report.images,
        report.rows,
        report.rows_skipped,
        elapsed.as_secs_f64()
    ));
    lines
}
