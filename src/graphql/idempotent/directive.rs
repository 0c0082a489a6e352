//! The directive `@idempotent`, as the schema shows it. Resolvers read it where they do their work.

use async_graphql::{CustomDirective, Directive};

/// The mutation may be sent again with the same key and input, for example when its answer did not arrive: it is done once,
/// and answered alike, with what is selected then. Another input with the same key is refused with the code
/// `IDEMPOTENCY_KEY_REUSED`, and while the first is being worked on, it is refused with `IDEMPOTENCY_IN_PROGRESS`. A key
/// has 1 to 255 characters, at least 16 without signing in, and is kept for a day; a new UUID for every new
/// intention is a good one. Only on the fields of a mutation itself; for a single field the header `Idempotency-Key` says
/// the same.
#[Directive(location = "Field")]
pub fn idempotent(key: String) -> impl CustomDirective {
    drop(key);
    Inert
}

/// Leaves fields as they are.
struct Inert;

impl CustomDirective for Inert {}
