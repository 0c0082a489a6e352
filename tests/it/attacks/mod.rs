//! What attackers send to GraphQL servers: each is refused, costs little, and leaves a server that answers the next query.

mod catalogue;
mod child;
mod grammar;
mod hanging;
mod measured;
mod production;
mod unicode;
