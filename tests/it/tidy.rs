//! Rules of the house that no compiler checks, see docs/architecture.md.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What any room may use, and what these may use of each other.
const MACHINERY: &[(&str, &[&str])] = &[
    ("jobs", &[]),
    ("outbox", &["jobs"]),
    ("idempotency", &["jobs"]),
    ("audit", &["jobs"]),
    ("sagas", &["outbox", "jobs"]),
];

/// Each room and the rooms it may call. What would go against the arrow is an event.
const ROOMS: &[(&str, &[&str])] = &[
    ("accounts", &[]),
    ("sellers", &["accounts"]),
    ("catalogue", &["sellers", "accounts"]),
    ("inventory", &["catalogue", "sellers", "accounts"]),
    ("reviews", &["catalogue", "sellers", "accounts"]),
    ("shipping", &["sellers", "accounts"]),
    ("ledger", &["sellers", "accounts"]),
    ("payments", &["accounts"]),
    ("wallets", &["payments", "ledger", "accounts"]),
    (
        "cart",
        &["shipping", "inventory", "catalogue", "sellers", "accounts"],
    ),
    (
        "orders",
        &[
            "cart",
            "payments",
            "shipping",
            "ledger",
            "inventory",
            "catalogue",
            "sellers",
            "accounts",
        ],
    ),
    ("notifications", &["orders", "sellers", "accounts"]),
    (
        "imports",
        &["inventory", "catalogue", "sellers", "accounts"],
    ),
    (
        "seed",
        &[
            "orders",
            "cart",
            "payments",
            "shipping",
            "ledger",
            "imports",
            "reviews",
            "inventory",
            "catalogue",
            "sellers",
            "accounts",
        ],
    ),
];

const LONGEST_FUNCTION: usize = 70;
const LONGEST_FILE: usize = 500;

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The parts of its path below `src`.
    fn parts(&self) -> Vec<&str> {
        self.path.iter().filter_map(|part| part.to_str()).collect()
    }

    /// A schema is a cyclic graph, so what describes it may name any room.
    fn is_graphql(&self) -> bool {
        self.parts()
            .iter()
            .any(|part| *part == "graphql" || *part == "graphql.rs")
    }

    /// The text without unit tests, which stand at the end.
    fn production(&self) -> &str {
        self.text.split("#[cfg(test)]\n").next().unwrap_or_default()
    }
}

