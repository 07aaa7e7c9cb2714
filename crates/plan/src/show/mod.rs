//! From a storyboard to a show: take-off, transitions, holds, landing, lights, chapters.

mod clear;
mod course;
mod excess;
mod fields;
mod finish;
mod flight;
mod gate;
mod join;
mod joining;
mod layers;
mod lights;
mod moving;
mod outcome;
mod places;
mod settings;
mod straight;
mod track;
mod vertical;

use kapok_show::{Reporter, Storyboard};

use crate::environment::{Surroundings, with_holes_kept_out};
use fields::Fields;
use flight::Flight;
use kapok_motion::PositionGrid;

pub use outcome::{Plan, PlanError, PlanSummary, Planned};
pub use settings::PlanSettings;

/// Plans a whole show.
///
/// Everybody rises straight up from the pads together; scene follows scene; at the end everybody flies above a pad and
/// comes straight down. All motion between two rests has one common jerk-limited time law; who flies where is the assignment
/// of least Σd² in the metric of the separation, with the longest trips shortened; where straight lines would come too close,
/// leave the geofence or cross a keep-out, vehicles fly detours ([`transition`](crate::transition)).
///
/// A scene that moves is flown on pieces of degree 5 (written as 7) that agree with its motion in place, velocity and
/// acceleration where they meet and stay within a millimetre of it in between. Where a motion is not eased, the transition beside it
/// is a piece of degree 5 for each vehicle that joins it with the same velocity and acceleration, as long as the limits
/// and the separation ask for.
///
/// # Shapes, units and frames
/// Show time starts at 0 ms. Positions are rounded to the position grid before planning.
///
/// # Guarantees
/// In a complete plan the written pieces, control points rounded, keep the separation in continuous time, the limits on
/// speed, acceleration and jerk, the altitudes, the geofence and the keep-outs. Vehicle i starts on pad i. What cannot
/// be flown is answered with [`Infeasibility`](crate::Infeasibility), never bent in silence.
///
/// # Errors
/// [`PlanError`] for a storyboard or settings that make no sense.
///
/// # Determinism
/// The same input gives the same show on any number of threads.
pub fn plan(storyboard: &Storyboard, settings: &PlanSettings, reporter: &dyn Reporter) -> Result<Planned, PlanError> {
    settings.validate()?;
    storyboard.check()?;
    gate::check_times(storyboard)?;
    let grid = PositionGrid::new(settings.position_grid_m)?;
    let environment = with_holes_kept_out(&storyboard.environment);
    let around = Surroundings { environment: &environment, margin_m: grid.rounding_m() };
    reporter.phase("checking the places", 0);
    let fields = Fields::new(storyboard, &grid);
    if let Some(reason) = fields.check(storyboard, &grid, &around) {
        return Ok(Planned::Infeasible(reason));
    }
    // The rise, one transition a scene, the way to the landing places, the descent.
    reporter.phase("planning", storyboard.scenes.len() as u64 + 3);
    let parts = Parts(reporter);
    let mut flight = Flight::new(storyboard, settings, grid, around, &parts, &fields.pads)?;
    match flight.fly_all(&fields)? {
        Some(reason) => Ok(Planned::Infeasible(reason)),
        None => flight.finish(&fields),
    }
}

/// Makes the phases of single transitions parts of the one phase of planning the show, so that its time left speaks of
/// the whole.
struct Parts<'a>(&'a dyn Reporter);

impl Reporter for Parts<'_> {
    fn phase(&self, name: &str, _total: u64) {
        self.0.part(name);
    }

    fn advance(&self, steps: u64) {
        self.0.advance(steps);
    }

    fn warn(&self, message: &str) {
        self.0.warn(message);
    }
}
