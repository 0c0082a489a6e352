//! Every kind of job that this server can do, and everyone who is told of events: a line per room and kind.

use crate::{
    accounts, audit, idempotency, imports,
    jobs::{self, Registry},
    outbox::{self, Subscriptions},
    reviews,
};

/// All jobs.
#[must_use]
pub fn registry() -> Registry {
    let registry = Registry::default()
        .with::<accounts::EraseAccount>()
        .with::<accounts::SendMail>()
        .with_timer::<accounts::SweepTokens>("7 * * * *")
        .with::<imports::ShopifyImportJob>()
        .with_timer::<jobs::SweepJobs>("17 * * * *")
        .with_timer::<idempotency::SweepKeys>("37 * * * *")
        .with_timer::<outbox::SweepEvents>("57 * * * *")
        .with_timer::<audit::MakePartitions>("7 2 * * *")
        .with_timer::<audit::SweepEntries>("27 2 * * *");
    subscriptions().register(registry)
}

/// Everyone who is told of events, for the relay.
#[must_use]
pub fn subscriptions() -> Subscriptions {
    Subscriptions::default().with::<reviews::RefreshRatings>()
}
