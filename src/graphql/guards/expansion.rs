//! What a document becomes once its fragments are spread out, counted without spreading them: each fragment is
//! measured once.

use super::limits::{Limits, Refusal, UNCOUNTED};
use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet},
};
use std::collections::HashMap;

/// The size of a document's operations together, fragments spread out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::graphql) struct Expansion {
    /// Fields and spreads.
    selections: usize,
    aliases: usize,
    /// How deep fields nest.
    depth: usize,
    /// How deep selection sets nest, those of fragments included: how far whoever walks the document recurses.
    levels: usize,
    /// Whether the schema itself is asked for.
    pub(in crate::graphql) introspects: bool,
}

impl Expansion {
    /// Measures `document`; refuses it when a fragment spreads itself or nobody spreads it, or when a
    /// limit is exceeded.
    ///
    /// All operations count together, since validation walks all of them.
    pub(in crate::graphql) fn measure(
        document: &ExecutableDocument,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let mut measuring = Measuring {
            fragments: &document.fragments,
            measured: HashMap::new(),
            limits,
        };
        let mut whole = Self::default();
        for (_, operation) in document.operations.iter() {
            whole.add(measuring.selection_set(&operation.node.selection_set.node, 0)?);
        }
        if measuring.measured.len() < document.fragments.len() {
            return Err(Refusal::malformed(
                "The document has a fragment that no operation spreads. Remove it.",
            ));
        }
        limits.selections.admit(whole.selections)?;
        limits.aliases.admit(whole.aliases)?;
        limits.depth.admit(whole.depth)?;
        limits.nesting.admit(whole.levels)?;
        Ok(whole)
    }

    /// Takes in what stands beside it.
    fn add(&mut self, other: Self) {
        self.selections = self
            .selections
            .saturating_add(other.selections)
            .min(UNCOUNTED);
        self.aliases = self.aliases.saturating_add(other.aliases).min(UNCOUNTED);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.introspects |= other.introspects;
    }
}

struct Measuring<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Nothing while a fragment is being measured: whoever comes across it then has come full circle.
    measured: HashMap<&'a str, Option<Expansion>>,
    limits: &'a Limits,
}

impl<'a> Measuring<'a> {
    /// `recursion` bounds our own: no path is followed further than the limit allows.
    fn selection_set(
        &mut self,
        set: &'a SelectionSet,
        recursion: usize,
    ) -> Result<Expansion, Refusal> {
        self.limits.nesting.admit(recursion)?;
        let mut whole = Expansion::default();
        for selection in &set.items {
            let mut part = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let mut part = self.selection_set(&field.selection_set.node, recursion + 1)?;
                    part.depth += 1;
                    part.aliases += usize::from(field.alias.is_some());
                    part.introspects |= matches!(field.name.node.as_str(), "__schema" | "__type");
                    part
                }
                Selection::InlineFragment(fragment) => {
                    self.selection_set(&fragment.node.selection_set.node, recursion + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, recursion + 1)?
                }
            };
            part.selections += 1;
            whole.add(part);
        }
        if !set.items.is_empty() {
            whole.levels += 1;
        }
        Ok(whole)
    }

    /// An unknown fragment measures nothing; validation has a word for it.
    fn fragment(&mut self, name: &str, recursion: usize) -> Result<Expansion, Refusal> {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Ok(Expansion::default());
        };
        match self.measured.get(name.as_str()) {
            Some(Some(measured)) => return Ok(*measured),
            Some(None) => {
                return Err(Refusal::malformed(
                    "The document has a fragment that spreads itself, directly or through others.",
                ));
            }
            None => {}
        }
        self.measured.insert(name, None);
        let measured = self.selection_set(&fragment.node.selection_set.node, recursion)?;
        self.measured.insert(name, Some(measured));
        Ok(measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::guards::limits::tests::limits;
    use async_graphql::parser::parse_query;

    fn measure(document: &str) -> Result<Expansion, Refusal> {
        Expansion::measure(&parse_query(document).unwrap(), &limits())
    }

    /// `levels` fragments that each spread the next one `width` times.
    fn fan_out(levels: usize, width: usize) -> String {
        let mut document = "query { ...f0 }".to_owned();
        for level in 0..levels {
            let spreads = format!("...f{} ", level + 1).repeat(width);
            document.push_str(&format!(" fragment f{level} on Query {{ {spreads} }}"));
        }
        document.push_str(&format!(" fragment f{levels} on Query {{ ping }}"));
        document
    }

    #[test]
    fn measures_what_fragments_spread() {
        let expansion = measure(
            "{ a { ...F ... on T { x: b { c } } } }
             fragment F on T { y: d ...G }
             fragment G on T { e { f { g } } }",
        )
        .unwrap();
        assert_eq!(
            expansion,
            Expansion {
                selections: 10,
                aliases: 2,
                depth: 4,
                levels: 6,
                introspects: false,
            }
        );
    }

    #[test]
    fn counts_all_operations_together() {
        let expansion = measure("query A { a b } query B { c { __schema { d } } }").unwrap();
        assert_eq!((expansion.selections, expansion.depth), (5, 3));
        assert!(expansion.introspects);
    }

    #[test]
    fn refuses_fragments_that_multiply() {
        for (levels, width) in [(24, 2), (30, 8), (60, 2)] {
            let refusal = measure(&fan_out(levels, width)).unwrap_err();
            assert_eq!(refusal.code, "VALIDATION_ERROR");
            assert!(
                refusal.message.contains("GRAPHQL_MAX_SELECTIONS"),
                "{refusal}"
            );
        }
        assert!(measure(&fan_out(7, 2)).is_ok());
    }

    #[test]
    fn refuses_fragments_in_a_circle() {
        for document in [
            "{ ...A } fragment A on Query { ...A }",
            "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { ... { ...A } }",
            "{ ...A ...B } fragment A on Query { ...B } fragment B on Query { a { ...A } }",
        ] {
            let refusal = measure(document).unwrap_err();
            assert!(refusal.message.contains("spreads itself"), "{refusal}");
        }
    }

    #[test]
    fn refuses_what_is_too_deep() {
        let nested = |levels: usize| format!("{}a{}", "{ a ".repeat(levels), " }".repeat(levels));
        assert!(measure(&nested(15)).is_ok());
        assert_eq!(measure(&nested(20)).unwrap_err().code, "QUERY_TOO_DEEP");
    }

    #[test]
    fn refuses_a_long_chain_of_fragments() {
        let chain = fan_out(200, 1);
        let refusal = measure(&chain).unwrap_err();
        assert!(refusal.message.contains("GRAPHQL_MAX_NESTING"), "{refusal}");
    }

    #[test]
    fn refuses_fragments_that_nobody_spreads() {
        let refusal =
            measure("{ a } fragment A on Query { ...B } fragment B on Query { ...A }").unwrap_err();
        assert!(
            refusal.message.contains("no operation spreads"),
            "{refusal}"
        );
    }

    #[test]
    fn lets_unknown_fragments_to_validation() {
        assert!(measure("{ a ...Missing }").is_ok());
    }
}
