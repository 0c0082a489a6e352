//! What of an operation has come so far, counted by those who write objects as text while they execute them: once it is text, nobody
//! can tell any more.

use super::{
    actual::Counting,
    plan::{Field, Plan},
    requested::Requested,
    weights::LEAST,
};
use async_graphql::{Pos, Value};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// What came of an operation, in points.
#[derive(Debug)]
pub(in crate::graphql) struct Coming {
    plan: Arc<Plan>,
    switches: Box<[bool]>,
    points: AtomicU32,
}

impl Coming {
    pub(super) fn new(plan: &Arc<Plan>, requested: &Requested) -> Self {
        Self {
            plan: Arc::clone(plan),
            switches: requested.switches.clone(),
            points: AtomicU32::new(0),
        }
    }

    /// Of the field that stands at `place` in the document, `objects` came.
    pub(in crate::graphql) fn objects(&self, place: Pos, objects: usize) {
        if let Some(field) = self.plan.at(place) {
            let objects = u32::try_from(objects).unwrap_or(u32::MAX);
            self.add(field.fee_of_one().saturating_mul(objects));
        }
    }

    /// Of the field that stands at `place` in the document, `value` came, which is written down by whoever says so.
    pub(in crate::graphql) fn value(&self, place: Pos, value: &Value) {
        if let Some(field) = self.plan.at(place) {
            self.add(self.counting().field(field, value));
        }
    }

    /// All that came: what was counted here, and what stands as values in `data`, with which the operation was answered. Never more than
    /// was `requested`, since no list has more items than were counted then.
    pub(super) fn total(&self, requested: &Requested, data: &Value) -> u32 {
        let here = self.points.load(Ordering::Relaxed);
        let total = self.plan.came(requested, data).saturating_add(here);
        total.max(LEAST)
    }

    fn counting(&self) -> Counting<'_> {
        Counting {
            switches: &self.switches,
        }
    }

    fn add(&self, points: u32) {
        if points > 0 {
            // It is far from the largest number there is: a document that may cost so much is refused.
            self.points.fetch_add(points, Ordering::Relaxed);
        }
    }
}

impl Field {
    /// What one of its objects costs, beside what is below.
    fn fee_of_one(&self) -> u32 {
        if self.is_due { 0 } else { self.fee.points }
    }
}
