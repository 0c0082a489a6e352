//! Executing objects without memory for each of their fields.
//!
//! The library puts every field of every object on the heap before it looks at one, since it might have to wait. Most
//! never do: they hand out a column, or what a loader has fetched already. Here each is tried in a place on the heap that
//! its siblings use after it, and only those that must wait keep theirs.
//!
//! What cannot be done so is left to the library: fields with directives, and two that answer under one name.
//!
//! Where nothing of a document is put together afterwards, an object becomes text as soon as its fields have come: a map of values, to
//! be written and dropped when all of the answer is there, costs more than all of its fields.

use super::{cost::Coming, json};
use async_graphql::{
    ContainerType, ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::{resolve_container, resolve_list},
};
use std::{
    borrow::Cow,
    future::{Future, poll_fn},
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context as Task, Poll},
};

/// In the context of a request whose objects become text while they are executed: who is told of what comes, since nobody can count it
/// later.
pub(super) struct Writing(pub(super) Arc<Coming>);

impl Writing {
    fn of<'a>(ctx: &ContextSelectionSet<'a>) -> Option<&'a Coming> {
        ctx.data_opt::<Self>().map(|writing| &*writing.0)
    }
}

/// An object whose fields are tried in turn. To clients it is the object itself.
pub(crate) struct Eager<T>(pub(crate) T);

impl<T> Deref for Eager<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<M, T: From<Arc<M>>> From<Arc<M>> for Eager<T> {
    fn from(row: Arc<M>) -> Self {
        Self(row.into())
    }
}

impl<T: ContainerType> OutputType for Eager<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let Some(plan) = Plan::of::<T>(ctx) else {
            return resolve_container(ctx, &self.0).await;
        };
        let object = plan.execute(ctx, &self.0).await?;
        if let Some(coming) = plan.writing {
            coming.objects(field.pos, 1);
        }
        Ok(object)
    }
}

/// A list of such objects.
pub(crate) struct EagerList<T>(pub(crate) Vec<T>);

impl<T: ContainerType> OutputType for EagerList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let Some(plan) = Plan::of::<T>(ctx) else {
            return resolve_list(ctx, field, &self.0, Some(self.0.len())).await;
        };
        let plan = &plan;
        let items = self.0.iter().enumerate().map(|(index, item)| async move {
            let ctx = ctx.with_index(index);
            let executed = plan.execute(&ctx, item).await;
            executed.map_err(|error| {
                // What went wrong further down knows better where.
                if error.path.is_empty() {
                    ctx.set_error_path(error)
                } else {
                    error
                }
            })
        });
        let items = together(items).await?;
        Ok(match plan.writing {
            Some(coming) => {
                coming.objects(field.pos, items.len());
                json::list(&items)
            }
            None => Value::List(items),
        })
    }
}

/// What to execute on an object.
struct Plan<'a> {
    /// Its fields, those of fragments among them, in their order.
    fields: Vec<&'a Positioned<Field>>,
    /// Who is told of what comes, if objects become text.
    writing: Option<&'a Coming>,
}

impl<'a> Plan<'a> {
    /// What `ctx` selects on objects of one type, or nothing where that is for the library to do.
    fn of<T: OutputType>(ctx: &ContextSelectionSet<'a>) -> Option<Self> {
        let mut plan = Self {
            fields: Vec::with_capacity(ctx.item.node.items.len()),
            writing: Writing::of(ctx),
        };
        plan.add::<T>(ctx, &ctx.item.node).then_some(plan)
    }

