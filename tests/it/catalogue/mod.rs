//! Finding what is for sale.

mod bad_input;
mod page;
mod search;
