//! What an operation did cost: the same weights, for what really came. Counted over the answer, which is cheaper than being
//! told of every field while it is executed.

use super::{
    plan::{Field, Fragment, Part, Plan, Times, applies},
    requested::Requested,
    weights::LEAST,
};
use async_graphql::{Name, Value, indexmap::IndexMap};

impl Plan {
    /// What the operation cost that may have cost `requested`, and was executed and answered with `data`. Never more than
    /// that: it goes through the same parts, and no list has more items than were counted.
    pub(in crate::graphql) fn actual(&self, requested: &Requested, data: &Value) -> u32 {
        let counting = Counting {
            switches: &requested.switches,
        };
        let came = match data {
            Value::Object(fields) => counting.part(&self.root, fields),
            _ => 0,
        };
        requested.due.saturating_add(came).max(LEAST)
    }
}

struct Counting<'a> {
    switches: &'a [bool],
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

    fn field(&self, field: &Field, value: &Value) -> u32 {
        let fee = if field.is_due { 0 } else { field.fee.points };
        let is_list = matches!(
            field.times,
            Times::Item | Times::AtMost(_) | Times::PerEntry(_)
        );
        match value {
            Value::Null => 0,
            Value::List(items) if is_list => items
                .iter()
                .filter(|item| !matches!(item, Value::Null))
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
