use kapok_show::{BadSetting, DVec3};

/// Why starts and goals cannot be assigned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AssignError {
    /// There must be one goal per start.
    #[error("{starts} starts but {goals} goals: give idle vehicles parking goals")]
    CountMismatch {
        /// Number of starts.
        starts: usize,
        /// Number of goals.
        goals: usize,
    },
    /// There must be at least one goal per start.
    #[error("{starts} starts but only {goals} goals: leave starts out, or assign starts to goals instead")]
    TooFewGoals {
        /// Number of starts.
        starts: usize,
        /// Number of goals.
        goals: usize,
    },
    /// Too many to index.
    #[error("{count} vehicles are more than this planner takes ({limit})")]
    TooMany {
        /// Number of starts.
        count: usize,
        /// Most it takes.
        limit: usize,
    },
    /// A coordinate is NaN, infinite or absurdly large.
    #[error("{set} number {index} is not a finite point within 1e7 m of the origin")]
    NotFinite {
        /// "start" or "goal".
        set: &'static str,
        /// Index in it.
        index: usize,
    },
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] BadSetting),
}

/// Most vehicles in one call.
pub const MAX_VEHICLES: usize = 1_000_000;

/// Are the sets of equal length, not too large, finite?
pub fn check_points(starts: &[DVec3], goals: &[DVec3]) -> Result<(), AssignError> {
    if starts.len() != goals.len() {
        return Err(AssignError::CountMismatch { starts: starts.len(), goals: goals.len() });
    }
    check_each(starts, goals)
}

/// Is neither of the sets too large, and each of their points finite?
pub fn check_each(starts: &[DVec3], goals: &[DVec3]) -> Result<(), AssignError> {
    let count = starts.len().max(goals.len());
    if count > MAX_VEHICLES {
        return Err(AssignError::TooMany { count, limit: MAX_VEHICLES });
    }
    for (set, points) in [("start", starts), ("goal", goals)] {
        if let Some(index) = points.iter().position(|p| !(p.is_finite() && p.abs().max_element() <= 1e7)) {
            return Err(AssignError::NotFinite { set, index });
        }
    }
    Ok(())
}
