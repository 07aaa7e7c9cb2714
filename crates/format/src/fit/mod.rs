//! Curves through samples: few cubic Bézier pieces in place of many straight lines.
//!
//! Files of samples (CSV, .vviz, requests of design programs) say where a vehicle is at instants, not how it gets from one
//! to the next. Straight lines have a jump of velocity at every bend; the vehicles that fly them round each bend off.
//! Here the samples become pieces whose velocity runs on from piece to piece.
//!
//! # The problem
//! Given `(t_k, p_k)` and a tolerance ε, find a trajectory of few cubic pieces, knots among the `t_k`, with
//!
//! 1. `|c(t_k) − p_k| ≤ ε` at every sample, and `c = p` at the knots;
//! 2. between two samples at most `2·max(ε, s_k)` off the straight line, where the sag `s_k = h²/8·a` is what a parabola
//!    through neighbouring samples leaves that line by (`h` the interval, `a` the larger of the accelerations that the
//!    samples imply at its ends) – see [`STRAIGHT_FACTOR`];
//! 3. speed in an interval at most `v` and half a percent, `v` the greatest speed of the straight lines of this interval
//!    and its two neighbours; below half a metre a second up to 0.05 m/s more; in pieces of a single interval a tenth
//!    more – see [`SPEED_SHARE`], [`SPEED_FLOOR_M_S`], [`SHORT_SPEED_SHARE`];
//! 4. in pieces of more than one interval, acceleration at most `1.05·a + 0.1 m/s²`, `a` the greatest that the samples
//!    of the piece, and one before and behind, imply – see [`ACCELERATION_SHARE`], [`ACCELERATION_FLOOR_M_S2`];
//! 5. rests of half a second and more kept as they are, bit by bit; on every axis the motion from rest to rest (or corner)
//!    crosses the level of a rest only where its samples do, so that no vehicle dips below the ground that it lands on;
//! 6. velocity continuous but at **corners**: samples where the velocities before and behind differ by more than a quarter
//!    of the speed there, and by more than tolerance and interval explain (`ε/h`, at most 0.25 m/s); and at the ends of an
//!    interval that no smooth piece can cross within 1 to 5, which keeps its straight line. A stop at full speed or a
//!    sharp bend is in the data, and stays; so do a start and an end in full motion.
//!
//! # The way
//! The velocity at a knot is that of a parabola, or else of a cubic, fitted by least squares to the samples around, over the
//! widest window (8, 4, 2 samples each side) that it describes within ε/8 (at most 1 mm), else of the parabola through three
//! samples. Cubics are there for motion of constant jerk, as design programs ease in and out; three samples 0.25 s apart
//! are 0.1 m/s off it. Near the level of a rest, velocities are kept so small that the shortest pieces do not cross it.
//! So each piece depends on its own ends only, and the longest piece that keeps 1 to 5 is looked for from each knot on
//! (doubling, then halving).
//!
//! # Under a limit of acceleration
//! Samples say little of the acceleration at the ends of a motion: between a rest and the next sample a motion may begin
//! at any instant, and its second differences do not reach to its ends. If the caller states the limit that the
//! motion was made for, two things change. Where a cubic from rest describes the samples behind a rest, its instant is a
//! knot, between two samples (`ends`), and the rest ends or begins there. And a piece from or to a rest whose samples imply no more than the limit may have
//! up to the limit in place of point 4. So a move that kept the limit comes out as one that keeps it. Points 2 to 5 are meant of
//! the samples with these knots among them.

mod ends;
mod piece;
mod slope;
mod stretch;

use kapok_show::{DVec3, Trajectory, TrajectoryFault, seconds};

use crate::sampled::max_chord_deviation_m;
use ends::with_free_ends;
use piece::Pieces;
use stretch::{Samples, Span, spans};

/// Usual tolerance, metres.
pub const DEFAULT_FIT_TOLERANCE_M: f64 = 0.01;
/// How many times the larger of tolerance and sag a curve may be off the straight line between two samples.
pub const STRAIGHT_FACTOR: f64 = 2.0;
/// Share by which the speed may exceed what the samples imply.
pub const SPEED_SHARE: f64 = 0.005;
/// What is added to that in pieces of a single interval, where the other choice is a straight line and its jumps.
pub const SHORT_SPEED_SHARE: f64 = 0.1;
/// The same as [`SPEED_SHARE`] for motion below [`SLOW_M_S`], metres per second.
pub const SPEED_FLOOR_M_S: f64 = 0.05;
/// Below this, metres per second, the floor counts.
pub const SLOW_M_S: f64 = 0.5;
/// Share by which the acceleration may exceed what the samples imply.
pub const ACCELERATION_SHARE: f64 = 0.05;
/// And what is added to that, metres per second squared.
pub const ACCELERATION_FLOOR_M_S2: f64 = 0.1;

/// A trajectory through samples.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedTrajectory {
    /// The curve.
    pub trajectory: Trajectory,
    /// Farthest that it is off a sample, metres.
    pub max_error_m: f64,
}

/// Why no curve can be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Nothing to fit.
    #[error("there is no sample: a trajectory needs at least one")]
    NoSamples,
    /// The tolerance makes no sense.
    #[error("the tolerance is {tolerance_m} m: it must be a finite number above 0")]
    Tolerance {
        /// The value given.
        tolerance_m: f64,
    },
    /// A sample is no point, or too far out to compute with.
    #[error("sample {index} at {} has a coordinate that is not finite or beyond 1e9 m: correct or remove it", seconds(*t_ms))]
    NotFinite {
        /// Index of the sample.
        index: usize,
        /// Its time.
        t_ms: i64,
    },
    /// Time does not move forward, or by more than milliseconds can count.
    #[error("sample {index} at {} is not later than the one before, or later by centuries: sort the samples", seconds(*t_ms))]
    Time {
        /// Index of the sample.
        index: usize,
        /// Its time.
        t_ms: i64,
    },
    /// The trajectory refused a piece.
    #[error(transparent)]
    Piece(#[from] TrajectoryFault),
}

