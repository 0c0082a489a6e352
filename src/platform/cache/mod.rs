//! What every cache of this process has in common: that a write takes out of it whatever was made of what it wrote.
//!
//! Whoever reads says what it depends on, as [`CacheTag`]s; a [`Recorder`] collects them. Whoever writes says the same of what it
//! writes, see `outbox::Event::purges`. The [`Purger`] puts the two together. See docs/answers.md.

mod counts;
mod entities;
mod purger;
mod recorder;
mod tag;

pub use counts::Counts;
pub use entities::Entities;
pub use purger::{Admission, Purgeable, Purger};
pub use recorder::Recorder;
pub use tag::{CacheTag, TagKey};
