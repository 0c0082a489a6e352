//! What the hash of an entry is over. It must stay as it is: all that was ever written is verified by it.

use entity::audit::entry::Model;
use sea_orm::ActiveEnum;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The hash of `entry`, whatever it says its hash is: SHA-256 over its fields as a JSON array, the hash of the entry before
/// it among them.
pub(super) fn of(entry: &Model) -> String {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string());
    let canonical = json!([
        1,
        entry.id.0.to_string(),
        entry.chain,
        entry.sequence,
        entry.occurred_at.timestamp_micros(),
        entry.actor.to_value(),
        id(entry.account_id.map(Into::into)),
        id(entry.impersonator_id.map(Into::into)),
        entry.role,
        entry.ip,
        entry.request_id,
        entry.action,
        entry.entity_type,
        entry.entity_id,
        id(entry.seller_id.map(Into::into)),
        entry.before,
        entry.after,
        entry.previous_hash,
    ]);
    hexadecimal(&Sha256::digest(canonical.to_string().as_bytes()))
}

/// `bytes` in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            text.push_str(&format!("{byte:02x}"));
            text
        })
}
