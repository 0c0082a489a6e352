//! The table `expected.txt`: who may ask for what, decided by people.

use super::world::{ACTORS, role};
use std::{fs, path::PathBuf};
use tradewind::permissions::permissions_of;

/// One line: a field, its rule, and what comes of it for each actor.
#[derive(Debug)]
pub struct Line {
    pub field: String,
    pub rule: String,
    pub cells: Vec<String>,
}

pub fn path() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/it/matrix/expected.txt"]
        .iter()
        .collect()
}

/// The lines of the table.
pub fn read() -> Vec<Line> {
    let text = fs::read_to_string(path()).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let mut lines = lines.map(|line| {
        let mut words = line.split_whitespace().map(str::to_owned);
        let (field, rule) = (words.next().unwrap(), words.next().unwrap_or_default());
        Line {
            field,
            rule,
            cells: words.collect(),
        }
    });
    let head = lines.next().expect("the names of the columns");
    assert_eq!(head.cells, ACTORS, "the columns are those of world.rs");
    lines.collect()
}

/// Adds lines for `fields`, with everything to be decided.
pub fn add(fields: &[&str]) {
    let mut text = fs::read_to_string(path()).unwrap();
    for field in fields {
        text.push_str(&format!("{field:<36} {:<24}", "?"));
        for _ in ACTORS {
            text.push_str(" ?              ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    fs::write(path(), text).unwrap();
}

/// What is wrong with the line by itself: a rule that nobody knows, or a cell that goes against it.
pub fn faults(line: &Line) -> Vec<String> {
    if line.rule == "?" || line.cells.iter().any(|cell| cell == "?") {
        return vec![format!(
            "{}: decide what stands as ? in {}",
            line.field,
            path().display()
        )];
    }
    if line.cells.len() != ACTORS.len() {
        return vec![format!(
            "{}: {} cells for {} actors",
            line.field,
            line.cells.len(),
            ACTORS.len()
        )];
    }
    let cells = ACTORS.iter().zip(&line.cells);
    let wrong = cells.filter(|(actor, cell)| !agrees(&line.rule, actor, cell));
    wrong
        .map(|(actor, cell)| {
            format!(
                "{}: {cell} for {actor} goes against the rule {}",
                line.field, line.rule
            )
        })
        .collect()
}

/// Whether the rule lets this come of it.
fn agrees(rule: &str, actor: &str, cell: &str) -> bool {
    if actor == "suspended" {
        return cell == "UNAUTHENTICATED";
    }
    let role = role(actor);
    let is_refused = matches!(cell, "UNAUTHENTICATED" | "FORBIDDEN");
    let (kind, permission) = rule.split_once(':').unwrap_or((rule, ""));
    let has = role.is_some_and(|role| {
        permissions_of(role)
            .iter()
            .any(|held| format!("{held:?}") == permission)
    });
    match kind {
        "public" => !is_refused,
        "person" => {
            if role.is_some() {
                !is_refused
            } else {
                cell == "UNAUTHENTICATED"
            }
        }
        "permission" => match role {
            None => cell == "UNAUTHENTICATED",
            Some(_) if has => !is_refused,
            Some(_) => cell == "FORBIDDEN",
        },
        "seen-with" => {
            if has {
                !is_refused
            } else {
                cell == "NOT_FOUND"
            }
        }
        "own" => match actor {
            "buyerA" => !is_refused,
            "anonymous" => matches!(cell, "UNAUTHENTICATED" | "NOT_FOUND"),
            _ => cell == "NOT_FOUND",
        },
        "own-or" => match actor {
            "buyerA" => !is_refused,
            _ if has => !is_refused,
            "anonymous" => matches!(cell, "UNAUTHENTICATED" | "NOT_FOUND"),
            _ => cell == "NOT_FOUND",
        },
        // What they hold here is no good.
        "holder" => cell == "UNAUTHENTICATED",
        // Those of another shop must not learn that the thing is there.
        "member" => match actor {
            "anonymous" => cell == "UNAUTHENTICATED",
            "buyerA" | "buyerB" | "sellerB" => cell == "NOT_FOUND",
            _ => true,
        },
        _ => false,
    }
}

#[test]
fn rules_are_held_against_the_cells() {
    let line = |rule: &str, cells: [&str; 9]| Line {
        field: "Query.x".to_owned(),
        rule: rule.to_owned(),
        cells: cells.map(str::to_owned).to_vec(),
    };
    let jobs = [
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "FORBIDDEN",
        "FORBIDDEN",
        "FORBIDDEN",
        "FORBIDDEN",
        "ok",
        "ok",
        "UNAUTHENTICATED",
    ];
    assert_eq!(faults(&line("permission:JobsRead", jobs)), [""; 0]);
    assert_eq!(
        faults(&line("permission:JobsSteer", jobs)).len(),
        1,
        "support may not"
    );
    assert_eq!(faults(&line("person", jobs)).len(), 5);
    assert_eq!(faults(&line("public", jobs)).len(), 6);
    assert_eq!(faults(&line("anything", jobs)).len(), 8);
    assert_eq!(faults(&line("?", jobs)).len(), 1);
}
