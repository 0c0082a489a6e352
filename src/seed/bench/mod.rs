//! The rows that speed is measured on: per unit of scale 50 sellers, 2,000 products in three sizes, 500 people and
//! their 10,000 reviews; beside them 40 categories and 30 tags, whatever the scale.
//!
//! The same scale gives the same rows, to the byte, on every machine and both databases: figures are comparable
//! only when what they were measured on is.
//!
//! This folder alone names the entities of every room. It lays down rows whose projections are right from the
//! start, a million products in minutes; a room that offered that to the rest of the server would offer to break
//! what it promises. Only the search index is made by its room, from the rows, as for any product.

mod bench_seed;
mod insert;
mod random;
mod shared;
mod texts;
mod times;
mod unit;
mod unit_products;
mod unit_reviews;
mod words;

pub use bench_seed::bench;
