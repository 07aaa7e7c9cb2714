use super::error::{PlanError, TransitionError};
use super::infeasible::Infeasibility;
use crate::assignment::AssignError;
use kapok_show::BadSetting;

/// What a step of planning gives, or why planning stops there.
pub type Step<T, E = PlanError> = Result<T, Stop<E>>;

/// Why planning stops: an answer, or an error.
pub enum Stop<E = PlanError> {
    /// It cannot be flown: the outcome of planning.
    Refused(Box<Infeasibility>),
    /// The input makes no sense, or the planner has a fault.
    Failed(E),
}

impl<E> Stop<E> {
    /// It cannot be flown.
    pub fn refused(reason: impl Into<Infeasibility>) -> Self {
        Self::Refused(Box::new(reason.into()))
    }
}

/// A step that cannot be flown, if there is a reason.
pub fn refuse<E>(reason: Option<Infeasibility>) -> Step<(), E> {
    reason.map_or(Ok(()), |reason| Err(Stop::refused(reason)))
}

impl From<PlanError> for Stop {
    fn from(error: PlanError) -> Self {
        Self::Failed(error)
    }
}

impl From<TransitionError> for Stop<TransitionError> {
    fn from(error: TransitionError) -> Self {
        Self::Failed(error)
    }
}

impl From<AssignError> for Stop<TransitionError> {
    fn from(error: AssignError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<BadSetting> for Stop<TransitionError> {
    fn from(error: BadSetting) -> Self {
        Self::Failed(error.into())
    }
}
