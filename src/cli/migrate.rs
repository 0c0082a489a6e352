//! `tradewind migrate up|down|status|fresh|sql`.

use crate::{
    app::App,
    error::{Error, Result},
    platform::{config::Settings, migrations},
};
use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Apply the migrations that are missing.
    Up {
        /// At most so many.
        #[arg(long)]
        steps: Option<u32>,
    },
    /// Take back the newest migration; what is in its tables is lost.
    Down {
        /// So many of them.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Show which migrations the database has.
    Status,
    /// Drop everything and start anew; all data is lost. Not in production.
    Fresh,
    /// Print the statements of every migration as PostgreSQL gets them.
    Sql,
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    match arguments.action {
        Action::Up { steps } => migrations::up(&settings, steps).await?,
        Action::Down { steps } => migrations::down(&settings, steps).await?,
        Action::Fresh if settings.is_production() => {
            return Err(Error::invalid(
                "migrate fresh",
                "It would delete every row, so it does not run in production.",
            ));
        }
        Action::Fresh => migrations::fresh(&settings).await?,
        Action::Sql => {
            print!("{}", migrations::postgres_sql());
            return Ok(());
        }
        Action::Status => {}
    }
    for entry in migrations::status(&App::from_settings(settings).await?.database).await? {
        println!(
            "{} {}",
            if entry.applied { "applied" } else { "pending" },
            entry.name
        );
    }
    Ok(())
}
