//! The name of a new product in URLs.

use super::draft::ProductDraft;
use crate::platform::text;
use entity::ids::ProductId;

/// The slugs a product would like, the dearest first: its handle, then with its shop's behind it.
pub(super) fn wishes(draft: &ProductDraft) -> [String; 2] {
    let handle = text::slug(&draft.handle, 255);
    // A handle may be without any letter or digit.
    let handle = if handle.is_empty() {
        "product".to_owned()
    } else {
        handle
    };
    let with_shop = format!("{handle}-{}", draft.shop.handle);
    [handle, with_shop]
}

/// The first of the product's wishes that is not taken, or else one that nobody else can have.
pub(super) fn choose(draft: &ProductDraft, id: ProductId, taken: impl Fn(&str) -> bool) -> String {
    let wishes = wishes(draft);
    if let Some(free) = wishes.iter().find(|slug| !taken(slug)) {
        free.clone()
    } else {
        // The end of an id is random, its beginning is the time.
        let id = id.0.simple().to_string();
        format!("{}-{}", wishes[1], &id[id.len() - 8..])
    }
}
