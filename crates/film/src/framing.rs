//! Which camera: a place to look from, a direction, and how wide.

use kapok_show::{DVec2, DVec3, Show, math};
use schemars::JsonSchema;
use serde::Serialize;

use crate::camera::{Camera, FrameSize};
use crate::error::{FilmError, nearest};
use crate::pictures::Pictures;

/// Least field of view from left to right, degrees.
pub const MIN_FOV_DEG: f64 = 2.0;
/// Greatest field of view from left to right, degrees.
pub const MAX_FOV_DEG: f64 = 120.0;

/// The numbers by which cameras frame a show. The viewer's cameras frame by the same.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct FramingRule {
    /// Share of the picture that is filled.
    pub filled: f64,
    /// The ground under the pictures is shown as well where they become smaller by no more than this for it.
    pub ground_cost: f64,
    /// Least vertical field of view, degrees.
    pub least_fov_deg: f64,
    /// Greatest vertical field of view, degrees.
    pub most_fov_deg: f64,
    /// Least field of view from left to right that an audience may state, degrees.
    pub least_across_deg: f64,
    /// Greatest field of view from left to right that an audience may state, degrees.
    pub most_across_deg: f64,
    /// Directions in which the outermost lights of a picture are sought.
    pub directions: u32,
    /// Instants of a formation that are looked at, evenly from its start to its end.
    pub instants: u32,
    /// Instants that are looked at when a show names no formations.
    pub unnamed_instants: u32,
    /// Vertical field of view of the orbiting camera, degrees.
    pub orbit_fov_deg: f64,
    /// How far it stands to the left of the audience's direction, and how far it looks down; degrees.
    pub orbit_turn_deg: f64,
    /// The angle down.
    pub orbit_down_deg: f64,
    /// Top and side are far cameras with a narrow field, nearly orthographic; degrees.
    pub plan_fov_deg: f64,
    /// An eye is not lower than this above the ground, metres.
    pub least_height_m: f64,
    /// No camera that frames is farther away, metres.
    pub most_distance_m: f64,
}

/// See [`FramingRule`].
pub const FRAMING: FramingRule = FramingRule {
    filled: 0.88,
    ground_cost: 1.3,
    least_fov_deg: 4.0,
    most_fov_deg: 130.0,
    least_across_deg: MIN_FOV_DEG,
    most_across_deg: MAX_FOV_DEG,
    directions: 96,
    instants: 5,
    unnamed_instants: 24,
    orbit_fov_deg: 42.0,
    orbit_turn_deg: 28.0,
    orbit_down_deg: 10.0,
    plan_fov_deg: 10.0,
    least_height_m: 0.4,
    most_distance_m: 4000.0,
};

/// From where a show is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The eye of the n-th audience.
    Audience(usize),
    /// From the air, beside the audience's direction.
    #[default]
    Orbit,
    /// From above, y upwards in the picture.
    Top,
    /// Along −x.
    Side,
}

impl View {
    /// The view of that name: `audience` is the first audience, or a place in front of the show if there is none;
    /// `audience-2` the second, and so on; a name of an audience; `orbit`, `top`, `side`.
    ///
    /// # Errors
    /// [`FilmError::Camera`] with all names.
    pub fn from_name(name: &str, show: &Show) -> Result<Self, FilmError> {
        let audiences = &show.environment.audiences;
        let numbered = |k: usize| if k == 0 { "audience".to_owned() } else { format!("audience-{}", k + 1) };
        let lower = name.to_lowercase();
        if let Some(k) = (0..audiences.len().max(1)).find(|&k| numbered(k) == lower) {
            return Ok(Self::Audience(k));
        }
        match lower.as_str() {
            "orbit" => return Ok(Self::Orbit),
            "top" => return Ok(Self::Top),
            "side" => return Ok(Self::Side),
            _ => {}
        }
        let found = audiences.iter().position(|a| a.name == name);
        let found = found.or_else(|| audiences.iter().position(|a| a.name.to_lowercase() == lower));
        found.map(Self::Audience).ok_or_else(|| {
            let mut known: Vec<String> = (0..audiences.len().max(1)).map(numbered).collect();
            known.extend(["orbit", "top", "side"].map(str::to_owned));
            known.extend(audiences.iter().map(|a| a.name.clone()));
            let nearest = nearest(name, known.iter().map(String::as_str));
            FilmError::Camera { name: name.to_owned(), nearest, known }
        })
    }
}

