//! What an operation did cost: the same weights, for what really came. Counted over the answer, which is cheaper than being
//! told of every field while it is executed.

use super::{
    plan::{Field, Fragment, Part, Plan, Times, applies},
    requested::Requested,
};
use async_graphql::{Name, Value, indexmap::IndexMap};

impl Plan {
    /// What is due of the operation that may have cost `requested` and was executed, and what `data` cost, with which it was answered.
    pub(super) fn came(&self, requested: &Requested, data: &Value) -> u32 {
        let counting = Counting {
            switches: &requested.switches,
        };
        let came = match data {
            Value::Object(fields) => counting.part(&self.root, fields),
            _ => 0,
        };
        requested.due.saturating_add(came)
    }
}

/// Counts what came of a plan.
pub(super) struct Counting<'a> {
    pub(super) switches: &'a [bool],
}

impl Counting<'_> {
    fn part(&self, part: &Part, object: &IndexMap<Name, Value>) -> u32 {
        let mut points = 0_u32;
        for field in &part.fields {
            if applies(&field.when, self.switches)
                && let Some(value) = object.get(&field.key)
            {
                points = points.saturating_add(self.field(field, value));
            }
        }
        points = points.saturating_add(self.fragments(&part.always, object));
        // Of which type the object is does not stand in the answer; what was asked of other types is not there.
        let kinds = part.kinds.iter();
        let dearest = kinds.map(|(_, kind)| self.fragments(kind, object)).max();
        points.saturating_add(dearest.unwrap_or(0))
    }

    fn fragments(&self, fragments: &[Fragment], object: &IndexMap<Name, Value>) -> u32 {
        fragments
            .iter()
            .filter(|fragment| applies(&fragment.when, self.switches))
            .fold(0, |points, fragment| {
                points.saturating_add(self.part(&fragment.part, object))
            })
    }

    pub(super) fn field(&self, field: &Field, value: &Value) -> u32 {
        let fee = if field.is_due { 0 } else { field.fee.points };
        let is_list = matches!(
            field.times,
            Times::Item | Times::AtMost(_) | Times::PerEntry(_)
        );
        match value {
            // Text was counted by whoever wrote it.
            Value::Null | Value::Binary(_) => 0,
            Value::List(items) if is_list => items
                .iter()
                .filter(|item| !matches!(item, Value::Null | Value::Binary(_)))
                .fold(0, |points: u32, item| {
                    points
                        .saturating_add(fee)
                        .saturating_add(self.below(field, item))
                }),
            other => fee.saturating_add(self.below(field, other)),
        }
    }

    fn below(&self, field: &Field, value: &Value) -> u32 {
        match value {
            Value::Object(object) => self.part(&field.below, object),
            _ => 0,
        }
    }
}
