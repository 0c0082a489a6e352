//! `tradewind orders rebuild`.

use crate::{
    app::App,
    error::Result,
    graphql::ids,
    orders::{self, Rebuilt},
    platform::config::Settings,
};
use clap::{Args, Subcommand};
use std::time::Instant;

/// How many orders are gone through between two lines that say how far it is.
const EVERY: u64 = 10_000;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make what lists of orders are made of anew, while the server serves.
    Rebuild {
        /// Go on after this order, where it was broken off: `order_…`, as it said.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
    },
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    let Action::Rebuild { after } = arguments.action;
    let after = after.map(|id| ids::decode(&id.into(), "--after"));
    let after = after.transpose()?;
    let app = App::from_settings(settings).await?;
    let began = Instant::now();
    let mut last = Rebuilt {
        orders: 0,
        last: after,
    };
    let done = orders::rebuild_view(&app, after, |so_far| {
        if so_far.orders / EVERY > last.orders / EVERY {
            println!("{}", progress(so_far));
        }
        last = so_far;
    })
    .await;
    app.database.close().await;
    if done.is_err() {
        println!("{}", progress(last));
    }
    let orders = done?.orders;
    println!(
        "Went through {orders} orders in {:.1} s.",
        began.elapsed().as_secs_f64()
    );
    Ok(())
}

/// How far it is, and how to go on from there.
fn progress(so_far: Rebuilt) -> String {
    let after = so_far.last.map(|id| ids::encode(id).to_string());
    format!(
        "{} orders; go on with --after {}",
        so_far.orders,
        after.unwrap_or_default()
    )
}
