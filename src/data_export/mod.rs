//! All that is kept about a person, for the person (GDPR, Article 20).
//!
//! Rooms tell what they keep, a page at a time; this puts it together into one JSON document, written as it is read, so that
//! nothing of it is stored and none of it has to fit into memory.

mod document;

pub(crate) use document::document;

use crate::{
    accounts, audit, caller::Caller, cart, error::Result, ledger, orders, payments, reviews,
    sellers, told::Rows, wallets,
};
use futures_util::future::BoxFuture;
use uuid::Uuid;

type Read = fn(&Caller, Option<Uuid>) -> BoxFuture<'_, Result<Rows>>;

/// What a room keeps of people.
pub(crate) struct Section {
    /// Its name in the document.
    name: &'static str,
    /// Reads the caller's rows behind an id.
    read: Read,
}

/// Every section, in the order of the document.
const SECTIONS: &[Section] = &[
    Section {
        name: "account",
        read: |caller, after| Box::pin(accounts::export::account(caller, after)),
    },
    Section {
        name: "addresses",
        read: |caller, after| Box::pin(accounts::export::addresses(caller, after)),
    },
    Section {
        name: "sessions",
        read: |caller, after| Box::pin(accounts::export::sessions(caller, after)),
    },
    Section {
        name: "keys",
        read: |caller, after| Box::pin(accounts::export::keys(caller, after)),
    },
    Section {
        name: "identities",
        read: |caller, after| Box::pin(accounts::export::identities(caller, after)),
    },
    Section {
        name: "secondFactors",
        read: |caller, after| Box::pin(accounts::factors::export::second_factors(caller, after)),
    },
    Section {
        name: "passkeys",
        read: |caller, after| Box::pin(accounts::factors::export::passkeys(caller, after)),
    },
    Section {
        name: "carts",
        read: |caller, after| Box::pin(cart::export(caller, after)),
    },
    Section {
        name: "orders",
        read: |caller, after| Box::pin(orders::export(caller, after)),
    },
    Section {
        name: "shops",
        read: |caller, after| Box::pin(sellers::export(caller, after)),
    },
    Section {
        name: "reviews",
        read: |caller, after| Box::pin(reviews::export(caller, after)),
    },
    Section {
        name: "wallets",
        read: |caller, after| Box::pin(ledger::export_wallets(caller, after)),
    },
    Section {
        name: "walletEntries",
        read: |caller, after| Box::pin(ledger::export_entries(caller, after)),
    },
    Section {
        name: "topUps",
        read: |caller, after| Box::pin(wallets::export(caller, after)),
    },
    Section {
        name: "payments",
        read: |caller, after| Box::pin(payments::export(caller, after)),
    },
    Section {
        name: "auditLog",
        read: |caller, after| Box::pin(audit::export(caller, after)),
    },
];
