//! What must always hold for the log: no entry of it was changed, left out or slipped in.

use super::hash;
use crate::error::Result;
use entity::audit::entry::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

/// How many entries are looked at at once.
const BATCH: u64 = 1_000;

/// A place in a chain: an anchor, the head, or wherever the walk has come to.
#[derive(Clone, Debug, FromQueryResult, PartialEq)]
struct Place {
    chain: i16,
    sequence: i64,
    hash: String,
}

/// The first entry of each chain that is not what was written, and why that is known.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn chains(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let heads = places(
        db,
        "SELECT chain, sequence, hash FROM audit_chain ORDER BY chain",
    )
    .await?;
    if heads.is_empty() {
        faults.push("the table audit_chain is empty".to_owned());
    }
    for head in heads {
        loop {
            let anchor = anchor(db, head.chain).await?;
            let fault = walk(db, anchor.clone(), &head).await?;
            // Retention may have moved on beneath the walk.
            if fault.is_some() && self::anchor(db, head.chain).await? != anchor {
                continue;
            }
            faults.extend(fault.map(|fault| format!("chain {}: {fault}", head.chain)));
            break;
        }
    }
    Ok(faults)
}

async fn places(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<Place>> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    Ok(Place::find_by_statement(statement).all(db).await?)
}

/// Where what is left of a chain begins: behind the last entry that retention took, or at the start.
async fn anchor(db: &impl ConnectionTrait, chain: i16) -> Result<Place> {
    let sql = format!(
        "SELECT chain, sequence, hash FROM audit_anchor WHERE chain = {chain} ORDER BY sequence DESC LIMIT 1"
    );
    let start = Place {
        chain,
        sequence: 0,
        hash: String::new(),
    };
    Ok(places(db, &sql).await?.pop().unwrap_or(start))
}

/// Follows a chain from `place` to its `head`, as that was read before: later entries are for the next time.
async fn walk(db: &impl ConnectionTrait, mut place: Place, head: &Place) -> Result<Option<String>> {
    while place.sequence < head.sequence {
        let entries = Entity::find()
            .filter(Column::Chain.eq(place.chain))
            .filter(Column::Sequence.gt(place.sequence))
            .filter(Column::Sequence.lte(head.sequence))
            .order_by_asc(Column::Sequence)
            .limit(BATCH)
            .all(db)
            .await?;
        if entries.is_empty() {
            let missing = place.sequence + 1;
            return Ok(Some(format!("entry {missing} is missing")));
        }
        for entry in entries {
            if let Some(fault) = fault_of(&entry, &place) {
                return Ok(Some(fault));
            }
            place.sequence = entry.sequence;
            place.hash = entry.hash;
        }
    }
    let is_head = place.sequence == head.sequence && place.hash == head.hash;
    Ok((!is_head).then(|| {
        let Place { sequence, .. } = place;
        format!(
            "its last entry is {sequence}, and not the one its head in audit_chain names, {}",
            head.sequence
        )
    }))
}

fn fault_of(entry: &Model, before: &Place) -> Option<String> {
    let (id, sequence) = (entry.id.0, entry.sequence);
    if sequence != before.sequence + 1 {
        return Some(format!("entry {} is missing", before.sequence + 1));
    }
    if entry.hash != hash::of(entry) {
        return Some(format!("entry {sequence} ({id}) is not what was written"));
    }
    (entry.previous_hash != before.hash)
        .then(|| format!("entry {sequence} ({id}) does not follow the one before it"))
}
