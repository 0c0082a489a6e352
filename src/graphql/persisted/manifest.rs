//! The manifests that frontends' builds write, as files.

use crate::error::{Error, Result};
use serde_json::{Map, Value};
use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The setting that names them.
pub(super) const SETTING: &str = "GRAPHQL_TRUSTED_DOCUMENTS";
/// What Apollo's manifests call themselves.
const APOLLO: &str = "apollo-persisted-query-manifest";
/// JSON writes a line break as two bytes and a control character as six; names and ids come on top.
const JSON_GROWTH: u64 = 4;

/// One document of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) text: String,
    /// The file it stands in.
    pub(super) file: PathBuf,
}

/// By what is seen that a file has changed.
pub(super) type Stamp = (PathBuf, Option<SystemTime>, u64);

/// The files at `paths`, those of folders in the order of their names, each with its stamp.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<Stamp>> {
    let mut files = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if about.is_dir() {
            let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
            let mut inside: Vec<_> = entries
                .flatten()
                .map(|entry| path.join(entry.file_name()))
                .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
                .collect();
            inside.sort();
            for path in inside {
                // What is gone again was being replaced.
                if let Ok(about) = fs::metadata(&path) {
                    files.push((path, about.modified().ok(), about.len()));
                }
            }
        } else {
            files.push((path.clone(), about.modified().ok(), about.len()));
        }
    }
    Ok(files)
}

/// Reads `files`, whose texts may have `most` bytes together.
pub(super) fn read(files: &[Stamp], most: usize) -> Result<Vec<Entry>> {
    let bytes: u64 = files.iter().map(|(_, _, bytes)| bytes).sum();
    if bytes
        > u64::try_from(most)
            .unwrap_or(u64::MAX)
            .saturating_mul(JSON_GROWTH)
    {
        return Err(too_large(most));
    }
    let mut entries = Vec::new();
    for (path, ..) in files {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        entries.extend(parse(path, &text)?);
    }
    if entries.iter().map(|entry| entry.text.len()).sum::<usize>() > most {
        return Err(too_large(most));
    }
    Ok(entries)
}

/// Reads one manifest: ids and texts, as GraphQL Code Generator and Relay's compiler write them, or Apollo's form.
fn parse(file: &Path, text: &str) -> Result<Vec<Entry>> {
    let members: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
        invalid(
            file,
            &format!(
                "is no JSON object (line {}, column {})",
                error.line(),
                error.column()
            ),
        )
    })?;
    let entry = |id: &str, text: &str| Entry {
        id: id.to_owned(),
        text: text.to_owned(),
        file: file.to_owned(),
    };
    if members.get("format").and_then(Value::as_str) == Some(APOLLO) {
        let wrong = || {
            invalid(
                file,
                "has no list `operations` of objects with `id` and `body`",
            )
        };
        let operations = members.get("operations").and_then(Value::as_array);
        return operations
            .ok_or_else(wrong)?
            .iter()
            .map(|operation| {
                let member = |name| operation.get(name).and_then(Value::as_str);
                Ok(entry(
                    member("id").ok_or_else(wrong)?,
                    member("body").ok_or_else(wrong)?,
                ))
            })
            .collect();
    }
    members
        .iter()
        .map(|(id, document)| {
            let text = document.as_str().ok_or_else(|| {
                invalid(
                    file,
                    "is no manifest: it has members that are no texts of documents",
                )
            })?;
            Ok(entry(id, text))
        })
        .collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    invalid(path, &format!("cannot be read ({error})"))
}

fn invalid(path: &Path, what: &str) -> Error {
    Error::invalid(SETTING, format!("{} {what}.", path.display()))
}

fn too_large(most: usize) -> Error {
    Error::invalid(
        SETTING,
        format!(
            "The trusted documents have more than {most} bytes together (GRAPHQL_TRUSTED_MAX_BYTES)."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<(String, String)>> {
        let entries = parse(Path::new("a.json"), text)?;
        Ok(entries
            .into_iter()
            .map(|entry| (entry.id, entry.text))
            .collect())
    }

    #[test]
    fn both_forms_are_read() {
        let expected = vec![("ab".to_owned(), "{ a }".to_owned())];
        assert_eq!(parsed(r#"{"ab":"{ a }"}"#).unwrap(), expected);
        let apollo = r#"{"format":"apollo-persisted-query-manifest","version":1,
            "operations":[{"id":"ab","name":"A","type":"query","body":"{ a }"}]}"#;
        assert_eq!(parsed(apollo).unwrap(), expected);
        assert_eq!(parsed("{}").unwrap(), []);
    }

    #[test]
    fn what_is_none_is_named_by_its_file() {
        for text in [
            "",
            "[]",
            r#"{"ab":1}"#,
            r#"{"format":"apollo-persisted-query-manifest"}"#,
            r#"{"format":"apollo-persisted-query-manifest","operations":[{"id":"ab"}]}"#,
        ] {
            let error = parsed(text).unwrap_err().to_string();
            assert!(
                error.contains(SETTING) && error.contains("a.json"),
                "{error}"
            );
        }
    }

    #[test]
    fn folders_are_read_and_changes_seen() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("b.json", r#"{"b":"{ b }"}"#);
        write("a.json", r#"{"a":"{ a }"}"#);
        write("notes.txt", "no manifest");
        let paths = [folder.path().to_owned()];
        let stamps = files(&paths).unwrap();
        let ids: Vec<_> = read(&stamps, 100)
            .unwrap()
            .into_iter()
            .map(|entry| entry.id)
            .collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(files(&paths).unwrap(), stamps);
        write("b.json", r#"{"b":"{ b b }"}"#);
        assert_ne!(files(&paths).unwrap(), stamps);

        for most in [1, 9] {
            let error = read(&stamps, most).unwrap_err().to_string();
            assert!(error.contains("GRAPHQL_TRUSTED_MAX_BYTES"), "{error}");
        }
        assert!(files(&[folder.path().join("missing.json")]).is_err());
    }
}
