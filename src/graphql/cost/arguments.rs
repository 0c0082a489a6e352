//! Arguments that say how much is asked for, whether they are written out, come as variables, or are left to a variable's default.

use async_graphql::{
    Name, Value, Variables,
    parser::types::{Directive, Field, OperationDefinition},
};
use async_graphql_value::Value as InputValue;

/// A number, or a list of which the length counts.
#[derive(Debug)]
pub(super) enum Asked {
    /// It was left out.
    Nothing,
    /// It is written out.
    Number(u64),
    /// A list is written out.
    List(u32),
    /// It is a variable's, or stands in one.
    Variable {
        name: Name,
        /// Where it stands within the variable.
        place: &'static [&'static str],
        default: Option<Value>,
    },
}

impl Asked {
    /// What stands at `place` in the field's arguments.
    pub(super) fn at(
        field: &Field,
        place: &'static [&'static str],
        operation: &OperationDefinition,
    ) -> Self {
        let Some((argument, mut place)) = place.split_first() else {
            return Self::Nothing;
        };
        let mut value = field.get_argument(argument).map(|value| &value.node);
        while let (Some(InputValue::Object(members)), Some((member, rest))) =
            (value, place.split_first())
        {
            value = members.get(*member);
            place = rest;
        }
        match value {
            Some(InputValue::Variable(name)) => Self::Variable {
                name: name.clone(),
                place,
                default: default_of(operation, name).cloned(),
            },
            Some(InputValue::Number(number)) => number.as_i64().map_or(Self::Nothing, |number| {
                Self::Number(u64::try_from(number).unwrap_or(1))
            }),
            Some(InputValue::List(entries)) => Self::List(length(entries.len())),
            Some(InputValue::Null) | None => Self::Nothing,
            // A value in the place of a list is a list of one.
            Some(_) => Self::List(1),
        }
    }

    /// Whether it differs from one request to the next.
    pub(super) fn varies(&self) -> bool {
        matches!(self, Self::Variable { .. })
    }

    /// The number; what is less than one is taken for one.
    pub(super) fn number(&self, variables: &Variables) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Nothing | Self::List(_) => None,
            Self::Variable { .. } => match self.value(variables)? {
                Value::Number(number) => {
                    let number = number.as_i64()?;
                    Some(u64::try_from(number).unwrap_or(1))
                }
                _ => None,
            },
        }
    }

    /// How many entries the list has.
    pub(super) fn entries(&self, variables: &Variables) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Number(_) => 1,
            Self::List(entries) => *entries,
            Self::Variable { .. } => match self.value(variables) {
                Some(Value::List(entries)) => length(entries.len()),
                Some(Value::Null) | None => 0,
                Some(_) => 1,
            },
        }
    }

    fn value<'a>(&'a self, variables: &'a Variables) -> Option<&'a Value> {
        let Self::Variable {
            name,
            place,
            default,
        } = self
        else {
            return None;
        };
        let mut value = variables.get(name).or(default.as_ref())?;
        for member in *place {
            value = match value {
                Value::Object(members) => members.get(*member)?,
                _ => return None,
            };
        }
        Some(value)
    }
}

/// A variable that says whether something is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Switch {
    name: Name,
    default: bool,
}

impl Switch {
    /// How it is set.
    pub(super) fn of(&self, variables: &Variables) -> bool {
        match variables.get(&self.name) {
            Some(Value::Boolean(value)) => *value,
            _ => self.default,
        }
    }
}

/// What a directive's `if` says, or the variable that does.
pub(super) fn switch(
    directive: &Directive,
    operation: &OperationDefinition,
) -> Result<bool, Switch> {
    match directive.get_argument("if").map(|value| &value.node) {
        Some(InputValue::Variable(name)) => Err(Switch {
            name: name.clone(),
            default: default_of(operation, name) == Some(&Value::Boolean(true)),
        }),
        Some(InputValue::Boolean(value)) => Ok(*value),
        // Validation has a word for it.
        _ => Ok(true),
    }
}

fn default_of<'a>(operation: &'a OperationDefinition, name: &str) -> Option<&'a Value> {
    let definitions = &operation.variable_definitions;
    let known = definitions
        .iter()
        .find(|known| known.node.name.node == name)?;
    known.node.default_value.as_ref().map(|value| &value.node)
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
