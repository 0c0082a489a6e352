//! What row-level security costs: figures, not a test.
//!
//! `DATABASE_URL=… cargo test --lib measure_walls -- --ignored --nocapture`, on an empty database whose user is no superuser; it is
//! filled.

use crate::{
    app::App,
    caller::{Actor, Caller, Means, Person, Role},
    idempotency::{Fingerprint, Intent, Key},
    platform::{config::Settings, database::walls::Writer, migrations, telemetry::RequestId},
};
use entity::ids::{AccountId, SessionId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use std::time::{Duration, Instant};
use uuid::Uuid;

const ACCOUNTS: u32 = 5_000;
const ROUNDS: usize = 40;
const READS: usize = 100;
const WRITES: usize = 30;

const ONE: &str = "SELECT id, account_id, ip, expires_at FROM session WHERE id = $1";
const LIST: &str = "SELECT id, account_id, ip FROM session WHERE id > $1 ORDER BY id LIMIT 100";
const TABLES: [&str; 2] = ["session", "refresh_token"];

fn bound(sql: &str, id: Uuid) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into()])
}

async fn fill(db: &DatabaseConnection) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..ACCOUNTS).map(|_| Uuid::now_v7()).collect();
    for id in &ids {
        let sql = format!(
            "INSERT INTO account (id, display_name, created_at, updated_at) VALUES ('{id}', 'Ada', now(), now());
             INSERT INTO session (id, account_id, user_agent, ip, created_at, last_used_at, idle_until, expires_at)
                 VALUES ('{id}', '{id}', 'Netscape', '192.0.2.1', now(), now(), now(), now());
             INSERT INTO refresh_token (hash, session_id, created_at) VALUES ('{id}', '{id}', now());"
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
    db.execute_unprepared("VACUUM ANALYZE session; ")
        .await
        .unwrap();
    db.execute_unprepared("VACUUM ANALYZE refresh_token")
        .await
        .unwrap();
    ids
}

async fn walls(db: &DatabaseConnection, are_there: bool) {
    for table in TABLES {
        let verb = if are_there { "ENABLE" } else { "DISABLE" };
        let sql = format!("ALTER TABLE {table} {verb} ROW LEVEL SECURITY");
        db.execute_unprepared(&sql).await.unwrap();
    }
}

/// Adds to `times` how long each of `count` runs of `work` took.
async fn timed(times: &mut Vec<Duration>, ids: &[Uuid], count: usize, work: impl AsyncFn(Uuid)) {
    for id in ids.iter().cycle().skip(times.len()).take(count) {
        let began = Instant::now();
        work(*id).await;
        times.push(began.elapsed());
    }
}

/// Others have the machine too, so it is the middle that tells.
fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (middle, low) = (times[times.len() / 2], times[times.len() / 10]);
    println!("{name:<55} p50 {middle:>8.1?}, p10 {low:>8.1?}");
}

/// Ways in which reads could be told whose they are.
async fn reads(db: &DatabaseConnection, ids: &[Uuid]) {
    let mut times: [Vec<Duration>; 6] = Default::default();
    for _ in 0..ROUNDS {
        walls(db, false).await;
        let one = async |id| drop(db.query_one_raw(bound(ONE, id)).await.unwrap());
        let list = async |id| drop(db.query_all_raw(bound(LIST, id)).await.unwrap());
        timed(&mut times[0], ids, READS, one).await;
        timed(&mut times[4], ids, READS, list).await;
        walls(db, true).await;
        timed(&mut times[1], ids, READS, one).await;
        timed(&mut times[5], ids, READS, list).await;
        let in_transaction = async |id| {
            let tx = db.begin().await.unwrap();
            let name = Writer::Account(id).sql().unwrap();
            tx.execute_unprepared(&name).await.unwrap();
            tx.query_one_raw(bound(ONE, id)).await.unwrap();
            tx.commit().await.unwrap();
        };
        timed(&mut times[2], ids, READS, in_transaction).await;
        let told_before = async |id: Uuid| {
            let set = "SELECT set_config('tradewind.viewer', CAST($1 AS text), false)";
            db.query_one_raw(bound(set, id)).await.unwrap();
            db.query_one_raw(bound(ONE, id)).await.unwrap();
        };
        timed(&mut times[3], ids, READS, told_before).await;
    }
    let names = [
        "one row, no walls",
        "one row, walls that let all read",
        "one row, told who reads in a transaction of its own",
        "one row, told who reads by a statement before",
        "a hundred rows, no walls",
        "a hundred rows, walls that let all read",
    ];
    for (name, times) in names.into_iter().zip(times) {
        print(name, times);
    }
}

/// What a mutation does at least: a few statements, in a transaction that ends with its result.
async fn write(app: &App, role: Role, id: Uuid) {
    let person = Person {
        account: AccountId(id),
        role,
        means: Means::Session {
            id: SessionId(id),
            stepped_up_at: None,
        },
    };
    let caller = Caller::new(app.clone(), Actor::Person(person), RequestId::generate());
    let intent = Intent {
        operation: "measure".to_owned(),
        key: Key::parse(&Uuid::now_v7().to_string(), "key").ok(),
        fingerprint: Fingerprint::of(&serde_json::Value::Null),
    };
    assert!(intent.key.is_some());
    let done = caller.once(&intent, async |tx| {
        let used = "UPDATE session SET last_used_at = now() WHERE id = $1";
        tx.execute_raw(bound(used, id)).await?;
        let token = "UPDATE refresh_token SET used_at = now() WHERE session_id = $1";
        tx.execute_raw(bound(token, id)).await?;
        let row = "INSERT INTO job_queue (name) VALUES (CAST($1 AS text))";
        tx.execute_raw(bound(row, Uuid::now_v7())).await?;
        tx.query_one_raw(bound(ONE, id)).await?;
        Ok(())
    });
    done.await.unwrap();
}

async fn writes(app: &App, ids: &[Uuid]) {
    let db = app.database.write();
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..ROUNDS {
        // Admins write as the system.
        let system = async |id| write(app, Role::Admin, id).await;
        let person = async |id| write(app, Role::Customer, id).await;
        walls(db, false).await;
        timed(&mut times[0], ids, WRITES, system).await;
        walls(db, true).await;
        timed(&mut times[1], ids, WRITES, system).await;
        timed(&mut times[2], ids, WRITES, person).await;
    }
    let names = [
        "a mutation, no walls",
        "a mutation as the system",
        "a mutation in a person's name",
    ];
    for (name, times) in names.into_iter().zip(times) {
        print(name, times);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures"]
async fn measure_walls() {
    let settings = Settings::defaults();
    migrations::up(&settings, None).await.unwrap();
    let app = App::from_settings(settings).await.unwrap();
    let db = app.database.write();
    let ids = fill(db).await;
    reads(db, &ids).await;
    writes(&app, &ids).await;
    walls(db, true).await;
}
