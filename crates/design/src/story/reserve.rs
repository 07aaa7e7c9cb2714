use kapok_motion::Metric;
use kapok_motion::spatial::Sieve;
use kapok_show::{DVec2, DVec3};

use super::Room;

/// How far the search goes beyond pads and formations where no fence bounds it, metres.
const MARGIN_M: f64 = 60.0;

/// Most candidate places that are looked at.
const MAX_CANDIDATES: usize = 2_000_000;

/// Finds places where `count` unused vehicles wait: first above their pads at the take-off altitude, then on level
/// lattices of the same altitude and above, the ones nearest to the pads first.
///
/// # Guarantees
/// Every place keeps `spacing_m` (in `metric`) to all of `taken_m` and to every other place, lies in the room and above
/// no audience.
///
/// # Errors
/// The number of places found, if that is less than `count`.
///
/// # Determinism
/// Depends on the arguments alone; a smaller count gets the first ones of a larger count.
pub(crate) fn reserve_places(
    count: usize,
    columns_m: &[DVec3],
    taken_m: &[DVec3],
    room: &Room,
    metric: Metric,
    spacing_m: f64,
    ceiling_m: f64,
) -> Result<Vec<DVec3>, usize> {
    let mut sieve = Sieve::new(metric, spacing_m);
    for &p_m in taken_m {
        sieve.insert(p_m);
    }
    let mut places_m = Vec::with_capacity(count);
    let mut offer = |p_m: DVec3| {
        if places_m.len() < count && room.refusal(p_m).is_none() && !room.above_audience(p_m) && sieve.offer(p_m) {
            places_m.push(p_m);
        }
        places_m.len() == count
    };
    let done = columns_m.iter().any(|&p_m| offer(p_m)) || count == 0;
    if !done && let Some(layers) = Layers::around(columns_m, taken_m, room, metric, spacing_m, ceiling_m) {
        let feet_m = layers.feet_m();
        let budget = (MAX_CANDIDATES / feet_m.len().max(1)).max(1);
        layers.altitudes_m().take(budget).any(|z_m| feet_m.iter().any(|foot_m| offer(foot_m.extend(z_m))));
    }
    if places_m.len() == count { Ok(places_m) } else { Err(places_m.len()) }
}

/// Level square lattices above each other.
#[expect(clippy::struct_field_names, reason = "units end the names")]
struct Layers {
    middle_m: DVec2,
    low_m: DVec2,
    high_m: DVec2,
    lowest_m: f64,
    ceiling_m: f64,
    pitch_m: f64,
    rise_m: f64,
}

impl Layers {
    fn around(
        columns_m: &[DVec3],
        taken_m: &[DVec3],
        room: &Room,
        metric: Metric,
        spacing_m: f64,
        ceiling_m: f64,
    ) -> Option<Self> {
        let first = columns_m.first()?;
        let (low, high) =
            columns_m.iter().chain(taken_m).fold((*first, *first), |(low, high), &p| (low.min(p), high.max(p)));
        let (pads_low, pads_high) = columns_m.iter().fold((*first, *first), |(l, h), &p| (l.min(p), h.max(p)));
        let middle_m = ((pads_low + pads_high) / 2.0).truncate();
        let margin = DVec2::splat(MARGIN_M);
        let (low_m, high_m) = room
            .fence()
            .map_or((low.truncate() - margin, high.truncate() + margin), |fence| (fence.low_m, fence.high_m));
        // A hair more than the spacing, so that rounding cannot make neighbours too close.
        let pitch_m = spacing_m * (1.0 + 1e-9);
        let rise_m = pitch_m * metric.downwash_scale;
        Some(Self { middle_m, low_m, high_m, lowest_m: pads_high.z, ceiling_m, pitch_m, rise_m })
    }

    /// The lattice points of one layer, nearest to the pads' middle first.
    fn feet_m(&self) -> Vec<DVec2> {
        let from = ((self.low_m - self.middle_m) / self.pitch_m).ceil();
        let to = ((self.high_m - self.middle_m) / self.pitch_m).floor();
        // No more than the candidates allowed: a huge fence is searched near the pads only.
        let half = (MAX_CANDIDATES as f64).sqrt() / 2.0;
        let (from, to) = (from.max(DVec2::splat(-half)), to.min(DVec2::splat(half)));
        let mut feet: Vec<(i64, i64)> = (from.y as i64..=to.y as i64)
            .flat_map(|row| (from.x as i64..=to.x as i64).map(move |column| (row, column)))
            .collect();
        feet.sort_by_key(|&(row, column)| (row * row + column * column, row, column));
        feet.into_iter()
            .map(|(row, column)| self.middle_m + self.pitch_m * DVec2::new(column as f64, row as f64))
            .collect()
    }

    fn altitudes_m(&self) -> impl Iterator<Item = f64> {
        let layers = ((self.ceiling_m - self.lowest_m) / self.rise_m).floor().clamp(-1.0, 1e4) as i64;
        (0..=layers).map(|k| self.lowest_m + k as f64 * self.rise_m)
    }
}
