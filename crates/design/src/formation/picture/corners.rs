use std::f64::consts::PI;

use kapok_show::DVec2;
use kapok_show::math::acos;

/// Only corners that open less than this are sharp, radians (130°).
const SHARP_RAD: f64 = 130.0 / 180.0 * PI;

/// A sharp bend of a contour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corner {
    pub at: DVec2,
    /// Unit vector into the narrower side.
    pub bisector: DVec2,
    /// Angle between the arms on that side, radians, 0 to π.
    pub opening_rad: f64,
}

/// Sharp bends of a closed polygon, judged by two arms of length `arm_m` along it; of neighbouring vertices within an
/// arm only the sharpest counts.
pub(super) fn corners(contour: &[DVec2], arm_m: f64) -> Vec<Corner> {
    let count = contour.len();
    let mut lengths = Vec::with_capacity(count + 1);
    lengths.push(0.0);
    for i in 0..count {
        lengths.push(lengths[i] + contour[i].distance(contour[(i + 1) % count]));
    }
    let round_m = lengths[count];
    if round_m <= 6.0 * arm_m {
        return Vec::new();
    }
    // The place so far along the contour.
    let along = |s: f64| {
        let s = s.rem_euclid(round_m);
        let i = lengths.partition_point(|l| *l <= s).clamp(1, count) - 1;
        let share = (s - lengths[i]) / (lengths[i + 1] - lengths[i]).max(f64::MIN_POSITIVE);
        contour[i].lerp(contour[(i + 1) % count], share.clamp(0.0, 1.0))
    };
    let mut found: Vec<(f64, Corner)> = Vec::new();
    for (i, &at) in contour.iter().enumerate() {
        let (a, b) = (along(lengths[i] - arm_m) - at, along(lengths[i] + arm_m) - at);
        let (Some(a), Some(b)) = (a.try_normalize(), b.try_normalize()) else { continue };
        let opening_rad = acos(a.dot(b).clamp(-1.0, 1.0));
        let Some(bisector) = (a + b).try_normalize() else { continue };
        if opening_rad > SHARP_RAD {
            continue;
        }
        let corner = Corner { at, bisector, opening_rad };
        match found.last_mut() {
            Some((s, last)) if lengths[i] - *s < arm_m => {
                if opening_rad < last.opening_rad {
                    (*s, *last) = (lengths[i], corner);
                }
            }
            _ => found.push((lengths[i], corner)),
        }
    }
    // The first and the last may be the same bend.
    if let [(s, first), .., (e, last)] = found.as_slice()
        && round_m - e + s < arm_m
    {
        if first.opening_rad <= last.opening_rad {
            found.pop();
        } else {
            found.remove(0);
        }
    }
    found.into_iter().map(|(_, corner)| corner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_four_corners_and_a_circle_none() {
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(|(x, y)| DVec2::new(x, y));
        let found = corners(&square, 1.0);
        assert_eq!(found.len(), 4);
        assert!((found[0].opening_rad - PI / 2.0).abs() < 1e-9);
        assert!(found[0].bisector.distance(DVec2::splat(0.5_f64.sqrt())) < 1e-9);
        let circle: Vec<DVec2> = (0..90)
            .map(|k| {
                let (s, c) = kapok_show::math::sin_cos(f64::from(k) * PI / 45.0);
                DVec2::new(10.0 * c, 10.0 * s)
            })
            .collect();
        assert!(corners(&circle, 1.0).is_empty());
        assert!(corners(&square, 20.0).is_empty());
    }
}
