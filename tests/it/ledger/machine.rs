//! A machine of random postings, held against a model that only adds up.

use super::{euro, euros, shop};
use crate::{
    doctor::doctor,
    support::{TestApp, shops::person},
};
use entity::ids::{AccountId, OrderId, PaymentId, RefundId, SellerId};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use std::{cell::RefCell, collections::BTreeMap};
use tokio::runtime::Runtime;
use tradewind::{
    caller::Actor,
    error::Error,
    ledger::{
        AccountKey, Credit, CreditCost, Funding, Line, Portion, Posting, Reason, Refund,
        RefundShare, Sale, SaleShare, SourceKind, TopUp, TransactionKind, bps_of, credit, post,
        provider_fee, refund, sale, top_up,
    },
};
use uuid::Uuid;

const WHO: usize = 3;

/// Something that is posted.
#[derive(Clone, Debug)]
enum Step {
    TopUp {
        who: usize,
        minor: i64,
    },
    Transfer {
        from: usize,
        to: usize,
        minor: i64,
    },
    Credit {
        who: usize,
        minor: i64,
        is_voucher: bool,
    },
    Fee {
        minor: i64,
    },
    Sale {
        from_wallet: Option<usize>,
        shares: Vec<Share>,
    },
    Refund {
        sale: usize,
        share: usize,
        part: u8,
        to_wallet: Option<usize>,
    },
}

/// What a shop sells, by which of its parts.
#[derive(Clone, Debug)]
struct Share {
    goods: i64,
    shipping: i64,
    tax: i64,
    vouchers: (u8, u8),
    rate: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let minor = || 1..20_000_i64;
    let share = (
        1..10_000_i64,
        0..900_i64,
        0..2_000_i64,
        (0..4_u8, 0..4_u8),
        0..10_001_i64,
    );
    let share = share.prop_map(|(goods, shipping, tax, vouchers, rate)| Share {
        goods,
        shipping,
        tax,
        vouchers,
        rate,
    });
    let wallet = || proptest::option::of(0..WHO);
    let step = prop_oneof![
        (0..WHO, minor()).prop_map(|(who, minor)| Step::TopUp { who, minor }),
        (0..WHO, 0..WHO, minor()).prop_map(|(from, to, minor)| Step::Transfer { from, to, minor }),
        (0..WHO, minor(), any::<bool>()).prop_map(|(who, minor, is_voucher)| Step::Credit {
            who,
            minor,
            is_voucher
        }),
        (1..50_i64).prop_map(|minor| Step::Fee { minor }),
        (wallet(), vec(share, 1..WHO + 1)).prop_map(|(from_wallet, shares)| Step::Sale {
            from_wallet,
            shares
        }),
        (any::<prop::sample::Index>(), 0..WHO, 0..5_u8, wallet()).prop_map(
            |(sale, share, part, to_wallet)| Step::Refund {
                sale: sale.index(64),
                share,
                part,
                to_wallet,
            }
        ),
    ];
    vec(step, 1..24)
}

/// What the model knows of a share that was sold.
#[derive(Clone, Debug)]
struct Sold {
    order: OrderId,
    seller: SellerId,
    /// What the customer paid of it, and what of that is left.
    left: i64,
    /// What the shop has of it still.
    net: i64,
}

/// Balances by kind and owner, and what was sold.
#[derive(Clone, Debug, Default)]
struct Model {
    balances: BTreeMap<(String, Option<Uuid>), i64>,
    sold: Vec<Sold>,
}

impl Model {
    fn add(&mut self, kind: &str, owner: Option<Uuid>, minor: i64) {
        *self.balances.entry((kind.to_owned(), owner)).or_default() += minor;
    }

    fn wallet(&self, who: AccountId) -> i64 {
        let key = ("CUSTOMER_WALLET".to_owned(), Some(who.0));
        self.balances.get(&key).copied().unwrap_or(0)
    }
}

/// A server, those who take part, and the model of what they have.
struct Machine {
    app: TestApp,
    people: Vec<AccountId>,
    shops: Vec<SellerId>,
    model: Model,
}

#[derive(FromQueryResult)]
struct Balance {
    kind: String,
    owner: Option<Uuid>,
    minor: i64,
}

impl Machine {
    async fn new(app: TestApp) -> Self {
        let (mut people, mut shops) = (Vec::new(), Vec::new());
        for number in 0..WHO {
            let Actor::Person(person) = person(&app, &format!("p{number}")).await else {
                unreachable!("people are people");
            };
            people.push(person.account);
            shops.push(shop(&app, &format!("s{number}")).await);
        }
        let model = Model::default();
        Self {
            app,
            people,
            shops,
            model,
        }
    }

    fn funding(&self, wallet: Option<usize>) -> Funding {
        wallet.map_or(Funding::Provider, |who| Funding::Wallet(self.people[who]))
    }

    fn book(&mut self, funding: Funding, minor: i64) {
        match funding {
            Funding::Provider => self.model.add("PROVIDER_CLEARING", None, minor),
            Funding::Wallet(who) => self.model.add("CUSTOMER_WALLET", Some(who.0), minor),
        }
    }

