//! The attacks, as requests.

use serde_json::{Value, json};

/// A document, its variables, and what must come of it.
pub struct Attack {
    pub name: String,
    pub document: String,
    pub variables: Value,
    pub expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// An error that says this, or a status that says that it is too large.
    Refused(&'static str),
    /// Whatever comes, it is no fault of the server.
    Survived,
}

use Expected::{Refused, Survived};

/// All of them.
pub fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    nesting(&mut attacks);
    fragments(&mut attacks);
    width(&mut attacks);
    directives(&mut attacks);
    introspection(&mut attacks);
    cost(&mut attacks);
    variables(&mut attacks);
    attacks
}

fn add(
    attacks: &mut Vec<Attack>,
    name: impl Into<String>,
    document: impl Into<String>,
    expected: Expected,
) {
    attacks.push(Attack {
        name: name.into(),
        document: document.into(),
        variables: json!({}),
        expected,
    });
}

pub fn nested(open: &str, inside: &str, close: &str, levels: usize) -> String {
    format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
}

fn nesting(attacks: &mut Vec<Attack>) {
    for levels in [10, 100, 1_500, 2_000, 3_000, 10_000, 100_000] {
        let expected = if levels > 64 {
            Refused("GRAPHQL_MAX_")
        } else {
            Survived
        };
        let mut one = |what: &str, document: String| {
            add(
                attacks,
                format!("{what}, {levels} deep"),
                document,
                expected,
            );
        };
        one("selections", nested("{a", "", "}", levels));
        one(
            "inline fragments",
            format!("{{{}}}", nested("...{", "__typename", "}", levels)),
        );
        for (kind, open, close) in [("lists", "[", "]"), ("objects", "{a:", "}")] {
            let value = nested(open, "1", close, levels);
            one(
                &format!("{kind} in an argument"),
                format!("{{a(b:{value})}}"),
            );
            one(
                &format!("{kind} in a directive"),
                format!("{{a@skip(if:{value})}}"),
            );
            one(
                &format!("{kind} in a default"),
                format!("query($a:A={value}){{a}}"),
            );
        }
        one(
            "types",
            format!("query($a:{}){{a}}", nested("[", "A", "]", levels)),
        );
        one(
            "lists never closed",
            format!("{{a(b:{}", "[".repeat(levels)),
        );
    }
    let brackets = "[".repeat(3_000);
    for hidden in [
        format!("{{ a(b: [\"\"\"x\" {brackets} ]) }}"),
        format!("{{ a(b: [\"\\\\\" {brackets} \"\\\\\"]) }}"),
        format!("{{ a(b: [# \"\"\"\r{brackets} # \"\"\"\n]) }}"),
        format!("{{ a(b: [\"\"\"\\\"\"\"\"\"\" {brackets} ]) }}"),
    ] {
        add(attacks, "lists behind strings", hidden, Refused(""));
    }
}

/// `levels` fragments that each spread the next one `width` times, from `root`.
fn fan_out(root: &str, levels: usize, width: usize) -> String {
    let mut document = root.to_owned();
    for level in 0..levels {
        let spreads = format!("...f{} ", level + 1).repeat(width);
        document.push_str(&format!(" fragment f{level} on Query {{ {spreads} }}"));
    }
    document + &format!(" fragment f{levels} on Query {{ __typename }}")
}

fn fragments(attacks: &mut Vec<Attack>) {
    for (width, levels) in [
        (2, 10),
        (2, 18),
        (2, 24),
        (2, 31),
        (8, 10),
        (8, 30),
        (30, 20),
    ] {
        let refused = Refused("GRAPHQL_MAX_SELECTIONS");
        let name = format!("fragments, {width} wide and {levels} deep");
        add(attacks, name, fan_out("{ ...f0 }", levels, width), refused);
        let name = format!("the same {levels} unused");
        let unused = fan_out("{ __typename }", levels, width);
        add(attacks, name, unused, Refused("no operation spreads"));
    }
    let circle = Refused("spreads itself");
    add(
        attacks,
        "a fragment in itself",
        "{...A} fragment A on Query{...A}",
        circle,
    );
    let two = "{...A} fragment A on Query{...B} fragment B on Query{...A}";
    add(attacks, "two fragments in each other", two, circle);
    let inline = "{...A} fragment A on Query{...on Query{...{...A}}}";
    add(attacks, "a fragment in itself, inline", inline, circle);
    let chain = fan_out("{ ...f0 }", 150, 1);
    add(
        attacks,
        "a chain of fragments",
        chain,
        Refused("GRAPHQL_MAX_NESTING"),
    );
}

fn repeated(part: impl Fn(usize) -> String, times: usize) -> String {
    let parts: Vec<_> = (0..times).map(part).collect();
    parts.join(" ")
}

