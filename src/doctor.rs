//! What must always hold, and who breaks it.
//!
//! Each check is one statement of a room's, so it sees one moment of the database, also while others write.

use crate::{app::App, error::Result, platform::migrations};
use sea_orm::DatabaseConnection;

/// Runs every check and hands each finding to `report`: what must hold, and the rows at fault or why they cannot
/// be told. A room adds a line.
pub(crate) async fn examine(app: &App, mut report: impl FnMut(&'static str, Result<Vec<String>>)) {
    let db = app.database.write();
    report("Every migration is applied.", missing_migrations(app).await);
    report(
        "A product's prices and number of variants are those of its living variants.",
        crate::catalogue::invariants::summaries(db).await,
    );
    report(
        "Every product is found by search, unless it is deleted.",
        crate::catalogue::invariants::search(db).await,
    );
    report(
        "A product is in stock when one of its variants is.",
        crate::inventory::invariants::availability(db).await,
    );
    stock(db, &mut report).await;
    report(
        "A shop's number of active products is that of its products.",
        crate::sellers::invariants::active_products(db).await,
    );
    report(
        "No session that was ended has a refresh token that could be used.",
        crate::accounts::sessions::invariants::ended(db).await,
    );
    report(
        "Every job that runs has a worker.",
        crate::jobs::invariants::leases(db).await,
    );
    report(
        "An aggregate's events are numbered without gaps.",
        crate::outbox::invariants::sequences(db).await,
    );
    report(
        "No event waits for the relay.",
        crate::outbox::invariants::waiting(db).await,
    );
    report(
        "Events stand in the feed in their order.",
        crate::outbox::invariants::feed(db).await,
    );
    report(
        "A product's ratings are those of its reviews.",
        crate::reviews::invariants::product_ratings(db).await,
    );
    report(
        "A shop's ratings are those of its products.",
        crate::reviews::invariants::seller_ratings(db).await,
    );
    report(
        "A voucher was used as often as it says.",
        crate::cart::invariants::redemptions(db).await,
    );
    report(
        "No idempotency key is kept beyond its time.",
        crate::idempotency::invariants::expired(db).await,
    );
    report(
        "The audit log is what was written, entry by entry.",
        crate::audit::invariants::chains(db).await,
    );
    examine_ledger(app, &mut report).await;
    examine_purchases(app, &mut report).await;
    report(
        "Redis answers, where REDIS_URL names one.",
        Ok(silent_redis(app).await),
    );
}

/// The checks of money.
async fn examine_ledger(app: &App, report: &mut impl FnMut(&'static str, Result<Vec<String>>)) {
    let db = app.database.write();
    report(
        "The entries of every ledger transaction sum to zero.",
        crate::ledger::invariants::transactions(db).await,
    );
    report(
        "A ledger account's balance is the sum of its entries.",
        crate::ledger::invariants::balances(db).await,
    );
    report(
        "Every ledger entry says the balance that its account had after it.",
        crate::ledger::invariants::running_balances(db).await,
    );
    report(
        "No wallet is below zero.",
        crate::ledger::invariants::overdrawn(db).await,
    );
    report(
        "All ledger accounts of a currency sum to zero.",
        crate::ledger::invariants::totals(db).await,
    );
    report(
        "Of a top-up so much is kept as is in the wallet.",
        crate::wallets::invariants::money(db).await,
    );
    report(
        "Every top-up that waits to be paid is carried on.",
        crate::wallets::invariants::carried_on(db).await,
    );
}

async fn stock(
    db: &DatabaseConnection,
    report: &mut impl FnMut(&'static str, Result<Vec<String>>),
) {
    report(
        "No more units are promised than there are.",
        crate::inventory::invariants::never_oversold(db).await,
    );
    report(
        "What lies at a location is what came there and did not go.",
        crate::inventory::invariants::movements(db).await,
    );
    report(
        "A variant's stock is what lies at its shop's locations.",
        crate::inventory::invariants::totals(db).await,
    );
    report(
        "As many units are promised as reservations say.",
        crate::inventory::invariants::reservations(db).await,
    );
    report(
        "No reservation is kept long beyond its time.",
        crate::inventory::invariants::expired(db).await,
    );
}

/// What must hold of buying and of paying.
async fn examine_purchases(app: &App, report: &mut impl FnMut(&'static str, Result<Vec<String>>)) {
    let db = app.database.write();
    report(
        "A cart's lines are of its owner, and of the shops that sell them.",
        crate::cart::invariants::lines(db).await,
    );
    report(
        "Every saga is over, or is carried on.",
        crate::sagas::invariants::carried_on(db).await,
    );
    report(
        "A payment's amounts are those of its calls.",
        crate::payments::invariants::amounts(db).await,
    );
    report(
        "What came of every call to a provider of payments is known.",
        crate::payments::invariants::unanswered(db).await,
    );
    report(
        "An order comes to what its lines and parts do.",
        crate::orders::invariants::totals(db).await,
    );
    report(
        "Of an order so much is kept as was not cancelled.",
        crate::orders::invariants::money(db).await,
    );
    report(
        "No order is paid twice.",
        crate::orders::invariants::paid_once(db).await,
    );
    report(
        "Every order that waits to be paid is carried on.",
        crate::orders::invariants::carried_on(db).await,
    );
    report(
        "Lists of orders show what the orders are.",
        crate::orders::invariants::view(db).await,
    );
}

async fn missing_migrations(app: &App) -> Result<Vec<String>> {
    let entries = migrations::status(&app.database).await?;
    let missing = entries.into_iter().filter(|entry| !entry.applied);
    Ok(missing.map(|entry| entry.name).collect())
}

async fn silent_redis(app: &App) -> Vec<String> {
    let Some(redis) = &app.redis else {
        return Vec::new();
    };
    if redis.answers().await {
        return Vec::new();
    }
    vec!["It does not. Each process counts limits by itself until it does.".to_owned()]
}
