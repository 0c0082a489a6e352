//! Loading trusted documents: each passes the guards and validation before any of them runs.

use super::Engine;
use crate::{
    error::{Error, Result},
    graphql::{
        documents::Document,
        persisted::{List, TrustedDocument},
        present_errors::shortened,
    },
    platform::config::TrustedMode,
};
use async_graphql::{ServerError, Variables};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the manifests have changed.
const LOOKS_EVERY: Duration = Duration::from_secs(2);
/// How many faults an error names; the rest is counted.
const NAMED: usize = 5;

impl Engine {
    /// Reads the trusted documents, where there are to be any, and runs these from now on. Returns how many there are.
    ///
    /// # Errors
    /// Invalid, naming the file and the documents that are wrong; those from before are kept.
    pub async fn load_trusted(&self) -> Result<usize> {
        let settings = &self.trusted;
        if settings.mode == TrustedMode::Off {
            return Ok(0);
        }
        let reading = Arc::clone(settings);
        let list = tokio::task::spawn_blocking(move || reading.read());
        let list = list.await.map_err(Error::internal)??;
        let checked = self.check_list(&list).await;
        if !checked.faults.is_empty() {
            return Err(invalid(&checked.faults, list.len()));
        }
        let number = list.len();
        self.operations.trust(checked.names);
        self.trusted.replace(list);
        // Their requests are to be looked at again.
        self.answers.forget_raw();
        Ok(number)
    }

    /// Checks the documents of manifests, for those who write them. Returns how many there are, and what is wrong with which.
    ///
    /// # Errors
    /// Invalid, naming the file that is no manifest.
    pub async fn check_manifests(
        &self,
        paths: &[PathBuf],
        most_bytes: usize,
    ) -> Result<(usize, Vec<String>)> {
        let list = List::read(paths, most_bytes)?;
        Ok((list.len(), self.check_list(&list).await.faults))
    }

    /// Reads the trusted documents again whenever their files change or `hangup` is heard, until `stop`. What cannot be read or is
    /// wrong changes nothing, and is told in the log.
    pub async fn watch_trusted(&self, stop: &CancellationToken, hangup: &Notify) {
        if self.trusted.mode == TrustedMode::Off {
            return;
        }
        // What was tried last, and found wrong: it is not tried again until it changes again.
        let mut tried = None;
        loop {
            let is_told = tokio::select! {
                () = stop.cancelled() => return,
                () = hangup.notified() => true,
                () = tokio::time::sleep(LOOKS_EVERY) => false,
            };
            let looking = Arc::clone(&self.trusted);
            let stamps = tokio::task::spawn_blocking(move || looking.stamps().ok()).await;
            let stamps = stamps.ok().flatten();
            let is_same = match &stamps {
                Some(stamps) => self.trusted.list().is_of(stamps) || tried.as_ref() == Some(stamps),
                // Gone, as while it is replaced; who asks by a signal is told.
                None => true,
            };
            if is_same && !is_told {
                continue;
            }
            tried = stamps;
            self.reload_trusted().await;
        }
    }

    async fn reload_trusted(&self) {
        let outcome = match self.load_trusted().await {
            Ok(documents) => {
                tracing::info!(documents, "trusted documents were read again");
                "ok"
            }
            Err(error) => {
                tracing::error!(
                    error = error.for_operator(),
                    "trusted documents were not read again; those from before are kept"
                );
                "failed"
            }
        };
        metrics::counter!("graphql_trusted_reloads_total", "outcome" => outcome).increment(1);
    }

    async fn check_list(&self, list: &List) -> Checked {
        let mut checked = Checked::default();
        for document in list.documents() {
            match self.check_document(document).await {
                Ok(names) => checked.names.extend(names),
                Err(error) => {
                    let message = shortened(&error.message);
                    checked
                        .faults
                        .push(format!("{}: {message}", document.origin));
                }
            }
            // There may be thousands, and others are waiting.
            tokio::task::yield_now().await;
        }
        checked.faults.sort();
        checked
    }

    /// Returns the names of its operations.
    async fn check_document(&self, document: &TrustedDocument) -> Result<Vec<String>, ServerError> {
        let parsed = self.guarded(&document.text)?;
        let names = parsed.operations.iter().map(|(name, _)| name.cloned());
        let names: Vec<_> = names.collect();
        for name in &names {
            let text = Arc::clone(&document.text);
            let one = Document::select(parsed.clone(), text, name.as_deref())
                .map_err(|message| ServerError::new(message, None))?;
            let valid = self.validate(&one, &Variables::default()).await;
            valid.map_err(|mut errors| errors.swap_remove(0))?;
        }
        let names = names.into_iter().flatten();
        Ok(names.map(|name| name.as_str().to_owned()).collect())
    }
}

#[derive(Debug, Default)]
struct Checked {
    names: Vec<String>,
    /// Which document is wrong, and what is wrong with it.
    faults: Vec<String>,
}

fn invalid(faults: &[String], documents: usize) -> Error {
    let named = faults[..faults.len().min(NAMED)].join("; ");
    let more = if faults.len() > NAMED { "; …" } else { "" };
    Error::invalid(
        "GRAPHQL_TRUSTED_DOCUMENTS",
        format!(
            "{} of {documents} documents do not fit the schema or the limits. Check them with `tradewind documents check FILE`. \
             {named}{more}",
            faults.len()
        ),
    )
}
