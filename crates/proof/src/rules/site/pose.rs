use kapok_show::{BadSetting, DVec2, FenceLimits, Geofence, KeepOut, KeepOutShape, Reporter, Show, math};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::invalid_input::invalid_input;
use crate::kernel::rounding::MAX_COORDINATE_M;
use crate::rule::{RuleReport, Verdict, Witness};
use crate::rules::site::{geofence, keep_outs};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Rotations that are looked at on each side, at most.
const MAX_STEPS: f64 = 5000.0;

/// How wrong the show may be set up against its surroundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteError {
    /// Largest rotation about the site's origin, either way, radians; 0 to π.
    pub rotation_rad: f64,
    /// Largest horizontal shift in any direction, metres; from 0.
    pub shift_m: f64,
    /// Step between the rotations that are looked at, radians; above 0. A smaller one is slower and bounds closer.
    pub step_rad: f64,
}

impl Default for SiteError {
    /// 7° and 5 m, as it happened; in steps of half a degree.
    fn default() -> Self {
        Self { rotation_rad: 7f64.to_radians(), shift_m: 5.0, step_rad: 0.5f64.to_radians() }
    }
}

/// What would break if the show were set up that wrongly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteErrorReport {
    /// Largest rotation, radians.
    pub rotation_rad: f64,
    /// Largest shift, metres.
    pub shift_m: f64,
    /// Distance inside the fence; absent without one.
    pub geofence: Option<SiteMargin>,
    /// Distance outside the keep-out volumes; absent without any.
    pub keep_out: Option<SiteMargin>,
    /// Horizontal distance of the flight to the areas with spectators; absent without any.
    pub audience: Option<SiteMargin>,
}

/// A distance with the show set up right and set up wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteMargin {
    /// Proved: stays above 0 however the show is turned and shifted within the error. Violated: does not, in the pose
    /// of the witness shifted towards the nearest point. Undecided: the steps were too coarse, or a polygon is none.
    pub verdict: Verdict,
    /// Least distance with the show set up right, metres.
    pub nominal_m: Option<f64>,
    /// Least distance in the worst pose that was looked at, metres.
    pub worst_m: Option<f64>,
    /// No pose within the error is worse than this, metres.
    pub lower_m: Option<f64>,
    /// Rotation of the worst pose, radians, counter-clockwise.
    pub at_rotation_rad: f64,
    /// The vehicle, when and where, in the frame of the show.
    pub witness: Option<Witness>,
}

