//! The `tradewind` binary.

use clap::Parser;
use std::process::ExitCode;
use tradewind::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A missing .env is the normal case; a broken one is worth a word.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!("error: the file .env cannot be read: {error}");
        return ExitCode::FAILURE;
    }
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the process cannot have the threads it needs: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = cli.run(&runtime);
    // Not waiting for threads: a job that never pauses would keep the process from ending.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.for_operator());
            ExitCode::FAILURE
        }
    }
}
