//! Taking a sale back, in part or as a whole.

use super::{
    Funding,
    account::{AccountKey, PlatformAccount},
    post::{Line, Posted, Posting, again, find_transaction, fingerprint_of, post},
    rules::{fee_back, prorate, sum, units_of_nothing},
};
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::{
    ids::{LedgerTransactionId, OrderId, RefundId, SellerId},
    ledger::{
        account::Kind as AccountKind,
        entry::Reason,
        transaction::{self, Kind, SourceKind},
    },
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select,
    Statement,
};
use std::collections::{BTreeMap, BTreeSet};

/// Money of an order that goes back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// The refund: it is posted once.
    pub refund: RefundId,
    /// The order that it is of.
    pub order: OrderId,
    /// Where the money goes.
    pub to: Funding,
    /// How much of each shop's share; of shops that are left out, nothing.
    pub shares: Vec<RefundShare>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// How much of a shop's share goes back.
#[derive(Clone, Copy, Debug)]
pub struct RefundShare {
    /// The shop.
    pub seller: SellerId,
    /// How much.
    pub portion: Portion,
}

/// How much of what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portion {
    /// All of it.
    Whole,
    /// So many minor units of what the customer paid.
    Amount(i64),
    /// So many of equal units, of what vouchers paid for and the customer did not.
    Units {
        /// How many.
        units: i64,
        /// Of how many.
        of: i64,
    },
}

/// What was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refunded {
    /// The transaction.
    pub posted: Posted,
    /// What the customer gets back, in minor units.
    pub amount: i64,
}

/// What is left of a shop's share.
#[derive(Clone, Debug, Default)]
struct Left {
    /// Accounts and reasons of what the customer paid, with what is left of each.
    parts: Vec<(AccountKey, Reason, i64)>,
    commission: i64,
    commission_tax: i64,
}

impl Left {
    fn paid(&self) -> Result<i64> {
        sum(self.parts.iter().map(|(_, _, amount)| *amount))
    }

    fn is_nothing(&self) -> bool {
        self.parts.iter().all(|(_, _, amount)| *amount == 0) && self.commission == 0
    }

    /// What the customer gets.
    fn amount(&self, portion: Portion, paid: i64) -> Result<i64> {
        match portion {
            Portion::Whole if self.is_nothing() => Err(more_than_left(0)),
            Portion::Amount(amount) if amount <= 0 => Err(nothing_asked()),
            Portion::Amount(amount) if amount > paid => Err(more_than_left(paid)),
            Portion::Amount(amount) => Ok(amount),
            Portion::Whole | Portion::Units { .. } => Ok(paid),
        }
    }

    /// The entries that take `portion` of it back, and what the customer gets.
    fn back(&self, seller: SellerId, portion: Portion) -> Result<(Vec<Line>, i64)> {
        let paid = self.paid()?;
        let parts: Vec<_> = self.parts.iter().map(|(_, _, amount)| *amount).collect();
        let (amount, fee, whole) = match portion {
            Portion::Units { units, of } => (0, units, of),
            Portion::Whole | Portion::Amount(_) => {
                let amount = self.amount(portion, paid)?;
                (amount, amount, paid)
            }
        };
        let given = match portion {
            Portion::Units { units, of } => units_of_nothing(&parts, units, of)?,
            Portion::Whole | Portion::Amount(_) => prorate(&parts, amount)?,
        };
        let mut lines = Vec::new();
        let mut line = |account, reason, amount| {
            lines.push(Line {
                account,
                reason,
                amount,
                seller: Some(seller),
            });
        };
        for ((account, reason, _), given) in self.parts.iter().zip(given) {
            line(*account, *reason, -given);
        }
        let shop = AccountKey::Seller(seller);
        for (reason, of_fee, whose) in [
            (
                Reason::Commission,
                self.commission,
                PlatformAccount::Revenue,
            ),
            (
                Reason::CommissionTax,
                self.commission_tax,
                PlatformAccount::Tax,
            ),
        ] {
            let back = fee_back(of_fee, fee, whole)?;
            line(shop, reason, back);
            line(AccountKey::Platform(whose), reason, -back);
        }
        Ok((lines, amount))
    }
}

fn more_than_left(left: i64) -> Error {
    Error::Conflict(format!(
        "More than is left of the sale cannot go back. Left are {left} minor units."
    ))
}

fn nothing_asked() -> Error {
    Error::Conflict("A refund is of more than nothing.".to_owned())
}

impl Refund {
    /// By what it is known again: what it takes back depends on what is left.
    fn told(&self) -> String {
        let mut shares: Vec<_> = self
            .shares
            .iter()
            .map(|share| format!("{} {:?}", share.seller.0, share.portion))
            .collect();
        shares.sort_unstable();
        format!("{} {:?} {}", self.order.0, self.to, shares.join(" "))
    }
}

