//! The settings of GraphQL documents: how large they may be, and which are kept and trusted.

use crate::error::{Error, Result};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Which documents run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TrustedMode {
    /// Any; there is no list of trusted ones.
    Off,
    /// Any, and those of the list by their ids.
    Allow,
    /// Those of the list, and no other, whoever asks.
    Require,
}

/// What GraphQL documents may be, and which are kept and trusted.
#[derive(Args, Clone, Debug)]
pub struct DocumentSettings {
    /// Longest GraphQL document, in bytes.
    #[arg(
        long,
        env = "GRAPHQL_MAX_DOCUMENT_BYTES",
        default_value_t = 65_536,
        global = true
    )]
    pub graphql_max_document_bytes: usize,

    /// How deep brackets may nest in a GraphQL document.
    #[arg(long, env = "GRAPHQL_MAX_NESTING", default_value_t = 64, global = true)]
    pub graphql_max_nesting: usize,

    /// Most tokens in a GraphQL document.
    #[arg(
        long,
        env = "GRAPHQL_MAX_TOKENS",
        default_value_t = 2_000,
        global = true
    )]
    pub graphql_max_tokens: usize,

    /// Most selections of a GraphQL operation after its fragments are spread out.
    #[arg(
        long,
        env = "GRAPHQL_MAX_SELECTIONS",
        default_value_t = 2_000,
        global = true
    )]
    pub graphql_max_selections: usize,

    /// How deep fields of a GraphQL operation may nest.
    #[arg(long, env = "GRAPHQL_MAX_DEPTH", default_value_t = 16, global = true)]
    pub graphql_max_depth: usize,

    /// Most aliases in a GraphQL operation after its fragments are spread out.
    #[arg(
        long,
        env = "GRAPHQL_MAX_ALIASES",
        default_value_t = 100,
        global = true
    )]
    pub graphql_max_aliases: usize,

    /// Largest complexity of a GraphQL operation: about how many fields its answer may hold.
    #[arg(
        long,
        env = "GRAPHQL_MAX_COMPLEXITY",
        default_value_t = 50_000,
        global = true
    )]
    pub graphql_max_complexity: usize,

    /// Most directives in a GraphQL operation after its fragments are spread out.
    #[arg(
        long,
        env = "GRAPHQL_MAX_DIRECTIVES",
        default_value_t = 100,
        global = true
    )]
    pub graphql_max_directives: usize,

    /// Most fields that a GraphQL operation selects at its root.
    #[arg(
        long,
        env = "GRAPHQL_MAX_ROOT_FIELDS",
        default_value_t = 50,
        global = true
    )]
    pub graphql_max_root_fields: usize,

    /// Most fields of a GraphQL operation that check a password, a code or a token, or send mail: more would be guessing.
    #[arg(
        long,
        env = "GRAPHQL_MAX_SECRET_FIELDS",
        default_value_t = 1,
        global = true
    )]
    pub graphql_max_secret_fields: usize,

    /// How often lists of the schema's own description may nest in an introspection query.
    #[arg(
        long,
        env = "GRAPHQL_MAX_INTROSPECTION_LISTS",
        default_value_t = 2,
        global = true
    )]
    pub graphql_max_introspection_lists: usize,

    /// Most items of one list, in a GraphQL document or its variables.
    #[arg(
        long,
        env = "GRAPHQL_MAX_LIST_ITEMS",
        default_value_t = 250,
        global = true
    )]
    pub graphql_max_list_items: usize,

    /// Largest variables of a GraphQL request, in bytes of JSON.
    #[arg(
        long,
        env = "GRAPHQL_MAX_VARIABLES_BYTES",
        default_value_t = 131_072,
        global = true
    )]
    pub graphql_max_variables_bytes: usize,

    /// How deep lists and objects may nest in the variables of a GraphQL request; at most 100.
    #[arg(long, env = "GRAPHQL_MAX_VARIABLES_DEPTH", default_value_t = 16, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=100), global = true)]
    pub graphql_max_variables_depth: usize,

    /// Most errors in the answer to a GraphQL request.
    #[arg(long, env = "GRAPHQL_MAX_ERRORS", default_value_t = 100, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..), global = true)]
    pub graphql_max_errors: usize,

    /// What GraphQL documents that are kept parsed and validated may hold together, in bytes.
    #[arg(
        long,
        env = "GRAPHQL_DOCUMENTS_BYTES",
        default_value_t = 33_554_432,
        global = true
    )]
    pub graphql_documents_bytes: u64,

    /// What the texts of automatic persisted queries may hold together, in bytes; 0 for none of them.
    #[arg(
        long,
        env = "GRAPHQL_PERSISTED_BYTES",
        default_value_t = 8_388_608,
        global = true
    )]
    pub graphql_persisted_bytes: u64,

    /// Which GraphQL documents run: off (any), allow (any, and the trusted ones by their ids), or require (the trusted
    /// ones only). See docs/documents.md.
    #[arg(
        long,
        env = "GRAPHQL_TRUSTED_MODE",
        value_enum,
        default_value = "off",
        global = true
    )]
    pub graphql_trusted_mode: TrustedMode,

    /// The manifests of trusted documents: JSON files, or folders of them, separated by commas. They are read again when
    /// they change, and on SIGHUP.
    #[arg(
        long,
        env = "GRAPHQL_TRUSTED_DOCUMENTS",
        value_delimiter = ',',
        global = true
    )]
    pub graphql_trusted_documents: Vec<PathBuf>,

    /// Largest text of all trusted documents together, in bytes.
    #[arg(
        long,
        env = "GRAPHQL_TRUSTED_MAX_BYTES",
        default_value_t = 16_777_216,
        global = true
    )]
    pub graphql_trusted_max_bytes: usize,

    /// Most names of GraphQL operations that the metrics tell apart, those of trusted documents aside.
    #[arg(
        long,
        env = "GRAPHQL_METRICS_OPERATIONS",
        default_value_t = 200,
        global = true
    )]
    pub graphql_metrics_operations: usize,
}

impl DocumentSettings {
    /// Checks that there are manifests where they are asked for.
    ///
    /// # Errors
    /// Invalid, naming the setting that is missing.
    pub fn check(&self) -> Result<()> {
        let is_on = self.graphql_trusted_mode != TrustedMode::Off;
        if is_on && self.graphql_trusted_documents.is_empty() {
            return Err(Error::invalid(
                "GRAPHQL_TRUSTED_DOCUMENTS",
                "It is missing, and GRAPHQL_TRUSTED_MODE asks for trusted documents. Name the manifest that your frontend's build \
                 writes, or set the mode to off.",
            ));
        }
        Ok(())
    }
}
