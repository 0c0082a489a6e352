//! Tests: what operations cost, and who pays.
