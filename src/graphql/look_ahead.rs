//! Looking ahead from the root of a list: which relations of its items a document asks for, so that each is fetched
//! for all items at once before the executor walks them one by one.
//!
//! What is fetched here lands in the request's loaders; a resolver finds it there or fetches it itself, so a
//! relation that is not looked ahead for is only slower, never wrong.

use super::paging::PageArguments;
use async_graphql::{Context, InputType, SelectionField, Value};

/// The fields selected on the items of a connection: below `nodes` and below `edges { node }`.
pub(crate) fn items<'a>(connection: &SelectionField<'a>) -> Vec<SelectionField<'a>> {
    let mut items = Vec::new();
    for field in included(connection) {
        match field.name() {
            "nodes" => items.extend(included(&field)),
            "edges" => items.extend(
                included(&field)
                    .filter(|edge| edge.name() == "node")
                    .flat_map(|node| included(&node).collect::<Vec<_>>()),
            ),
            _ => {}
        }
    }
    items
}

/// The fields selected on the items of the connection that is being resolved.
pub(crate) fn items_of_this<'a>(context: &'a Context<'a>) -> Vec<SelectionField<'a>> {
    items(&context.field())
}

/// The fields selected on the object that is being resolved.
pub(crate) fn fields_of_this<'a>(context: &'a Context<'a>) -> Vec<SelectionField<'a>> {
    included(&context.field()).collect()
}

/// The selected fields that no `@skip` or `@include` takes out.
pub(crate) fn included<'a>(field: &SelectionField<'a>) -> impl Iterator<Item = SelectionField<'a>> {
    field.selection_set().filter(|field| {
        let Ok(directives) = field.directives() else {
            return false;
        };
        directives.iter().all(|directive| {
            let is_true = directive
                .arguments
                .iter()
                .any(|(name, value)| name.node == "if" && value.node == Value::Boolean(true));
            match directive.name.node.as_str() {
                "skip" => !is_true,
                "include" => is_true,
                _ => true,
            }
        })
    })
}

/// The argument `name` of a selected field, or nothing where it is absent or wrong; the resolver complains.
pub(crate) fn argument<T: InputType>(field: &SelectionField<'_>, name: &str) -> Option<T> {
    let arguments = field.arguments().ok()?;
    let (_, value) = arguments.into_iter().find(|(known, _)| known == name)?;
    T::parse(Some(value)).ok()
}

/// The page that a selected connection asks for.
pub(crate) fn page_arguments(field: &SelectionField<'_>) -> PageArguments {
    PageArguments {
        first: argument(field, "first"),
        after: argument(field, "after"),
        last: argument(field, "last"),
        before: argument(field, "before"),
    }
}
