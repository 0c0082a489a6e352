//! What every unit shares: the category tree and the tags.

use super::{
    random::Ids,
    times::{beginning, time},
    words::Words,
};
use crate::platform::text;
use entity::catalogue::{category, tag};
use entity::ids::{CategoryId, TagId};
use std::collections::HashMap;

/// The rows, and what products need of them.
pub(super) struct Shared {
    /// Parents before their children.
    pub(super) categories: Vec<category::Model>,
    pub(super) tags: Vec<tag::Model>,
    /// The leaf of each of the words' shelves, in their order.
    pub(super) leaves: Vec<CategoryId>,
}

impl Shared {
    pub(super) fn make(words: &Words, seed: u64) -> Self {
        let mut ids = Ids::new(0, seed);
        let mut tree = Tree::default();
        let leaves = words
            .shelves
            .iter()
            .filter_map(|shelf| tree.leaf(&shelf.path, &mut ids))
            .collect();
        let tags = words
            .tags
            .iter()
            .map(|name| tag::Model {
                id: TagId(ids.at(beginning())),
                slug: text::slug(name, 100),
                name: (*name).to_owned(),
                created_at: time(beginning()),
            })
            .collect();
        Self {
            categories: tree.rows,
            tags,
            leaves,
        }
    }
}

#[derive(Default)]
struct Tree {
    rows: Vec<category::Model>,
    by_path: HashMap<Vec<&'static str>, CategoryId>,
    children: HashMap<Option<CategoryId>, i32>,
}

impl Tree {
    /// The category at the end of `path`, made with its ancestors where it is missing; nothing for an empty path.
    fn leaf(&mut self, path: &[&'static str], ids: &mut Ids) -> Option<CategoryId> {
        let mut parent_id = None;
        for depth in 1..=path.len() {
            let here = &path[..depth];
            let id = match self.by_path.get(here) {
                Some(id) => *id,
                None => self.add(here, parent_id, ids),
            };
            parent_id = Some(id);
        }
        parent_id
    }

    fn add(
        &mut self,
        path: &[&'static str],
        parent_id: Option<CategoryId>,
        ids: &mut Ids,
    ) -> CategoryId {
        let id = CategoryId(ids.at(beginning()));
        let name = path[path.len() - 1];
        let position = self.children.entry(parent_id).or_default();
        *position += 1;
        self.rows.push(category::Model {
            id,
            parent_id,
            slug: text::slug(name, 100),
            name: name.to_owned(),
            description: format!("Everything under {}.", path.join(" › ")),
            position: *position,
            version: 1,
            created_at: time(beginning()),
            updated_at: time(beginning()),
            deleted_at: None,
        });
        self.by_path.insert(path.to_vec(), id);
        id
    }
}
