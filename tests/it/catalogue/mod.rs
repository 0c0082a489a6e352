//! Finding what is for sale.

mod as_text;
mod bad_input;
mod categories;
mod filters;
mod narrow;
mod office;
mod page;
mod relations;
mod scope;
mod search;
mod selections;