fn width(attacks: &mut Vec<Attack>) {
    let alias = |number| format!("a{number}:__typename");
    let many = format!("{{ {} }}", repeated(alias, 101));
    add(attacks, "101 aliases", many, Refused("GRAPHQL_MAX_"));
    let many = format!("{{ {} }}", repeated(|_| "a:b".to_owned(), 20_000));
    add(attacks, "20,000 aliases", many, Refused("GRAPHQL_MAX_"));
    let twice = format!("{{ {} }}", "__typename ".repeat(500));
    add(
        attacks,
        "500 fields at the root",
        twice,
        Refused("GRAPHQL_MAX_ROOT_FIELDS"),
    );
    let twice = format!("{{ products {{ nodes {{ {} }} }} }}", "id ".repeat(1_900));
    add(attacks, "1,900 times the same field", twice, Survived);
    let pairs = "seller { name slug } ".repeat(380);
    let pairs = format!("{{ products {{ nodes {{ {pairs} }} }} }}");
    add(attacks, "380 times the same object", pairs, Survived);
    let guesses = repeated(
        |number| {
            format!(
                "a{number}: sessionCreate(input: {{ email: \"a@example.com\", password: \"{number}\", kind: APP }}) {{ accessToken }}"
            )
        },
        40,
    );
    let guesses = format!("mutation {{ {guesses} }}");
    add(
        attacks,
        "40 guesses at a password",
        guesses,
        Refused("GRAPHQL_MAX_SECRET_FIELDS"),
    );
    let names = format!("{{ {} }}", "n".repeat(60_000));
    add(
        attacks,
        "a name of 60,000 letters",
        names,
        Refused("Unknown field"),
    );
    let operations = repeated(|number| format!("query A{number} {{ __typename }}"), 300);
    add(
        attacks,
        "300 operations",
        operations,
        Refused("several operations"),
    );
    let comments = format!("{{ __typename }} {}", "#\n".repeat(30_000));
    add(attacks, "30,000 comments", comments, Survived);
    add(
        attacks,
        "commas",
        format!("{{ __typename }} {}", ",".repeat(60_000)),
        Survived,
    );
}

fn directives(attacks: &mut Vec<Attack>) {
    let of = |times| format!("{{ __typename {} }}", "@aa".repeat(times));
    add(
        attacks,
        "10 unknown directives",
        of(10),
        Refused("Unknown directive"),
    );
    add(
        attacks,
        "500 unknown directives",
        of(500),
        Refused("GRAPHQL_MAX_DIRECTIVES"),
    );
    add(
        attacks,
        "10,000 unknown directives",
        of(10_000),
        Refused("GRAPHQL_MAX_TOKENS"),
    );
    let skips = format!("{{ __typename {} }}", "@skip(if:true)".repeat(90));
    add(
        attacks,
        "90 times the same directive",
        skips,
        Refused("skip"),
    );
}

fn introspection(attacks: &mut Vec<Attack>) {
    let levels = "fields { type { ".repeat(6);
    let circle = format!(
        "{{ __schema {{ types {{ {levels} name {} }} }} }}",
        "} }".repeat(6)
    );
    add(
        attacks,
        "the schema's types in a circle",
        circle,
        Refused("GRAPHQL_MAX_"),
    );
    let wide = "{ __schema { types { fields { type { possibleTypes { name } } } } } }";
    add(attacks, "the schema's types twice over", wide, Survived);
}

fn cost(attacks: &mut Vec<Attack>) {
    let page = |arguments: &str| format!("{{ products({arguments}) {{ nodes {{ id }} }} }}");
    for (arguments, says) in [
        ("first: 100000", "100"),
        ("first: -1", "first"),
        ("first: 0", "first"),
        ("first: 2147483648", "Int"),
        ("first: 10, last: 10", "first"),
        ("first: 10, after: \"nonsense\"", "after"),
    ] {
        add(
            attacks,
            format!("a page of {arguments}"),
            page(arguments),
            Refused(says),
        );
    }
    let pages = "{ sellers(first: 100) { nodes { products(first: 100) { nodes { reviews(first: 100) { nodes { id } } } } } } }";
    add(
        attacks,
        "pages in pages",
        pages,
        Refused("GRAPHQL_MAX_COMPLEXITY"),
    );
    let ids = format!(
        "{{ nodes(ids: [{}]) {{ id }} }}",
        "\"product_01h455vb4pex5vsknk084sn02q\" ".repeat(251)
    );
    add(attacks, "251 ids", ids, Refused("GRAPHQL_MAX_LIST_ITEMS"));
}

fn variables(attacks: &mut Vec<Attack>) {
    let mut one = |name: &str, variables: Value, expected| {
        attacks.push(Attack {
            name: name.to_owned(),
            document: "query($a: String, $b: [ID!]) { __typename @skip(if: false) x: product(slug: $a) { id } nodes(ids: $b) { id } }".to_owned(),
            variables,
            expected,
        });
    };
    let list = |items: usize| json!({ "b": vec![1; items] });
    one(
        "a text of 10 MB",
        json!({ "a": "x".repeat(10_000_000) }),
        Refused("REQUEST_BODY_LIMIT_BYTES"),
    );
    one(
        "a text of 200 kB",
        json!({ "a": "x".repeat(200_000) }),
        Refused("GRAPHQL_MAX_VARIABLES_BYTES"),
    );
    one(
        "a list of 1,000,000",
        list(1_000_000),
        Refused("REQUEST_BODY_LIMIT_BYTES"),
    );
    one(
        "a list of 100,000",
        list(100_000),
        Refused("GRAPHQL_MAX_LIST_ITEMS"),
    );
    let deep = |levels: usize| (0..levels).fold(json!(1), |inside, _| json!([inside]));
    one(
        "variables 100 deep",
        json!({ "b": deep(100) }),
        Refused("GRAPHQL_MAX_VARIABLES_DEPTH"),
    );
    let names: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("a{n}"), json!(n))).collect();
    one("10,000 variables", names.into(), Survived);
}
