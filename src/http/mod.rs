//! The HTTP edge: who may ask how, and how answers look.
//!
//! The layers around every route, outermost first:
//! 1. [`observe`]: gives the request its id, its deadline and its log line; counts it; catches its panics; fills in
//!    the error envelope and the security headers.
//! 2. CORS, for the origins in `CORS_ALLOWED_ORIGINS`.
//! 3. Compression, for bodies of a kilobyte and more.
//! 4. The limit on bodies.
//!
//! What is more than the server can do at once is refused by [`shed`]. What stays open has a seat ([`seats`]): a [`websocket`], or an
//! [`event_stream`].
//!
//! Nothing here knows a room but `accounts`, which says who asks: requests go to `graphql::engine`.

mod accept;
mod account_export;
mod at_once;
mod auth;
mod client;
mod connection;
mod edge;
mod event_stream;
mod graphiql;
mod graphql;
mod graphql_body;
mod graphql_request;
mod health;
mod jwks;
mod kept_answer;
mod ledger_statement;
mod metrics;
mod observe;
mod oidc;
mod payment_webhooks;
mod product_import_file;
mod refused;
mod router;
mod sandbox_payments;
mod seats;
mod security_headers;
mod server;
mod shed;
mod websocket;

pub use edge::Edge;
pub use graphiql::is_bundled as graphiql_is_bundled;
pub use router::{for_edge, router};
pub use sandbox_payments::sandbox_payments;
pub use server::{bind, serve, serve_probes};
