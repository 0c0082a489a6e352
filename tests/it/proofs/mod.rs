//! What docs/reliability.md promises of buying, shown with the shop as it is run: servers that are processes, which are killed; a provider that is
//! one too, and stands still; a database that is broken off. A short version of each runs with the other tests, the whole of it on its own.

mod crashes;
mod kept;
mod once;
mod oversold;
mod process;
mod rig;
mod slow;
