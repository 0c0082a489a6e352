//! Every kind of job that this server can do: a line per room and kind.

use crate::{
    idempotency, imports,
    jobs::{self, Registry},
};

/// All jobs.
#[must_use]
pub fn registry() -> Registry {
    Registry::default()
        .with::<imports::ShopifyImportJob>()
        .with_timer::<jobs::SweepJobs>("17 * * * *")
        .with_timer::<idempotency::SweepKeys>("37 * * * *")
}
