//! `tradewind jobs list|show|retry|discard|queues|pause|resume`.

use crate::{
    app::App,
    caller::{Actor, Caller},
    error::Result,
    graphql::ids,
    jobs::{self, JobFilter, JobRow, State},
    platform::{config::Settings, keyset::Page, telemetry::RequestId},
    steering,
};
use clap::{Args, Subcommand, ValueEnum};
use entity::ids::JobId;
use sea_orm::ActiveEnum;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List jobs, newest first.
    List(List),
    /// Show everything about a job.
    Show(One),
    /// Do a job that failed, was discarded or waits as if it were new, at once.
    Retry(One),
    /// Do a job no more. One that runs is stopped.
    Discard(One),
    /// List the queues and how much is in them.
    Queues,
    /// Begin no job of a queue until it is resumed.
    Pause(Named),
    /// Begin jobs of a queue again.
    Resume(Named),
}

#[derive(Args, Debug)]
struct List {
    /// Of this queue.
    #[arg(long)]
    queue: Option<String>,
    /// Of this kind.
    #[arg(long)]
    kind: Option<String>,
    /// In this state; may be given several times.
    #[arg(long, value_enum)]
    state: Vec<Wanted>,
    /// At most so many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    limit: u64,
}

/// A job's state, as the command line names it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Wanted {
    Waiting,
    Running,
    Done,
    Dead,
    Discarded,
}

#[derive(Args, Debug)]
struct One {
    /// The job's id, as `list` prints it: job_…
    id: String,
}

#[derive(Args, Debug)]
struct Named {
    /// The queue's name.
    queue: String,
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    let app = App::from_settings(settings).await?;
    // Whoever can run this on the server's database is its operator.
    let caller = Caller::new(app.clone(), Actor::Operator, RequestId::generate());
    let done = act(&caller, arguments.action).await;
    // The news is for workers, which may be other processes.
    app.tasks.close();
    app.tasks.wait().await;
    app.database.close().await;
    done
}

async fn act(caller: &Caller, action: Action) -> Result<()> {
    match action {
        Action::List(list) => print_list(caller, list).await,
        Action::Show(one) => {
            show(&*jobs::job(caller, one.id()?).await?);
            Ok(())
        }
        Action::Retry(one) => {
            let id = one.id()?;
            caller
                .transaction(async |tx| steering::job_retry(caller, tx, id).await)
                .await?;
            print_line(&*jobs::job(caller, id).await?);
            Ok(())
        }
        Action::Discard(one) => {
            let id = one.id()?;
            caller
                .transaction(async |tx| steering::job_discard(caller, tx, id).await)
                .await?;
            print_line(&*jobs::job(caller, id).await?);
            Ok(())
        }
        Action::Queues => print_queues(caller).await,
        Action::Pause(Named { queue }) => {
            caller
                .transaction(async |tx| steering::queue_pause(caller, tx, &queue).await)
                .await?;
            print_queues(caller).await
        }
        Action::Resume(Named { queue }) => {
            caller
                .transaction(async |tx| steering::queue_resume(caller, tx, &queue).await)
                .await?;
            print_queues(caller).await
        }
    }
}

async fn print_list(caller: &Caller, list: List) -> Result<()> {
    let states = list.state.iter().map(|state| match state {
        Wanted::Waiting => State::Waiting,
        Wanted::Running => State::Running,
        Wanted::Done => State::Done,
        Wanted::Dead => State::Dead,
        Wanted::Discarded => State::Discarded,
    });
    let filter = JobFilter {
        queue: list.queue,
        kind: list.kind,
        states: (!list.state.is_empty()).then(|| states.collect()),
    };
    let page = Page {
        limit: list.limit,
        after: None,
        before: None,
        backward: false,
    };
    let slice = jobs::list(caller, &filter, &jobs::order(true), &page).await?;
    for job in slice.items() {
        print_line(job);
    }
    if slice.has_next {
        println!("There are more: narrow the list, or raise --limit.");
    }
    Ok(())
}

fn print_line(job: &JobRow) {
    println!(
        "{}  {:9}  {:11}  {:28}  {} of {}  {}",
        ids::encode(job.id).as_str(),
        job.state.to_value(),
        job.queue,
        job.kind,
        job.attempts,
        job.max_attempts,
        job.last_error
            .as_deref()
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default(),
    );
}

fn show(job: &JobRow) {
    let time = |time: Option<chrono::DateTime<chrono::Utc>>| {
        time.map(|time| time.to_rfc3339()).unwrap_or_default()
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let lines = [
        ("id", ids::encode(job.id).to_string()),
        ("queue", job.queue.clone()),
        ("kind", format!("{} (version {})", job.kind, job.version)),
        ("payload", job.payload.to_string()),
        ("state", job.state.to_value()),
        ("priority", job.priority.to_value()),
        (
            "attempts",
            format!("{} of {}", job.attempts, job.max_attempts),
        ),
        ("losses", job.losses.to_string()),
        ("run at", time(Some(job.run_at))),
        ("unique key", text(&job.unique_key)),
        ("order", text(&job.order_key)),
        ("worker", text(&job.worker)),
        ("leased until", time(job.leased_until)),
        (
            "progress",
            job.progress
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("last error", text(&job.last_error)),
        ("request", text(&job.request_id)),
        ("created", time(Some(job.created_at))),
        ("started", time(job.started_at)),
        ("finished", time(job.finished_at)),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        println!("{name:12}  {value}");
    }
}

async fn print_queues(caller: &Caller) -> Result<()> {
    println!(
        "{:12}  {:>8}  {:>8}  {:>8}  {:>10}  paused",
        "queue", "waiting", "running", "dead", "oldest s"
    );
    for queue in jobs::queues(caller).await? {
        println!(
            "{:12}  {:>8}  {:>8}  {:>8}  {:>10.1}  {}",
            queue.name,
            queue.waiting,
            queue.running,
            queue.dead,
            queue.oldest_seconds,
            queue
                .paused_at
                .map(|time| format!("since {}", time.to_rfc3339()))
                .unwrap_or_default(),
        );
    }
    Ok(())
}

impl One {
    fn id(&self) -> Result<JobId> {
        ids::decode(&self.id.as_str().into(), "id")
    }
}
