//! All loaders of a request: one for each way from one object to others.

mod count_loader;
mod counts;
mod objects;
mod pages;

pub(crate) use count_loader::CountLoader;

use crate::caller::Caller;
use counts::Counts;
use objects::Objects;
use pages::Pages;
use std::sync::Arc;

/// The loaders of a request.
pub(crate) struct Loaders {
    /// Single objects, and the short lists that belong to one.
    pub(crate) objects: Objects,
    /// Pages of the lists that hang off an object.
    pub(crate) pages: Pages,
    /// How long those lists are.
    pub(crate) counts: Counts,
}

impl Loaders {
    /// The loaders of a request of `caller`'s.
    pub(crate) fn new(caller: &Arc<Caller>) -> Self {
        Self {
            objects: Objects::new(caller),
            pages: Pages::new(caller),
            counts: Counts::new(caller),
        }
    }
}
