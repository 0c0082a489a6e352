//! What a seller says of a product, looked over.

use crate::{
    catalogue::{
        product_upsert::{CategoryWish, Change},
        rules::{self, Checked},
    },
    error::{Error, Result},
    platform::text,
};
use entity::ids::CategoryId;
use std::collections::HashSet;

/// Longest description before it is cleaned, in bytes: cleaning takes time.
const RAW_DESCRIPTION_LIMIT: usize = 64 * 1024;
/// Most options of a product.
pub(super) const OPTION_LIMIT: usize = 5;
/// Most texts in the metadata that are said at once, and the longest key and text, in characters.
const METADATA_LIMIT: usize = 50;
const KEY_LIMIT: usize = 100;
const TEXT_LIMIT: usize = 1_000;

/// What a seller says of a product; what is nothing stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProductFields {
    pub(crate) name: Option<String>,
    /// HTML, of which what could do harm is taken out.
    pub(crate) description: Option<String>,
    pub(crate) category: Change<Option<CategoryId>>,
    /// All of them, by name.
    pub(crate) tags: Option<Vec<String>>,
    /// Keys to set, or to remove where there is no text; others stay.
    pub(crate) metadata: Vec<(String, Option<String>)>,
    /// The names of all its options, in their order.
    pub(crate) options: Option<Vec<String>>,
}

/// What a rule says, of the input's `field`.
pub(super) fn checked<T>(field: impl Into<String>, checked: Checked<T>) -> Result<T> {
    checked.map_err(|message| Error::invalid(field, message))
}

impl ProductFields {
    /// The same as it is kept.
    ///
    /// # Errors
    /// Invalid, naming what is wrong.
    pub(super) fn checked(self) -> Result<Self> {
        let name = |name: String| checked("input.name", rules::product_name(&name));
        Ok(Self {
            name: self.name.map(name).transpose()?,
            description: self.description.as_deref().map(description).transpose()?,
            category: self.category,
            tags: self.tags.as_deref().map(tags).transpose()?,
            metadata: metadata(self.metadata)?,
            options: self.options.as_deref().map(options).transpose()?,
        })
    }

    /// The category as drafts have it.
    pub(super) fn category(&self) -> Change<CategoryWish> {
        self.category.clone().map(CategoryWish::Is)
    }
}

fn description(html: &str) -> Result<String> {
    const FIELD: &str = "input.description";
    if html.len() > RAW_DESCRIPTION_LIMIT {
        return Err(Error::invalid(
            FIELD,
            "A description has at most 2,000 characters.",
        ));
    }
    checked(FIELD, rules::description(html))
}

fn tags(names: &[String]) -> Result<Vec<String>> {
    let mut slugs = HashSet::new();
    let mut tags = Vec::new();
    at_most("input.tags", names.len(), rules::TAG_LIMIT, "tags")?;
    for (place, name) in names.iter().enumerate() {
        let tag = checked(format!("input.tags.{place}"), rules::tag(name))?;
        if slugs.insert(text::slug(&tag, 100)) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

fn options(names: &[String]) -> Result<Vec<String>> {
    let mut options = Vec::new();
    at_most("input.options", names.len(), OPTION_LIMIT, "options")?;
    for (place, name) in names.iter().enumerate() {
        let field = format!("input.options.{place}");
        let name = checked(field.as_str(), rules::option_name(name))?;
        if options.contains(&name) {
            let message = "The product has two options of this name: rename one.";
            return Err(Error::invalid(field, message));
        }
        options.push(name);
    }
    Ok(options)
}

fn metadata(entries: Vec<(String, Option<String>)>) -> Result<Vec<(String, Option<String>)>> {
    at_most("input.metadata", entries.len(), METADATA_LIMIT, "entries")?;
    let is_longer = |text: &str, limit| text.char_indices().nth(limit).is_some();
    for (place, (key, value)) in entries.iter().enumerate() {
        let fault = |part: &str, message: String| {
            Err(Error::invalid(
                format!("input.metadata.{place}.{part}"),
                message,
            ))
        };
        if key.is_empty() || is_longer(key, KEY_LIMIT) || key.contains('\0') {
            return fault("key", format!("A key has 1 to {KEY_LIMIT} characters."));
        }
        if value
            .as_ref()
            .is_some_and(|text| is_longer(text, TEXT_LIMIT) || text.contains('\0'))
        {
            return fault(
                "value",
                format!("A text has at most {TEXT_LIMIT} characters."),
            );
        }
    }
    Ok(entries)
}

/// Refuses more than `most` of something.
pub(super) fn at_most(field: &str, number: usize, most: usize, what: &str) -> Result<()> {
    if number <= most {
        return Ok(());
    }
    let message = format!("A product has at most {most} {what}, and these are {number}.");
    Err(Error::invalid(field, message))
}

/// The category that a change names, if it names one.
pub(super) fn named(category: &Change<Option<CategoryId>>) -> Option<CategoryId> {
    match category {
        Change::To(category) => *category,
        Change::Keep => None,
    }
}

/// Makes sure that the category a change names is among those that are there.
pub(super) fn expect_category(
    category: &Change<Option<CategoryId>>,
    living: &HashSet<CategoryId>,
) -> Result<()> {
    match named(category) {
        Some(id) if !living.contains(&id) => Err(Error::invalid(
            "input.categoryId",
            "There is no such category. Pass the id of one that `categories` lists.",
        )),
        _ => Ok(()),
    }
}
