//! Every kind of job that this server can do, and everyone who is told of events: a line per room and kind.

use crate::{
    accounts, audit, cart, catalogue, idempotency, imports, inventory,
    jobs::{self, Registry},
    notifications, orders,
    outbox::{self, Subscriptions},
    payments, reviews, sagas, sellers, wallets,
};

/// All jobs.
#[must_use]
pub fn registry() -> Registry {
    let registry = Registry::default()
        .with::<accounts::EraseAccount>()
        .with::<accounts::SendMail>()
        .with_timer::<accounts::SweepTokens>("7 * * * *")
        .with::<imports::ShopifyImportJob>()
        .with::<imports::product_imports::ProductImportJob>()
        .with_timer::<imports::product_imports::SweepImports>("27 3 * * *")
        .with_timer::<accounts::keys::SweepKeys>("7 3 * * *")
        .with_timer::<accounts::sessions::SweepSessions>("7 * * * *")
        .with::<sellers::members::SendInvitation>()
        .with_timer::<sellers::members::SweepInvitations>("7 * * * *")
        .with_timer::<inventory::ExpireReservations>("* * * * *")
        .with_timer::<cart::SweepCarts>("47 * * * *")
        .with::<orders::EraseOrders>()
        .with::<sagas::Run<orders::Checkout>>()
        .with::<sagas::Run<orders::RefundOrder>>()
        .with::<sagas::Run<wallets::FundWallet>>()
        .with::<notifications::SendOrderMail>()
        .with::<payments::HearWebhook>()
        .with_timer::<payments::BringWebhooks>("* * * * *")
        .with_timer::<payments::SweepPaymentEvents>("57 2 * * *")
        .with_timer::<sagas::SweepSagas>("37 2 * * *")
        .with_timer::<jobs::SweepJobs>("17 * * * *")
        .with_timer::<idempotency::SweepKeys>("37 * * * *")
        .with_timer::<outbox::SweepEvents>("57 * * * *")
        .with_timer::<catalogue::office::ProductPartsDelete>("47 2 * * *")
        .with_timer::<audit::MakePartitions>("7 2 * * *")
        .with_timer::<audit::SweepEntries>("27 2 * * *");
    subscriptions().register(registry)
}

/// Everyone who is told of events, for the relay.
#[must_use]
pub fn subscriptions() -> Subscriptions {
    Subscriptions::default()
        .with::<catalogue::IndexRenamedCategory>()
        .with::<catalogue::IndexRenamedShop>()
        .with::<inventory::RefreshAvailability>()
        .with::<notifications::OrderMails>()
        .with::<orders::ViewPlaced>()
        .with::<orders::ViewChanged>()
        .with::<reviews::RefreshRatings>()
}
