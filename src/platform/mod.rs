//! What every room stands on and that knows no room.

pub mod cache;
pub mod clock;
pub mod config;
pub mod currency;
pub mod database;
pub(crate) mod hash;
pub mod keys;
pub mod keyset;
pub(crate) mod layered;
pub mod migrations;
pub mod narrow;
pub mod networks;
pub(crate) mod passkeys;
pub mod probes;
pub mod rate_limits;
pub mod resilience;
pub(crate) mod sealing;
pub mod shared;
pub(crate) mod shared_texts;
pub(crate) mod signing;
pub mod statements;
pub mod telemetry;
pub mod text;
pub mod throttle;
pub(crate) mod to_its_end;
pub mod wakes;
