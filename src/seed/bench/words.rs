//! The words that the bench shop's goods, people and reviews are made of, read from `words.txt`.

/// Every list of `words.txt`; none is empty.
pub(super) struct Words {
    pub(super) shelves: Vec<Shelf>,
    pub(super) adjectives: Vec<&'static str>,
    pub(super) tags: Vec<&'static str>,
    pub(super) openings: Vec<&'static str>,
    pub(super) sentences: Vec<&'static str>,
    pub(super) places: Vec<&'static str>,
    pub(super) trades: Vec<&'static str>,
    pub(super) first_names: Vec<&'static str>,
    pub(super) last_names: Vec<&'static str>,
    pub(super) good: Opinion,
    pub(super) middling: Opinion,
    pub(super) bad: Opinion,
    pub(super) stories: Vec<&'static str>,
    pub(super) remarks: Vec<&'static str>,
}

/// A leaf of the category tree with what stands on it: every noun goes with every material.
pub(super) struct Shelf {
    /// Names of the categories from the root to the leaf.
    pub(super) path: Vec<&'static str>,
    pub(super) materials: Vec<&'static str>,
    pub(super) nouns: Vec<&'static str>,
}

/// What people say of a product, by how they like it.
pub(super) struct Opinion {
    pub(super) titles: Vec<&'static str>,
    pub(super) verdicts: Vec<&'static str>,
}

const TEXT: &str = include_str!("words.txt");

impl Words {
    pub(super) fn read() -> Self {
        Self {
            shelves: section("shelves").map(shelf).collect(),
            adjectives: section("adjectives").collect(),
            tags: section("tags").collect(),
            openings: section("openings").collect(),
            sentences: section("sentences").collect(),
            places: section("places").collect(),
            trades: section("trades").collect(),
            first_names: section("first names").collect(),
            last_names: section("last names").collect(),
            good: opinion("good titles", "good verdicts"),
            middling: opinion("middling titles", "middling verdicts"),
            bad: opinion("bad titles", "bad verdicts"),
            stories: section("stories").collect(),
            remarks: section("remarks").collect(),
        }
    }
}

/// The lines between `[name]` and the next empty line.
fn section(name: &str) -> impl Iterator<Item = &'static str> {
    TEXT.lines()
        .skip_while(move |line| {
            line.strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                != Some(name)
        })
        .skip(1)
        .take_while(|line| !line.is_empty())
}

fn opinion(titles: &str, verdicts: &str) -> Opinion {
    Opinion {
        titles: section(titles).collect(),
        verdicts: section(verdicts).collect(),
    }
}

fn shelf(line: &'static str) -> Shelf {
    let mut parts = line.split(" : ");
    let mut list = |separator| {
        let part = parts.next().unwrap_or_default();
        part.split(separator).collect()
    };
    Shelf {
        path: list(" > "),
        materials: list(", "),
        nouns: list(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_list_is_read() {
        let words = Words::read();
        for list in [
            &words.adjectives,
            &words.tags,
            &words.openings,
            &words.sentences,
            &words.places,
            &words.trades,
            &words.first_names,
            &words.last_names,
            &words.good.titles,
            &words.good.verdicts,
            &words.middling.titles,
            &words.middling.verdicts,
            &words.bad.titles,
            &words.bad.verdicts,
            &words.stories,
            &words.remarks,
        ] {
            assert!(list.len() >= 6, "{list:?}");
            assert!(list.iter().all(|word| !word.starts_with('[')), "{list:?}");
        }
    }

    #[test]
    fn the_shelves_make_a_tree_of_40_categories() {
        let words = Words::read();
        let mut paths = HashSet::new();
        for shelf in &words.shelves {
            assert_eq!(shelf.path.len(), 3, "{:?}", shelf.path);
            assert_eq!(shelf.materials.len(), 6, "{:?}", shelf.path);
            assert_eq!(shelf.nouns.len(), 4, "{:?}", shelf.path);
            paths.extend((1..=3).map(|depth| &shelf.path[..depth]));
        }
        assert_eq!(paths.len(), 40);
        let names: HashSet<_> = paths.iter().map(|path| path[path.len() - 1]).collect();
        assert_eq!(names.len(), 40, "a name stands twice in the tree");
    }
}
