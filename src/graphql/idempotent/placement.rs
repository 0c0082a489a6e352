//! Where in a document keys may stand.

use super::DIRECTIVE;
use crate::graphql::guards::Refusal;
use async_graphql::{
    Name, Positioned,
    parser::types::{
        ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType, Selection,
        SelectionSet,
    },
};
use std::collections::HashMap;

/// Refuses the directive on anything but a field of the mutation itself: nothing else is done, and so nothing else could
/// be done once.
pub(in crate::graphql) fn check_placement(document: &ExecutableDocument) -> Result<(), Refusal> {
    let operations = document.operations.iter().map(|(_, operation)| {
        let is_root = operation.node.ty == OperationType::Mutation;
        (&operation.node.selection_set.node, is_root)
    });
    let fragments = document.fragments.values().map(|fragment| {
        let is_root = fragment.node.type_condition.node.on.node == "Mutation";
        (&fragment.node.selection_set.node, is_root)
    });
    let mut sets: Vec<_> = operations.chain(fragments).collect();
    while let Some((set, is_root)) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let mut directives = field.node.directives.iter();
                    if !is_root && directives.any(|one| one.node.name.node == DIRECTIVE) {
                        return Err(Refusal::malformed(
                            "The directive @idempotent stands on a field that is not one of the mutation itself. Write it \
                             behind the mutation's field and its arguments.",
                        ));
                    }
                    sets.push((&field.node.selection_set.node, false));
                }
                Selection::InlineFragment(inline) => {
                    sets.push((&inline.node.selection_set.node, is_root));
                }
                // Looked at by itself.
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    Ok(())
}

/// How many fields of `operation` itself do something, fragments spread out. The guards have seen to it that they can be.
pub(in crate::graphql) fn mutation_fields(
    operation: &OperationDefinition,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
) -> usize {
    let mut count = 0;
    let mut sets: Vec<&SelectionSet> = vec![&operation.selection_set.node];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    count += usize::from(field.node.name.node != "__typename");
                }
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let fragment = fragments.get(&spread.node.fragment_name.node);
                    sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                }
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn is_placed_well(document: &str) -> bool {
        check_placement(&parse_query(document).unwrap()).is_ok()
    }

    #[test]
    fn the_directive_stands_on_fields_of_the_mutation_itself() {
        for document in [
            r#"mutation { a @idempotent(key: "1") { b } c @idempotent(key: "2") }"#,
            r#"mutation { ... { a @idempotent(key: "1") } }"#,
            r#"mutation { ...F } fragment F on Mutation { a @idempotent(key: "1") }"#,
            "{ a @skip(if: true) }",
        ] {
            assert!(is_placed_well(document), "{document}");
        }
        for document in [
            r#"{ a @idempotent(key: "1") }"#,
            r#"subscription { a @idempotent(key: "1") }"#,
            r#"mutation { a { b @idempotent(key: "1") } }"#,
            r#"mutation { a { ... { b @idempotent(key: "1") } } }"#,
            r#"mutation { a { ...F } } fragment F on A { b @idempotent(key: "1") }"#,
            r#"mutation { ...F } fragment F on Mutation { a { b @idempotent(key: "1") } }"#,
            r#"mutation A { a } query B { b @idempotent(key: "1") }"#,
        ] {
            assert!(!is_placed_well(document), "{document}");
        }
    }

    #[test]
    fn fields_are_counted_through_fragments() {
        for (document, expected) in [
            ("mutation { a { b c } }", 1),
            ("mutation { __typename a }", 1),
            ("mutation { a x: a }", 2),
            ("mutation { a ... { b } }", 2),
            ("mutation { ...F ...F } fragment F on Mutation { a }", 2),
            (
                "mutation { ...F } fragment F on Mutation { ...G } fragment G on Mutation { a { b } }",
                1,
            ),
        ] {
            let document = parse_query(document).unwrap();
            let (_, operation) = document.operations.iter().next().unwrap();
            assert_eq!(
                mutation_fields(&operation.node, &document.fragments),
                expected
            );
        }
    }
}
