//! Places where a test may have the server fail, stand still, or die: between what is done and what is written down of it.
//!
//! A running server has no probe, and each place costs it a look at an `Option`. Nothing outside the process, no setting and no
//! header, can set one.

use crate::error::Result;
use futures_util::future::BoxFuture;
use std::{fmt, sync::Arc};

/// What a test does at places that it knows by name.
pub trait Probe: Send + Sync {
    /// The work has come to `place`. It may take its time, end the process, or return an error, which is then as if the work had
    /// failed there.
    ///
    /// # Errors
    /// Whatever the test wants to go wrong.
    fn pass<'a>(&'a self, place: &'a str) -> BoxFuture<'a, Result<()>>;
}

/// The probe of a test, or none.
#[derive(Clone, Default)]
pub struct Probes(Option<Arc<dyn Probe>>);

impl Probes {
    /// Has `probe` asked at every place from now on.
    #[must_use]
    pub fn new(probe: Arc<dyn Probe>) -> Self {
        Self(Some(probe))
    }

    /// The work has come to `place`.
    ///
    /// # Errors
    /// Whatever the test wants to go wrong.
    pub async fn pass(&self, place: impl FnOnce() -> String) -> Result<()> {
        match &self.0 {
            None => Ok(()),
            Some(probe) => {
                let place = place();
                probe.pass(&place).await
            }
        }
    }
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Probes").field(&self.0.is_some()).finish()
    }
}
