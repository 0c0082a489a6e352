//! GraphQL over WebSocket, at `/graphql`: the protocol `graphql-transport-ws`, as PROTOCOL.md of the npm package graphql-ws has it.
//! Ours rather than the library's, which closes most faulty conversations with other codes than the protocol's.
//!
//! A conversation is one task, which reads, writes and keeps the time ([`socket`]), and one more for each operation
//! ([`operation`]). Operations hand their answers over through a channel that holds few: where the client does not take them,
//! nothing grows; the operations wait, and one that missed events meanwhile says so.

mod ending;
mod handshake;
mod message;
mod operation;
mod pace;
mod socket;

pub(super) use handshake::{is_meant, upgrade};
