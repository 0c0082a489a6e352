//! Which fields of an operation make it cost what it does.

use super::{
    plan::{Field, Fragment, Part, Plan, Times, applies},
    requested::Requesting,
    weights::Fee,
};
use crate::graphql::present_errors::shortened;
use async_graphql::Variables;

/// A field, and what it adds to the cost by itself: what is selected below it stands by itself too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CostlyPath {
    /// Where it is in the answer.
    pub(super) path: String,
    /// The points.
    pub(super) cost: u32,
    /// How often it may be there.
    pub(super) times: u32,
    fee: Fee,
    /// What multiplies it: the fields that are lists, and how many items they may have.
    factors: Vec<(String, u32)>,
}

impl Plan {
    /// The fields that cost most, at most so many, the dearest first.
    pub(super) fn dearest_paths(&self, variables: &Variables, most: usize) -> Vec<CostlyPath> {
        let mut walk = Walk {
            requesting: Requesting::new(self, variables),
            most,
            path: Vec::new(),
            factors: Vec::new(),
            found: Vec::new(),
        };
        walk.part(&self.root, 1, 1);
        walk.found
    }
}

impl CostlyPath {
    /// Why it costs so much, as a phrase.
    pub(super) fn why(&self) -> String {
        let Fee { points, of } = self.fee;
        let plural = if points == 1 { "" } else { "s" };
        let fee = format!("{points} point{plural} for {of}");
        if self.factors.is_empty() {
            return fee;
        }
        let factors = self.factors.iter();
        let factors: Vec<_> = factors.map(|(name, n)| format!("{name} {n}")).collect();
        format!("{fee}, {} times: {}", self.times, factors.join(" × "))
    }
}

struct Walk<'a> {
    requesting: Requesting<'a>,
    most: usize,
    path: Vec<&'a str>,
    factors: Vec<(&'a str, u32)>,
    found: Vec<CostlyPath>,
}

impl<'a> Walk<'a> {
    /// A part that may be there so many `times`, and is selected on a page of so many items.
    fn part(&mut self, part: &'a Part, times: u32, page: u32) {
        for field in &part.fields {
            if applies(&field.when, &self.requesting.switches) {
                self.path.push(&field.key);
                self.field(field, times, page);
                self.path.pop();
            }
        }
        self.fragments(&part.always, times, page);
        if let Some(kind) = self.requesting.dearest_kind(part) {
            self.fragments(kind, times, page);
        }
    }

    fn fragments(&mut self, fragments: &'a [Fragment], times: u32, page: u32) {
        for fragment in fragments {
            if applies(&fragment.when, &self.requesting.switches) {
                self.part(&fragment.part, times, page);
            }
        }
    }

    fn field(&mut self, field: &'a Field, times: u32, page: u32) {
        let n = field.times.of(self.requesting.variables);
        // What multiplies the field itself, and the page that it is for those right below it.
        let (factor, below) = match field.times {
            Times::Once => (None, 1),
            Times::Page(_) => (None, n),
            Times::Item => (Some(page), 1),
            Times::AtMost(_) | Times::PerEntry(_) => (Some(n), 1),
            // What it does for each entry is counted by itself; what is below is there once.
            Times::ForEach(_) => (Some(n), n),
        };
        let is_page = matches!(field.times, Times::Item);
        let list = if is_page {
            self.path.iter().rev().nth(1)
        } else {
            self.path.last()
        };
        if let (Some(n), Some(list)) = (factor, list.copied()) {
            self.factors.push((list, n));
        }
        let own = times.saturating_mul(factor.unwrap_or(1));
        self.note(field.fee, own);
        if matches!(field.times, Times::ForEach(_)) {
            self.factors.pop();
            self.part(&field.below, times, below);
        } else {
            self.part(&field.below, own, below);
            if factor.is_some() {
                self.factors.pop();
            }
        }
    }

    /// Keeps the field at hand if it is among the dearest.
    fn note(&mut self, fee: Fee, times: u32) {
        let cost = fee.points.saturating_mul(times);
        let place = self.found.partition_point(|other| other.cost >= cost);
        if cost == 0 || place >= self.most {
            return;
        }
        let factors = self.factors.iter();
        let costly = CostlyPath {
            path: shortened(&self.path.join(".")),
            cost,
            times,
            fee,
            factors: factors.map(|(name, n)| (shortened(name), *n)).collect(),
        };
        self.found.insert(place, costly);
        self.found.truncate(self.most);
    }
}
