//! What holds for every saga, as a test of any can use it: each of its steps fails once, and each runs twice.

use super::TestApp;
use futures_util::future::BoxFuture;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};
use tradewind::{
    error::{Error, Result},
    platform::probes::{Probe, Probes},
};

/// Fails the first time that the work comes to each place that ends so; notes where it has failed.
#[derive(Default)]
pub struct FailsOnce {
    ending: &'static str,
    failed: Mutex<HashSet<String>>,
}

impl FailsOnce {
    /// Each step fails once, before it does anything: `/begun`. Each step runs twice, since what came of it is lost: `/worked`. The
    /// job is lost once after each step: `/recorded`.
    pub fn at(ending: &'static str) -> Arc<Self> {
        Arc::new(Self {
            ending,
            failed: Mutex::default(),
        })
    }

    /// Where it has failed, in the order of the alphabet.
    pub fn places(&self) -> Vec<String> {
        let mut places: Vec<_> = self.failed.lock().unwrap().iter().cloned().collect();
        places.sort();
        places
    }
}

impl Probe for FailsOnce {
    fn pass<'a>(&'a self, place: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let is_first = place.ends_with(self.ending)
                && self.failed.lock().unwrap().insert(place.to_owned());
            if is_first {
                return Err(Error::Conflict(format!("It fails once at {place}.")));
            }
            Ok(())
        })
    }
}

/// Ends the process at this place, as a power cut would.
pub struct AbortsAt(pub String);

impl Probe for AbortsAt {
    fn pass<'a>(&'a self, place: &'a str) -> BoxFuture<'a, Result<()>> {
        if place == self.0 {
            std::process::abort();
        }
        Box::pin(async { Ok(()) })
    }
}

impl TestApp {
    /// The same server, which `probe` is asked by.
    pub fn probed(&self, probe: Arc<dyn Probe>) -> tradewind::app::App {
        let mut app = self.app.clone();
        app.probes = Probes::new(probe);
        app
    }

    /// Waits until every saga is over.
    pub async fn until_sagas_are_over(&self) {
        let open = "SELECT count(*) FROM saga WHERE state NOT IN ('DONE', 'COMPENSATED')";
        self.until(open, 0).await;
    }
}