    /// Adds the fields of `set`; whether it could.
    fn add<T: OutputType>(&mut self, ctx: &ContextSelectionSet<'a>, set: &'a SelectionSet) -> bool {
        set.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                let is_double = |other: &Positioned<Field>| other.node.response_key().node == *key;
                let can = field.node.directives.is_empty()
                    && !self.fields.iter().any(|other| is_double(other));
                self.fields.push(field);
                can
            }
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref();
                let on = on.map(|on| on.node.on.node.as_str());
                !applies::<T>(ctx, on) || self.add::<T>(ctx, &inline.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    return false;
                };
                let on = fragment.node.type_condition.node.on.node.as_str();
                !applies::<T>(ctx, Some(on))
                    || self.add::<T>(ctx, &fragment.node.selection_set.node)
            }
        })
    }

    /// Executes the fields on `object`. On the heap, once for the object: types of a schema hold each other, so that the
    /// future would hold itself.
    fn execute<'x, T: ContainerType>(
        &'x self,
        ctx: &'x ContextSelectionSet<'x>,
        object: &'x T,
    ) -> Pin<Box<dyn Future<Output = ServerResult<Value>> + Send + 'x>> {
        let fields = self.fields.iter().map(move |field| async move {
            if field.node.name.node == "__typename" {
                let name = object.introspection_type_name();
                return Ok(Value::String(name.into_owned()));
            }
            let value = object.resolve_field(&ctx.with_field(field)).await?;
            Ok(value.unwrap_or_default())
        });
        Box::pin(async move {
            let values = self.fields.iter().zip(together(fields).await?);
            Ok(match self.writing {
                Some(coming) => json::object(values.map(|(field, value)| {
                    coming.value(field.pos, &value);
                    (field.node.response_key().node.as_str(), value)
                })),
                None => Value::Object(
                    values
                        .map(|(field, value)| (field.node.response_key().node.clone(), value))
                        .collect(),
                ),
            })
        })
    }
}

/// Whether what is selected `on` a type is selected on objects of type `T`.
fn applies<T: OutputType>(ctx: &ContextSelectionSet<'_>, on: Option<&str>) -> bool {
    let Some(on) = on else { return true };
    let name = T::type_name();
    let implemented = ctx.schema_env.registry.implements.get(&*name);
    name == on || implemented.is_some_and(|interfaces| interfaces.contains(on))
}

/// Runs `futures` side by side and returns their values in their order, or the first error.
async fn together<F>(futures: impl Iterator<Item = F>) -> ServerResult<Vec<Value>>
where
    F: Future<Output = ServerResult<Value>>,
{
    let mut futures = futures.enumerate();
    let mut values = Vec::with_capacity(futures.size_hint().0);
    let mut waiting: Vec<(usize, Pin<Box<F>>)> = Vec::new();
    let mut place: Option<Pin<Box<F>>> = None;
    let every = poll_fn(|task| -> Poll<ServerResult<()>> {
        poll_waiting(&mut waiting, &mut values, task)?;
        // All of them at the first time, and none later.
        for (index, future) in futures.by_ref() {
            let mut here = match place.take() {
                Some(mut here) => {
                    here.set(future);
                    here
                }
                None => Box::pin(future),
            };
            match here.as_mut().poll(task)? {
                Poll::Ready(value) => {
                    values.push(value);
                    place = Some(here);
                }
                Poll::Pending => {
                    values.push(Value::Null);
                    waiting.push((index, here));
                }
            }
        }
        place = None;
        if waiting.is_empty() {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    });
    every.await?;
    Ok(values)
}

/// Polls those that wait, and puts the values of those that are ready in their places.
fn poll_waiting<F>(
    waiting: &mut Vec<(usize, Pin<Box<F>>)>,
    values: &mut [Value],
    task: &mut Task<'_>,
) -> ServerResult<()>
where
    F: Future<Output = ServerResult<Value>>,
{
    let mut outcome = Ok(());
    waiting.retain_mut(|(index, future)| {
        if outcome.is_err() {
            return true;
        }
        match future.as_mut().poll(task) {
            Poll::Pending => true,
            Poll::Ready(Ok(value)) => {
                values[*index] = value;
                false
            }
            Poll::Ready(Err(error)) => {
                outcome = Err(error);
                false
            }
        }
    });
    outcome
}
