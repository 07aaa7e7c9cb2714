use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much work it was; the same on any number of threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// Pieces of trajectory.
    pub segments: u64,
    /// Stretches of time that were looked at on their own.
    pub time_slabs: u64,
    /// Pairs per slab that the grid brought together.
    pub candidate_pairs: u64,
    /// Pairs per slab that bounding volumes could not tell apart, so that polynomials were formed.
    pub pair_searches: u64,
    /// Intervals these searches looked at.
    pub search_nodes: u64,
    /// Pairs per slab that only exact arithmetic could decide.
    pub exact_decisions: u64,
}
