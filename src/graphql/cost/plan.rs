//! What of one operation costs something, found once and kept with its document: the next request with the same document
//! looks at nothing else. It is about as large as the document, since a fragment stands in it once, however often it is spread.

use super::{
    arguments::{Asked, Switch, switch},
    requested::Requested,
    schema::{Costs, Repeats},
    weights::Fee,
};
use crate::graphql::paging::{DEFAULT_SIZE, LARGEST_SIZE};
use async_graphql::{
    Name, Pos, Positioned, Variables,
    parser::types::{
        Directive, Field as FieldNode, FragmentDefinition, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};
use std::{collections::HashMap, sync::Arc};

/// What of an operation costs something.
#[derive(Debug)]
pub(in crate::graphql) struct Plan {
    pub(super) root: Part,
    /// The variables that say whether something is asked for at all.
    pub(super) switches: Vec<Switch>,
    /// Its fields by where they stand in the document, in that order.
    places: Vec<(Pos, Arc<Field>)>,
    /// How many parts are shared.
    pub(super) shared: usize,
    /// What it may cost, where variables change nothing about it.
    pub(super) fixed: Option<Requested>,
}

/// What is selected on one type.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) fields: Vec<Arc<Field>>,
    /// Fragments that are for every object here.
    pub(super) always: Vec<Fragment>,
    /// Fragments by the one type that each is for: any object is of no more than one of these.
    pub(super) kinds: Vec<(Name, Vec<Fragment>)>,
    /// Its number among those that stand in several places.
    pub(super) shared: Option<usize>,
}

/// A field that costs something, or below which something does.
#[derive(Debug)]
pub(super) struct Field {
    /// Under what it is in the answer.
    pub(super) key: Name,
    pub(super) when: When,
    pub(super) fee: Fee,
    pub(super) times: Times,
    /// Whether its fee is due whatever comes of it.
    pub(super) is_due: bool,
    pub(super) below: Part,
}

/// Part of a selection that stands for itself.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) when: When,
    pub(super) part: Arc<Part>,
}

/// The switches that must be as they stand here.
pub(super) type When = Vec<(usize, bool)>;

/// How often a field's value has something.
#[derive(Debug)]
pub(super) enum Times {
    Once,
    /// As `first` says, or else `last`. On the heap, as is the rest: most fields have none.
    Page(Box<[Asked; 2]>),
    Item,
    AtMost(u32),
    PerEntry(Box<Asked>),
    ForEach(Box<Asked>),
}

impl Plan {
    /// The plan of `operation`, which has passed the guards: what recurses too deep or in a circle was refused.
    pub(in crate::graphql) fn new(
        costs: &Costs,
        operation: &OperationDefinition,
        fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    ) -> Self {
        let on = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut planning = Planning {
            costs,
            operation,
            fragments,
            shared: HashMap::new(),
            switches: Vec::new(),
            varies: false,
            places: Vec::new(),
        };
        let root = planning.part(on, &operation.selection_set.node);
        let mut places = planning.places;
        places.sort_unstable_by_key(|(place, _)| *place);
        let varies = planning.varies || !planning.switches.is_empty();
        let mut plan = Self {
            root,
            places,
            shared: planning.shared.len(),
            switches: planning.switches,
            fixed: None,
        };
        plan.fixed = (!varies).then(|| plan.requested(&Variables::default()));
        plan
    }

    /// The field that stands at `place` in the document, if it costs something, or something below it does.
    pub(super) fn at(&self, place: Pos) -> Option<&Field> {
        let found = self
            .places
            .binary_search_by_key(&place, |(place, _)| *place);
        found.ok().map(|index| &*self.places[index].1)
    }
}

struct Planning<'a> {
    costs: &'a Costs,
    operation: &'a OperationDefinition,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    shared: HashMap<&'a str, Arc<Part>>,
    switches: Vec<Switch>,
    varies: bool,
    places: Vec<(Pos, Arc<Field>)>,
}

