//! Who changed what: what is written, that it stays, and who reads it.

mod reading;
mod recording;
mod retention;
mod users;
