//! Moves that were planned before. A script is edited scene by scene: what an edit does not touch is not planned again.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use kapok_show::{DVec3, Jet};

use crate::outcome::Step;
use crate::transition::PlannedMove;

/// Plans for which a move is kept that none of them asked for.
const KEPT_FOR: u64 = 3;

/// What was planned before, by everything that it depends on.
///
/// # Guarantees
/// A plan with a memory is, byte for byte, the plan without one: a key holds the whole input of a move, not a hash of it.
/// Refusals are not remembered.
///
/// # Complexity
/// Memory: that of the moves of the last few plans.
#[derive(Default)]
pub struct PlanMemory {
    moves: Mutex<Moves>,
}

#[derive(Default)]
struct Moves {
    plan: u64,
    recalled: u64,
    known: BTreeMap<MoveKey, Known>,
}

struct Known {
    last_plan: u64,
    planned: Arc<PlannedMove>,
}

/// The whole input of a move.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MoveKey(Vec<u8>);

impl MoveKey {
    /// A key that begins with what all moves of a plan share.
    pub fn within(shared: &[u8]) -> Self {
        Self(shared.to_vec())
    }

    /// With a value. Two values are written alike only if they are equal: numbers are written so that they read back.
    pub fn and(mut self, value: &impl Debug) -> Self {
        self.0.extend(format!("{value:?};").bytes());
        self
    }

    /// With points, bit for bit.
    pub fn and_points(mut self, points_m: impl Iterator<Item = DVec3>) -> Self {
        for p in points_m {
            self.0.extend(p.to_array().iter().flat_map(|c| c.to_bits().to_le_bytes()));
        }
        self
    }

    /// With places and how they move, bit for bit.
    pub fn and_jets(self, jets: &[Jet]) -> Self {
        self.and(&jets.len()).and_points(jets.iter().flat_map(|j| [j.position, j.first, j.second]))
    }
}

impl PlanMemory {
    /// How many moves were not planned because they were known.
    pub fn recalled(&self) -> u64 {
        self.moves.lock().unwrap_or_else(PoisonError::into_inner).recalled
    }

    /// A plan begins.
    pub(super) fn begin(&self) {
        let mut moves = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        moves.plan += 1;
        let oldest = moves.plan.saturating_sub(KEPT_FOR);
        moves.known.retain(|_, known| known.last_plan >= oldest);
    }

    /// The move that is known by this key, or else the one that is planned.
    pub(super) fn recall(&self, key: MoveKey, plan: impl FnOnce() -> Step<PlannedMove>) -> Step<Arc<PlannedMove>> {
        let mut moves = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        let now = moves.plan;
        if let Some(known) = moves.known.get_mut(&key) {
            known.last_plan = now;
            let planned = Arc::clone(&known.planned);
            moves.recalled += 1;
            return Ok(planned);
        }
        drop(moves);
        let planned = Arc::new(plan()?);
        let known = Known { last_plan: now, planned: Arc::clone(&planned) };
        self.moves.lock().unwrap_or_else(PoisonError::into_inner).known.insert(key, known);
        Ok(planned)
    }
}
