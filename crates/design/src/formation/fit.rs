//! Does a count fit, how many would, and how large would it have to be?

use super::error::FormationError;
use super::evenly::{IMPOSSIBLE, Sampler, Terrain};
use super::point::{Formation, MAX_COUNT};
use super::relax;
use super::sampler::make;
use super::source::Source;

/// Where no spacing is asked for, relaxation must reach this share of the mean distance, which it nearly always does. In
/// strokes narrower than its pixels it may not, and points are packed: ...
const RELAXED: f64 = 0.5;
/// ... at the largest spacing that holds them, looked for in these steps.
const PACKING_STEP: f64 = 0.85;
/// Steps from [`IMPOSSIBLE`] down to a tenth of the mean distance.
const PACKING_STEPS: usize = 17;

/// Exactly `count` points over a terrain without a spacing to keep.
pub(super) fn spread(
    terrain: &dyn Terrain,
    source: &Source,
    count: usize,
    seed: u64,
) -> Result<Formation, FormationError> {
    let distance_m = terrain.distance_for(count);
    let in_a_row = || terrain.points(&terrain.row(count)?);
    let relaxed = || {
        let sites = relax::spread(terrain.ground(distance_m).as_ref(), count, RELAXED * distance_m, seed)?;
        terrain.points(&sites)
    };
    let packed = || {
        let mut spacing_m = IMPOSSIBLE * distance_m;
        for _ in 0..PACKING_STEPS {
            let ground = terrain.ground(spacing_m);
            // A ground has several masses a point, unless it is as fine as grounds become: a smaller spacing gives no more.
            if ground.masses().len() < count {
                return None;
            }
            let packed = relax::pack(ground.as_ref(), spacing_m, MAX_COUNT + 1);
            if packed.len() >= count {
                let sites = relax::thin_out(ground.as_ref(), &packed, count, spacing_m);
                if let Some(points) = terrain.points(&sites) {
                    return Some(points);
                }
            }
            spacing_m *= PACKING_STEP;
        }
        None
    };
    let points = in_a_row().or_else(relaxed).or_else(packed);
    let too_many = || {
        let (asked, size) = (count, source.size().0);
        FormationError::TooMany { asked, spacing_m: 0.0, fits: 0, size, size_needed_m: None }
    };
    points.map(|points| Formation::new(points, terrain.warnings())).ok_or_else(too_many)
}

/// The formation, or how many points would fit and how large it would have to be.
pub(super) fn formation(source: &Source, count: usize, spacing_m: f64, seed: u64) -> Result<Formation, FormationError> {
    let sampler = make(source, spacing_m, seed)?;
    if let Some(points) = sampler.attempt(count) {
        return Ok(Formation::new(points, sampler.warnings()));
    }
    let fits = largest_fit(sampler.as_ref(), count);
    drop(sampler);
    let (size, value_m) = source.size();
    let size_needed_m =
        if source.grows_with_size(count) { size_needed(source, value_m, fits, count, spacing_m, seed) } else { None };
    Err(FormationError::TooMany { asked: count, spacing_m, fits, size, size_needed_m })
}

/// A count that succeeds while one more does not; `too_many` is known not to. 0 if not even one point fits.
fn largest_fit(sampler: &dyn Sampler, too_many: usize) -> usize {
    let (mut fits, mut fails) = (0, too_many);
    if fails < 2 {
        return fits;
    }
    let mut next = sampler.guess().clamp(1, fails - 1);
    let mut step = 1;
    while fits + 1 < fails {
        if sampler.holds(next) {
            fits = next;
            next = if fails == too_many { (next + step).min(fails - 1) } else { usize::midpoint(fits, fails) };
        } else {
            fails = next;
            next = if fits == 0 { next.saturating_sub(step).max(1) } else { usize::midpoint(fits, fails) };
        }
        step *= 2;
    }
    fits
}

/// A value of the source's measure at which the count fits, to three figures and found by trying.
fn size_needed(source: &Source, value_m: f64, fits: usize, count: usize, spacing_m: f64, seed: u64) -> Option<f64> {
    let holds = |value: f64| make(&source.scaled(value / value_m), spacing_m, seed).is_ok_and(|s| s.holds(count));
    let mut enough = round_up(value_m * (count as f64 / fits.max(1) as f64).sqrt());
    let mut growth = 1.02;
    while !holds(enough) {
        enough = round_up(enough * growth);
        growth *= 1.05;
        if growth > 8.0 {
            return None;
        }
    }
    // The first guess may have been generous.
    for share in [0.9, 0.95, 0.98] {
        let less = round_up(enough * share);
        if less > value_m && less < enough && holds(less) {
            enough = less;
        }
    }
    Some(enough)
}

/// Three significant figures, upwards.
fn round_up(value: f64) -> f64 {
    let mut unit = 1e-9;
    while value / unit >= 1_000.0 {
        unit *= 10.0;
    }
    // Dividing by a whole number gives the nearest float to the decimal, multiplying by a fraction may not.
    let steps = (value / unit).ceil();
    if unit < 1.0 { steps / (1.0 / unit).round() } else { steps * unit }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;
    use crate::formation::point::SourcePoint;

    struct Holds(usize);

    impl Sampler for Holds {
        fn attempt(&self, count: usize) -> Option<Vec<SourcePoint>> {
            (count <= self.0).then(Vec::new)
        }
        fn guess(&self) -> usize {
            100
        }
    }

    #[test]
    fn the_largest_count_is_found_from_any_guess() {
        for most in [0, 1, 2, 57, 99, 100, 101, 102, 5_000, 9_999] {
            assert_eq!(largest_fit(&Holds(most), 10_000), most);
        }
        assert_eq!(largest_fit(&Holds(0), 1), 0);
    }

    #[test]
    fn sizes_are_rounded_up_to_three_figures() {
        assert_eq!(round_up(123.41), 124.0);
        assert_eq!(round_up(0.098_71), 0.0988);
        assert_eq!(round_up(5.0), 5.0);
    }
}
