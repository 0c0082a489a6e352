//! Imports of catalogues from elsewhere.
