//! The shop as it is run: servers and the provider of payments are processes of their own, and clients ask over HTTP.

use super::process::{Process, free_address};
use crate::{
    cart::{Market, address},
    doctor::doctor,
    orders::lay_down,
    support::{TestApp, TestDatabase},
};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashSet},
    net::SocketAddr,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use uuid::Uuid;

/// For so long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

pub const BUY: &str = "mutation ($input: CheckoutCompleteInput!) { done: checkoutComplete(input: $input) { \
    order { id } problems { code } userErrors { code message } } }";

/// What a client knows of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bought {
    /// It was acknowledged, with this id.
    Order(String),
    /// It cannot be, for this reason.
    Refused(String),
    /// Not now: this was said instead, or nothing.
    Unknown(String),
}

/// What came of many purchases.
#[derive(Debug, Default)]
pub struct Tally {
    pub orders: Vec<String>,
    pub refused: usize,
    pub unknown: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, bought: Bought) {
        match bought {
            Bought::Order(id) => self.orders.push(id),
            Bought::Refused(_) => self.refused += 1,
            Bought::Unknown(said) => self.unknown.push(said),
        }
    }

    pub fn join(&mut self, other: Self) {
        self.orders.extend(other.orders);
        self.refused += other.refused;
        self.unknown.extend(other.unknown);
    }
}

/// The shop, until the test ends.
pub struct Rig {
    /// Looks into the database, and does no work.
    pub app: TestApp,
    /// The provider.
    pub bank: Process,
    pub servers: Vec<Process>,
    /// What every server is told.
    common: Vec<(String, String)>,
    pub shop: Market,
    client: reqwest::Client,
    _books: TempDir,
}

/// Both databases, PostgreSQL where it answers.
pub async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite().await];
    if let Some(database) = TestDatabase::postgres().await {
        apps.push(TestApp::on_database(database, &[]).await);
    }
    apps
}

