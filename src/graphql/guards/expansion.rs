//! What a document becomes once its fragments are spread out, counted without spreading them: each fragment is
//! measured once.

use super::{
    limits::{Limits, Refusal, UNCOUNTED},
    literals::largest_list,
    secret_fields::is_secret,
};
use async_graphql::{
    Name, Positioned,
    parser::types::{
        Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
        SelectionSet,
    },
};
use std::collections::HashMap;

/// The size of a document's operations together, fragments spread out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::graphql) struct Expansion {
    /// Fields and spreads.
    selections: usize,
    aliases: usize,
    /// How deep fields nest.
    depth: usize,
    /// How deep selection sets nest, those of fragments included: how far whoever walks the document recurses.
    levels: usize,
    directives: usize,
    /// The fields of the selection set itself, not those inside them.
    fields: usize,
    /// Those of them that would be guessing, were there more.
    secret_fields: usize,
    /// How often lists nest by which the schema describes itself; elsewhere fields of these names mean nothing.
    lists: usize,
    /// The same, where it is the schema that is asked for.
    introspection_lists: usize,
    /// Whether the schema itself is asked for.
    pub(in crate::graphql) introspects: bool,
}

/// The lists by which a schema describes itself. Each level multiplies: types have fields, which have types.
const LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

impl Expansion {
    /// Measures `document`; refuses it when a fragment spreads itself or nobody spreads it, or when a
    /// limit is exceeded.
    ///
    /// All operations count together, since validation walks all of them.
    pub(in crate::graphql) fn measure(
        document: &ExecutableDocument,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let mut measuring = Measuring {
            fragments: &document.fragments,
            measured: HashMap::new(),
            limits,
        };
        let mut whole = Self::default();
        // Of one operation each, since only one is executed.
        let (mut root_fields, mut secret_fields) = (0, 0);
        for (_, operation) in document.operations.iter() {
            let one = measuring.operation(&operation.node)?;
            root_fields = one.fields.max(root_fields);
            secret_fields = one.secret_fields.max(secret_fields);
            whole.add(one);
        }
        if measuring.measured.len() < document.fragments.len() {
            return Err(Refusal::malformed(
                "The document has a fragment that no operation spreads. Remove it.",
            ));
        }
        limits.selections.admit(whole.selections)?;
        limits.aliases.admit(whole.aliases)?;
        limits.directives.admit(whole.directives)?;
        limits.root_fields.admit(root_fields)?;
        limits.secret_fields.admit(secret_fields)?;
        limits.depth.admit(whole.depth)?;
        limits.nesting.admit(whole.levels)?;
        limits
            .introspection_lists
            .admit(whole.introspection_lists)?;
        Ok(whole)
    }

    /// Takes in what stands beside it.
    fn add(&mut self, other: Self) {
        let sum = |one: usize, other| one.saturating_add(other).min(UNCOUNTED);
        self.selections = sum(self.selections, other.selections);
        self.aliases = sum(self.aliases, other.aliases);
        self.directives = sum(self.directives, other.directives);
        self.fields = sum(self.fields, other.fields);
        self.secret_fields = sum(self.secret_fields, other.secret_fields);
        self.lists = self.lists.max(other.lists);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.introspects |= other.introspects;
    }
}

struct Measuring<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Nothing while a fragment is being measured: whoever comes across it then has come full circle.
    measured: HashMap<&'a str, Option<Expansion>>,
    limits: &'a Limits,
}

impl<'a> Measuring<'a> {
    /// `recursion` bounds our own: no path is followed further than the limit allows.
    fn selection_set(
        &mut self,
        set: &'a SelectionSet,
        recursion: usize,
    ) -> Result<Expansion, Refusal> {
        self.limits.nesting.admit(recursion)?;
        let mut whole = Expansion::default();
        for selection in &set.items {
            let (mut part, directives) = match &selection.node {
                Selection::Field(field) => {
                    (self.field(&field.node, recursion)?, &field.node.directives)
                }
                Selection::InlineFragment(fragment) => {
                    let inside = &fragment.node.selection_set.node;
                    let part = self.selection_set(inside, recursion + 1)?;
                    (part, &fragment.node.directives)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    (self.fragment(name, recursion + 1)?, &spread.node.directives)
                }
            };
            part.directives += self.directives(directives)?;
            part.selections += 1;
            whole.add(part);
        }
        if !set.items.is_empty() {
            whole.levels += 1;
        }
        Ok(whole)
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Expansion, Refusal> {
        let mut whole = self.selection_set(&operation.selection_set.node, 0)?;
        whole.directives += self.directives(&operation.directives)?;
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            whole.directives += self.directives(&definition.directives)?;
            if let Some(default) = &definition.default_value {
                let default = default.node.clone().into_value();
                self.limits.list_items.admit(largest_list(&default))?;
            }
        }
        Ok(whole)
    }

