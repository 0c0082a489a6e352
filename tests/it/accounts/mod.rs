//! People, and how they sign in.

mod sessions;
