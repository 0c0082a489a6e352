//! A subscription has one field, as the specification asks (GraphQL, section 5.2.4.1): there is one stream of events.

use crate::graphql::{documents::Document, guards::Refusal};
use async_graphql::Positioned;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Field, Selection};

/// The document with the subscription's field at its top: the library passes over fields that stand in fragments.
///
/// # Errors
/// When it is not one field, or it may be left out.
pub(super) fn with_one_field(document: &Document) -> Result<ExecutableDocument, Refusal> {
    let mut fields = Vec::new();
    collect(document, &mut fields)?;
    let mut fields = fields.into_iter();
    let Some(first) = fields.next() else {
        return Err(several());
    };
    let mut merged = first.clone();
    for other in fields {
        // Validation has seen to it that fields of one name are one field.
        if other.node.response_key() != first.node.response_key() {
            return Err(several());
        }
        let more = other.node.selection_set.node.items.iter().cloned();
        merged.node.selection_set.node.items.extend(more);
    }
    if merged.node.name.node.starts_with("__") {
        return Err(Refusal::malformed(
            "A subscription begins with a field that has events, and this one has none. Ask for it in a query.",
        ));
    }
    let mut executable = document.executable.clone();
    if let DocumentOperations::Single(operation) = &mut executable.operations {
        let pos = merged.pos;
        let items = &mut operation.node.selection_set.node.items;
        *items = vec![Positioned::new(Selection::Field(merged), pos)];
    }
    Ok(executable)
}

fn several() -> Refusal {
    Refusal::malformed(
        "A subscription has exactly one field. Make a subscription of each, or give the same field the same name.",
    )
}

/// The operation's own fields, fragments spread out. The guards have seen to it that they can be.
fn collect<'d>(
    document: &'d Document,
    fields: &mut Vec<&'d Positioned<Field>>,
) -> Result<(), Refusal> {
    let mut sets = vec![&document.operation().selection_set.node];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            let directives = match &selection.node {
                Selection::Field(field) => {
                    fields.push(field);
                    &field.node.directives
                }
                Selection::InlineFragment(inline) => {
                    sets.push(&inline.node.selection_set.node);
                    &inline.node.directives
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = document.executable.fragments.get(name);
                    sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                    &spread.node.directives
                }
            };
            if !directives.is_empty() {
                return Err(Refusal::malformed(
                    "The field of a subscription takes no directives: make the subscription or do not.",
                ));
            }
        }
    }
    Ok(())
}
