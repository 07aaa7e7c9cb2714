use kapok_motion::PositionGrid;
use kapok_motion::timing::TimeLaw;
use kapok_show::Trajectory;

use super::ways::Ways;
use crate::outcome::{Infeasibility, TransitionError, TransitionReport};
use crate::trajectory_writer::TrajectoryWriter;

/// Outcome of a single transition.
#[derive(Clone, Debug, PartialEq)]
pub enum TransitionOutcome {
    /// It can be flown.
    Complete(Box<TransitionPlan>),
    /// It cannot, or not by this planner.
    Infeasible(Infeasibility),
}

/// A transition that keeps every limit.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionPlan {
    /// Index of the goal of each start.
    pub goal_of_start: Vec<u32>,
    /// Its figures; `start_ms` is 0.
    pub report: TransitionReport,
    /// One after the other; a single one where straight lines do.
    pub(super) legs: Vec<Ways>,
    pub(super) grid: PositionGrid,
}

impl TransitionPlan {
    /// The common time laws of all vehicles, one for each stretch between two rests: a single one where straight lines do.
    pub fn time_laws(&self) -> impl Iterator<Item = TimeLaw> + '_ {
        self.legs.iter().map(|leg| leg.law)
    }

    /// The motion of every vehicle, in the order of the starts, from 0 ms to the end of the transition.
    ///
    /// # Errors
    /// [`TransitionError::Write`], a fault of this planner.
    pub fn trajectories(&self) -> Result<Vec<Trajectory>, TransitionError> {
        let vehicles = self.legs.first().map_or(0, |leg| leg.from.len());
        let pieces: Vec<_> = self.legs.iter().map(|leg| leg.law.pieces()).collect();
        (0..vehicles)
            .map(|vehicle| {
                let write = || {
                    let mut writer = TrajectoryWriter::starting_at(self.legs[0].from[vehicle])?;
                    for (leg, pieces) in self.legs.iter().zip(&pieces) {
                        for piece in leg.written(vehicle, pieces, &self.grid) {
                            writer.fly(&piece)?;
                        }
                    }
                    writer.rest_until(self.report.duration_ms);
                    writer.finish()
                };
                write().map_err(|source| TransitionError::Write { vehicle, source })
            })
            .collect()
    }
}
