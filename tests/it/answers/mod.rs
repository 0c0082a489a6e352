//! Answers that are kept, and rows under them: served while they are true, and not a moment longer.

mod elsewhere;
mod load;
mod purging;
mod races;
mod serving;
mod shop;
mod stampede;
mod transfer;
