//! The command line: one file per command, each thin over the rooms.

mod accounts;
mod doctor;
mod documents;
mod import;
mod jobs;
mod migrate;
mod orders;
mod sandbox_payments;
mod schema;
mod seed;
mod serve;
mod signals;
mod worker;

use crate::{
    error::Result,
    platform::{config::Settings, telemetry},
};
use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

/// A headless marketplace backend: many sellers, one GraphQL API, one binary.
#[derive(Debug, Parser)]
#[command(name = "tradewind", version, about, after_help = TEST_SETTINGS)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

const TEST_SETTINGS: &str = "\
Every setting is a flag, an environment variable, or a line in a file named .env.
Read by the tests only: TEST_DATABASE_URL, TEST_REDIS_URL and TEST_NATS_URL.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (what happens without a command).
    Serve,
    /// Do jobs, beside a server or for several (a server does them too, unless `SERVE_JOBS=false`).
    Worker,
    /// Give roles, lock and unlock accounts.
    Accounts(accounts::Arguments),
    /// Look at jobs, and steer them.
    Jobs(jobs::Arguments),
    /// Keep what lists of orders are made of.
    Orders(orders::Arguments),
    /// Bring the database's schema up to date, or back.
    Migrate(migrate::Arguments),
    /// Import a catalogue.
    Import(import::Arguments),
    /// Fill the database with data to try things on.
    Seed(seed::Arguments),
    /// Take payments with which nobody pays, as a process of its own.
    SandboxPayments(sandbox_payments::Arguments),
    /// Print the GraphQL schema.
    Schema,
    /// Check trusted documents.
    Documents(documents::Arguments),
    /// Check everything that must always hold, and print what does not.
    Doctor,
}

impl Cli {
    /// Does what the command line says, on `runtime`.
    ///
    /// Not async: what a future is made of is compiled where it is run, so the binary would be compiled as a copy of all this.
    ///
    /// # Errors
    /// Whatever went wrong, as one sentence for the person at the terminal.
    pub fn run(self, runtime: &Runtime) -> Result<()> {
        runtime.block_on(self.work())
    }

    async fn work(self) -> Result<()> {
        let Self { command, settings } = self;
        let settings = settings.without_blanks();
        telemetry::init_logs(&settings)?;
        match command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(settings).await,
            Command::Worker => worker::run(settings).await,
            Command::Accounts(arguments) => accounts::run(settings, arguments).await,
            Command::Jobs(arguments) => jobs::run(settings, arguments).await,
            Command::Orders(arguments) => orders::run(settings, arguments).await,
            Command::Migrate(arguments) => migrate::run(settings, arguments).await,
            Command::Import(arguments) => import::run(settings, arguments).await,
            Command::Seed(arguments) => seed::run(settings, arguments).await,
            Command::SandboxPayments(arguments) => sandbox_payments::run(settings, arguments).await,
            Command::Schema => {
                schema::run(&settings);
                Ok(())
            }
            Command::Documents(arguments) => documents::run(settings, arguments).await,
            Command::Doctor => doctor::run(settings).await,
        }
    }
}
