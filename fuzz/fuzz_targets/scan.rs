//! Any text at all: what the guards let through, the parser survives, and what the parser takes, the scan does not call broken.

#![no_main]

use async_graphql::parser::parse_query;
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, OnceLock};
use tradewind::{graphql::engine::Engine, platform::config::Settings};

fuzz_target!(|bytes: &[u8]| {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let engine =
        ENGINE.get_or_init(|| Engine::new(&Settings::from_environment(), None, Arc::default()));
    match engine.scan(text) {
        Ok(()) => drop(parse_query(text)),
        // Short enough that the parser survives whatever it is.
        Err(refused) if text.len() < 200 => {
            let is_limit = refused.contains("GRAPHQL_MAX_");
            assert!(is_limit || parse_query(text).is_err(), "{refused}: {text}");
        }
        Err(_) => {}
    }
});