fn sources() -> Vec<Source> {
    fn collect(folder: &Path, root: &Path, found: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                let path = path
                    .strip_prefix(root)
                    .expect("a path below the root")
                    .to_owned();
                found.push(Source { path, text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 30, "the sources are found");
    found
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Whether a list of imports that begins with `opening` holds something of `module`.
fn names_within(text: &str, opening: &str, module: &str) -> bool {
    text.split(opening).skip(1).any(|list| {
        let list = list.split(';').next().unwrap_or_default();
        list.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .any(|name| name.starts_with(&format!("{module}::")))
    })
}

#[test]
fn rooms_call_only_to_the_right() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_graphql()) {
        let rooms = ROOMS.iter().chain(MACHINERY);
        let Some((room, may_call)) = rooms.clone().find(|(room, _)| source.parts()[0] == *room)
        else {
            continue;
        };
        let is_room = ROOMS.iter().any(|(name, _)| name == room);
        for (other, _) in rooms {
            let is_machinery = MACHINERY.iter().any(|(name, _)| name == other);
            if other != room
                && !(is_room && is_machinery)
                && !may_call.contains(other)
                && (source.text.contains(&format!("crate::{other}"))
                    || names_within(&source.text, "use crate::{", other))
            {
                faults.push(format!(
                    "{}: {room} may not call {other}",
                    source.path.display()
                ));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn tables_are_named_only_by_their_rooms() {
    // The bench seed writes rows of all rooms at once, faster than any room's own functions could.
    let writes_all = |source: &Source| source.path.starts_with("seed");
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !writes_all(source)) {
        for (room, _) in ROOMS {
            if source.parts()[0] != *room
                && source.production().contains(&format!("entity::{room}"))
            {
                faults.push(format!(
                    "{}: names a table of {room}",
                    source.path.display()
                ));
            }
        }
        let rooms = ROOMS.iter().chain(MACHINERY);
        for (room, _) in rooms.filter(|(room, _)| source.parts()[0] != *room) {
            if names_within(&source.text, "use entity::{", room) {
                faults.push(format!(
                    "{}: names a table of {room}",
                    source.path.display()
                ));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn only_the_edge_knows_graphql() {
    let faults: Vec<_> = sources()
        .iter()
        .filter(|source| {
            !source.is_graphql()
                && source.parts()[0] != "http"
                && source.text.contains("async_graphql")
        })
        .map(|source| format!("{}: names async_graphql", source.path.display()))
        .collect();
    assert_none(&faults);
}

/// What opens a transaction by itself would be done again for whoever sends it again.
#[test]
fn mutations_take_idempotency_keys() {
    let faults: Vec<_> = sources()
        .iter()
        .filter(|source| source.is_graphql() && source.parts()[0] != "graphql")
        .filter(|source| {
            source.text.contains(".transaction(")
                || source.text.contains(".transaction_serializable(")
        })
        .map(|source| format!("{}: use graphql::idempotent::once", source.path.display()))
        .collect();
    assert_none(&faults);
}

/// The room `jobs` cannot write down who steers, so nobody goes past what does.
#[test]
fn steering_is_written_down() {
    let steers = [
        "job_retry(",
        "job_discard(",
        "queue_pause(",
        "queue_resume(",
        "saga_retry(",
        "saga_resolve(",
    ];
    let faults: Vec<_> = sources()
        .iter()
        .filter(|source| source.path != Path::new("steering.rs"))
        .filter(|source| {
            steers.iter().any(|name| {
                let goes_past = |way: &str| source.production().contains(&format!("{way}{name}"));
                goes_past("sagas::")
                    || goes_past("jobs::")
                    || goes_past("super::")
                    || goes_past("steer::")
            })
        })
        .map(|source| format!("{}: call crate::steering", source.path.display()))
        .collect();
    assert_none(&faults);
}

#[test]
fn platform_knows_no_room() {
    let mut faults = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| source.parts()[0] == "platform")
    {
        for (room, _) in ROOMS.iter().chain(MACHINERY) {
            if source.text.contains(&format!("crate::{room}"))
                || source.text.contains(&format!("entity::{room}"))
            {
                faults.push(format!("{}: names the room {room}", source.path.display()));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn files_and_functions_fit_a_reader() {
    let mut faults = Vec::new();
    for source in sources() {
        let lines: Vec<_> = source.text.lines().collect();
        if lines.len() > LONGEST_FILE {
            faults.push(format!("{}: {} lines", source.path.display(), lines.len()));
        }
        for (start, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let opens = [
                "fn ",
                "pub fn ",
                "async fn ",
                "pub async fn ",
                "pub(crate) fn ",
                "pub(crate) async fn ",
            ];
            if !opens.iter().any(|open| line.trim_start().starts_with(open))
                || line.trim_end().ends_with(';')
            {
                continue;
            }
            let end = format!("{}}}", " ".repeat(indent));
            let length = lines[start..]
                .iter()
                .position(|line| *line == end)
                .map_or(0, |length| length + 1);
            if length > LONGEST_FUNCTION {
                faults.push(format!(
                    "{}:{}: a function of {length} lines",
                    source.path.display(),
                    start + 1
                ));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_file_says_what_it_is() {
    let faults: Vec<_> = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| format!("{}: has no `//!` at its top", source.path.display()))
        .collect();
    assert_none(&faults);
}

#[test]
fn exceptions_give_a_reason() {
    let faults: Vec<_> = sources()
        .iter()
        .filter(|source| source.text.contains("#[allow("))
        .map(|source| format!("{}: use #[expect(…, reason = …)]", source.path.display()))
        .collect();
    assert_none(&faults);
}

/// Crates that speak over a network. What calls them goes through a `Dependency`, which refuses inside a transaction and
/// bounds the rest.
const NETWORK_CLIENTS: &[&str] = &["async_nats", "lettre", "redis", "reqwest"];

#[test]
fn nobody_calls_over_a_network_but_through_a_dependency() {
    let faults: Vec<_> = sources()
        .iter()
        .filter(|source| {
            let text = source.production();
            let calls = NETWORK_CLIENTS
                .iter()
                .any(|name| text.contains(&format!("{name}::")));
            calls && !text.contains("Dependency")
        })
        .map(|source| format!("{}: calls a network by itself", source.path.display()))
        .collect();
    assert_none(&faults);
}

/// What is read for the public, and by which names its finders say what that depends on.
const SAYS_WHAT_IT_DEPENDS_ON: [&str; 6] = [
    "depends_on(",
    "depended_on(",
    "shown(",
    "listed(",
    "matched(",
    "parts_of(",
];

/// What is kept goes only with what it is known to be made of, see docs/answers.md.
#[test]
fn finders_say_what_their_answers_depend_on() {
    let rooms = ["catalogue", "inventory", "reviews", "sellers"];
    let mut faults = Vec::new();
    let mut found = 0;
    for source in sources() {
        // Whom the public sees is found beside those who sign in, and nothing else is.
        let is_authors = source.path == Path::new("accounts/authors.rs");
        let is_public = rooms.contains(&source.parts()[0]) && !source.parts().contains(&"members");
        // What is known of a person goes to that person alone.
        let is_export = source.path.ends_with("export.rs");
        if !is_authors && (!is_public || is_export) {
            continue;
        }
        for function in source.production().split("\n}\n") {
            let reads = function.contains("database.read()");
            let says = SAYS_WHAT_IT_DEPENDS_ON
                .iter()
                .any(|name| function.contains(name));
            // What a finder fetches with, which says it for all its ways.
            let is_part = function.contains("\nasync fn fetch");
            found += usize::from(reads);
            if reads && !says && !is_part {
                let name = function.split("fn ").last().unwrap_or_default();
                let name = name.split('(').next().unwrap_or_default();
                faults.push(format!("{}: {name}", source.path.display()));
            }
        }
    }
    assert!(found > 25, "the finders are found");
    assert_none(&faults);
}

#[test]
fn every_event_is_known_to_those_who_keep_answers() {
    let sources = sources();
    let purging = sources
        .iter()
        .find(|source| source.path == Path::new("purging.rs"))
        .expect("the listener");
    let mut faults = Vec::new();
    let measured = |source: &&Source| {
        let name = source.path.file_name().and_then(|name| name.to_str());
        !name.is_some_and(|name| name.starts_with("measure_"))
    };
    for source in sources.iter().filter(measured) {
        for rest in source.production().split("\nimpl Event for ").skip(1) {
            let name = rest.split(' ').next().unwrap_or_default();
            if !purging.text.contains(&format!("row::<{name}>()")) {
                faults.push(format!(
                    "{}: {name} is not in purging.rs",
                    source.path.display()
                ));
            }
        }
    }
    assert_none(&faults);
}
