//! The arguments of lists: how many, from where.

use crate::{
    error::{Error, Result},
    platform::keyset::{Cursor, Page, SortKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How many items a page has when nothing is said.
pub(crate) const DEFAULT_SIZE: u64 = 20;
/// How many items a page has at most.
pub(crate) const LARGEST_SIZE: u64 = 100;

/// The four arguments of a connection, as a client gave them.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArguments {
    pub(crate) fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Self {
        Self {
            first,
            after,
            last,
            before,
        }
    }

    /// The page of a list in the order that is named `order`.
    ///
    /// # Errors
    /// Invalid when a size is out of bounds, both ends are asked for, or a cursor is not of this list.
    pub(crate) fn page(&self, order: &str) -> Result<Page> {
        let (limit, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid(
                    "last",
                    "Ask for `first` or for `last`, not for both.",
                ));
            }
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (DEFAULT_SIZE, false),
        };
        let cursor = |field, text: &Option<String>| {
            text.as_deref()
                .map(|text| decode(text, order, field))
                .transpose()
        };
        Ok(Page {
            limit,
            after: cursor("after", &self.after)?,
            before: cursor("before", &self.before)?,
            backward,
        })
    }
}

fn size(field: &str, size: i32) -> Result<u64> {
    u64::try_from(size)
        .ok()
        .filter(|size| (1..=LARGEST_SIZE).contains(size))
        .ok_or_else(|| {
            Error::invalid(
                field,
                format!("{size} is out of bounds: ask for 1 to {LARGEST_SIZE}."),
            )
        })
}

/// The cursor as clients see it. It names the order it is of, so that one of another list is noticed.
pub(crate) fn encode(cursor: &Cursor, order: &str) -> String {
    let id = cursor.id.simple();
    let text = match &cursor.key {
        SortKey::None => format!("{order}\n{id}"),
        SortKey::Integer(number) => format!("{order}\n{id}\ni{number}"),
        SortKey::Text(text) => format!("{order}\n{id}\nt{text}"),
    };
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str, order: &str, field: &str) -> Result<Cursor> {
    let foreign = || {
        Error::invalid(
            field,
            "This cursor is not of this list. Pass one that the same list gave out, in the same order.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign())?;
    let text = String::from_utf8(bytes).map_err(|_| foreign())?;
    let mut parts = text.splitn(3, '\n');
    if parts.next() != Some(order) {
        return Err(foreign());
    }
    let id = parts
        .next()
        .and_then(|id| id.parse().ok())
        .ok_or_else(foreign)?;
    let key = match parts.next().map(|key| key.split_at_checked(1)) {
        None => SortKey::None,
        Some(Some(("i", number))) => SortKey::Integer(number.parse().map_err(|_| foreign())?),
        Some(Some(("t", text))) if !text.contains('\0') => SortKey::Text(text.to_owned()),
        Some(_) => return Err(foreign()),
    };
    Ok(Cursor { key, id })
}
