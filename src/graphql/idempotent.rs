//! Mutations that may be sent again: the directive `@idempotent`, the header `Idempotency-Key`, and the one line that a
//! mutation takes to bear both.

mod directive;
mod placement;

pub use directive::idempotent;
pub(super) use placement::{check_placement, mutation_fields};

use super::caller;
use crate::{
    error::{Error, Result},
    idempotency::{Fingerprint, Intent, Key},
    platform::database::Tx,
};
use async_graphql::{Context, Name, ServerError, Value, indexmap::IndexMap};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::{Mutex, PoisonError};

/// The directive's name.
const DIRECTIVE: &str = "idempotent";
/// The header's name, as faults name it.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// What a request says about its mutations' keys, and what became of them.
#[derive(Debug, Default)]
pub(super) struct Keys {
    header: Option<Key>,
    /// The response keys of the fields that had a key and were done, and whether that was earlier.
    done: Mutex<Vec<(String, bool)>>,
}

impl Keys {
    pub(super) fn new(header: Option<Key>) -> Self {
        Self {
            header,
            done: Mutex::default(),
        }
    }

    fn note(&self, field: &str, replayed: bool) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.push((field.to_owned(), replayed));
    }

    /// What the answer says of it in `extensions.idempotency`: nothing where no mutation with a key was done.
    pub(super) fn extension(&self) -> Option<Value> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if done.is_empty() {
            return None;
        }
        let replayed = done.iter().filter(|(_, replayed)| *replayed);
        let fields: Vec<_> = replayed
            .map(|(field, _)| Value::from(field.as_str()))
            .collect();
        Some(Value::Object(IndexMap::from([
            (Name::new("replayed"), Value::from(!fields.is_empty())),
            (Name::new("replayedFields"), Value::List(fields)),
        ])))
    }
}

/// Runs the mutation's `work` in a transaction, or returns what it returned when the same was sent before under the same
/// key. Who may not do this at all is to be turned away before.
///
/// # Errors
/// What `work` returns; `IdempotencyKeyReused` and `IdempotencyInProgress`; `IdempotencyKeyInvalid`.
pub async fn once<T: Serialize + DeserializeOwned>(
    ctx: &Context<'_>,
    work: impl AsyncFnOnce(&Tx) -> Result<T>,
) -> Result<T> {
    done(ctx, intent(ctx)?, work).await
}

/// The same for what moves money: without a key it is refused, since nobody could send it again without risk.
///
/// # Errors
/// `IdempotencyKeyInvalid` when there is no key, and whatever [`once`] returns.
pub async fn once_required<T: Serialize + DeserializeOwned>(
    ctx: &Context<'_>,
    work: impl AsyncFnOnce(&Tx) -> Result<T>,
) -> Result<T> {
    let intent = intent(ctx)?;
    if intent.key.is_none() {
        return Err(Error::IdempotencyKeyInvalid {
            field: "key",
            message: "This needs an idempotency key, so that it can be sent again without being done twice: write \
             @idempotent(key: \"…\") behind the field, or send the header Idempotency-Key. A new UUID is a good key.",
        });
    }
    done(ctx, intent, work).await
}

async fn done<T: Serialize + DeserializeOwned>(
    ctx: &Context<'_>,
    intent: Intent,
    work: impl AsyncFnOnce(&Tx) -> Result<T>,
) -> Result<T> {
    let once = caller(ctx).once(&intent, work).await?;
    if intent.key.is_some()
        && let Some(keys) = ctx.data_opt::<std::sync::Arc<Keys>>()
    {
        keys.note(ctx.item.node.response_key().node.as_str(), once.replayed);
    }
    Ok(once.value)
}

fn intent(ctx: &Context<'_>) -> Result<Intent> {
    let keys = ctx.data_opt::<std::sync::Arc<Keys>>();
    let header = keys.and_then(|keys| keys.header.as_ref());
    let key = match (directive_key(ctx)?, header) {
        (Some(written), Some(sent)) if written.as_str() != sent.as_str() => {
            return Err(Error::IdempotencyKeyInvalid {
                field: "key",
                message: "It differs from the header Idempotency-Key. Send one of the two.",
            });
        }
        (written, sent) => written.or_else(|| sent.cloned()),
    };
    // As they were sent: the library puts variables in their places, and a variable's default where it was left out.
    let arguments = ctx.field().arguments().map_err(unexpected)?;
    let input = arguments.into_iter().collect::<IndexMap<_, _>>();
    let mut input = Value::Object(input).into_json().map_err(Error::internal)?;
    leave_out_passwords(&mut input);
    Ok(Intent {
        operation: ctx.field().name().to_owned(),
        key,
        fingerprint: Fingerprint::of(&input),
    })
}

/// A fingerprint is kept, and quickly made: whoever reads it could try passwords against it. So the same key with another
/// password is taken for the same. With the numbers of cards it is alike.
fn leave_out_passwords(input: &mut serde_json::Value) {
    match input {
        serde_json::Value::Object(members) => {
            members.retain(|name, _| !name.to_lowercase().ends_with("password"));
            if let Some(serde_json::Value::Object(payment)) = members.get_mut("payment") {
                payment.remove("method");
            }
            members.values_mut().for_each(leave_out_passwords);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(leave_out_passwords),
        _ => {}
    }
}

/// The key in the field's directive, if it has one.
fn directive_key(ctx: &Context<'_>) -> Result<Option<Key>> {
    let directives = ctx.field().directives().map_err(unexpected)?;
    let Some(directive) = directives
        .iter()
        .find(|directive| directive.name.node == DIRECTIVE)
    else {
        return Ok(None);
    };
    match directive.get_argument("key").map(|key| &key.node) {
        Some(Value::String(text)) => Key::parse(text, "key").map(Some),
        _ => Err(Error::IdempotencyKeyInvalid {
            field: "key",
            message: "It must be a string.",
        }),
    }
}

/// Validation lets through nothing that cannot be read.
fn unexpected(error: ServerError) -> Error {
    Error::internal(anyhow::anyhow!(error.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_password_is_kept_by_its_hash() {
        let mut input = json!({ "input": { "email": "a", "password": "b", "list": [{ "newPassword": "c", "passwordless": 1 }] } });
        leave_out_passwords(&mut input);
        let expected = json!({ "input": { "email": "a", "list": [{ "passwordless": 1 }] } });
        assert_eq!(input, expected);
    }
}