impl Camera {
    /// The camera of a view, by the rule that stands in the crate docs.
    ///
    /// Without `fov_deg` (from left to right, degrees) the audience's camera has that of the audience, or is turned and as wide
    /// as the show's pictures need; the orbiting one stands as far off as they need. Top and side frame all that flies and the
    /// fence, and take no field of view.
    ///
    /// # Errors
    /// [`FilmError::Fov`].
    ///
    /// # Complexity
    /// Linear in [`Pictures::outermost_m`].
    pub fn of_view(
        show: &Show,
        pictures: &Pictures,
        view: View,
        fov_deg: Option<f64>,
        size: FrameSize,
    ) -> Result<Self, FilmError> {
        if let Some(fov_deg) = fov_deg
            && !(MIN_FOV_DEG..=MAX_FOV_DEG).contains(&fov_deg)
        {
            return Err(FilmError::Fov { fov_deg });
        }
        let (flown, seen) = (pictures.flown_m(), pictures.outermost_m());
        let (low, high) = box_of(seen.iter().copied()).unwrap_or(flown);
        let centre = 0.5 * (low + high);
        let audience = |k: usize| show.environment.audiences.get(k);
        let eye_of = |k: usize| {
            let span = (high - low).max_element().max(4.0);
            let before = || DVec3::new(centre.x, flown.0.y.min(low.y) - 1.5 * span, (0.1 * span).min(3.0));
            let eye = audience(k).map_or_else(before, |a| a.eye_m);
            eye.with_z(eye.z.max(FRAMING.least_height_m))
        };
        let plan_fov = FRAMING.plan_fov_deg.to_radians();
        Ok(match view {
            View::Audience(k) => {
                let eye = eye_of(k);
                let stated = audience(k).and_then(|a| a.fov_deg.map(|wide_deg| (a, wide_deg)));
                let fitted = || fit_from(size, eye, seen);
                let (yaw, pitch, fov) = match (fov_deg, stated) {
                    (None, None) => fitted(),
                    (Some(wide_deg), None) => {
                        let (yaw, pitch, _) = fitted();
                        (yaw, pitch, upright(wide_deg, size))
                    }
                    (asked, Some((a, wide_deg))) => {
                        let (yaw, pitch) = direction(a.look_at_m - a.eye_m);
                        let fov = asked.map_or_else(
                            || within_fov(upright(wide_deg.clamp(MIN_FOV_DEG, MAX_FOV_DEG), size)),
                            |wide_deg| upright(wide_deg, size),
                        );
                        (yaw, pitch, fov)
                    }
                };
                Self::new(size, eye, yaw, pitch, fov)
            }
            View::Orbit => {
                let yaw = direction(centre - eye_of(0)).0 + FRAMING.orbit_turn_deg.to_radians();
                let pitch = -FRAMING.orbit_down_deg.to_radians();
                let fov = fov_deg.map_or(FRAMING.orbit_fov_deg.to_radians(), |wide_deg| upright(wide_deg, size));
                let distance = fit_distance(size, centre, (yaw, pitch, fov), seen).clamp(2.0, FRAMING.most_distance_m);
                let eye = centre - ahead(yaw, pitch) * distance;
                Self::new(size, eye.with_z(eye.z.max(FRAMING.least_height_m)), yaw, pitch, fov)
            }
            View::Top | View::Side => {
                let fence = show.environment.geofence.iter().flat_map(|f| f.polygon_m.iter().copied());
                let corners = fence.chain([flown.0.truncate(), flown.1.truncate()]);
                let (from, to) = corners.fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
                let top = flown.1.z.max(high.z);
                let middle = (0.5 * (from + to)).extend(0.5 * top);
                let away =
                    |across: f64, upright: f64| 0.5 * fit_extent(size, across, upright) / math::tan(0.5 * plan_fov);
                if view == View::Top {
                    let eye = middle + DVec3::Z * away(1.06 * (to.x - from.x), 1.06 * (to.y - from.y));
                    Self::new(size, eye, 0.0, -0.5 * std::f64::consts::PI, plan_fov)
                } else {
                    let eye = middle + DVec3::X * away(1.06 * (to.y - from.y), 1.1 * top);
                    Self::new(size, eye, -0.5 * std::f64::consts::PI, 0.0, plan_fov)
                }
            }
        })
    }
}

/// The vertical field of view of a picture that is so wide, radians.
fn upright(wide_deg: f64, size: FrameSize) -> f64 {
    let half = math::tan(0.5 * wide_deg.to_radians()) * size.height() as f64 / size.width() as f64;
    2.0 * math::atan2(half, 1.0)
}

fn within_fov(fov: f64) -> f64 {
    fov.clamp(FRAMING.least_fov_deg.to_radians(), FRAMING.most_fov_deg.to_radians())
}

