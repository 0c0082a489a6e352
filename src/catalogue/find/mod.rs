//! Finding what is for sale, as far as the caller may see it: one file per kind of thing.

pub(crate) mod categories;
pub(crate) mod images;
pub(crate) mod options;
pub(crate) mod products;
pub(crate) mod tags;
pub(crate) mod variants;
