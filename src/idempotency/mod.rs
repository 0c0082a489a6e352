//! Once, however often it is sent: what a client asks for again under the same key is done no second time.
//!
//! [`Caller::once`](crate::caller::Caller::once) claims the key, does the work and keeps its result in one transaction, so that all of it
//! is there or nothing is, whatever dies. A twin in flight is told at once, and holds nothing. Who sends the same again gets the result, read anew
//! as it is by then and as far as the caller may see it.
//!
//! - Who is at a key holds a lock on it until its transaction ends, which PostgreSQL knows of. SQLite has one transaction write at a time, so a twin
//!   in another process waits for its turn, and finds the key used; within the process they are told apart by what is in flight.
//! - Work that fails changed nothing, so nothing of it is kept: the claim is released, and the same key may be sent again,
//!   mended or not. (Stripe keeps failures, for there money may have moved.)
//! - A key belongs to an actor and a mutation. Another actor's is another key, also where both are written alike.
//!   All who have not signed in are one actor: they get each other's results if they send each other's keys with the
//!   same input. So their keys must be long, and results hold ids, which are resolved as far as the caller may see them.

mod fingerprint;
mod in_flight;
pub(crate) mod invariants;
mod key;
mod once;
mod retention;
mod slot;

pub use fingerprint::Fingerprint;
pub(crate) use in_flight::KeysInFlight;
pub use key::Key;
pub use once::{Intent, Once};
pub(crate) use retention::SweepKeys;
