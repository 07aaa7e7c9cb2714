//! What figures are made of: enclosed values of a show without a verdict. They stand here because they need the kernel and the
//! rules' own measures; what they mean together is the business of the room `risk`.

use kapok_show::{DVec2, DVec3, Geofence, Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::kernel::fall::Fall;
use crate::kernel::polygon::Polygon;
use crate::kernel::tally::{MinusLength, Tally, Value, VehicleWorst};
use crate::kernel::track::{Curve, Track, excerpt};
use crate::rules::falls::margins;
use crate::rules::motion::limits::{derivatives, squared_length};
use crate::rules::site::{Fence, fence_margin};
use crate::settings::ProofSettings;

/// The least distance of one vehicle to something, metres; negative where it is crossed or reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// Attained at `t_ms`.
    pub distance_m: f64,
    /// No instant of the show has less.
    pub bound_m: f64,
    /// Show time, milliseconds.
    pub t_ms: f64,
}

impl Margin {
    fn of(w: VehicleWorst) -> Self {
        Self { distance_m: w.value, bound_m: w.bound, t_ms: w.t_ms }
    }
}

/// The least horizontal distance of each vehicle's footprint to some outlines, and the place of the nearest in the list. With a
/// `fall` the footprint is where a failing vehicle can come down, without one the vehicle's own place.
///
/// # Guarantees
/// Enclosed to a millimetre, in continuous time. `None` if an outline is no polygon.
pub fn area_margins(
    show: &Show,
    outlines_m: &[&[DVec2]],
    fall: Option<&Fall>,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> Option<Vec<Option<(Margin, usize)>>> {
    let polygons = outlines_m.iter().map(|o| Polygon::new(o).ok()).collect::<Option<Vec<Polygon>>>()?;
    let each = margins(show, &polygons, fall, settings, reporter);
    Some(each.into_iter().map(|m| m.map(|(w, area)| (Margin::of(w), area))).collect())
}

/// The least distance of each vehicle to the fence's outlines and holes; `None` without a fence or if it is no polygon.
pub fn fence_margins(show: &Show, settings: &ProofSettings) -> Option<Vec<Option<Margin>>> {
    let fence = fence(show)?;
    let one = |t: &Trajectory| fence_margin(t, &fence, settings).map(Margin::of);
    Some(show.vehicles.par_iter().map(|v| one(&v.trajectory)).collect())
}

fn fence(show: &Show) -> Option<Fence> {
    show.environment.geofence.as_ref().and_then(|f: &Geofence| Fence::new(f).ok())
}

/// Extremes of the whole fleet in a stretch of time, speeds and acceleration less what rounding explains; `None` where nothing is
/// known or there is nothing to know.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extremes {
    /// Greatest horizontal speed, m/s.
    pub velocity_xy_m_s: Option<f64>,
    /// Greatest climb, m/s.
    pub velocity_up_m_s: Option<f64>,
    /// Greatest descent, m/s.
    pub velocity_down_m_s: Option<f64>,
    /// Greatest acceleration, m/s².
    pub acceleration_m_s2: Option<f64>,
    /// Highest altitude, metres.
    pub altitude_m: Option<f64>,
    /// Least distance to the fence, metres, negative outside.
    pub fence_margin_m: Option<f64>,
}

