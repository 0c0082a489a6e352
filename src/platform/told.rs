//! What is kept about a person, as rooms tell it, a page at a time.

use serde_json::Value;
use uuid::Uuid;

/// Rows of one page, each with its id, in the order of ids.
pub(crate) type Rows = Vec<(Uuid, Value)>;

/// Most rows of a page. A page that has fewer is the last.
pub(crate) const PAGE: u64 = 200;