/// Takes back pro rata what is left of shops' shares in an order: from the shop its goods and shipping, from tax its tax, and from the
/// marketplace its commission. A shop's balance may thereby go below zero. Seven statements.
///
/// Refunds of one order come one after the other: the sale is held until the end of the transaction.
///
/// # Errors
/// `NotFound` when the order was not posted; Conflict when more is asked for than is left; Internal when the refund was posted with
/// something else.
pub async fn refund(tx: &Tx, refund: &Refund) -> Result<Refunded> {
    let sale = hold_sale(tx, refund.order).await?;
    let source = (SourceKind::Refund, refund.refund.0);
    if let Some(known) = find_transaction(tx, Kind::Refund, source).await? {
        let posted = again(&known, &fingerprint_of(sale.currency, &refund.told()))?;
        let amount = amount_of(tx, posted.id).await?;
        return Ok(Refunded { posted, amount });
    }
    let left = left_of(tx, sale.id).await?;
    let shops: BTreeSet<_> = refund.shares.iter().map(|share| share.seller).collect();
    if shops.len() != refund.shares.len() || shops.is_empty() {
        return Err(Error::internal(anyhow::anyhow!(
            "a refund has one share for each of its shops, not {:?}",
            refund.shares
        )));
    }
    let (mut lines, mut amounts) = (Vec::new(), Vec::new());
    for share in &refund.shares {
        let left = left
            .get(&share.seller)
            .ok_or(Error::NotFound("share of the order"))?;
        let (own, amount) = left.back(share.seller, share.portion)?;
        lines.extend(own);
        amounts.push(amount);
    }
    let amount = sum(amounts)?;
    if lines.iter().all(|line: &Line| line.amount == 0) {
        return Err(nothing_asked());
    }
    lines.push(Line {
        account: refund.to.account(),
        reason: Reason::Payment,
        amount,
        seller: None,
    });
    let posting = Posting {
        kind: Kind::Refund,
        source,
        currency: sale.currency,
        of: Some(sale.id),
        note: None,
        at: refund.at,
        lines,
        fingerprint: Some(refund.told()),
    };
    let posted = post(tx, &posting).await?;
    Ok(Refunded { posted, amount })
}

/// The order's sale, of which nobody else takes anything back until the end of the transaction.
async fn hold_sale(tx: &Tx, order: OrderId) -> Result<transaction::Model> {
    let sale = find_sale(order).lock_exclusive().one(tx).await?;
    sale.ok_or(Error::NotFound("sale"))
}

fn find_sale(order: OrderId) -> Select<transaction::Entity> {
    transaction::Entity::find()
        .filter(transaction::Column::SourceKind.eq(SourceKind::Order))
        .filter(transaction::Column::SourceId.eq(order.0))
        .filter(transaction::Column::Kind.eq(Kind::Sale))
}

async fn amount_of(tx: &Tx, id: LedgerTransactionId) -> Result<i64> {
    let sql = "SELECT CAST(coalesce(sum(amount), 0) AS bigint) AS amount FROM ledger_entry \
        WHERE transaction_id = $1 AND reason = 'PAYMENT'";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.0.into()]);
    let row = tx.query_one_raw(statement).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "amount"))?)
}

#[derive(FromQueryResult)]
struct Sum {
    seller_id: SellerId,
    kind: AccountKind,
    reason: Reason,
    amount: i64,
}

/// What is left of each shop's share: what the sale posted, less what its refunds took back.
async fn left_of(
    db: &impl ConnectionTrait,
    sale: LedgerTransactionId,
) -> Result<BTreeMap<SellerId, Left>> {
    let sql = "SELECT entry.seller_id, known.kind, entry.reason, CAST(sum(entry.amount) AS bigint) AS amount \
        FROM ledger_entry AS entry JOIN ledger_account AS known ON known.id = entry.account_id \
        WHERE entry.seller_id IS NOT NULL AND entry.transaction_id IN \
        (SELECT id FROM ledger_transaction WHERE id = $1 OR of_id = $1) \
        GROUP BY entry.seller_id, known.kind, entry.reason ORDER BY entry.seller_id, known.kind, entry.reason";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [sale.0.into()]);
    let mut left: BTreeMap<SellerId, Left> = BTreeMap::new();
    for row in Sum::find_by_statement(statement).all(db).await? {
        let share = left.entry(row.seller_id).or_default();
        let ours = AccountKey::Platform;
        match (row.kind, row.reason) {
            (AccountKind::PlatformRevenue, _) => share.commission = row.amount,
            (AccountKind::Tax, Reason::CommissionTax) => share.commission_tax = row.amount,
            // The same with the other sign.
            (_, Reason::Commission | Reason::CommissionTax) => {}
            (AccountKind::Tax, reason) => {
                let part = (ours(PlatformAccount::Tax), reason, row.amount);
                share.parts.push(part);
            }
            (AccountKind::VoucherCost, reason) => {
                let part = (ours(PlatformAccount::VoucherCost), reason, row.amount);
                share.parts.push(part);
            }
            (_, reason) => {
                let part = (AccountKey::Seller(row.seller_id), reason, row.amount);
                share.parts.push(part);
            }
        }
    }
    Ok(left)
}

/// The shops of whose shares in an order something is left, for all of which vouchers have paid. Nobody where the order was not posted.
///
/// # Errors
/// Whatever the database says.
pub async fn left_unpaid(db: &impl ConnectionTrait, order: OrderId) -> Result<BTreeSet<SellerId>> {
    let Some(sale) = find_sale(order).one(db).await? else {
        return Ok(BTreeSet::new());
    };
    let mut unpaid = BTreeSet::new();
    for (seller, left) in left_of(db, sale.id).await? {
        if !left.is_nothing() && left.paid()? == 0 {
            unpaid.insert(seller);
        }
    }
    Ok(unpaid)
}

/// What of an order can go back, in minor units, by shop. Nothing where the order was not posted.
///
/// # Errors
/// Whatever the database says.
pub async fn refundable(
    db: &impl ConnectionTrait,
    order: OrderId,
) -> Result<BTreeMap<SellerId, i64>> {
    let Some(sale) = find_sale(order).one(db).await? else {
        return Ok(BTreeMap::new());
    };
    let left = left_of(db, sale.id).await?.into_iter();
    left.map(|(seller, left)| Ok((seller, left.paid()?)))
        .collect()
}
