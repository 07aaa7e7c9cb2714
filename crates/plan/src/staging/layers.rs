//! Pads closer together than vehicles may fly: the fleet is divided into classes that rise one after the other, each to a
//! layer of its own, the first to the highest.

use kapok_motion::Metric;
use kapok_motion::PositionGrid;
use kapok_motion::colouring::{dsatur, first_fit};
use kapok_motion::spatial::{neighbours_within, pairs_within};
use kapok_show::{DVec3, Limits, Trajectory, TrajectoryFault};

use crate::conflict::{SeparationRules, clearance};

/// Spacing in multiples of the separation at which straight synchronised ways between two formations keep it.
const SURE: f64 = std::f64::consts::SQRT_2 * 1.005;
/// Raster on which the starts of classes are sought, milliseconds.
const RASTER_MS: i64 = 100;

/// Which layer each pad's vehicle rises to.
#[derive(Clone, Debug, PartialEq)]
pub struct Layers {
    /// By pad; class 0 rises first and highest.
    pub class_of: Vec<usize>,
    pub count: usize,
    /// Vertical distance of neighbouring layers, metres.
    pub spacing_m: f64,
}

impl Layers {
    /// One layer where the pads are far enough apart; else as few as the colouring finds, with the generous spacing that
    /// straight transitions want if the ceiling leaves room for it, or else with the separation itself.
    ///
    /// `lowest_m` is the altitude of the lowest layer above the pads.
    pub fn new(pads_m: &[DVec3], lowest_m: f64, asked_m: Option<f64>, limits: &Limits) -> Self {
        let metric = Metric::from(limits);
        let near = metric.flatten_all(pads_m);
        let separation_m = limits.min_separation_m;
        let one = Self { class_of: vec![0; pads_m.len()], count: 1, spacing_m: 0.0 };
        // What equals the separation up to rounding passes the test of the formation itself.
        if pairs_within(&near, separation_m * (1.0 - 1e-6)).is_empty() {
            return one;
        }
        let high_m = pads_m.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
        let room_m = limits.max_altitude_m - high_m - lowest_m;
        let mut last = one;
        for factor in [SURE, 1.0 + 1e-6] {
            let class_of = colour(&near, separation_m * factor);
            let count = class_of.iter().max().map_or(1, |m| m + 1);
            let spacing_m = asked_m.unwrap_or(separation_m * limits.downwash_scale * factor);
            last = Self { class_of, count, spacing_m };
            if (count - 1) as f64 * spacing_m <= room_m {
                break;
            }
        }
        last
    }

    /// The classes by their turn: the highest layer leaves the ground first.
    pub fn rising(&self) -> Vec<usize> {
        (0..self.count).collect()
    }

    /// The lowest layer lands first.
    pub fn sinking(&self) -> Vec<usize> {
        (0..self.count).rev().collect()
    }

    /// How much higher than the lowest layer the layer of a pad is, metres.
    pub fn above_m(&self, pad: usize) -> f64 {
        (self.count - 1 - self.class_of[pad]) as f64 * self.spacing_m
    }
}

/// Classes in which all points are at least `spacing_m` apart: the better of two greedy colourings.
fn colour(points: &[DVec3], spacing_m: f64) -> Vec<usize> {
    let near = neighbours_within(points, spacing_m);
    let (plain, wary) = (first_fit(&near, 0..points.len()), dsatur(&near));
    let best = if wary.iter().max() < plain.iter().max() { wary } else { plain };
    best.into_iter().map(|class| class as usize).collect()
}

/// The same motion after a rest.
pub fn delayed(track: &Trajectory, delay_ms: i64) -> Result<Trajectory, TrajectoryFault> {
    let mut later = Trajectory::starting_at(0, track.start_point_m())?;
    if delay_ms > 0 {
        later.push_hold(delay_ms)?;
    }
    for segment in track.segments() {
        later.push(delay_ms + segment.end_ms, &segment.control_m[1..])?;
    }
    Ok(later)
}

