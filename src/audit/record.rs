//! Writing down what was done.

use super::{Agent, Entry, hash};
use crate::{
    error::{Error, Result},
    platform::database::{Tx, lists, time},
};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::{audit::entry::Model, ids::AuditEntryId};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many chains there are, see docs/audit.md for what one would cost. Entries of one thing stand in one chain. The
/// migration made eight heads; to have more, a migration adds some, to have fewer, the rest stay as they are.
const CHAINS: u32 = 8;

/// The last entry of a chain.
#[derive(Clone, Debug)]
struct Head {
    sequence: i64,
    hash: String,
    occurred_at: DateTime<Utc>,
}

/// Writes down that `agent` did what `entries` say, when `tx` is committed: two statements on PostgreSQL and three on
/// SQLite, however many they are. A `&Caller` is an agent.
///
/// Transactions that record in the same chain wait for each other from here to their ends. So record last of all, after
/// events too, and once.
///
/// # Errors
/// Contended when others hold the chain for too long; whatever the database says.
pub async fn record(tx: &Tx, agent: impl Into<Agent>, entries: &[Entry]) -> Result<()> {
    record_in(tx, &agent.into(), entries, CHAINS).await
}

/// The same with so many chains.
pub(super) async fn record_in(
    tx: &Tx,
    agent: &Agent,
    entries: &[Entry],
    chains: u32,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut by_chain: BTreeMap<i16, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_chain
            .entry(chain_of(entry, chains))
            .or_default()
            .push(entry);
    }
    let mut heads = hold(tx, by_chain.keys().copied()).await?;
    let mut rows = Vec::with_capacity(entries.len());
    for (chain, entries) in by_chain {
        let head = heads.get_mut(&chain).ok_or_else(|| {
            Error::internal(anyhow::anyhow!("the audit log's chain {chain} has no head"))
        })?;
        for entry in entries {
            rows.push(append(agent, entry, chain, head));
        }
    }
    write(tx, &rows, &heads).await
}

/// The chain that entries of one thing stand in.
fn chain_of(entry: &Entry, chains: u32) -> i16 {
    // FNV-1a: the same in every version of the server.
    let hash = entry.entity_id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    i16::try_from(hash % chains).unwrap_or_default()
}

/// The chains' heads, which nobody else moves from here to the end of the transaction. All take them in one order.
async fn hold(tx: &Tx, chains: impl Iterator<Item = i16>) -> Result<BTreeMap<i16, Head>> {
    let backend = tx.get_database_backend();
    let lock = match backend {
        DbBackend::Postgres => "FOR UPDATE",
        // Nobody else writes.
        _ => "",
    };
    let chains: Vec<_> = chains.map(|chain| chain.to_string()).collect();
    let sql = format!(
        "SELECT chain, sequence, hash, occurred_at, {} AS now FROM audit_chain \
         WHERE CAST(chain AS text) {} ORDER BY chain {lock}",
        time::now(backend),
        lists::among_texts(backend)
    );
    let chains = lists::of_texts(backend, &chains);
    let statement = Statement::from_sql_and_values(backend, sql, [chains]);
    let mut heads = BTreeMap::new();
    for row in tx.query_all_raw(statement).await? {
        let (last, now): (DateTime<Utc>, DateTime<Utc>) =
            (row.try_get("", "occurred_at")?, row.try_get("", "now")?);
        let head = Head {
            sequence: row.try_get("", "sequence")?,
            hash: row.try_get("", "hash")?,
            // Clocks jump; a chain's times do not go back, so that its oldest entries are its first.
            occurred_at: now.max(last),
        };
        heads.insert(row.try_get("", "chain")?, head);
    }
    Ok(heads)
}

/// The row of `entry`, behind `head`, which it becomes.
fn append(agent: &Agent, entry: &Entry, chain: i16, head: &mut Head) -> Model {
    let text = |fields: &serde_json::Map<String, Value>| Value::from(fields.clone()).to_string();
    let mut row = Model {
        id: AuditEntryId::generate(),
        chain,
        sequence: head.sequence + 1,
        occurred_at: head.occurred_at,
        actor: agent.kind,
        account_id: agent.account,
        impersonator_id: agent.impersonator,
        role: agent.role(),
        ip: agent.ip.clone(),
        request_id: agent.request_id.clone(),
        action: entry.action.to_owned(),
        entity_type: entry.entity_type.to_owned(),
        entity_id: entry.entity_id.clone(),
        seller_id: entry.seller,
        before: text(&entry.before),
        after: text(&entry.after),
        previous_hash: head.hash.clone(),
        hash: String::new(),
    };
    row.hash = hash::of(&row);
    head.sequence = row.sequence;
    head.hash.clone_from(&row.hash);
    row
}

