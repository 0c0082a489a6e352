//! Once, however often it is sent: what a client asks for again under the same key is done no second time.
//!
//! [`Caller::once`](crate::caller::Caller::once) claims the key in a statement of its own, so that a twin in flight is told
//! at once and holds nothing while it is; the result is written in the transaction of the work, so that effect and result
//! are there together or not at all. Who sends the same again gets that result, read anew as it is by then and as far
//! as the caller may see it.
//!
//! - A claim belongs to whoever made it for the time of its lease, which is longer than any request may take. Where its
//!   owner died, the next one takes it over. One that only seemed dead finds at its end that the claim is another's,
//!   and is rolled back.
//! - Work that fails changed nothing, so nothing of it is kept: the claim is released, and the same key may be sent again,
//!   mended or not. (Stripe keeps failures, for there money may have moved.)
//! - A key belongs to an actor and a mutation. Another actor's is another key, also where both are written alike.
//!   All who have not signed in are one actor: they get each other's results if they send each other's keys with the
//!   same input. So their keys must be long, and results hold ids, which are resolved as far as the caller may see them.

mod claim;
mod fingerprint;
pub(crate) mod invariants;
mod key;
mod once;
mod retention;
mod slot;

pub use fingerprint::Fingerprint;
pub use key::Key;
pub use once::{Intent, Once};
pub(crate) use retention::SweepKeys;