/// When each class leaves: as soon after the one before as the closest neighbours allow, at the latest when that one has
/// arrived, and always then if not `eager`. `order` lists the classes by their turn, `tracks` are by vehicle and start at 0,
/// `class_of` is by vehicle.
///
/// Only a heuristic: the result is to be checked for all pairs.
pub fn starts(
    tracks: &[Trajectory],
    class_of: &[usize],
    order: &[usize],
    eager: bool,
    apart: &SeparationRules,
    grid: &PositionGrid,
) -> Result<Vec<i64>, TrajectoryFault> {
    let arrival_ms = |class: usize| {
        tracks.iter().zip(class_of).filter(|(_, c)| **c == class).map(|(t, _)| t.end_ms()).max().unwrap_or(0)
    };
    let neighbours = closest_by_class(tracks, class_of, apart);
    let mut starts_ms = vec![0i64; order.len()];
    for turn in 1..order.len() {
        let (class, before) = (order[turn], order[turn - 1]);
        let since_ms = starts_ms[before];
        let latest = (arrival_ms(before) + RASTER_MS - 1) / RASTER_MS;
        let fits = |steps: i64| -> Result<bool, TrajectoryFault> {
            let own_ms = since_ms + steps * RASTER_MS;
            for &earlier in &order[..turn] {
                let Some(&(a, b)) = neighbours.get(&(earlier.min(class), earlier.max(class))) else { continue };
                let of = |v: usize| if class_of[v] == class { own_ms } else { starts_ms[earlier] };
                let pair = [delayed(&tracks[a], of(a))?, delayed(&tracks[b], of(b))?];
                let until_ms = pair[0].end_ms().max(pair[1].end_ms());
                if clearance(&pair, until_ms, 1.0, apart, grid).conflict_count > 0 {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let (mut low, mut high) = (if eager { -1 } else { latest - 1 }, latest);
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            if fits(middle)? { high = middle } else { low = middle }
        }
        starts_ms[class] = since_ms + high * RASTER_MS;
    }
    Ok(starts_ms)
}

/// The closest two vehicles of every two classes on the ground, by pads, as far as they are within twice the separation.
fn closest_by_class(
    tracks: &[Trajectory],
    class_of: &[usize],
    apart: &SeparationRules,
) -> std::collections::BTreeMap<(usize, usize), (usize, usize)> {
    let flat: Vec<DVec3> = tracks.iter().map(|t| DVec3::new(t.start_point_m().x, t.start_point_m().y, 0.0)).collect();
    let mut closest = std::collections::BTreeMap::new();
    // Nearest first: the first pair of two classes is their closest.
    for (i, j, _) in pairs_within(&flat, 2.0 * apart.flight_m) {
        let classes = (class_of[i].min(class_of[j]), class_of[i].max(class_of[j]));
        if classes.0 != classes.1 {
            closest.entry(classes).or_insert((i, j));
        }
    }
    closest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(side: usize, pitch_m: f64) -> Vec<DVec3> {
        (0..side * side).map(|k| DVec3::new((k % side) as f64, (k / side) as f64, 0.0) * pitch_m).collect()
    }

    #[test]
    fn a_one_metre_grid_takes_few_layers() {
        let limits = Limits::default();
        let layers = Layers::new(&grid(10, 1.0), 5.0, None, &limits);
        assert!(layers.count <= 7, "{}", layers.count);
        assert!((layers.spacing_m - 1.5 * SURE).abs() < 1e-12);
        let low = Limits { max_altitude_m: 12.0, ..limits };
        let layers = Layers::new(&grid(10, 1.0), 5.0, None, &low);
        assert!(layers.count <= 5 && layers.spacing_m < 1.51, "{layers:?}");
        assert_eq!(Layers::new(&grid(10, 1.5), 5.0, None, &limits).count, 1);
    }

    proptest! {
        #[test]
        fn classes_keep_their_spacing(
            raw in prop::collection::vec((0.0..9.0f64, 0.0..9.0f64, 0.0..0.5f64), 1..60), spacing in 0.3..4.0f64,
        ) {
            let points: Vec<DVec3> = raw.iter().map(|&(x, y, z)| DVec3::new(x, y, z)).collect();
            let class_of = colour(&points, spacing);
            for i in 0..points.len() {
                for j in 0..i {
                    prop_assert!(class_of[i] != class_of[j] || points[i].distance(points[j]) >= spacing);
                }
            }
        }
    }
}
