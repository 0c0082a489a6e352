//! What an operation may cost at most, before it runs.

use super::{
    plan::{Field, Fragment, Part, Plan, Times, applies},
    weights::LEAST,
};
use async_graphql::Variables;

/// What an operation may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::graphql) struct Requested {
    /// The points that it may cost; numbers beyond all bounds are the largest there is.
    pub(in crate::graphql) points: u32,
    /// Those of them that are due whatever comes of it, once it is executed.
    pub(super) due: u32,
    /// How the plan's switches are set.
    pub(super) switches: Box<[bool]>,
}

/// The points of a part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    /// For what is there once.
    pub(super) once: u32,
    /// For each item of the page that the part is selected on.
    pub(super) each: u32,
    due: u32,
}

impl Plan {
    /// What the operation may cost with these variables.
    pub(in crate::graphql) fn requested(&self, variables: &Variables) -> Requested {
        if let Some(fixed) = &self.fixed {
            return fixed.clone();
        }
        let mut requesting = Requesting::new(self, variables);
        let sum = requesting.part(&self.root);
        Requested {
            points: sum.once.max(LEAST),
            due: sum.due,
            switches: requesting.switches,
        }
    }
}

/// Adds up a plan with variables.
pub(super) struct Requesting<'a> {
    pub(super) variables: &'a Variables,
    pub(super) switches: Box<[bool]>,
    /// Of parts that stand in several places each is added up once.
    known: Vec<Option<Sum>>,
}

impl<'a> Requesting<'a> {
    pub(super) fn new(plan: &Plan, variables: &'a Variables) -> Self {
        let switches = plan.switches.iter().map(|switch| switch.of(variables));
        Self {
            variables,
            switches: switches.collect(),
            known: vec![None; plan.shared],
        }
    }

    fn part(&mut self, part: &Part) -> Sum {
        let known = |index: usize| self.known.get(index).copied().flatten();
        if let Some(known) = part.shared.and_then(known) {
            return known;
        }
        let mut sum = Sum::default();
        for field in &part.fields {
            if applies(&field.when, &self.switches) {
                sum = sum.and(self.field(field));
            }
        }
        sum = sum.and(self.fragments(&part.always));
        // An object is of one type only, so what is for others does not come with it.
        let kinds = part.kinds.iter().map(|(_, kind)| self.fragments(kind));
        sum = sum.and(kinds.max_by_key(|kind| kind.once).unwrap_or_default());
        if let Some(known) = part.shared.and_then(|index| self.known.get_mut(index)) {
            *known = Some(sum);
        }
        sum
    }

    fn fragments(&mut self, fragments: &[Fragment]) -> Sum {
        let mut sum = Sum::default();
        for fragment in fragments {
            if applies(&fragment.when, &self.switches) {
                sum = sum.and(self.part(&fragment.part));
            }
        }
        sum
    }

    /// The fragments for the type that costs most.
    pub(super) fn dearest_kind<'p>(&mut self, part: &'p Part) -> Option<&'p [Fragment]> {
        let kinds = part.kinds.iter().map(|(_, kind)| kind.as_slice());
        kinds.max_by_key(|kind| self.fragments(kind).once)
    }

    fn field(&mut self, field: &Field) -> Sum {
        let below = self.part(&field.below);
        let (points, times) = (field.fee.points, field.times.of(self.variables));
        let items = below.each.saturating_mul(times);
        let (own, below) = match field.times {
            Times::Item => {
                return Sum {
                    each: points.saturating_add(below.once),
                    ..Sum::default()
                };
            }
            Times::Once | Times::Page(_) => (points, below.once.saturating_add(items)),
            Times::ForEach(_) => {
                let own = points.saturating_mul(times);
                (own, below.once.saturating_add(items))
            }
            Times::AtMost(_) | Times::PerEntry(_) => {
                let own = points.saturating_mul(times);
                (own, below.once.saturating_mul(times))
            }
        };
        Sum {
            once: own.saturating_add(below),
            each: 0,
            due: if field.is_due { own } else { 0 },
        }
    }
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self {
            once: self.once.saturating_add(other.once),
            each: self.each.saturating_add(other.each),
            due: self.due.saturating_add(other.due),
        }
    }
}