    async fn step(&mut self, step: &Step) {
        match step.clone() {
            Step::TopUp { who, minor } => self.top_up(self.people[who], minor).await,
            Step::Transfer { from, to, minor } => self.transfer(from, to, minor).await,
            Step::Credit {
                who,
                minor,
                is_voucher,
            } => {
                self.credit(self.people[who], minor, is_voucher).await;
            }
            Step::Fee { minor } => {
                let (fee, at) = (euros(minor), self.app.app.clock.now());
                let work = async |tx: &_| provider_fee(tx, PaymentId::generate(), fee, at).await;
                self.app.app.transaction(work).await.unwrap();
                self.model.add("FEES", None, -minor);
                self.model.add("PROVIDER_CLEARING", None, minor);
            }
            Step::Sale {
                from_wallet,
                shares,
            } => self.sell(from_wallet, &shares).await,
            Step::Refund {
                sale,
                share,
                part,
                to_wallet,
            } => {
                self.give_back(sale + share, part, to_wallet).await;
            }
        }
    }

    async fn top_up(&mut self, customer: AccountId, minor: i64) {
        let at = self.app.app.clock.now();
        let paid = TopUp {
            payment: PaymentId::generate(),
            customer,
            money: euros(minor),
            at,
        };
        let work = async |tx: &_| top_up(tx, &paid).await;
        self.app.app.transaction(work).await.unwrap();
        self.model.add("PROVIDER_CLEARING", None, -minor);
        self.model.add("CUSTOMER_WALLET", Some(customer.0), minor);
    }

    async fn credit(&mut self, customer: AccountId, minor: i64, is_voucher: bool) {
        let (cost, kind) = if is_voucher {
            (CreditCost::Voucher, "VOUCHER_COST")
        } else {
            (CreditCost::Goodwill, "GOODWILL_COST")
        };
        let at = self.app.app.clock.now();
        let given = Credit {
            source: Uuid::now_v7(),
            customer,
            money: euros(minor),
            cost,
            note: None,
            at,
        };
        let work = async |tx: &_| credit(tx, &given).await;
        self.app.app.transaction(work).await.unwrap();
        self.model.add(kind, None, -minor);
        self.model.add("CUSTOMER_WALLET", Some(customer.0), minor);
    }

    async fn transfer(&mut self, from: usize, to: usize, minor: i64) {
        let (from, to) = (self.people[from], self.people[to]);
        let line = |who, amount| Line {
            account: AccountKey::Wallet(who),
            reason: Reason::Transfer,
            amount,
            seller: None,
        };
        let posting = Posting {
            kind: TransactionKind::Transfer,
            source: (SourceKind::Transfer, Uuid::now_v7()),
            currency: euro(),
            of: None,
            note: None,
            at: self.app.app.clock.now(),
            lines: vec![line(from, -minor), line(to, minor)],
            fingerprint: None,
        };
        let done = self
            .app
            .app
            .transaction(async |tx| post(tx, &posting).await)
            .await;
        if from == to || self.model.wallet(from) >= minor {
            let first = done.unwrap();
            let again = self
                .app
                .app
                .transaction(async |tx| post(tx, &posting).await)
                .await
                .unwrap();
            assert!(first.is_new && !again.is_new && first.id == again.id);
            self.model.add("CUSTOMER_WALLET", Some(from.0), -minor);
            self.model.add("CUSTOMER_WALLET", Some(to.0), minor);
        } else {
            assert!(matches!(done, Err(Error::Conflict(_))), "{done:?}");
        }
    }

    async fn sell(&mut self, from_wallet: Option<usize>, shares: &[Share]) {
        let order = OrderId::generate();
        let funding = self.funding(from_wallet);
        let shares: Vec<_> = self
            .shops
            .iter()
            .zip(shares)
            .map(|(seller, share)| SaleShare {
                seller: *seller,
                goods: share.goods,
                shipping: share.shipping,
                tax: share.tax,
                voucher_by_seller: share.goods * i64::from(share.vouchers.0) / 8,
                voucher_by_platform: share.goods * i64::from(share.vouchers.1) / 8,
                commission_bps: share.rate,
            })
            .collect();
        let sold = Sale {
            order,
            currency: euro(),
            funding,
            shares: shares.clone(),
            commission_tax_bps: 1_900,
            at: self.app.app.clock.now(),
        };
        let paid: i64 = shares.iter().map(|share| share.paid().unwrap()).sum();
        let done = self
            .app
            .app
            .transaction(async |tx| sale(tx, &sold).await)
            .await;
        if let Funding::Wallet(who) = funding
            && self.model.wallet(who) < paid
        {
            assert!(matches!(done, Err(Error::Conflict(_))), "{done:?}");
            return;
        }
        assert!(done.unwrap().unwrap().is_new);
        self.book(funding, -paid);
        for share in shares {
            let commission =
                bps_of(share.goods - share.voucher_by_seller, share.commission_bps).unwrap();
            let tax = bps_of(commission, 1_900).unwrap();
            let net = share.goods + share.shipping - share.voucher_by_seller - commission - tax;
            self.model.add("SELLER", Some(share.seller.0), net);
            self.model.add("PLATFORM_REVENUE", None, commission);
            self.model.add("TAX", None, share.tax + tax);
            self.model
                .add("VOUCHER_COST", None, -share.voucher_by_platform);
            let left = share.paid().unwrap();
            self.model.sold.push(Sold {
                order,
                seller: share.seller,
                left,
                net,
            });
        }
    }