/// Turns and shifts the whole show against its surroundings, within an error, and says how near it comes to the fence,
/// the keep-out volumes and the spectators.
///
/// # Guarantees
/// `lower_m` bounds every pose within the error: poses between two steps of rotation move no vehicle by more than half a
/// step times the largest distance from the origin, and a shift moves each by its length; both are taken off.
///
/// # Errors
/// [`BadSetting`] for an error that is not in its legal range, or a step that makes too many steps of it.
///
/// # Complexity
/// One check of fence and volumes per step of rotation.
///
/// # Determinism
/// The same input gives the same report on any number of threads.
pub fn site_error(
    show: &Show,
    error: &SiteError,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> Result<SiteErrorReport, BadSetting> {
    let bad = |field, value, why| Err(BadSetting { field, value, why });
    if !(0.0..=std::f64::consts::PI).contains(&error.rotation_rad) {
        return bad("rotation_rad", error.rotation_rad, "it must be from 0 to π");
    }
    if !(0.0..=MAX_COORDINATE_M).contains(&error.shift_m) {
        return bad("shift_m", error.shift_m, "it must be a finite number from 0 up");
    }
    let enough = error.step_rad.is_finite() && error.step_rad > 0.0 && error.rotation_rad / error.step_rad <= MAX_STEPS;
    if !enough {
        return bad(
            "step_rad",
            error.step_rad,
            "it must be above 0 and not cut the rotation into more than 5000 steps",
        );
    }
    let steps = (error.rotation_rad / error.step_rad).ceil() as i32;
    let step_rad = if steps == 0 { 0.0 } else { error.rotation_rad / f64::from(steps) };
    let reach_m = show
        .vehicles
        .iter()
        .flat_map(|v| v.trajectory.control_points_m())
        .fold(0.0f64, |m, p| m.max(p.truncate().length()));
    let blind_m = error.shift_m + 0.5 * step_rad * reach_m * (1.0 + 1e-9);
    let stands: Vec<KeepOut> = show
        .environment
        .audience_areas()
        .map(|a| KeepOut {
            name: a.name.clone(),
            shape: KeepOutShape::Prism {
                polygon_m: a.polygon_m.clone(),
                bottom_m: -MAX_COORDINATE_M,
                top_m: MAX_COORDINATE_M,
            },
        })
        .collect();
    let senseless = invalid_input(show, settings).is_some();
    let margin = |applies: bool, at: &dyn Fn(f64) -> RuleReport| {
        applies.then(|| {
            if senseless { SiteMargin::unknown() } else { over_rotations(steps, step_rad, error, blind_m, at) }
        })
    };
    let environment = &show.environment;
    // Turning the surroundings back is the same as turning the show, and there is less to turn.
    Ok(SiteErrorReport {
        rotation_rad: error.rotation_rad,
        shift_m: error.shift_m,
        geofence: margin(environment.geofence.is_some(), &|angle| {
            let turned = environment.geofence.as_ref().map(|g| Geofence {
                polygon_m: turned(&g.polygon_m, -angle),
                holes_m: g.holes_m.iter().map(|hole| turned(hole, -angle)).collect(),
                also_inside_m: g.also_inside_m.iter().map(|outline| turned(outline, -angle)).collect(),
            });
            geofence(show, turned.as_ref(), &FenceLimits::default(), settings, reporter)
        }),
        keep_out: margin(!environment.keep_outs.is_empty(), &|angle| {
            keep_outs(show, &turned_volumes(&environment.keep_outs, -angle), settings, reporter)
        }),
        audience: margin(!stands.is_empty(), &|angle| {
            keep_outs(show, &turned_volumes(&stands, -angle), settings, reporter)
        }),
    })
}

fn over_rotations(
    steps: i32,
    step_rad: f64,
    error: &SiteError,
    blind_m: f64,
    at: &dyn Fn(f64) -> RuleReport,
) -> SiteMargin {
    let mut margin = SiteMargin::unknown();
    let (mut least, mut bound) = (f64::INFINITY, f64::INFINITY);
    for k in -steps..=steps {
        let angle = f64::from(k) * step_rad;
        let Some(witness) = at(angle).worst else {
            return SiteMargin::unknown();
        };
        bound = bound.min(witness.bound);
        if k == 0 {
            margin.nominal_m = Some(witness.value);
        }
        if witness.value < least {
            least = witness.value;
            margin.at_rotation_rad = angle;
            margin.witness = Some(witness);
        }
    }
    let (worst_m, lower_m) = (least - error.shift_m, bound - blind_m);
    margin.verdict = if worst_m < -DECISION_SLACK {
        Verdict::Violated
    } else if lower_m >= -DECISION_SLACK {
        Verdict::Proved
    } else {
        Verdict::Undecided
    };
    (margin.worst_m, margin.lower_m) = (Some(worst_m), Some(lower_m));
    margin
}

impl SiteMargin {
    fn unknown() -> Self {
        Self {
            verdict: Verdict::Undecided,
            nominal_m: None,
            worst_m: None,
            lower_m: None,
            at_rotation_rad: 0.0,
            witness: None,
        }
    }
}

fn turned(points: &[DVec2], angle_rad: f64) -> Vec<DVec2> {
    let (sin, cos) = math::sin_cos(angle_rad);
    points.iter().map(|p| DVec2::new(p.x * cos - p.y * sin, p.x * sin + p.y * cos)).collect()
}

fn turned_volumes(volumes: &[KeepOut], angle_rad: f64) -> Vec<KeepOut> {
    let turn = |shape: &KeepOutShape| match shape {
        KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => KeepOutShape::Cylinder {
            centre_m: turned(&[*centre_m], angle_rad)[0],
            radius_m: *radius_m,
            bottom_m: *bottom_m,
            top_m: *top_m,
        },
        KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
            KeepOutShape::Prism { polygon_m: turned(polygon_m, angle_rad), bottom_m: *bottom_m, top_m: *top_m }
        }
    };
    volumes.iter().map(|v| KeepOut { name: v.name.clone(), shape: turn(&v.shape) }).collect()
}
