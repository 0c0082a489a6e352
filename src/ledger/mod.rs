//! Where every cent is: accounts, and transactions whose entries sum to zero.
//!
//! What was posted is never changed or deleted; what was wrong is posted back. Nothing is posted twice: a transaction is known by what
//! caused it. Credit is positive: what we owe and have earned is above zero, what lies with others for us and what we spent below.
//! See docs/ledger.md.

mod account;
mod events;
mod export;
mod find;
mod funding;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod note;
mod post;
mod refund;
mod rules;
mod sale;
mod statement;
mod top_up;
mod wallet_credit;
mod wallet_transfer;

pub use account::{AccountKey, PlatformAccount};
pub use entity::ledger::account::{Kind as AccountKind, Model as LedgerAccount};
pub use entity::ledger::entry::{Model as LedgerEntry, Reason};
pub use entity::ledger::transaction::{
    Kind as TransactionKind, Model as LedgerTransaction, SourceKind,
};
pub use funding::Funding;
pub use post::{Line, Posted, Posting, TooLittle, post};
pub use refund::{Portion, Refund, RefundShare, Refunded, left_unpaid, refund, refundable};
pub use rules::{LARGEST_AMOUNT, WHOLE_BPS, bps_of, prorate, split, sum};
pub use sale::{Sale, SaleShare, commission_bps, sale, sale_if_covered};
pub use top_up::{TopUp, provider_fee, top_up};
pub use wallet_credit::{Credit, CreditCost, credit};

pub(crate) use events::WalletChanged;
pub(crate) use export::{entries as export_entries, wallets as export_wallets};
pub(crate) use find::{
    AccountFilter, accounts, accounts_of_sellers, balances_at, by_id, commissions_of_sellers,
    count_accounts, count_of_viewer, counts_of_accounts, counts_of_sellers, entries_of_accounts,
    entry_order, of_viewer, order, refuse_money_left, seller_account, transactions_by_ids, wallet,
    wallet_balance, wallet_of,
};
pub(crate) use statement::statement;
pub(crate) use wallet_credit::{WalletCredit, wallet_credit};
pub(crate) use wallet_transfer::{Recipient, WalletTransfer, wallet_transfer};
