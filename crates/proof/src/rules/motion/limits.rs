//! Speed, acceleration, jerk and their jumps at joints.
//!
//! The m-th derivative of a Bézier piece is again one; its squared length is a polynomial in Bernstein form, and its
//! largest value is searched as in `search`. Rounding each control point by up to half a step q moves the m-th
//! derivative of a piece of degree d and duration T by at most `d!/(d−m)! · 2^m · √axes · (q/2) / T^m`, because the m-th
//! difference of control points adds 2^m of them up: that much is taken off before the limit is applied. Neighbours could
//! hide a lasting excess that way, so `windows` holds the means over several pieces against the same limits.
//!
//! **Samples.** Where straight lines between samples are only assumed, the vehicle flies some motion through the samples.
//! Over two neighbouring intervals of lengths T₁ and T₂ its mean velocities are those of the lines, and
//! `v̄₂ − v̄₁` is the mean of `v(t) − v(s)` over s in the first and t in the second, each at most `A·(t−s)` long for a
//! motion that keeps the limit A of acceleration: `|v̄₂ − v̄₁| ≤ A·(T₁+T₂)/2`. A larger bend proves that no motion through
//! these samples keeps it; what is allowed is taken off. Readers merge rows of one rest: a rest counts as long as its
//! neighbour. Acceleration and jerk are decided from windows of samples alone.

use kapok_show::{Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::kernel::bernstein::{Bernstein, COORDINATE};
use crate::kernel::search::Poly;
use crate::kernel::tally::{MinusLength, Tally, Value, VehicleWorst};
use crate::kernel::track::{Curve, Track};
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::rules::motion::windows::{Joints, Jump, Nodes, PointError};
use crate::settings::{DECISION_SLACK, ProofSettings};

const RULES: [Rule; 7] = [
    Rule::VelocityXy,
    Rule::VelocityUp,
    Rule::VelocityDown,
    Rule::Acceleration,
    Rule::Jerk,
    Rule::Continuity,
    Rule::AccelerationJump,
];

/// Result of the rules of motion.
pub struct Motion {
    pub reports: Vec<RuleReport>,
    /// Greatest horizontal speed of each vehicle.
    pub speeds: Vec<Option<VehicleWorst>>,
}

/// Holds every vehicle against the limits of motion.
pub fn motion(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Motion {
    let l = &show.limits;
    let limits = [
        l.max_velocity_xy_m_s,
        l.max_velocity_up_m_s,
        l.max_velocity_down_m_s,
        l.max_acceleration_m_s2,
        l.max_jerk_m_s3,
        settings.velocity_jump_m_s,
        settings.acceleration_jump_m_s2.unwrap_or(l.max_acceleration_m_s2),
    ];
    reporter.phase("motion limits", show.vehicles.len() as u64);
    let each: Vec<[Option<VehicleWorst>; RULES.len()]> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let done = vehicle(&v.trajectory, &limits, PointError::of(l, settings, &v.trajectory), settings);
            reporter.advance(1);
            done
        })
        .collect();
    let reports = (0..RULES.len())
        .map(|k| match RULES[k] {
            rule if settings.samples && rule == Rule::AccelerationJump => {
                without_cases(show, rule, limits[k], Verdict::NotApplicable, UNSAID)
            }
            rule => {
                let mut report =
                    fold(show, rule, (limits[k], DECISION_SLACK), each.iter().map(|e| e[k]), &kept(rule, settings));
                if rule == Rule::Jerk && report.verdict == Verdict::Undecided {
                    report.detail = format!("{} {DOUBT}", report.detail);
                }
                report
            }
        })
        .collect();
    Motion { reports, speeds: each.iter().map(|e| e[0]).collect() }
}

/// The sentence for a rule that holds.
fn kept(rule: Rule, settings: &ProofSettings) -> String {
    let step_m = settings.coordinate_step_m;
    if settings.samples && matches!(rule, Rule::Acceleration | Rule::Jerk) {
        return format!("{FROM_SAMPLES} What rounding to {step_m} m can explain over the window is taken off.");
    }
    let jump = matches!(rule, Rule::Continuity | Rule::AccelerationJump);
    let mut text = match (step_m > 0.0, jump) {
        (false, _) => "Holds at every instant.".to_string(),
        (true, true) => format!("Holds at every instant. What rounding to {step_m} m can explain is taken off."),
        (true, false) => format!(
            "Holds at every instant, less what rounding to {step_m} m can explain in one piece, and in the mean over \
             several pieces, less what it can explain there."
        ),
    };
    if settings.samples && rule == Rule::Continuity {
        text = format!("{text} {BENDS}");
    }
    text
}

/// Why a rule does not apply to samples.
const UNSAID: &str = "The file consists of samples and does not say how vehicles move between them.";
/// What acceleration and jerk mean for samples.
const FROM_SAMPLES: &str = "The file consists of samples: the mean over every window of samples holds.";
/// What continuity means for samples.
const BENDS: &str =
    "The file consists of samples: a bend between them that the limit of acceleration allows is no jump.";
/// Why jerk can be undecided.
const DOUBT: &str = "In the mean over several pieces acceleration changes faster than allowed. One legal jump of acceleration \
                     would explain it, but no joint shows one.";

/// What of a change of velocity from one line between samples to the next the limit of acceleration allows, m/s. Durations
/// in milliseconds; `None` is a rest without start or end.
pub fn bend_m_s(before_ms: Option<i64>, after_ms: Option<i64>, max_acceleration_m_s2: f64) -> f64 {
    let (a, b) = match (before_ms, after_ms) {
        (Some(a), Some(b)) => (a, b),
        (Some(t), None) | (None, Some(t)) => (t, t),
        (None, None) => return 0.0,
    };
    max_acceleration_m_s2 * 0.0005 * (a + b) as f64
}

