//! Doing an import.

use super::{Progress, State, find_file::file_of};
use crate::{
    audit::Agent,
    error::{Error, Result},
    imports::{
        ImportOptions, Run, ShopChoice, ShopifyImport,
        report::{Event, Report},
    },
    jobs::{Attempt, Job, Queue},
    sellers,
};
use entity::ids::ProductImportId;
use entity::imports::{
    product_import::{Column, Entity, Model},
    product_import_chunk as chunk,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::interval;

/// How often the import says how far it is.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Imports the file of a seller. One that was cut off begins anew, and finds what it has done already.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct ProductImportJob {
    pub(super) import: ProductImportId,
}

impl Job for ProductImportJob {
    const KIND: &'static str = "imports.product_import";
    const QUEUE: Queue = Queue::IMPORTS;
    const MAX_ATTEMPTS: u16 = 5;
    const TIMEOUT: Duration = Duration::from_secs(3_600);

    fn unique_key(&self) -> Option<String> {
        Some(self.import.0.to_string())
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let found = Entity::find_by_id(self.import)
            .one(attempt.database.write())
            .await?;
        let Some(import) = found.filter(|import| !is_over(import.state)) else {
            return Ok(());
        };
        let progress = Mutex::new(Progress::default());
        let now = || {
            progress
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        };
        let tell = async {
            let mut ticks = interval(REPORT_EVERY);
            loop {
                ticks.tick().await;
                if attempt.is_stopping() {
                    return Err(attempt.interrupted());
                }
                self.say(attempt, State::Running, &now(), None).await?;
            }
        };
        let work = async {
            tokio::select! {
                report = import_file(attempt, &import, &progress) => report,
                stopped = tell => stopped,
            }
        };
        let agent = Agent::system(attempt.request_id.clone());
        let run = Run::new(agent, self.import.0, "shopify", Vec::new());
        match Box::pin(run.recorded(attempt, work)).await {
            Ok(report) => {
                self.end(attempt, State::Done, &now().ended(&report), None)
                    .await
            }
            // The seller's to mend; anything else is tried again.
            Err(Error::Invalid { message, .. } | Error::Conflict(message)) => {
                self.end(attempt, State::Failed, &now(), Some(message))
                    .await
            }
            Err(error) => Err(error),
        }
    }
}

fn is_over(state: State) -> bool {
    matches!(state, State::Done | State::Failed)
}

async fn import_file(
    attempt: &Attempt,
    import: &Model,
    progress: &Mutex<Progress>,
) -> Result<Report> {
    let shops = sellers::shops_by_id(attempt.database.write(), &[import.seller_id]).await?;
    let gone = || Error::Conflict("The shop is no more.".to_owned());
    let shop = shops.into_iter().next().ok_or_else(gone)?;
    let options = ImportOptions {
        shop: ShopChoice::Handle(shop.handle),
        currency: None,
        round_prices: import.round_prices,
        dry_run: false,
    };
    let on_event = |event: Event<'_>| {
        progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .note(&event);
    };
    let file = file_of(attempt, import.id).await?;
    let mut running = ShopifyImport::start(attempt, &options, on_event).await?;
    Box::pin(running.file("file", file)).await?;
    Ok(running.finish())
}

impl ProductImportJob {
    /// Writes down how far it is.
    async fn say(
        &self,
        attempt: &Attempt,
        state: State,
        progress: &Progress,
        error: Option<String>,
    ) -> Result<()> {
        let progress = serde_json::to_string(progress).map_err(Error::internal)?;
        Entity::update_many()
            .col_expr(Column::State, Expr::value(state))
            .col_expr(Column::Progress, Expr::value(progress))
            .col_expr(Column::Error, Expr::value(error))
            .col_expr(Column::UpdatedAt, Expr::value(attempt.clock.now()))
            .filter(Column::Id.eq(self.import))
            .filter(Column::State.is_not_in([State::Done, State::Failed]))
            .exec(attempt.database.write())
            .await?;
        Ok(())
    }

    /// Writes down how it ended. Its file is of no use any more.
    async fn end(
        &self,
        attempt: &Attempt,
        state: State,
        progress: &Progress,
        error: Option<String>,
    ) -> Result<()> {
        self.say(attempt, state, progress, error).await?;
        chunk::Entity::delete_many()
            .filter(chunk::Column::ImportId.eq(self.import))
            .exec(attempt.database.write())
            .await?;
        Ok(())
    }
}
