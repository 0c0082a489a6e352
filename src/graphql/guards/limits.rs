//! The limits, and what is said when one is passed.

use crate::platform::config::Settings;
use std::fmt;

/// One limit on documents.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct Limit {
    /// What is counted, as in "has 20 aliases".
    pub(in crate::graphql) what: &'static str,
    /// The setting that changes it.
    pub(in crate::graphql) setting: &'static str,
    /// The most that is let through.
    pub(in crate::graphql) most: usize,
    /// The error's code.
    pub(in crate::graphql) code: &'static str,
}

/// Every limit on documents.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct Limits {
    pub(in crate::graphql) document_bytes: Limit,
    pub(in crate::graphql) nesting: Limit,
    pub(in crate::graphql) tokens: Limit,
    pub(in crate::graphql) selections: Limit,
    pub(in crate::graphql) depth: Limit,
    pub(in crate::graphql) aliases: Limit,
    pub(in crate::graphql) complexity: Limit,
}

impl Limits {
    /// The limits as they are set.
    pub(in crate::graphql) fn new(settings: &Settings) -> Self {
        let limit = |what, setting, most, code| Limit {
            what,
            setting,
            most,
            code,
        };
        let of_document = |what, setting, most| limit(what, setting, most, "VALIDATION_ERROR");
        Self {
            document_bytes: of_document(
                "bytes",
                "GRAPHQL_MAX_DOCUMENT_BYTES",
                settings.graphql_max_document_bytes,
            ),
            nesting: of_document(
                "levels of brackets",
                "GRAPHQL_MAX_NESTING",
                settings.graphql_max_nesting,
            ),
            tokens: of_document("tokens", "GRAPHQL_MAX_TOKENS", settings.graphql_max_tokens),
            selections: of_document(
                "selections once its fragments are spread out",
                "GRAPHQL_MAX_SELECTIONS",
                settings.graphql_max_selections,
            ),
            depth: limit(
                "levels of fields",
                "GRAPHQL_MAX_DEPTH",
                settings.graphql_max_depth,
                "QUERY_TOO_DEEP",
            ),
            aliases: of_document(
                "aliases once its fragments are spread out",
                "GRAPHQL_MAX_ALIASES",
                settings.graphql_max_aliases,
            ),
            complexity: limit(
                "points of complexity",
                "GRAPHQL_MAX_COMPLEXITY",
                settings.graphql_max_complexity,
                "QUERY_TOO_COMPLEX",
            ),
        }
    }
}

impl Limit {
    /// Lets `asked` through when it is within the limit.
    pub(in crate::graphql) fn admit(&self, asked: usize) -> Result<(), Refusal> {
        if asked <= self.most {
            return Ok(());
        }
        Err(Refusal {
            code: self.code,
            issue: "LIMIT_EXCEEDED",
            message: format!(
                "The document has {}{asked} {}, and at most {} are allowed ({}). Ask for less, or in several requests.",
                if asked >= UNCOUNTED { "more than " } else { "" },
                self.what,
                self.most,
                self.setting
            ),
        })
    }
}

/// Counting stops here: whatever is beyond is far beyond every limit.
pub(super) const UNCOUNTED: usize = 1_000_000_000;

/// Why a document is not executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::graphql) struct Refusal {
    /// The error's code.
    pub(in crate::graphql) code: &'static str,
    /// What kind of fault it is, for machines.
    pub(in crate::graphql) issue: &'static str,
    /// A sentence for people.
    pub(in crate::graphql) message: String,
}

impl Refusal {
    /// A document that is no GraphQL.
    pub(in crate::graphql) fn malformed(message: impl Into<String>) -> Self {
        Self {
            code: "VALIDATION_ERROR",
            issue: "INVALID",
            message: message.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The limits by default.
    pub(in crate::graphql) fn limits() -> Limits {
        Limits::new(&Settings::defaults())
    }

    #[test]
    fn a_refusal_says_everything_needed_to_mend_it() {
        let refusal = limits().aliases.admit(101).unwrap_err();
        assert_eq!(
            refusal.message,
            "The document has 101 aliases once its fragments are spread out, and at most 100 are allowed \
             (GRAPHQL_MAX_ALIASES). Ask for less, or in several requests."
        );
        assert!(limits().aliases.admit(100).is_ok());
    }
}
