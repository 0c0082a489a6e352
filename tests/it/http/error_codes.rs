//! Every code that the server answers with is explained in `docs/errors.md`.

use std::{collections::BTreeSet, path::Path};

/// The files that name codes.
const SOURCES: [&str; 6] = [
    "src/error.rs",
    "src/graphql/cost/refused.rs",
    "src/graphql/guards/limits.rs",
    "src/graphql/persisted/refused.rs",
    "src/graphql/present_errors.rs",
    "src/http/refused.rs",
];

/// What is written like a code and is none.
fn is_code(text: &str) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    text.len() > 4
        && text.bytes().all(is_upper)
        && !text.starts_with("GRAPHQL_MAX")
        && !["INVALID", "LIMIT_EXCEEDED"].contains(&text)
}

#[test]
fn every_code_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let codes: BTreeSet<String> = SOURCES
        .iter()
        .flat_map(|path| {
            let text = read(path);
            let literals = text.split('"').skip(1).step_by(2);
            literals
                .filter(|text| is_code(text))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let documented: BTreeSet<String> = read("docs/errors.md")
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .map(str::to_owned)
        .collect();
    assert!(codes.contains("NOT_FOUND") && codes.contains("QUERY_TOO_DEEP"));
    assert_eq!(codes, documented);
}
