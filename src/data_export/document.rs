//! The document, a piece at a time.

use super::{SECTIONS, Section};
use crate::{
    caller::Caller,
    error::{Error, Result},
    told::{PAGE, Rows},
};
use futures_util::stream::{Stream, try_unfold};
use serde_json::Value;
use uuid::Uuid;

/// Where the writing is.
struct Place {
    caller: Caller,
    /// The section that is next, or being written.
    section: usize,
    /// Behind which of its rows; nothing before the first.
    after: Option<Uuid>,
}

/// The caller's document: an object of a list per section. Where reading fails midway it ends, and is no JSON.
pub(crate) fn document(caller: Caller) -> impl Stream<Item = Result<String>> + Send {
    let place = Place {
        caller,
        section: 0,
        after: None,
    };
    try_unfold(place, async |place| {
        let Some(section) = SECTIONS.get(place.section) else {
            return Ok(None);
        };
        let rows = (section.read)(&place.caller, place.after).await?;
        let is_last = u64::try_from(rows.len()).unwrap_or(PAGE) < PAGE;
        let piece = piece(section, &place, &rows, is_last)?;
        let next = if is_last {
            Place {
                caller: place.caller,
                section: place.section + 1,
                after: None,
            }
        } else {
            Place {
                after: rows.last().map(|(id, _)| *id),
                ..place
            }
        };
        Ok(Some((piece, next)))
    })
}

fn piece(section: &Section, place: &Place, rows: &Rows, is_last: bool) -> Result<String> {
    let mut text = String::new();
    let is_first = place.after.is_none();
    if is_first {
        text.push_str(if place.section == 0 { "{\n" } else { ",\n" });
        text.push_str(&Value::from(section.name).to_string());
        text.push_str(": [");
    }
    for (index, (_, row)) in rows.iter().enumerate() {
        text.push_str(if is_first && index == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(row).map_err(Error::internal)?);
    }
    if is_last {
        text.push(']');
        if place.section + 1 == SECTIONS.len() {
            text.push_str("\n}\n");
        }
    }
    Ok(text)
}
