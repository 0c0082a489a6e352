//! Imports in the audit log: that one was begun, since its batches count one by one, and what came of it.

use super::Report;
use crate::{
    app::App,
    audit::{self, Agent, Entry},
    error::Result,
};
use uuid::Uuid;

/// An import, as the log knows it.
pub(crate) struct Run {
    agent: Agent,
    id: Uuid,
    format: &'static str,
    files: Vec<String>,
}

impl Run {
    /// An import of `files`, begun by `agent`. One that a job does has the job's id.
    pub(crate) fn new(
        agent: impl Into<Agent>,
        id: Uuid,
        format: &'static str,
        files: Vec<String>,
    ) -> Self {
        Self {
            agent: agent.into(),
            id,
            format,
            files,
        }
    }

    /// Does `import`, and writes down that it was begun and how it ended. One that is killed has no end.
    ///
    /// # Errors
    /// Those of `import`, or of writing.
    pub(crate) async fn recorded(
        &self,
        app: &App,
        import: impl Future<Output = Result<Report>>,
    ) -> Result<Report> {
        let begun = Entry::new("import.begin", "import", self.id);
        self.record(
            app,
            begun.is("format", self.format).is("files", &self.files),
        )
        .await?;
        let done = import.await;
        let ended = Entry::new("import.end", "import", self.id);
        let ended = match &done {
            Ok(report) => ended
                .is("sellersCreated", report.sellers_created)
                .is("productsCreated", report.products_created)
                .is("productsUpdated", report.products_updated)
                .is("productsSkipped", report.products_skipped)
                .is("rowsSkipped", report.rows_skipped),
            Err(error) => ended.is("error", error.to_string()),
        };
        let recorded = self.record(app, ended).await;
        let report = done?;
        recorded.map(|()| report)
    }

    async fn record(&self, app: &App, entry: Entry) -> Result<()> {
        let agent = self.agent.clone();
        app.transaction(async |tx| audit::record(tx, agent, &[entry]).await)
            .await
    }
}