/// Velocity, acceleration and jerk of a piece.
pub struct Derivatives {
    pub of: [Curve; 3],
    /// What rounding, of points and of times, can explain on an axis, per derivative.
    pub allowance: [f64; 3],
    /// Duration, milliseconds; `None` at rest.
    span_ms: Option<i64>,
}

/// The derivatives of a piece of this degree and duration.
pub fn derivatives(curve: &Curve, degree: usize, span_ms: i64, settings: &ProofSettings) -> Derivatives {
    let once = |c: &Curve| c.map(|axis| axis.derivative(span_ms));
    let velocity = once(curve);
    let acceleration = once(&velocity);
    let jerk = once(&acceleration);
    let rest = curve.iter().all(|c| c.degree() == 0);
    let mut allowance = [0.0; 3];
    let mut step = if rest { 0.0 } else { 0.5 * settings.coordinate_step_m };
    for (m, slot) in allowance.iter_mut().enumerate() {
        step *= 2.0 * (degree as f64 - m as f64).max(0.0) * 1000.0 / span_ms as f64;
        *slot = step;
    }
    for ((m, slot), derivative) in (1..).zip(&mut allowance).zip([&velocity, &acceleration, &jerk]) {
        *slot += largest(derivative) * settings.warp(span_ms, m);
    }
    Derivatives { of: [velocity, acceleration, jerk], allowance, span_ms: (!rest).then_some(span_ms) }
}

/// No coordinate is larger.
fn largest(curve: &Curve) -> f64 {
    curve.iter().flat_map(Bernstein::coefficients).fold(0.0, |m: f64, c| m.max(c.abs()))
}

/// The square of the length of a vector.
pub fn squared_length(axes: &[Bernstein<COORDINATE>]) -> Poly {
    axes[1..].iter().fold(axes[0].squared(), |sum, a| sum.plus(&a.squared()))
}

fn vehicle(
    trajectory: &Trajectory,
    limits: &[f64; RULES.len()],
    point_error: PointError,
    settings: &ProofSettings,
) -> [Option<VehicleWorst>; RULES.len()] {
    let (track, segments) = (Track::new(trajectory), trajectory.segment_count());
    let mut tallies = limits.map(|limit| Tally::new(-limit, 0.0, settings));
    let mut joints = Joints::new([limits[5], limits[6]]);
    let (root2, root3) = (2f64.sqrt(), 3f64.sqrt());
    let zero = Bernstein::exact([0.0].into_iter());
    let still = Derivatives { of: [[zero; 3]; 3], allowance: [0.0; 3], span_ms: None };
    let mut before = still;
    let bend = |a: &Derivatives, b: &Derivatives| {
        if settings.samples { bend_m_s(a.span_ms, b.span_ms, limits[3]) } else { 0.0 }
    };
    for index in 1..=segments {
        let piece = track.piece(index);
        let window = (piece.start_ms, piece.end_ms);
        let curve = piece.curve(window.0, window.1);
        let d = derivatives(&curve, piece.control_m.len() - 1, window.1 - window.0, settings);
        let [velocity, acceleration, jerk] = &d.of;
        let [av, aa, aj] = d.allowance;
        tallies[0].add(window, [squared_length(&velocity[..2])], &MinusLength { allowance: root2 * av });
        tallies[1].add(window, [velocity[2].times(-1.0).minus(-av).widen()], &Value);
        tallies[2].add(window, [velocity[2].minus(-av).widen()], &Value);
        tallies[3].add(window, [squared_length(acceleration)], &MinusLength { allowance: root3 * aa });
        tallies[4].add(window, [squared_length(jerk)], &MinusLength { allowance: root3 * aj });
        joints.push(jumps(&mut tallies, &before, &d, window.0, bend(&before, &d)));
        before = d;
    }
    let still = Derivatives { of: [[zero; 3]; 3], allowance: [0.0; 3], span_ms: None };
    let end_ms = track.piece(segments + 1).start_ms;
    joints.push(jumps(&mut tallies, &before, &still, end_ms, bend(&before, &still)));
    if let Some(nodes) = Nodes::of(trajectory, 0..segments) {
        let [xy, up, down, acceleration, jerk, ..] = &mut tallies;
        nodes.drift(point_error, xy);
        nodes.climb(point_error, up, down);
        nodes.acceleration(point_error, &joints, acceleration);
        nodes.jerk(point_error, &joints, limits[4], settings.samples, jerk);
    }
    tallies.map(|t| t.large())
}

/// Adds the jumps of velocity and acceleration from one piece to the next.
fn jumps(
    tallies: &mut [Tally; RULES.len()],
    before: &Derivatives,
    after: &Derivatives,
    t_ms: i64,
    bend_m_s: f64,
) -> [Jump; 2] {
    [0, 1].map(|m| {
        let (mut jump2, mut err) = (0.0, 0.0);
        for (a, b) in before.of[m].iter().zip(&after.of[m]) {
            jump2 += (b.start() - a.end()).powi(2);
            // Per axis; the sum of the axes is at least the length.
            err += (a.err() + b.err()) * 1.001;
        }
        let rounding = 3f64.sqrt() * (before.allowance[m] + after.allowance[m]);
        let allowance = if m == 0 { rounding + bend_m_s } else { rounding };
        let jump = jump2.sqrt();
        err += 1e-14 * jump;
        let excess = allowance - jump;
        tallies[5 + m].add_point(t_ms as f64, (excess - err).min(0.0), (excess + err).min(0.0));
        Jump { stated: jump + err, certain: -(excess + err).min(0.0) }
    })
}