/// Farthest coordinate, metres; far beyond every show and near enough that products stay finite.
const MAX_COORDINATE_M: f64 = 1e9;
/// Longest span, milliseconds.
const MAX_SPAN_MS: i64 = 1 << 52;

/// Fits few cubic pieces to samples of one vehicle's motion.
///
/// # Shapes, units and frames
/// `samples` are times in milliseconds, strictly increasing, and positions in metres in any one frame.
/// `max_acceleration_m_s2` is the limit that the motion was made for, if it is known.
///
/// # Guarantees
/// Points 1 to 6 of the module's page, with what it says of a limit. `max_error_m` is at most `tolerance_m`. Start and end are those of the samples.
///
/// # Errors
/// Any [`FitError`].
///
/// # Complexity
/// Linear in the samples but for the search of each piece's length, which looks at a sample a few times.
///
/// # Determinism
/// The same samples give the same pieces.
///
/// ```
/// use kapok_format::fit::fit_trajectory;
/// use kapok_show::DVec3;
/// // Two seconds of constant acceleration, 25 samples a second: one piece.
/// let samples: Vec<_> = (0..=50).map(|k| (40 * k, DVec3::X * (0.04 * k as f64).powi(2))).collect();
/// let fitted = fit_trajectory(&samples, 0.01, None)?;
/// assert_eq!(fitted.trajectory.segment_count(), 1);
/// assert!(fitted.max_error_m <= 0.01);
/// # Ok::<(), kapok_format::fit::FitError>(())
/// ```
pub fn fit_trajectory(
    samples: &[(i64, DVec3)],
    tolerance_m: f64,
    max_acceleration_m_s2: Option<f64>,
) -> Result<FittedTrajectory, FitError> {
    check(samples, tolerance_m)?;
    let data = Samples::new(samples);
    let found = spans(&data, &[], tolerance_m);
    if max_acceleration_m_s2.is_some() {
        let (freed, instants_ms) = with_free_ends(&data, &found, tolerance_m);
        let data = Samples::new(&freed);
        let found = spans(&data, &instants_ms, tolerance_m);
        let mut fitted = pieces(&data, &found, tolerance_m, max_acceleration_m_s2)?;
        // A sample that was taken out of its rest is not where the curve was held against.
        let off_m = |(t_ms, p_m): &(i64, DVec3)| fitted.trajectory.sample(*t_ms as f64).position_m.distance(*p_m);
        let off_rests_m = samples.iter().map(off_m).fold(0.0, f64::max);
        fitted.max_error_m = fitted.max_error_m.max(off_rests_m);
        if fitted.max_error_m <= tolerance_m {
            return Ok(fitted);
        }
    }
    pieces(&data, &found, tolerance_m, max_acceleration_m_s2)
}

/// The curves through samples whose rests and corners are known.
fn pieces(
    data: &Samples,
    spans: &[Span],
    tolerance_m: f64,
    max_acceleration_m_s2: Option<f64>,
) -> Result<FittedTrajectory, FitError> {
    let mut trajectory = Trajectory::starting_at(data.points[0].0, data.point(0))?;
    let mut max_error_m: f64 = 0.0;
    let mut pieces = Pieces::new(data, spans, tolerance_m, max_acceleration_m_s2);
    for span in spans {
        match *span {
            Span::Rest { last, .. } => trajectory.push_hold(data.points[last].0)?,
            Span::Motion(stretch) => {
                max_error_m = max_error_m.max(pieces.push_stretch(&stretch, &mut trajectory)?);
            }
        }
    }
    Ok(FittedTrajectory { trajectory, max_error_m })
}

/// The samples of a trajectory that consists of straight lines, as readers of files of samples make them: its knots.
/// `None` if a piece is curved, so that nothing is to be fitted.
pub fn samples_of_lines(trajectory: &Trajectory) -> Option<Vec<(i64, DVec3)>> {
    let mut samples = Vec::with_capacity(trajectory.segment_count() + 1);
    samples.push((trajectory.start_ms(), trajectory.start_point_m()));
    for segment in trajectory.segments() {
        if segment.degree() > 1 {
            return None;
        }
        samples.push((segment.end_ms, segment.control_m[1]));
    }
    Some(samples)
}

/// Upper bound of the distance between a trajectory and the straight lines through samples, at any instant, metres.
pub fn deviation_from_lines_m(trajectory: &Trajectory, samples: &[(i64, DVec3)]) -> f64 {
    max_chord_deviation_m(trajectory, samples).0
}

fn check(samples: &[(i64, DVec3)], tolerance_m: f64) -> Result<(), FitError> {
    if !(tolerance_m.is_finite() && tolerance_m > 0.0) {
        return Err(FitError::Tolerance { tolerance_m });
    }
    let Some(&(first_ms, _)) = samples.first() else { return Err(FitError::NoSamples) };
    for (index, &(t_ms, p_m)) in samples.iter().enumerate() {
        // NaN is not within the bound either.
        if !(p_m.abs().max_element() <= MAX_COORDINATE_M && p_m.is_finite()) {
            return Err(FitError::NotFinite { index, t_ms });
        }
        let increases = index == 0 || samples[index - 1].0 < t_ms;
        if !increases || t_ms.checked_sub(first_ms).is_none_or(|span_ms| span_ms > MAX_SPAN_MS) {
            return Err(FitError::Time { index, t_ms });
        }
    }
    Ok(())
}
