//! Trusted documents: those that the operator lists.

use super::{
    manifest::{self, Entry, SETTING, Stamp},
    named::without_algorithm,
};
use crate::{
    error::{Error, Result},
    platform::{
        config::{Settings, TrustedMode},
        hash::TextHash,
    },
};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

/// The trusted documents, and where they come from.
pub(in crate::graphql) struct Trusted {
    pub(in crate::graphql) mode: TrustedMode,
    paths: Vec<PathBuf>,
    most_bytes: usize,
    list: RwLock<Arc<List>>,
}

/// The trusted documents of one moment.
#[derive(Debug, Default)]
pub(in crate::graphql) struct List {
    by_id: HashMap<String, TrustedDocument>,
    /// By the hash of the text, whatever their ids are.
    by_text: HashMap<TextHash, TrustedDocument>,
    /// The files it was read from.
    stamps: Vec<Stamp>,
}

/// One of them; cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct TrustedDocument {
    pub(in crate::graphql) hash: TextHash,
    pub(in crate::graphql) text: Arc<str>,
    /// For people: its id, and the file it stands in.
    pub(in crate::graphql) origin: Arc<str>,
}

impl Trusted {
    /// None are read yet: whatever is required until then is refused.
    pub(in crate::graphql) fn new(settings: &Settings) -> Self {
        let set = &settings.documents;
        Self {
            mode: set.graphql_trusted_mode,
            paths: set.graphql_trusted_documents.clone(),
            most_bytes: set.graphql_trusted_max_bytes,
            list: RwLock::default(),
        }
    }

    /// Those of this moment.
    pub(in crate::graphql) fn list(&self) -> Arc<List> {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&list)
    }

    /// From now on, these.
    pub(in crate::graphql) fn replace(&self, list: List) {
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(list);
    }

    /// Reads the manifests.
    ///
    /// # Errors
    /// Invalid, naming the file.
    pub(in crate::graphql) fn read(&self) -> Result<List> {
        List::read(&self.paths, self.most_bytes)
    }

    /// The files as they are now; an error where one is missing.
    pub(in crate::graphql) fn stamps(&self) -> Result<Vec<Stamp>> {
        manifest::files(&self.paths)
    }
}

impl List {
    /// Reads manifests, whose texts may have `most_bytes` together.
    ///
    /// # Errors
    /// Invalid, naming the file.
    pub(in crate::graphql) fn read(paths: &[PathBuf], most_bytes: usize) -> Result<Self> {
        // Taken first: what is written meanwhile is seen as a change later.
        let stamps = manifest::files(paths)?;
        let entries = manifest::read(&stamps, most_bytes)?;
        let mut list = Self {
            stamps,
            ..Self::default()
        };
        entries.into_iter().try_for_each(|entry| list.add(entry))?;
        Ok(list)
    }

    fn add(&mut self, entry: Entry) -> Result<()> {
        let id = without_algorithm(&entry.id);
        let hash = TextHash::of(&entry.text);
        if let Some(other) = self.by_id.get(id) {
            if other.hash == hash {
                return Ok(());
            }
            return Err(Error::invalid(
                SETTING,
                format!(
                    "Two documents have one id: {} and {}.",
                    other.origin,
                    origin(&entry)
                ),
            ));
        }
        let document = TrustedDocument {
            hash,
            origin: origin(&entry).into(),
            text: entry.text.into(),
        };
        self.by_text.insert(hash, document.clone());
        self.by_id.insert(id.to_owned(), document);
        Ok(())
    }

    /// The document of this id.
    pub(in crate::graphql) fn by_id(&self, id: &str) -> Option<TrustedDocument> {
        self.by_id.get(id).cloned()
    }

    /// The document of this text.
    pub(in crate::graphql) fn by_text(&self, text: &str) -> Option<TrustedDocument> {
        self.by_text.get(&TextHash::of(text)).cloned()
    }

    /// All of them.
    pub(in crate::graphql) fn documents(&self) -> impl Iterator<Item = &TrustedDocument> {
        self.by_text.values()
    }

    /// How many there are.
    pub(in crate::graphql) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether the files are others than they were when it was read.
    pub(in crate::graphql) fn is_of(&self, stamps: &[Stamp]) -> bool {
        self.stamps == stamps
    }
}

/// Where a document stands. Its id may be any text, and it is printed.
fn origin(entry: &Entry) -> String {
    let id: String = entry
        .id
        .chars()
        .filter(|c| !c.is_control())
        .take(80)
        .collect();
    format!("{id} in {}", entry.file.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn found_by_id_and_by_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        let paths = [file.clone()];
        fs::write(&file, r#"{"sha256:ab":"{ a }","cd":"{ a }","ef":"{ b }"}"#).unwrap();
        let list = List::read(&paths, 1_000).unwrap();
        assert_eq!((list.len(), list.documents().count()), (3, 2));
        for id in ["ab", "cd"] {
            assert_eq!(&*list.by_id(id).unwrap().text, "{ a }");
        }
        assert!(list.by_id("sha256:ab").is_none());
        assert!(list.by_text("{ b }").is_some() && list.by_text("{b}").is_none());

        let other = folder.path().join("b.json");
        fs::write(&other, r#"{"ef":"{ c }"}"#).unwrap();
        let error = List::read(&[file, other], 1_000).unwrap_err().to_string();
        assert!(
            error.contains("one id") && error.contains("b.json"),
            "{error}"
        );
    }
}