impl Rig {
    /// A shop with so many units of each of so many variants; one server where the database is a file, else two.
    pub async fn open(app: TestApp, stock: &[i64], settings: &[(&str, &str)]) -> Self {
        let shop = Market::open(&app, "quay", "EUR", stock.len()).await;
        for (number, units) in stock.iter().enumerate() {
            app.execute(&format!(
                "UPDATE stock SET on_hand = {units} WHERE variant_id = (SELECT id FROM variant WHERE sku = 'quay-{number}')"
            ))
            .await;
        }
        lay_down(&app).await;
        // What the market wrote past the server it did not tell of.
        app.execute("UPDATE product SET in_stock = true").await;
        let number = match app.app.database.backend() {
            DbBackend::Postgres => 2,
            _ => 1,
        };
        let addresses: Vec<_> = (0..number).map(|_| free_address()).collect();
        let books = tempfile::tempdir().unwrap();
        let bank = bank(&books, &format!("http://{}", addresses[0])).await;
        let url = format!("http://{}", bank.address);
        let common = [
            ("DATABASE_URL", app.database.url.as_str()),
            ("DATABASE_MAX_CONNECTIONS", "12"),
            ("PAYMENTS_SANDBOX_URL", url.as_str()),
            ("PAYMENTS_TIMEOUT_MS", "2000"),
            ("JOBS_LEASE_SECONDS", "2"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("COST_BUCKET", "0"),
            ("COST_BUCKET_PER_ADDRESS", "0"),
            ("LOG_LEVEL", "error"),
        ];
        let common = common.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut rig = Self {
            app,
            bank,
            servers: Vec::new(),
            common: common.into(),
            shop,
            client: reqwest::Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .unwrap(),
            _books: books,
        };
        for address in addresses {
            let server = rig.serve(address, settings).await;
            rig.servers.push(server);
        }
        rig
    }

    /// One more server, which no client is sent to.
    pub async fn serve(&self, address: SocketAddr, settings: &[(&str, &str)]) -> Process {
        let common = self.common.iter();
        let common = common.map(|(name, value)| (name.as_str(), value.as_str()));
        // What is said last counts.
        let settings: Vec<_> = common.chain(settings.iter().copied()).collect();
        Process::start(address, &["serve"], &settings).await
    }

    /// Kills a server, and starts it again after a moment.
    pub async fn crash(&self, server: usize) {
        self.servers[server].kill();
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.servers[server].start_again().await;
    }

    /// Sends a mutation of this input as the client of this number; nothing where no answer comes.
    pub async fn ask(
        &self,
        client: usize,
        key: Option<&str>,
        document: &str,
        input: Value,
    ) -> Option<Value> {
        let server = &self.servers[client % self.servers.len()];
        let body = json!({ "query": document, "variables": { "input": input } });
        // Each from an address of its own, as they are outside.
        let from = format!(
            "10.{}.{}.{}",
            (client >> 16) & 255,
            (client >> 8) & 255,
            client & 255
        );
        let mut request = self
            .client
            .post(format!("http://{}/graphql", server.address))
            .header("content-type", "application/json")
            .header("x-forwarded-for", from)
            .body(body.to_string());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.ok()?.bytes().await.ok()?;
        serde_json::from_slice(&answer).ok()
    }

    /// The token of a guest's cart that is ready to be bought, with so many of each variant.
    pub async fn cart(&self, client: usize, lines: &[(usize, i64)]) -> String {
        let variants = &self.shop.variants;
        let add = lines.iter().map(
            |(variant, quantity)| json!({ "variantId": variants[*variant], "quantity": quantity }),
        );
        let add = json!({ "add": add.collect::<Vec<_>>() });
        let create = "mutation ($input: CartCreateInput!) { done: cartCreate(input: $input) { cartToken userErrors { code } } }";
        let update = "mutation ($input: CartUpdateInput!) { done: cartUpdate(input: $input) { cart { id } userErrors { code } } }";
        let began = Instant::now();
        let mut last = None;
        while began.elapsed() < Duration::from_secs(120) {
            last = self.ask(client, None, create, add.clone()).await;
            if let Some(token) = last
                .as_ref()
                .and_then(|made| made["data"]["done"]["cartToken"].as_str())
            {
                let ready = json!({ "cartToken": token, "email": "guest@home.example", "shippingAddress": address() });
                let token = token.to_owned();
                last = self.ask(client, None, update, ready).await;
                if last
                    .as_ref()
                    .is_some_and(|made| made["data"]["done"]["cart"].is_object())
                {
                    return token;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no cart can be made: {last:?}");
    }

    /// Buys a cart; sent once.
    pub async fn buy(&self, client: usize, key: &str, token: &str, card: &str) -> Bought {
        let input = json!({ "cartToken": token, "payment": { "method": card } });
        let Some(answer) = self.ask(client, Some(key), BUY, input).await else {
            return Bought::Unknown("nothing".to_owned());
        };
        let done = &answer["data"]["done"];
        if let Some(id) = done["order"]["id"].as_str() {
            return Bought::Order(id.to_owned());
        }
        let code = |value: &Value| value["code"].as_str().map(str::to_owned);
        if let Some(code) = code(&done["userErrors"][0]).or_else(|| code(&done["problems"][0])) {
            return Bought::Refused(code);
        }
        let error = &answer["errors"][0];
        Bought::Unknown(code(&error["extensions"]).unwrap_or_else(|| answer.to_string()))
    }

    /// Sends it until it is answered, or for so long.
    pub async fn insist(
        &self,
        client: usize,
        token: &str,
        card: &str,
        patience: Duration,
    ) -> Bought {
        let key = Uuid::now_v7().to_string();
        self.insist_with(client, &key, token, card, patience).await
    }

    /// The same with this key.
    pub async fn insist_with(
        &self,
        client: usize,
        key: &str,
        token: &str,
        card: &str,
        patience: Duration,
    ) -> Bought {
        let began = Instant::now();
        loop {
            let bought = self.buy(client, key, token, card).await;
            if !matches!(bought, Bought::Unknown(_)) || began.elapsed() > patience {
                return bought;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Finds out which of its own connections were cut off.
    pub async fn reconnect(&self) {
        let db = self.app.app.database.write();
        for _ in 0..40 {
            let asked = join_all((0..20).map(|_| db.execute_unprepared("SELECT 1"))).await;
            if asked.iter().all(Result::is_ok) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the database does not answer");
    }

    /// Waits until everything that was begun has come to its end.
    pub async fn settle(&self, patience: Duration) {
        let began = Instant::now();
        let open = "SELECT (SELECT count(*) FROM saga WHERE state NOT IN ('DONE', 'COMPENSATED')) \
             + (SELECT count(*) FROM customer_order WHERE state = 'PENDING') \
             + (SELECT count(*) FROM outbox_event WHERE feed_position IS NULL)";
        while self.app.value::<i64>(open).await > 0 {
            if began.elapsed() > patience {
                let left = "SELECT state || ' ' || kind || ' ' || step || ' ' || coalesce(error, reason, '') FROM saga \
                     WHERE state NOT IN ('DONE', 'COMPENSATED')";
                panic!(
                    "it does not end: {:?}",
                    self.app.column::<String>(left).await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a server says of the breaker before the provider: 0 closed, 1 half-open, 2 open.
    pub async fn breaker(&self, server: &Process) -> Option<u8> {
        let url = format!("http://{}/metrics", server.address);
        let text = self.client.get(url).send().await.ok()?.bytes().await.ok()?;
        let text = String::from_utf8(text.into()).ok()?;
        let state = text
            .lines()
            .find_map(|line| line.strip_prefix("breaker_state{dependency=\"payments\"} "))?;
        state.parse().ok()
    }

    /// What was done at the provider, in its own words: payment, operation, amount.
    pub async fn log(&self) -> Vec<(Uuid, String, i64)> {
        let url = format!("http://{}/v1/log", self.bank.address);
        let body = self.client.get(url).send().await.unwrap().bytes().await;
        let log: Value = serde_json::from_slice(&body.unwrap()).unwrap();
        let lines = log.as_array().unwrap().iter();
        let done = lines.filter(|line| line["outcome"] == "SUCCEEDED");
        done.map(|line| {
            let payment = line["payment_id"].as_str().unwrap().parse().unwrap();
            let operation = line["operation"].as_str().unwrap().to_owned();
            (payment, operation, line["amount"].as_i64().unwrap())
        })
        .collect()
    }

    /// How often something was done at the provider.
    pub async fn times(&self, operation: &str) -> usize {
        let log = self.log().await;
        log.iter().filter(|(_, done, _)| done == operation).count()
    }

    /// Nothing that must hold is broken, and the provider has exactly the money of the orders.
    pub async fn is_sound(&self) {
        self.app.is_sound().await;
        let mut kept: BTreeMap<Uuid, i64> = BTreeMap::new();
        let mut taken: BTreeMap<Uuid, usize> = BTreeMap::new();
        for (payment, operation, amount) in self.log().await {
            match operation.as_str() {
                "CAPTURE" => {
                    *kept.entry(payment).or_default() += amount;
                    *taken.entry(payment).or_default() += 1;
                }
                "REFUND" => *kept.entry(payment).or_default() -= amount,
                _ => {}
            }
        }
        assert!(taken.values().all(|times| *times == 1), "{taken:?}");
        kept.retain(|_, amount| *amount != 0);
        let of_payments = "FROM payment WHERE captured <> refunded ORDER BY id";
        let ids = format!("SELECT id {of_payments}");
        let ids: Vec<Uuid> = self.app.column(&ids).await;
        let amounts = format!("SELECT captured - refunded {of_payments}");
        let amounts: Vec<i64> = self.app.column(&amounts).await;
        let ours: BTreeMap<_, _> = ids.into_iter().zip(amounts).collect();
        assert_eq!(ours, kept, "the provider says otherwise");
        let (output, text) = doctor(&self.app.database);
        assert!(output.status.success(), "{text}");
    }

    /// How often the database had to break a circle of those who wait for each other.
    pub async fn deadlocks(&self) -> i64 {
        match self.app.app.database.backend() {
            DbBackend::Postgres => {
                self.app
                    .value(
                        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
                    )
                    .await
            }
            _ => 0,
        }
    }

    /// Fails where an order that was acknowledged is not there.
    pub async fn are_there(&self, acknowledged: &[String]) {
        let orders: Vec<Uuid> = self.app.column("SELECT id FROM customer_order").await;
        let known: HashSet<String> = orders
            .into_iter()
            .map(|id| crate::payments::support::global_id("order", id))
            .collect();
        let lost: Vec<_> = acknowledged
            .iter()
            .filter(|id| !known.contains(*id))
            .collect();
        assert!(lost.is_empty(), "{} are lost: {lost:?}", lost.len());
    }
}

/// The provider as a process of its own, which keeps its books where the next one finds them.
async fn bank(books: &TempDir, webhooks_to: &str) -> Process {
    let file = books.path().join("bank.db").display().to_string();
    let hook = format!("{webhooks_to}/api/v1/webhooks/payments/sandbox");
    let arguments = ["sandbox-payments", "--file", &file, "--webhooks-to", &hook];
    Process::start(free_address(), &arguments, &[("LOG_LEVEL", "error")]).await
}