    /// A fourth, two fourths … of what is left of something that was sold.
    async fn give_back(&mut self, which: usize, part: u8, to_wallet: Option<usize>) {
        if self.model.sold.is_empty() {
            return;
        }
        let which = which % self.model.sold.len();
        let share = self.model.sold[which].clone();
        let amount = share.left * i64::from(part) / 4;
        let portion = if part == 4 {
            Portion::Whole
        } else {
            Portion::Amount(amount)
        };
        let to = self.funding(to_wallet);
        let back = Refund {
            refund: RefundId::generate(),
            order: share.order,
            to,
            shares: vec![RefundShare {
                seller: share.seller,
                portion,
            }],
            at: self.app.app.clock.now(),
        };
        let before = self.balances().await;
        let done = self
            .app
            .app
            .transaction(async |tx| refund(tx, &back).await)
            .await;
        let is_possible = if part == 4 {
            share.left > 0 || share.net != 0
        } else {
            amount > 0
        };
        if !is_possible {
            assert!(
                matches!(done, Err(Error::Conflict(_))),
                "{done:?} of {share:?}"
            );
            return;
        }
        assert_eq!(done.unwrap().amount, amount, "{share:?}");
        self.book(to, amount);
        // How a part is divided is the rules' to say, and held to the cent by their own tests: here, that it is fair, that it adds up,
        // and that all of it is all of it.
        let after = self.balances().await;
        let own = ("SELLER".to_owned(), Some(share.seller.0));
        let moved = after[&own] - before.get(&own).copied().unwrap_or(0);
        if part == 4 {
            assert_eq!(moved, -share.net, "all of {share:?}");
        } else {
            let fair = i128::from(share.net) * i128::from(amount) / i128::from(share.left);
            assert!(
                (i128::from(moved) + fair).abs() <= 5,
                "{moved} of {share:?}"
            );
        }
        for key in ["PLATFORM_REVENUE", "TAX", "VOUCHER_COST"].map(|kind| (kind.to_owned(), None)) {
            let moved =
                after.get(&key).copied().unwrap_or(0) - before.get(&key).copied().unwrap_or(0);
            self.model.add(&key.0, None, moved);
        }
        self.model.add("SELLER", Some(share.seller.0), moved);
        let sold = &mut self.model.sold[which];
        sold.left -= amount;
        sold.net += moved;
    }

    /// The balances as the database has them, stripes together.
    async fn balances(&self) -> BTreeMap<(String, Option<Uuid>), i64> {
        let sql = "SELECT kind, coalesce(seller_id, customer_id) AS owner, CAST(sum(balance) AS bigint) AS minor \
            FROM ledger_account GROUP BY kind, coalesce(seller_id, customer_id)";
        let database = &self.app.app.database;
        let statement = Statement::from_string(database.backend(), sql);
        let rows = database.write().query_all_raw(statement).await.unwrap();
        let rows = rows
            .iter()
            .map(|row| Balance::from_query_result(row, "").unwrap());
        rows.map(|row| ((row.kind, row.owner), row.minor)).collect()
    }

    async fn check(&self) {
        let found = self.balances().await;
        for (key, balance) in &self.model.balances {
            assert_eq!(found.get(key).copied().unwrap_or(0), *balance, "{key:?}");
        }
        assert_eq!(found.values().sum::<i64>(), 0);
        assert!(self.people.iter().all(|who| self.model.wallet(*who) >= 0));
    }
}

/// Runs cases against one server: the model goes on from one to the next, as the ledger does.
fn run(runtime: &Runtime, machine: Machine, cases: u32) {
    let machine = RefCell::new(machine);
    let config = Config {
        cases,
        // Each try moves money that stays moved.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        let mut machine = machine
            .try_borrow_mut()
            .map_err(|_| TestCaseError::fail("one case runs at a time"))?;
        runtime.block_on(async {
            for step in &steps {
                machine.step(step).await;
            }
            machine.check().await;
        });
        Ok(())
    });
    outcome.unwrap();
    let (output, text) = doctor(&machine.borrow().app.database);
    assert!(output.status.success(), "{text}");
}

#[test]
fn whatever_is_posted_adds_up_on_sqlite() {
    let runtime = Runtime::new().unwrap();
    let machine = runtime.block_on(async { Machine::new(TestApp::on_sqlite().await).await });
    run(&runtime, machine, 24);
}

#[test]
fn whatever_is_posted_adds_up_on_postgres() {
    let runtime = Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::on_postgres());
    if let Some(app) = app {
        let machine = runtime.block_on(Machine::new(app));
        run(&runtime, machine, 24);
    }
}
