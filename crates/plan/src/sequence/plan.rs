use kapok_motion::PositionGrid;
use kapok_show::{Reporter, Storyboard};

use super::builder::SequenceBuilder;
use super::memory::PlanMemory;
use super::outcome::{Plan, Planned};
use super::pads::PadFormations;
use super::settings::PlanSettings;
use super::validate_times::validate_times;
use crate::airspace::{Surroundings, with_holes_kept_out};
use crate::outcome::{PlanError, Step, Stop, refuse};

/// Plans a whole show.
///
/// All vehicles rise straight up from the pads together; scene follows scene; at the end each flies above a pad and comes
/// straight down. All motion between two rests has one common jerk-limited time law; which vehicle flies where is the assignment
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
///
/// ```
/// use kapok_plan::{PlanSettings, Planned, plan};
/// use kapok_show::*;
/// // Four vehicles in a row rise from their pads to a line that stands across, and come back.
/// let place = |k: u32| DVec3::new(0.0, 3.0 * f64::from(k), 12.0);
/// let point = |k| ScenePoint { position_m: place(k), lights: LightProgram::dark(), group: 0 };
/// let storyboard = Storyboard {
///     title: "a line".into(),
///     site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 9.0 }, heading_deg: 0.0 },
///     environment: Environment::default(),
///     fleet: Fleet {
///         profile: VehicleProfile::default(),
///         pads_m: (0..4).map(|k| DVec3::new(3.0 * f64::from(k), 0.0, 0.0)).collect(),
///         spare_pads_m: Vec::new(),
///         groups: Vec::new(),
///     },
///     limits: Limits::default(),
///     takeoff: Takeoff { altitude_m: 5.0, delay_ms: 0, hold_ms: 1000, layer_spacing_m: None },
///     scenes: vec![Scene {
///         name: "line".into(),
///         points: (0..4).map(point).collect(),
///         transition: Transition { duration_ms: None, lights: TransitionLights::Fade, places: PlaceChoice::Free },
///         hold_ms: 3000,
///         motion: None,
///         readability: None,
///         readable_count: None,
///     }],
///     landing: Landing { altitude_m: 5.0, own_pad: true, hold_ms: 0, layer_spacing_m: None },
///     seed: 1,
/// };
/// let Planned::Complete(plan) = plan(&storyboard, &PlanSettings::default(), &Silent)? else { panic!("infeasible") };
/// assert_eq!(plan.show.vehicles.len(), 4);
/// assert!(plan.summary.closest.distance_m >= storyboard.limits.min_separation_m);
/// # Ok::<(), kapok_plan::PlanError>(())
/// ```
pub fn plan(storyboard: &Storyboard, settings: &PlanSettings, reporter: &dyn Reporter) -> Result<Planned, PlanError> {
    plan_with(&PlanMemory::default(), storyboard, settings, reporter)
}

/// As [`plan`], with what was planned before: only moves are planned that an edit has touched. A plan that is not asked for
/// any more ([`Reporter::go_on`]) ends before its next move; what it planned till then stays known.
///
/// # Guarantees
/// The plan is, byte for byte, the one that [`plan`] makes.
///
/// # Errors
/// As [`plan`]; [`PlanError::Abandoned`].
pub fn plan_with(
    memory: &PlanMemory,
    storyboard: &Storyboard,
    settings: &PlanSettings,
    reporter: &dyn Reporter,
) -> Result<Planned, PlanError> {
    settings.validate()?;
    storyboard.check()?;
    validate_times(storyboard)?;
    let grid = PositionGrid::new(settings.position_grid_m)?;
    memory.begin();
    match plan_checked(memory, storyboard, settings, grid, reporter) {
        Ok(plan) => Ok(Planned::Complete(Box::new(plan))),
        Err(Stop::Refused(reason)) => Ok(Planned::Infeasible(*reason)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn plan_checked(
    memory: &PlanMemory,
    storyboard: &Storyboard,
    settings: &PlanSettings,
    grid: PositionGrid,
    reporter: &dyn Reporter,
) -> Step<Plan> {
    let environment = with_holes_kept_out(&storyboard.environment);
    let around = Surroundings { environment: &environment, margin_m: grid.rounding_m() };
    reporter.phase("checking the places", 0);
    let pads = PadFormations::new(storyboard, &grid);
    refuse(pads.check(storyboard, &grid, &around))?;
    // The rise, one transition a scene, the way to the landing places, the descent.
    reporter.phase("planning", storyboard.scenes.len() as u64 + 3);
    let parts = Parts(reporter);
    let mut sequence = SequenceBuilder::new(storyboard, settings, grid, around, &parts, &pads.pads, memory)?;
    sequence.fly_all(&pads)?;
    sequence.finish(&pads)
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

    fn go_on(&self) -> bool {
        self.0.go_on()
    }
}
