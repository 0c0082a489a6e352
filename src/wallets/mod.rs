//! Wallets as people fill them: paying money into one's own.
//!
//! A top-up is written down in one transaction and answered at once; a saga has it paid and posted. What a wallet holds, and sending money from one to
//! another, is the ledger's. See docs/ledger.md.

mod export;
mod find;
mod fund_wallet;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod wallet_top_up;

pub(crate) use entity::wallets::top_up::{
    Failure as TopUpFailure, Model as TopUpRow, State as TopUpState,
};
pub(crate) use export::export;
pub(crate) use find::{TopUpView, by_id};
pub(crate) use fund_wallet::FundWallet;
pub(crate) use wallet_top_up::{WalletTopUp, wallet_top_up};
