//! `tradewind seed --demo|--bench`.

use crate::{
    app::App,
    error::{Error, Result},
    platform::{config::Settings, migrations},
    seed,
};
use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).args(["demo", "bench"]))]
pub(super) struct Arguments {
    /// A small catalogue to look around in: the shops of a harbour town.
    #[arg(long)]
    demo: bool,
    /// The rows that speed is measured on, the same every time: 2,000 products and what belongs to them.
    #[arg(long)]
    bench: bool,
    /// So many times the rows of --bench.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "bench", conflicts_with = "demo", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    scale: u32,
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    if settings.is_production() {
        return Err(Error::invalid(
            "seed",
            "Made-up goods have no place in production. Seed with TRADEWIND_ENV=development.",
        ));
    }
    migrations::up(&settings, None).await?;
    let app = App::from_settings(settings).await?;
    let began = Instant::now();
    if arguments.demo {
        demo(&app).await?;
    } else {
        bench(&app, arguments.scale).await?;
    }
    println!("Done in {:.1} s.", began.elapsed().as_secs_f64());
    app.database.close().await;
    Ok(())
}

async fn demo(app: &App) -> Result<()> {
    let made = seed::demo(app).await?;
    println!(
        "Made {} products in {} variants of {} sellers, and {} reviews by {} people.",
        made.products, made.variants, made.sellers, made.reviews, made.people,
    );
    Ok(())
}

async fn bench(app: &App, scale: u32) -> Result<()> {
    let began = Instant::now();
    let bar = ProgressBar::new(u64::from(scale)).with_style(
        ProgressStyle::with_template("{bar:40} {pos} of {len} units, {eta} left")
            .map_err(Error::internal)?,
    );
    let made = seed::bench(app, scale, || bar.inc(1)).await?;
    bar.finish_and_clear();
    let milliseconds = began.elapsed().as_millis().max(1);
    println!(
        "Made {} products of {} sellers and {} people: {} rows, {} per second.",
        made.products,
        made.sellers,
        made.people,
        made.rows,
        made.rows as u128 * 1_000 / milliseconds,
    );
    Ok(())
}
