//! Changing several products at once, each with an outcome of its own.

use super::{
    hold::{Held, hold},
    option_names::option_names,
    product_fields::{expect_category, named},
    product_update::ProductUpdate,
    write::{About, write},
};
use crate::{
    caller::Caller,
    catalogue::{
        category_hold::category_hold,
        product_upsert::{Change, ProductDraft},
    },
    error::{Error, Result},
    platform::database::Tx,
};
use entity::ids::{CategoryId, ProductId};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Most products that are changed at once.
pub(super) const MOST_AT_ONCE: usize = 50;

/// What became of one of several changes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Edited {
    /// The product was changed, or was so already.
    Done(ProductId),
    /// It is not there, or not for the caller.
    NotFound,
    /// A field breaks a rule.
    Invalid { field: String, message: String },
    /// Something else stands against it.
    Conflict(String),
}

impl Edited {
    /// What became of a change that went so.
    ///
    /// # Errors
    /// What is about more than this one change.
    fn of(result: Result<ProductId>) -> Result<Self> {
        Ok(match result {
            Ok(id) => Self::Done(id),
            Err(Error::NotFound(_)) => Self::NotFound,
            Err(Error::Invalid { field, message }) => Self::Invalid { field, message },
            Err(Error::Conflict(message)) => Self::Conflict(message),
            Err(error) => return Err(error),
        })
    }

    /// The product, or why it was not changed.
    ///
    /// # Errors
    /// Why it was not changed.
    pub(crate) fn result(self) -> Result<ProductId> {
        match self {
            Self::Done(id) => Ok(id),
            Self::NotFound => Err(Error::NotFound("product")),
            Self::Invalid { field, message } => Err(Error::invalid(field, message)),
            Self::Conflict(message) => Err(Error::Conflict(message)),
        }
    }
}

/// Changes products as `changes` say, in a number of statements that does not depend on how many they are.
///
/// # Errors
/// What is about more than one of them.
pub(super) async fn edit(
    caller: &Caller,
    tx: &Tx,
    changes: Vec<ProductUpdate>,
) -> Result<Vec<Edited>> {
    let ids: Vec<ProductId> = changes.iter().map(|change| change.id).collect();
    let mut held = hold(tx, caller, &ids).await?;
    let mut names = option_names(tx, &held.keys().copied().collect::<Vec<_>>()).await?;
    let mut categories: Vec<CategoryId> = changes
        .iter()
        .filter_map(|change| named(&change.fields.category))
        .collect();
    categories.sort_unstable();
    categories.dedup();
    let categories = category_hold(tx, &categories).await?;

    let mut met = HashSet::new();
    let mut drafts = Vec::new();
    // For each change, the place of its draft, or why there is none.
    let mut places = Vec::with_capacity(changes.len());
    for change in changes {
        let id = change.id;
        let draft = if met.insert(id) {
            drafted(change, held.remove(&id), names.remove(&id), &categories)
        } else {
            let message = "The product stands here twice: say all of it at once.";
            Err(Error::invalid("input.id", message))
        };
        places.push(draft.map(|draft| {
            drafts.push(draft);
            drafts.len() - 1
        }));
    }
    let done = write(caller, tx, &drafts, About::Products).await?;
    let mut done: HashMap<usize, Result<ProductId>> = done.into_iter().enumerate().collect();
    let outcomes = places.into_iter().map(|place| {
        let result = place.and_then(|place| {
            done.remove(&place)
                .unwrap_or(Err(Error::NotFound("product")))
        });
        Edited::of(result)
    });
    outcomes.collect()
}

/// What the product shall be.
fn drafted(
    change: ProductUpdate,
    held: Option<Held>,
    options: Option<Vec<String>>,
    categories: &HashSet<CategoryId>,
) -> Result<ProductDraft> {
    let held = held.ok_or(Error::NotFound("product"))?.living()?;
    held.expect_version(change.expected_version)?;
    let fields = change.fields.checked()?;
    expect_category(&fields.category, categories)?;
    let options = options.unwrap_or_default();
    let wanted = fields.options.clone().unwrap_or_else(|| options.clone());
    expect_options(&options, &wanted, &held)?;
    Ok(ProductDraft {
        handle: held.product.handle.clone(),
        category: fields.category(),
        name: fields.name.unwrap_or(held.product.name),
        description: fields.description.map_or(Change::Keep, Change::To),
        status: Change::Keep,
        tags: fields.tags.map_or(Change::Keep, Change::To),
        metadata: fields.metadata,
        options: wanted,
        variants: Vec::new(),
        images: Vec::new(),
        shop: held.shop,
    })
}

/// While there are variants, each has a value for every option: options may change their order then, and nothing else.
fn expect_options(before: &[String], wanted: &[String], held: &Held) -> Result<()> {
    let is_same = before.len() == wanted.len() && wanted.iter().all(|name| before.contains(name));
    if is_same || held.product.variant_count == 0 {
        return Ok(());
    }
    Err(Error::invalid(
        "input.options",
        "While the product has variants, its options can change their order and nothing else. Delete the variants first.",
    ))
}