impl<'a> Planning<'a> {
    fn part(&mut self, on: &str, set: &'a SelectionSet) -> Part {
        let mut part = Part::default();
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => part.fields.extend(self.field(on, field)),
                Selection::InlineFragment(inline) => {
                    let inline = &inline.node;
                    let condition = inline.type_condition.as_ref();
                    let to = condition.map_or(on, |to| to.node.on.node.as_str());
                    if let Some(when) = self.when(&inline.directives) {
                        let inside = Arc::new(self.part(to, &inline.selection_set.node));
                        self.enter(&mut part, on, to, when, inside);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    if let Some((name, fragment)) = self.fragments.get_key_value(name)
                        && let Some(when) = self.when(&spread.node.directives)
                    {
                        let inside = self.fragment(name, &fragment.node);
                        let to = fragment.node.type_condition.node.on.node.as_str();
                        self.enter(&mut part, on, to, when, inside);
                    }
                }
            }
        }
        part
    }

    /// Puts a fragment on the type `to` into a part on the type `on`.
    fn enter(&self, part: &mut Part, on: &str, to: &str, when: When, inside: Arc<Part>) {
        if inside.is_free() {
            return;
        }
        let inside = Fragment { when, part: inside };
        if !self.costs.is_abstract(on) || self.costs.is_abstract(to) {
            part.always.push(inside);
        } else if let Some((_, kind)) = part.kinds.iter_mut().find(|(name, _)| name == to) {
            kind.push(inside);
        } else {
            part.kinds.push((Name::new(to), vec![inside]));
        }
    }

    /// Nothing where it costs nothing. Fields that the schema does not know are refused by validation.
    fn field(&mut self, on: &str, field: &'a Positioned<FieldNode>) -> Option<Arc<Field>> {
        let (place, field, costs) = (field.pos, &field.node, self.costs);
        let shape = costs.field(on, &field.name.node)?;
        let when = self.when(&field.directives)?;
        let below = match &shape.returns {
            Some(returns) => self.part(returns, &field.selection_set.node),
            None => Part::default(),
        };
        if shape.fee.points == 0 && below.is_free() {
            return None;
        }
        let field = Arc::new(Field {
            key: field.response_key().node.clone(),
            when,
            fee: shape.fee,
            times: self.times(shape.repeats, field),
            is_due: on == "Mutation",
            below,
        });
        self.places.push((place, Arc::clone(&field)));
        Some(field)
    }

    fn fragment(&mut self, name: &'a Name, fragment: &'a FragmentDefinition) -> Arc<Part> {
        if let Some(known) = self.shared.get(name.as_str()) {
            return Arc::clone(known);
        }
        let on = fragment.type_condition.node.on.node.as_str();
        let mut part = self.part(on, &fragment.selection_set.node);
        part.shared = Some(self.shared.len());
        let part = Arc::new(part);
        self.shared.insert(name, Arc::clone(&part));
        part
    }

    /// When what bears these directives is asked for; nothing where it never is.
    fn when(&mut self, directives: &[Positioned<Directive>]) -> Option<When> {
        let mut when = When::new();
        for directive in directives {
            let is_wanted = match directive.node.name.node.as_str() {
                "include" => true,
                "skip" => false,
                _ => continue,
            };
            match switch(&directive.node, self.operation) {
                Ok(value) if value == is_wanted => {}
                Ok(_) => return None,
                Err(switch) => {
                    let known = self.switches.iter().position(|other| *other == switch);
                    let index = known.unwrap_or_else(|| {
                        self.switches.push(switch);
                        self.switches.len() - 1
                    });
                    when.push((index, is_wanted));
                }
            }
        }
        Some(when)
    }

    fn times(&mut self, repeats: Repeats, field: &FieldNode) -> Times {
        let mut asked = |place: &'static [&'static str]| {
            let asked = Asked::at(field, place, self.operation);
            self.varies |= asked.varies();
            asked
        };
        match repeats {
            Repeats::Once => Times::Once,
            Repeats::Page => Times::Page(Box::new([asked(&["first"]), asked(&["last"])])),
            Repeats::Item => Times::Item,
            Repeats::AtMost(most) => Times::AtMost(most),
            Repeats::PerEntry(place) => Times::PerEntry(Box::new(asked(place))),
            Repeats::ForEach(place) => Times::ForEach(Box::new(asked(place))),
        }
    }
}

impl Part {
    fn is_free(&self) -> bool {
        self.fields.is_empty() && self.always.is_empty() && self.kinds.is_empty()
    }
}

impl Times {
    /// The number itself. What is out of bounds is refused where it is read.
    pub(super) fn of(&self, variables: &Variables) -> u32 {
        match self {
            Self::Once | Self::Item => 1,
            Self::Page(sizes) => {
                let asked = sizes.iter().find_map(|size| size.number(variables));
                let size = asked.unwrap_or(DEFAULT_SIZE).clamp(1, LARGEST_SIZE);
                u32::try_from(size).unwrap_or(u32::MAX)
            }
            Self::AtMost(most) => *most,
            Self::PerEntry(list) => list.entries(variables),
            Self::ForEach(list) => list.entries(variables).max(1),
        }
    }
}

/// Whether what has `when` is asked for.
pub(super) fn applies(when: &When, switches: &[bool]) -> bool {
    when.iter()
        .all(|(index, wanted)| switches.get(*index) == Some(wanted))
}
