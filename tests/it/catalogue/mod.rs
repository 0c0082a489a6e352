//! Finding what is for sale.

mod bad_input;
mod filters;
mod page;
mod relations;
mod scope;
mod search;