    fn field(&mut self, field: &'a Field, recursion: usize) -> Result<Expansion, Refusal> {
        for (_, argument) in &field.arguments {
            self.limits.list_items.admit(largest_list(&argument.node))?;
        }
        let name = field.name.node.as_str();
        let mut part = self.selection_set(&field.selection_set.node, recursion + 1)?;
        part.depth += 1;
        part.aliases += usize::from(field.alias.is_some());
        part.fields = 1;
        part.secret_fields = usize::from(is_secret(name));
        part.lists += usize::from(LISTS.contains(&name));
        if matches!(name, "__schema" | "__type") {
            part.introspects = true;
            part.introspection_lists = part.lists;
        }
        Ok(part)
    }

    /// How many there are; their arguments hold lists too.
    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<usize, Refusal> {
        for (_, argument) in directives.iter().flat_map(|one| &one.node.arguments) {
            self.limits.list_items.admit(largest_list(&argument.node))?;
        }
        Ok(directives.len())
    }

    /// An unknown fragment measures nothing; validation has a word for it.
    fn fragment(&mut self, name: &str, recursion: usize) -> Result<Expansion, Refusal> {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Ok(Expansion::default());
        };
        match self.measured.get(name.as_str()) {
            Some(Some(measured)) => return Ok(*measured),
            Some(None) => {
                return Err(Refusal::malformed(
                    "The document has a fragment that spreads itself, directly or through others.",
                ));
            }
            None => {}
        }
        self.measured.insert(name, None);
        let mut measured = self.selection_set(&fragment.node.selection_set.node, recursion)?;
        measured.directives += self.directives(&fragment.node.directives)?;
        self.measured.insert(name, Some(measured));
        Ok(measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::guards::limits::tests::limits;
    use async_graphql::parser::parse_query;

    fn measure(document: &str) -> Result<Expansion, Refusal> {
        Expansion::measure(&parse_query(document).unwrap(), &limits())
    }

    /// `levels` fragments that each spread the next one `width` times.
    fn fan_out(levels: usize, width: usize) -> String {
        let mut document = "query { ...f0 }".to_owned();
        for level in 0..levels {
            let spreads = format!("...f{} ", level + 1).repeat(width);
            document.push_str(&format!(" fragment f{level} on Query {{ {spreads} }}"));
        }
        document.push_str(&format!(" fragment f{levels} on Query {{ ping }}"));
        document
    }

    #[test]
    fn measures_what_fragments_spread() {
        let expansion = measure(
            "{ a { ...F ... on T @include(if: true) { x: b { c } } } }
             fragment F on T { y: d @skip(if: false) ...G }
             fragment G on T { e { f { g } } }",
        )
        .unwrap();
        assert_eq!(
            expansion,
            Expansion {
                selections: 10,
                aliases: 2,
                depth: 4,
                levels: 6,
                directives: 2,
                fields: 1,
                ..Expansion::default()
            }
        );
    }

    #[test]
    fn counts_all_operations_together() {
        let expansion = measure("query A { a b } query B { c { __schema { d } } }").unwrap();
        assert_eq!((expansion.selections, expansion.depth), (5, 3));
        assert!(expansion.introspects);
    }

    #[test]
    fn refuses_fragments_that_multiply() {
        for (levels, width) in [(24, 2), (30, 8), (60, 2)] {
            let refusal = measure(&fan_out(levels, width)).unwrap_err();
            assert_eq!(refusal.code, "VALIDATION_ERROR");
            assert!(
                refusal.message.contains("GRAPHQL_MAX_SELECTIONS"),
                "{refusal}"
            );
        }
        assert!(measure(&fan_out(5, 2)).is_ok());
    }

    #[test]
    fn refuses_fragments_in_a_circle() {
        for document in [
            "{ ...A } fragment A on Query { ...A }",
            "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { ... { ...A } }",
            "{ ...A ...B } fragment A on Query { ...B } fragment B on Query { a { ...A } }",
        ] {
            let refusal = measure(document).unwrap_err();
            assert!(refusal.message.contains("spreads itself"), "{refusal}");
        }
    }

    #[test]
    fn refuses_what_is_too_deep() {
        let nested = |levels: usize| format!("{}a{}", "{ a ".repeat(levels), " }".repeat(levels));
        assert!(measure(&nested(15)).is_ok());
        assert_eq!(measure(&nested(20)).unwrap_err().code, "QUERY_TOO_DEEP");
    }

    #[test]
    fn counts_what_stands_at_the_root_of_each_operation() {
        let many = |name: &str, times: usize| {
            let fields: Vec<_> = (0..times)
                .map(|n| format!("a{n}: {name} {{ x y }}"))
                .collect();
            fields.join(" ")
        };
        let limits = limits();
        let most = limits.root_fields.most;
        let inside = format!(
            "mutation A {{ ... {{ {} }} ...F }} fragment F on Mutation {{ b }}",
            many("a", most)
        );
        let refusal = measure(&inside).unwrap_err();
        assert!(
            refusal.message.contains("GRAPHQL_MAX_ROOT_FIELDS"),
            "{refusal}"
        );
        let each = format!(
            "query A {{ {} }} query B {{ {} }}",
            many("a", most),
            many("a", most)
        );
        assert!(measure(&each).is_ok());
        assert!(measure(&format!("{{ a {{ {} }} }}", many("a", most + 1))).is_ok());

        assert!(measure("mutation { sessionCreate { x } }").is_ok());
        let twice = "mutation { sessionCreate { x } ...F } fragment F on Mutation { a: sessionStepUp { x } }";
        let refusal = measure(twice).unwrap_err();
        assert!(
            refusal.message.contains("GRAPHQL_MAX_SECRET_FIELDS"),
            "{refusal}"
        );
    }

    #[test]
    fn counts_directives_wherever_they_stand() {
        let of = |document: &str| measure(document).unwrap().directives;
        assert_eq!(of("query @a @b { a @c }"), 3);
        assert_eq!(of("query($a: Int @a) { a { ... @b { c } } }"), 2);
        assert_eq!(
            of("{ ...F @a a { ...F @b } } fragment F on T @c { d @e }"),
            6
        );
        let refusal = measure(&format!("{{ a {} }}", "@a ".repeat(101))).unwrap_err();
        assert!(
            refusal.message.contains("GRAPHQL_MAX_DIRECTIVES"),
            "{refusal}"
        );
    }

    #[test]
    fn refuses_lists_that_are_too_long_wherever_they_stand() {
        let list = format!("[{}]", "1 ".repeat(251));
        for document in [
            format!("{{ a(b: {list}) }}"),
            format!("{{ a(b: {{ c: [[{list}]] }}) }}"),
            format!("{{ a @b(c: {list}) }}"),
            format!("{{ ... @b(c: {list}) {{ a }} }}"),
            format!("query($a: [Int] = {list}) {{ a }}"),
            format!("query @b(c: {list}) {{ a }}"),
            format!("{{ ...F }} fragment F on T @b(c: {list}) {{ a }}"),
        ] {
            let refusal = measure(&document).unwrap_err();
            assert!(
                refusal.message.contains("GRAPHQL_MAX_LIST_ITEMS"),
                "{refusal}"
            );
        }
        assert!(measure(&format!("{{ a(b: [{}]) }}", "1 ".repeat(250))).is_ok());
    }

    #[test]
    fn refuses_a_description_of_the_schema_that_multiplies() {
        let refused = [
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "{ __type(name: \"A\") { ...F } } fragment F on T { interfaces { possibleTypes { fields { name } } } }",
        ];
        for document in refused {
            let refusal = measure(document).unwrap_err();
            assert!(
                refusal.message.contains("GRAPHQL_MAX_INTROSPECTION_LISTS"),
                "{refusal}"
            );
        }
        assert!(measure("{ __schema { types { fields { type { fields { name } } } } } }").is_ok());
        assert!(measure("{ a { fields { fields { fields { name } } } } }").is_ok());
    }

    #[test]
    fn refuses_a_long_chain_of_fragments() {
        let chain = fan_out(200, 1);
        let refusal = measure(&chain).unwrap_err();
        assert!(refusal.message.contains("GRAPHQL_MAX_NESTING"), "{refusal}");
    }

    #[test]
    fn refuses_fragments_that_nobody_spreads() {
        let refusal =
            measure("{ a } fragment A on Query { ...B } fragment B on Query { ...A }").unwrap_err();
        assert!(
            refusal.message.contains("no operation spreads"),
            "{refusal}"
        );
    }

    #[test]
    fn lets_unknown_fragments_to_validation() {
        assert!(measure("{ a ...Missing }").is_ok());
    }
}
