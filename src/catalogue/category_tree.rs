//! The whole tree of categories at hand, for imports: it finds a category by its path and makes what is missing.

use crate::{
    error::Result,
    platform::{layered::Layered, text},
};
use chrono::{DateTime, Utc};
use entity::catalogue::category::{Column, Entity, Model};
use entity::ids::CategoryId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

const SLUG_LIMIT: usize = 100;

/// Every living category. What is made waits in [`CategoryTree::take_new`] to be written.
#[derive(Default)]
pub(crate) struct CategoryTree {
    /// By parent and name, as a slug: "Health & Beauty" and "`health_beauty`" are one.
    by_name: Layered<(Option<CategoryId>, String), Node>,
    slugs: Layered<String, ()>,
    children: Layered<Option<CategoryId>, i32>,
    new: Vec<Model>,
}

#[derive(Clone)]
struct Node {
    id: CategoryId,
    slug: String,
}

impl CategoryTree {
    /// Reads the tree.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Self> {
        let rows: Vec<(CategoryId, Option<CategoryId>, String, String, i32)> = Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::ParentId,
                Column::Slug,
                Column::Name,
                Column::Position,
            ])
            .filter(Column::DeletedAt.is_null())
            // Where two siblings share a name, the older is meant.
            .order_by_desc(Column::Id)
            .into_tuple()
            .all(db)
            .await?;
        let mut tree = Self::default();
        for (id, parent, slug, name, position) in rows {
            tree.enter(parent, &name, Node { id, slug }, position);
        }
        tree.settle();
        Ok(tree)
    }

    /// The category at the end of `path`, whose names begin at a root and have passed the rules; nothing for an
    /// empty path.
    pub(crate) fn ensure(&mut self, path: &[String], now: DateTime<Utc>) -> Option<CategoryId> {
        let mut parent: Option<Node> = None;
        for name in path {
            let key = (parent.as_ref().map(|node| node.id), name_slug(name));
            let node = match self.by_name.get(&key) {
                Some(node) => node.clone(),
                None => self.make(parent.as_ref(), name, now),
            };
            parent = Some(node);
        }
        parent.map(|node| node.id)
    }

    /// What was made since this was last asked.
    pub(crate) fn take_new(&mut self) -> Vec<Model> {
        std::mem::take(&mut self.new)
    }

    /// What was made is in the database.
    pub(crate) fn settle(&mut self) {
        self.by_name.settle();
        self.slugs.settle();
        self.children.settle();
    }

    /// What was made is not in the database after all.
    pub(crate) fn discard(&mut self) {
        self.by_name.discard();
        self.slugs.discard();
        self.children.discard();
        self.new.clear();
    }

    fn make(&mut self, parent: Option<&Node>, name: &str, now: DateTime<Utc>) -> Node {
        let node = Node {
            id: CategoryId::generate(),
            slug: self.free_slug(parent, name),
        };
        let parent = parent.map(|node| node.id);
        let position = self.children.get(&parent).map_or(1, |last| last + 1);
        self.enter(parent, name, node.clone(), position);
        self.new.push(Model {
            id: node.id,
            parent_id: parent,
            slug: node.slug.clone(),
            name: name.to_owned(),
            description: String::new(),
            position,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        });
        node
    }

    fn enter(&mut self, parent: Option<CategoryId>, name: &str, node: Node, position: i32) {
        let last = self.children.get(&parent).copied().unwrap_or_default();
        self.children.insert(parent, last.max(position));
        self.slugs.insert(node.slug.clone(), ());
        self.by_name.insert((parent, name_slug(name)), node);
    }

    /// The name's slug; where another category has it, the parent's before it; then with a number.
    fn free_slug(&self, parent: Option<&Node>, name: &str) -> String {
        let own = name_slug(name);
        let long = parent.map_or_else(
            || own.clone(),
            |parent| text::slug(&format!("{} {own}", parent.slug), SLUG_LIMIT),
        );
        let numbered = (2..).map(|number| {
            // Room for the number.
            format!("{}-{number}", text::slug(&long, SLUG_LIMIT - 11))
        });
        [own, long.clone()]
            .into_iter()
            .chain(numbered)
            .find(|slug| self.slugs.get(slug).is_none())
            // The numbers do not end before the categories do.
            .unwrap_or_default()
    }
}

fn name_slug(name: &str) -> String {
    text::slug(name, SLUG_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_path_is_made_once() {
        let mut tree = CategoryTree::default();
        let now = DateTime::default();
        assert_eq!(tree.ensure(&[], now), None);
        let shirts = tree.ensure(&path(&["Apparel", "Shirts"]), now);
        let apparel = tree.ensure(&path(&["apparel"]), now);
        assert_eq!(tree.ensure(&path(&["Apparel", "shirts"]), now), shirts);
        let new = tree.take_new();
        assert_eq!(new.len(), 2);
        assert_eq!(new[1].parent_id, apparel);
        assert!(tree.take_new().is_empty());
    }

    #[test]
    fn slugs_are_unique_in_the_marketplace() {
        let mut tree = CategoryTree::default();
        for names in [
            &["Home", "Tools"],
            &["Car", "Tools"],
            &["Car tools", "x"],
            &["Bike", "Car tools"],
        ] {
            tree.ensure(&path(names), DateTime::default());
        }
        let slugs: Vec<_> = tree.take_new().into_iter().map(|new| new.slug).collect();
        assert_eq!(
            slugs,
            [
                "home",
                "tools",
                "car",
                "car-tools",
                "car-tools-2",
                "x",
                "bike",
                "bike-car-tools"
            ]
        );
    }

    #[test]
    fn siblings_stand_in_the_order_they_came() {
        let mut tree = CategoryTree::default();
        for names in [&["A", "x"], &["A", "y"], &["B", "z"]] {
            tree.ensure(&path(names), DateTime::default());
        }
        let positions: Vec<_> = tree
            .take_new()
            .into_iter()
            .map(|new| new.position)
            .collect();
        assert_eq!(positions, [1, 1, 2, 2, 1]);
    }

    #[test]
    fn what_is_taken_back_is_made_again() {
        let mut tree = CategoryTree::default();
        tree.ensure(&path(&["A"]), DateTime::default());
        tree.discard();
        assert!(tree.take_new().is_empty());
        tree.ensure(&path(&["A"]), DateTime::default());
        assert_eq!(tree.take_new().len(), 1);
    }
}
