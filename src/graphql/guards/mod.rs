//! What a request must pass before anything is executed, so that no document costs more than it may.
//!
//! In this order: [`scan`] reads the bytes before the parser does (the parser recurses over nested values and can
//! overflow the stack), [`Expansion`] counts what the document becomes once its fragments are spread out
//! (validation walks every path through them, and a thousand bytes can hold millions). [`check_size`] bounds the variables and
//! [`InputTypes`] checks them; [`Complexity`] says what they ask for. They are plain functions around the library: its extensions would slow down every field.

mod complexity;
mod expansion;
mod input_types;
mod limits;
mod literals;
mod scan;
mod secret_fields;
mod variables;

pub(super) use complexity::Complexity;
pub(super) use expansion::Expansion;
pub(super) use input_types::InputTypes;
pub(super) use limits::{Limits, Refusal};
pub(super) use scan::scan;
pub(super) use variables::check_size;
