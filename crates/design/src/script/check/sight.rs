//! Whether the audience's eye takes in a picture from one side to the other.
//!
//! A point stands at *a* metres across and *d* metres ahead, horizontally, of an eye that looks along the middle of the
//! picture. The eye takes in an angle φ if |a| ≤ d·tan(φ/2) for all points. The picture then may be *k* times as wide, or
//! stand *e* metres farther away:
//!
//! k = min d·tan(φ/2) / |a|,   e = max |a| / tan(φ/2) − d

use std::f64::consts::TAU;

use kapok_show::{Audience, DVec2, DVec3, figure, math};

use super::super::document::Path;
use super::checker::Checker;

/// Angle in which an eye reads signs without a turn of the head, degrees: 30 to either side (Panero and Zelnik, *Human
/// Dimension and Interior Space*, 1979).
const EYE_DEG: f64 = 60.0;

/// How a picture stands before an eye.
struct Sight {
    /// Direction of its middle, from +y towards +x, radians.
    yaw: f64,
    /// Angle from its leftmost to its rightmost point, radians.
    across: f64,
    /// Of each point: how far ahead and how far to either side of the middle, metres.
    points_m: Vec<(f64, f64)>,
}

impl Sight {
    /// None when no point is away from the eye, horizontally.
    fn of(eye_m: DVec3, points_m: &[DVec3]) -> Option<Self> {
        let flat: Vec<DVec2> = points_m.iter().map(|p| (*p - eye_m).truncate()).filter(|p| p.length() > 1e-6).collect();
        let centre = flat.iter().sum::<DVec2>() / flat.len().max(1) as f64;
        let towards = centre.try_normalize()?;
        let start = math::atan2(towards.x, towards.y);
        let sides = flat.iter().map(|p| math::atan2(towards.perp_dot(*p), towards.dot(*p)));
        // Positive is to the left of the centre.
        let (right, left) = sides.fold((f64::MAX, f64::MIN), |(low, high), side| (low.min(side), high.max(side)));
        let yaw = start - f64::midpoint(left, right);
        let ahead = DVec2::new(math::sin(yaw), math::cos(yaw));
        let points_m = flat.iter().map(|p| (ahead.dot(*p), ahead.perp_dot(*p).abs())).collect();
        Some(Self { yaw, across: left - right, points_m })
    }

    /// Greatest width here, and how much farther away the picture fits as it is; metres.
    fn fitting(&self, half: f64) -> (f64, f64) {
        let slope = math::tan(half);
        let shrink =
            self.points_m.iter().map(|&(ahead, side)| ahead.max(0.0) * slope / side.max(1e-9)).fold(1.0, f64::min);
        let farther = self.points_m.iter().map(|&(ahead, side)| side / slope - ahead).fold(0.0, f64::max);
        let width = 2.0 * self.points_m.iter().map(|&(_, side)| side).fold(0.0, f64::max);
        (shrink * width, farther)
    }
}

impl Checker<'_> {
    /// Warns of a picture that is wider than what an audience's eye takes in, with the width and the distance that would
    /// do. The first audience is asked, and all whose field of view is stated.
    pub(super) fn warn_of_sight(&mut self, path: &Path, points_m: &[DVec3], audiences: &[Audience]) {
        for (number, audience) in audiences.iter().enumerate() {
            if number > 0 && audience.fov_deg.is_none() {
                continue;
            }
            let Some(sight) = Sight::of(audience.eye_m, points_m) else { continue };
            let field_deg = audience.fov_deg.unwrap_or(EYE_DEG);
            let half = (field_deg / 2.0).to_radians();
            let name = &audience.name;
            if sight.across > 2.0 * half {
                let (width_m, farther_m) = sight.fitting(half);
                let wide_deg = sight.across.to_degrees();
                let narrower = if width_m >= 1.0 {
                    format!("at most {} m wide here, or ", width_m.floor())
                } else {
                    String::new()
                };
                self.warn(
                    path,
                    format!(
                        "from \"{name}\" this picture is {wide_deg:.0} degrees wide, its eye takes in {}: {narrower}{} m farther away, would do",
                        figure(field_deg),
                        farther_m.ceil()
                    ),
                );
            } else if audience.fov_deg.is_some() {
                let look = audience.look_at_m - audience.eye_m;
                let turn = wrapped(sight.yaw - math::atan2(look.x, look.y));
                let out = turn.abs() + sight.across / 2.0 - half;
                if out > 1e-9 && look.truncate().length() > 1e-6 {
                    let side = if turn > 0.0 { "right" } else { "left" };
                    self.warn(
                        path,
                        format!(
                            "this picture reaches {:.0} degrees out of what the eye of \"{name}\" takes in, on the {side}: \
                             move the picture, or turn `look_at_m`",
                            out.to_degrees().ceil()
                        ),
                    );
                }
            }
        }
    }
}

/// The same direction, −π to π.
fn wrapped(angle: f64) -> f64 {
    angle - TAU * (angle / TAU).round()
}
