//! Finding what is for sale.

mod page;