/// The extremes of each stretch of show time `[from, to)`, milliseconds, to the tolerance of the settings.
///
/// # Complexity
/// Linear in stretches × vehicles and the pieces in them.
pub fn extremes(
    show: &Show,
    windows_ms: &[(i64, i64)],
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> Vec<Extremes> {
    let fence = fence(show);
    let one = |&window_ms: &(i64, i64)| {
        let found = extremes_in(show, window_ms, fence.as_ref(), settings);
        reporter.advance(1);
        found
    };
    windows_ms.par_iter().map(one).collect()
}

fn extremes_in(show: &Show, window_ms: (i64, i64), fence: Option<&Fence>, settings: &ProofSettings) -> Extremes {
    // Limits far away: only the extremes are of interest, not on which side of a limit they lie.
    let mut tallies: [Tally; 5] = std::array::from_fn(|_| Tally::new(f64::NEG_INFINITY, 0.0, settings));
    let mut fence_margin_m: Option<f64> = None;
    for v in &show.vehicles {
        add_peaks(Track::new(&v.trajectory), window_ms, &mut tallies, settings);
        if let Some(fence) = fence
            && let Ok(part) = excerpt(&v.trajectory, window_ms, |p| p)
            && let Some(w) = fence_margin(&part, fence, settings)
        {
            fence_margin_m = Some(fence_margin_m.map_or(w.value, |m| m.min(w.value)));
        }
    }
    let [xy, up, down, acceleration, altitude] = tallies.map(|t| t.large().map(|w| w.value));
    // A fleet that only sinks has no climb below 0.
    let still = |v: Option<f64>| v.map(|v| v.max(0.0));
    Extremes {
        velocity_xy_m_s: xy,
        velocity_up_m_s: still(up),
        velocity_down_m_s: still(down),
        acceleration_m_s2: acceleration,
        altitude_m: altitude,
        fence_margin_m,
    }
}

/// Adds what a vehicle does in a window: horizontal speed, climb, descent, acceleration (each less what rounding explains)
/// and altitude, all turned round so that small is bad.
fn add_peaks(track: Track, (from_ms, to_ms): (i64, i64), tallies: &mut [Tally; 5], settings: &ProofSettings) {
    let (root2, root3) = (2f64.sqrt(), 3f64.sqrt());
    let (mut t, mut index) = (from_ms, track.index_after(from_ms));
    while t < to_ms {
        let piece = track.piece(index);
        let window = (t, piece.end_ms.min(to_ms));
        if piece.is_rest() {
            // A rest without an end has no duration to take derivatives by.
            for tally in &mut tallies[..4] {
                tally.add_point(t as f64, 0.0, 0.0);
            }
            let z = 0.0 - piece.control_m[0].z;
            tallies[4].add_point(t as f64, z, z);
        } else {
            let (start, span) = (piece.start_ms, piece.end_ms - piece.start_ms);
            let curve = piece.whole();
            let d = derivatives(&curve, piece.control_m.len() - 1, span, settings);
            let cut = |c: &Curve| c.map(|axis| axis.part(window.0 - start, window.1 - start, span));
            let [velocity, acceleration] = [cut(&d.of[0]), cut(&d.of[1])];
            let [av, aa, _] = d.allowance;
            tallies[0].add(window, [squared_length(&velocity[..2])], &MinusLength { allowance: root2 * av });
            tallies[1].add(window, [velocity[2].times(-1.0).minus(-av).widen()], &Value);
            tallies[2].add(window, [velocity[2].minus(-av).widen()], &Value);
            tallies[3].add(window, [squared_length(&acceleration)], &MinusLength { allowance: root3 * aa });
            tallies[4].add(window, [cut(&curve)[2].times(-1.0).widen()], &Value);
        }
        (t, index) = (window.1, index + 1);
    }
}

/// Where a vehicle is in a stretch of time, and how fast, axis by axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotionBox {
    /// Lowest corner of a box that holds every position, site frame, metres.
    pub low_m: DVec3,
    /// Highest corner.
    pub high_m: DVec3,
    /// Every velocity lies between this and `fast_m_s`.
    pub slow_m_s: DVec3,
    /// See `slow_m_s`.
    pub fast_m_s: DVec3,
}

impl MotionBox {
    /// Holds nothing.
    pub const EMPTY: Self = Self {
        low_m: DVec3::INFINITY,
        high_m: DVec3::NEG_INFINITY,
        slow_m_s: DVec3::INFINITY,
        fast_m_s: DVec3::NEG_INFINITY,
    };

    /// Of a trajectory, with its rests before and after, in the stretch `[from, to)` of show time, milliseconds.
    pub fn of(trajectory: &Trajectory, (from_ms, to_ms): (i64, i64)) -> Self {
        let track = Track::new(trajectory);
        let mut all = Self::EMPTY;
        let (mut t, mut index) = (from_ms, track.index_after(from_ms));
        while t < to_ms {
            let piece = track.piece(index);
            let end = piece.end_ms.min(to_ms);
            let here = if piece.is_rest() {
                let at_m = piece.control_m[0];
                Self { low_m: at_m, high_m: at_m, slow_m_s: DVec3::ZERO, fast_m_s: DVec3::ZERO }
            } else {
                let curve = piece.curve(t, end);
                let axes = curve.map(|axis| axis.range());
                let speeds = curve.map(|axis| axis.derivative(end - t).range());
                Self {
                    low_m: DVec3::from_array(axes.map(|r| r.0)),
                    high_m: DVec3::from_array(axes.map(|r| r.1)),
                    slow_m_s: DVec3::from_array(speeds.map(|r| r.0)),
                    fast_m_s: DVec3::from_array(speeds.map(|r| r.1)),
                }
            };
            all = all.with(&here);
            (t, index) = (end, index + 1);
        }
        all
    }

    /// Both stretches together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            low_m: self.low_m.min(other.low_m),
            high_m: self.high_m.max(other.high_m),
            slow_m_s: self.slow_m_s.min(other.slow_m_s),
            fast_m_s: self.fast_m_s.max(other.fast_m_s),
        }
    }
}
