//! The `tradewind` binary.

use clap::Parser;
use std::process::ExitCode;
use tradewind::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // A missing .env is the normal case; a broken one is worth a word.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!("error: the file .env cannot be read: {error}");
        return ExitCode::FAILURE;
    }
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.for_operator());
            ExitCode::FAILURE
        }
    }
}
