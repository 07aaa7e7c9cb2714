use kapok_show::{DVec3, Trajectory};

use crate::kernel::search::SearchGoal;
use crate::kernel::track::Track;
use crate::rules::separation::pair::{PairRule, Regime, examine};

/// A closed stretch of show time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindow {
    /// Start, milliseconds.
    pub start_ms: i64,
    /// End, milliseconds; not before the start.
    pub end_ms: i64,
}

/// How close two vehicles come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosestApproach {
    /// The true smallest distance lies between this and `upper_m`, whatever `end` says.
    pub lower_m: f64,
    /// The distance at the witness, to within rounding.
    pub upper_m: f64,
    /// Where `upper_m` is attained.
    pub witness: PairWitness,
    /// How the search ended.
    pub end: SearchEnd,
}

/// Two vehicles at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairWitness {
    /// Show time, milliseconds.
    pub t_ms: f64,
    /// Position of the first, site frame, metres.
    pub a_in_site: DVec3,
    /// Position of the second, site frame, metres.
    pub b_in_site: DVec3,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchEnd {
    /// The enclosure is as narrow as was asked for.
    WithinTolerance,
    /// It is not: the tolerance is finer than arithmetic allows here.
    OutOfIterations,
}

/// Encloses the least distance of two vehicles in a window of time.
///
/// # Shapes, units and frames
/// Both trajectories in one common frame, metres; plain distance. Outside their own time both are at rest.
///
/// # Guarantees
/// `lower_m` is at most the true minimum and `upper_m` at least; with [`SearchEnd::WithinTolerance`] they differ by at
/// most `tol_m`. Coordinates must be below 10⁶ m. Never panics: a window that ends before it starts is one instant.
///
/// # Complexity
/// Linear in the pieces inside the window, a few halvings for each that comes near the minimum.
///
/// # Source
/// Squared distance as a polynomial in Bernstein form, bounded by its coefficients, halved by de Casteljau's scheme.
///
/// ```
/// use kapok_proof::{TimeWindow, closest_approach};
/// use kapok_show::{DVec3, Trajectory};
///
/// let mut a = Trajectory::starting_at(0, DVec3::new(-51.0, 0.0, 20.0))?;
/// a.push(10_200, &[DVec3::new(51.0, 0.0, 20.0)])?;
/// let mut b = Trajectory::starting_at(0, DVec3::new(51.0, 2.3, 20.0))?;
/// b.push(10_200, &[DVec3::new(-51.0, 2.3, 20.0)])?;
/// let found = closest_approach(&a, &b, TimeWindow { start_ms: 0, end_ms: 10_200 }, 1e-6);
/// assert!(found.lower_m <= 2.3 && 2.3 <= found.upper_m && found.upper_m - found.lower_m <= 1e-6);
/// assert!((found.witness.t_ms - 5100.0).abs() < 1.0);
/// # Ok::<(), kapok_show::TrajectoryFault>(())
/// ```
pub fn closest_approach(a: &Trajectory, b: &Trajectory, window: TimeWindow, tol_m: f64) -> ClosestApproach {
    let tracks = [Track::new(a), Track::new(b)];
    let window_ms = (window.start_ms, window.end_ms.max(window.start_ms));
    let witness =
        |t_ms: f64| PairWitness { t_ms, a_in_site: a.sample(t_ms).position_m, b_in_site: b.sample(t_ms).position_m };
    // An instant is the start of a window that is one millisecond long.
    let instant = window_ms.0 == window_ms.1;
    if instant {
        let w = witness(window_ms.0 as f64);
        let distance_m = (w.a_in_site - w.b_in_site).length();
        let reach_m = [a, b].iter().flat_map(|t| t.control_points_m()).fold(0.0f64, |m, p| m.max(p.length()));
        let slop_m = 1e-14 * reach_m;
        return ClosestApproach {
            lower_m: (distance_m - slop_m).max(0.0),
            upper_m: distance_m + slop_m,
            witness: w,
            end: if 2.0 * slop_m <= tol_m { SearchEnd::WithinTolerance } else { SearchEnd::OutOfIterations },
        };
    }
    let rule = PairRule { limit_m: 0.0, scale: 1.0, regime: Regime::Always, altitude_m: 0.0 };
    let goal = SearchGoal { limit: 0.0, band: 0.0, tolerance: tol_m, cutoff: f64::INFINITY, max_nodes: 20_000 };
    let at = [tracks[0].index_after(window_ms.0), tracks[1].index_after(window_ms.0)];
    let found = examine(tracks, at, window_ms, &rule, goal);
    let end =
        if found.upper_m - found.lower_m <= tol_m { SearchEnd::WithinTolerance } else { SearchEnd::OutOfIterations };
    ClosestApproach { lower_m: found.lower_m, upper_m: found.upper_m, witness: witness(found.t_ms), end }
}
