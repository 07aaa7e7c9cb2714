//! Placeholder.
pub mod formation;
