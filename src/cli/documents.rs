//! `tradewind documents`.

use crate::{
    error::{Error, Result},
    graphql::engine::Engine,
    platform::config::Settings,
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check manifests of trusted documents against the schema and the limits: for a frontend's build. Needs no database.
    Check {
        /// JSON files, or folders of them, as GraphQL Code Generator, Relay's compiler or Apollo write them.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    let Command::Check { files } = arguments.command;
    let most_bytes = settings.documents.graphql_trusted_max_bytes;
    let engine = Engine::new(&settings);
    let (documents, faults) = engine.check_manifests(&files, most_bytes).await?;
    for fault in &faults {
        println!("{fault}");
    }
    if faults.is_empty() {
        println!("{documents} documents fit the schema and the limits.");
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "{} of {documents} documents do not fit the schema or the limits.",
        faults.len()
    )))
}
