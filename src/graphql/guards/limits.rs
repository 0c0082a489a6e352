//! The limits, and what is said when one is passed.

use crate::platform::config::Settings;
use std::fmt;

/// One limit on what a request holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct Limit {
    /// What is limited.
    of: Subject,
    /// What is counted, as in "has 20 aliases".
    pub(in crate::graphql) what: &'static str,
    /// The setting that changes it.
    pub(in crate::graphql) setting: &'static str,
    /// The most that is let through.
    pub(in crate::graphql) most: usize,
    /// The error's code.
    pub(in crate::graphql) code: &'static str,
}

/// The part of a request that is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Document,
    Variables,
}

impl Subject {
    /// The member of the request.
    fn field(self) -> &'static str {
        match self {
            Self::Document => "query",
            Self::Variables => "variables",
        }
    }

    fn has(self) -> &'static str {
        match self {
            Self::Document => "The document has",
            Self::Variables => "The variables have",
        }
    }
}

/// Every limit on documents and their variables.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct Limits {
    pub(in crate::graphql) document_bytes: Limit,
    pub(in crate::graphql) nesting: Limit,
    pub(in crate::graphql) tokens: Limit,
    pub(in crate::graphql) selections: Limit,
    pub(in crate::graphql) depth: Limit,
    pub(in crate::graphql) aliases: Limit,
    pub(in crate::graphql) directives: Limit,
    pub(in crate::graphql) root_fields: Limit,
    pub(in crate::graphql) secret_fields: Limit,
    pub(in crate::graphql) introspection_lists: Limit,
    pub(in crate::graphql) list_items: Limit,
    pub(in crate::graphql) complexity: Limit,
    pub(in crate::graphql) variables: VariablesLimits,
}

/// Those on the variables alone.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct VariablesLimits {
    pub(in crate::graphql) bytes: Limit,
    pub(in crate::graphql) depth: Limit,
    pub(in crate::graphql) list_items: Limit,
}

impl Limits {
    /// The limits as they are set.
    pub(in crate::graphql) fn new(settings: &Settings) -> Self {
        let set = &settings.documents;
        Self {
            document_bytes: of_document(
                "bytes",
                "GRAPHQL_MAX_DOCUMENT_BYTES",
                set.graphql_max_document_bytes,
            ),
            nesting: of_document(
                "levels of brackets",
                "GRAPHQL_MAX_NESTING",
                set.graphql_max_nesting,
            ),
            tokens: of_document("tokens", "GRAPHQL_MAX_TOKENS", set.graphql_max_tokens),
            selections: of_document(
                "selections once its fragments are spread out",
                "GRAPHQL_MAX_SELECTIONS",
                set.graphql_max_selections,
            ),
            depth: Limit {
                code: "QUERY_TOO_DEEP",
                ..of_document(
                    "levels of fields",
                    "GRAPHQL_MAX_DEPTH",
                    set.graphql_max_depth,
                )
            },
            aliases: of_document(
                "aliases once its fragments are spread out",
                "GRAPHQL_MAX_ALIASES",
                set.graphql_max_aliases,
            ),
            directives: of_document(
                "directives once its fragments are spread out",
                "GRAPHQL_MAX_DIRECTIVES",
                set.graphql_max_directives,
            ),
            root_fields: of_document(
                "fields at its root",
                "GRAPHQL_MAX_ROOT_FIELDS",
                set.graphql_max_root_fields,
            ),
            secret_fields: of_document(
                "fields that check a password, a code or a token, or send mail",
                "GRAPHQL_MAX_SECRET_FIELDS",
                set.graphql_max_secret_fields,
            ),
            introspection_lists: of_document(
                "lists of the schema's description inside each other",
                "GRAPHQL_MAX_INTROSPECTION_LISTS",
                set.graphql_max_introspection_lists,
            ),
            list_items: of_document(
                "items in one list",
                "GRAPHQL_MAX_LIST_ITEMS",
                set.graphql_max_list_items,
            ),
            complexity: Limit {
                code: "QUERY_TOO_COMPLEX",
                ..of_document(
                    "points of complexity",
                    "GRAPHQL_MAX_COMPLEXITY",
                    set.graphql_max_complexity,
                )
            },
            variables: VariablesLimits::new(settings),
        }
    }
}

impl VariablesLimits {
    fn new(settings: &Settings) -> Self {
        let set = &settings.documents;
        Self {
            bytes: of_variables(
                "bytes",
                "GRAPHQL_MAX_VARIABLES_BYTES",
                set.graphql_max_variables_bytes,
            ),
            depth: of_variables(
                "levels of lists and objects",
                "GRAPHQL_MAX_VARIABLES_DEPTH",
                set.graphql_max_variables_depth,
            ),
            list_items: of_variables(
                "items in one list",
                "GRAPHQL_MAX_LIST_ITEMS",
                set.graphql_max_list_items,
            ),
        }
    }
}

fn of_document(what: &'static str, setting: &'static str, most: usize) -> Limit {
    Limit {
        of: Subject::Document,
        what,
        setting,
        most,
        code: "VALIDATION_ERROR",
    }
}

fn of_variables(what: &'static str, setting: &'static str, most: usize) -> Limit {
    Limit {
        of: Subject::Variables,
        ..of_document(what, setting, most)
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
            field: self.of.field(),
            issue: "LIMIT_EXCEEDED",
            message: format!(
                "{} {}{asked} {}, and at most {} are allowed ({}). Ask for less, or in several requests.",
                self.of.has(),
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
    /// The member of the request that is at fault.
    pub(in crate::graphql) field: &'static str,
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
            field: Subject::Document.field(),
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
        let refusal = limits().variables.depth.admit(17).unwrap_err();
        assert_eq!(refusal.field, "variables");
        assert!(refusal.message.starts_with("The variables have 17 levels"));
    }
}