async fn write(tx: &Tx, rows: &[Model], heads: &BTreeMap<i16, Head>) -> Result<()> {
    let backend = tx.get_database_backend();
    let rows = Value::from(
        rows.iter()
            .map(|row| as_json(row, backend))
            .collect::<Vec<_>>(),
    );
    let heads = heads.iter().map(|(chain, head)| {
        json!({
            "chain": chain,
            "sequence": head.sequence,
            "hash": head.hash,
            "occurred_at": stamp(head.occurred_at, backend),
        })
    });
    let heads = Value::from(heads.collect::<Vec<_>>());
    let (rows, heads) = (rows.to_string(), heads.to_string());
    if backend == DbBackend::Postgres {
        let statement =
            Statement::from_sql_and_values(backend, POSTGRES, [rows.into(), heads.into()]);
        tx.execute_raw(statement).await?;
        return Ok(());
    }
    for (sql, value) in [(SQLITE_INSERT, rows), (SQLITE_MOVE, heads)] {
        let statement = Statement::from_sql_and_values(backend, sql, [value.into()]);
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

/// A time as text, with all that the database keeps of it.
fn stamp(time: DateTime<Utc>, backend: DbBackend) -> String {
    let precision = match backend {
        DbBackend::Postgres => SecondsFormat::Micros,
        _ => SecondsFormat::Millis,
    };
    time.to_rfc3339_opts(precision, false)
}

fn as_json(row: &Model, backend: DbBackend) -> Value {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.simple().to_string());
    json!({
        "id": id(Some(row.id.0)),
        "chain": row.chain,
        "sequence": row.sequence,
        "occurred_at": stamp(row.occurred_at, backend),
        "actor": sea_orm::ActiveEnum::to_value(&row.actor),
        "account_id": id(row.account_id.map(Into::into)),
        "impersonator_id": id(row.impersonator_id.map(Into::into)),
        "role": row.role,
        "ip": row.ip,
        "request_id": row.request_id,
        "action": row.action,
        "entity_type": row.entity_type,
        "entity_id": row.entity_id,
        "seller_id": id(row.seller_id.map(Into::into)),
        "before": row.before,
        "after": row.after,
        "previous_hash": row.previous_hash,
        "hash": row.hash,
    })
}

/// Adds the rows and moves the heads at once.
const POSTGRES: &str = "WITH moved AS (UPDATE audit_chain SET sequence = new.sequence, hash = new.hash, occurred_at = new.occurred_at \
       FROM json_to_recordset(CAST($2 AS json)) AS new (chain smallint, sequence bigint, hash text, occurred_at timestamptz) \
       WHERE audit_chain.chain = new.chain) \
     INSERT INTO audit_entry (id, chain, sequence, occurred_at, actor, account_id, impersonator_id, role, ip, request_id, \
       action, entity_type, entity_id, seller_id, before, after, previous_hash, hash) \
     SELECT id, chain, sequence, occurred_at, actor, account_id, impersonator_id, role, ip, request_id, \
       action, entity_type, entity_id, seller_id, before, after, previous_hash, hash \
     FROM json_to_recordset(CAST($1 AS json)) AS new (id uuid, chain smallint, sequence bigint, occurred_at timestamptz, actor text, \
       account_id uuid, impersonator_id uuid, role text, ip text, request_id text, action text, entity_type text, entity_id text, \
       seller_id uuid, before text, after text, previous_hash text, hash text)";

const SQLITE_INSERT: &str = "INSERT INTO audit_entry (id, chain, sequence, occurred_at, actor, account_id, impersonator_id, role, ip, request_id, \
       action, entity_type, entity_id, seller_id, before, after, previous_hash, hash) \
     SELECT unhex(value ->> 'id'), value ->> 'chain', value ->> 'sequence', value ->> 'occurred_at', value ->> 'actor', \
       unhex(value ->> 'account_id'), unhex(value ->> 'impersonator_id'), value ->> 'role', value ->> 'ip', value ->> 'request_id', \
       value ->> 'action', value ->> 'entity_type', value ->> 'entity_id', unhex(value ->> 'seller_id'), value ->> 'before', \
       value ->> 'after', value ->> 'previous_hash', value ->> 'hash' FROM json_each($1)";

const SQLITE_MOVE: &str = "UPDATE audit_chain SET sequence = new.value ->> 'sequence', hash = new.value ->> 'hash', \
       occurred_at = new.value ->> 'occurred_at' \
     FROM json_each($1) AS new WHERE audit_chain.chain = new.value ->> 'chain'";