/// Yaw and pitch of a direction.
fn direction(look: DVec3) -> (f64, f64) {
    (math::atan2(look.x, look.y), math::atan2(look.z, math::hypot(look.x, look.y)))
}

fn ahead(yaw: f64, pitch: f64) -> DVec3 {
    let ((sy, cy), (sp, cp)) = (math::sin_cos(yaw), math::sin_cos(pitch));
    DVec3::new(sy * cp, cy * cp, sp)
}

/// Right, up, ahead.
fn axes(yaw: f64, pitch: f64) -> (DVec3, DVec3, DVec3) {
    let (sy, cy) = math::sin_cos(yaw);
    let (right, ahead) = (DVec3::new(cy, -sy, 0.0), ahead(yaw, pitch));
    (right, right.cross(ahead), ahead)
}

fn box_of(points_m: impl Iterator<Item = DVec3>) -> Option<(DVec3, DVec3)> {
    points_m.fold(None, |found, p| Some(found.map_or((p, p), |(low, high): (DVec3, DVec3)| (low.min(p), high.max(p)))))
}

/// Least and greatest slope to the right and upwards at which points are seen; those beside or behind the eye are left out.
fn slopes(eye: DVec3, yaw: f64, pitch: f64, points_m: &[DVec3]) -> (DVec2, DVec2) {
    let (right, up, ahead) = axes(yaw, pitch);
    let seen = points_m.iter().filter_map(|&p| {
        let v = p - eye;
        let depth = v.dot(ahead);
        (depth > 0.05 * v.length()).then(|| DVec2::new(v.dot(right) / depth, v.dot(up) / depth))
    });
    let (low, high) = seen.fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
    if low.x <= high.x { (low, high) } else { (DVec2::ZERO, DVec2::ZERO) }
}

/// Yaw, pitch and vertical field of view that just show all points, turned from a first direction.
fn fitted(size: FrameSize, eye: DVec3, from: (f64, f64), points_m: &[DVec3]) -> (f64, f64, f64) {
    let (mut yaw, mut pitch) = from;
    let steepest = 80f64.to_radians();
    for _ in 0..8 {
        let (low, high) = slopes(eye, yaw, pitch, points_m);
        yaw += math::atan2(0.5 * (low.x + high.x), 1.0);
        pitch = (pitch + math::atan2(0.5 * (low.y + high.y), 1.0)).clamp(-steepest, steepest);
    }
    let (low, high) = slopes(eye, yaw, pitch, points_m);
    let reach = low.abs().max(high.abs()).max(DVec2::splat(1e-4));
    let (half_width, half_height) = (0.5 * size.width() as f64, 0.5 * size.height() as f64);
    let focal_px = FRAMING.filled * (half_width / reach.x).min(half_height / reach.y);
    (yaw, pitch, within_fov(2.0 * math::atan2(half_height, focal_px)))
}

/// The view from an eye that just shows all points, and where it costs little the ground below them.
fn fit_from(size: FrameSize, eye: DVec3, points_m: &[DVec3]) -> (f64, f64, f64) {
    let middle = points_m.iter().copied().sum::<DVec3>() / points_m.len().max(1) as f64 - eye;
    let alone = fitted(size, eye, direction(middle), points_m);
    let mut grounded = points_m.to_vec();
    grounded.push((eye + middle).with_z(0.0));
    let grounded = fitted(size, eye, direction(middle), &grounded);
    let wide = |(_, _, fov): (f64, f64, f64)| math::tan(0.5 * fov);
    if wide(grounded) <= FRAMING.ground_cost * wide(alone) { grounded } else { alone }
}

/// Distance from a point at which a camera of this direction and vertical field of view just shows all points, metres.
fn fit_distance(size: FrameSize, target: DVec3, (yaw, pitch, fov): (f64, f64, f64), points_m: &[DVec3]) -> f64 {
    let high = FRAMING.filled * math::tan(0.5 * fov);
    let wide = high * size.width() as f64 / size.height() as f64;
    let (right, up, ahead) = axes(yaw, pitch);
    let needed = points_m.iter().map(|&p| {
        let v = p - target;
        (v.dot(right).abs() / wide).max(v.dot(up).abs() / high) - v.dot(ahead)
    });
    needed.fold(1.0, f64::max)
}

/// Height of the picture in metres, of a plan that just shows a box of this size.
fn fit_extent(size: FrameSize, across_m: f64, upright_m: f64) -> f64 {
    let (width, height) = (size.width() as f64, size.height() as f64);
    let extent = (across_m / width).max(upright_m / height).max(1e-3) * height / FRAMING.filled;
    extent.clamp(2.0, FRAMING.most_distance_m)
}
