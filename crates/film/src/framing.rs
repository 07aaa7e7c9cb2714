//! Which camera: a place to look from, and how wide.

use kapok_show::{Audience, DVec2, DVec3, Show, math};

use crate::camera::{Camera, FrameSize};
use crate::error::{FilmError, nearest};
use crate::pictures::Pictures;

/// Least field of view from left to right, degrees.
pub const MIN_FOV_DEG: f64 = 2.0;
/// Greatest field of view from left to right, degrees.
pub const MAX_FOV_DEG: f64 = 120.0;

/// The picture is so much wider and higher than what it frames.
const MARGIN: f64 = 1.14;
/// The horizon is framed, too, if the field is wider by no more than this.
const HORIZON: f64 = 4.0 / 3.0;
/// Framing goes no wider than this, degrees.
const WIDEST_DEG: f64 = 100.0;
const ORBIT_FOV_DEG: f64 = 42.0;
/// Top and side are nearly orthographic: far cameras with a narrow field.
const PLAN_FOV_DEG: f64 = 10.0;
/// An eye is not lower than this above the ground, metres.
const LOWEST_EYE_M: f64 = 0.3;

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
    /// The camera of a view. Without `fov_deg` (from left to right, degrees) the audience's camera has that of the audience, or is
    /// as wide as the show's pictures need; the orbiting one stands as far off as they need. Top and side frame all that flies and
    /// the fence, and take no field of view.
    ///
    /// # Errors
    /// [`FilmError::Fov`].
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
        let (low, high) = pictures.flown_m();
        let centre = 0.5 * (low + high);
        let span = (high - low).max_element().max(20.0);
        let audience = |k: usize| show.environment.audiences.get(k);
        let facing = |a: Option<&Audience>| -> (DVec3, f64, f64) {
            let eye = a.map_or(DVec3::new(centre.x, low.y - 1.5 * span, 3.0), |a| a.eye_m);
            let (yaw, pitch) = direction(a.map_or(centre, |a| a.look_at_m) - eye);
            (eye.with_z(eye.z.max(LOWEST_EYE_M)), yaw, pitch)
        };
        Ok(match view {
            View::Audience(k) => {
                let (eye, yaw, pitch) = facing(audience(k));
                let stated = fov_deg.or(audience(k).and_then(|a| a.fov_deg));
                let fov_deg = stated.map_or_else(
                    || framing(size, eye, yaw, pitch, pictures.lit_m()),
                    |wide_deg| upright_deg(wide_deg.clamp(MIN_FOV_DEG, MAX_FOV_DEG), size),
                );
                Self::new(size, eye, yaw, pitch, fov_deg.to_radians())
            }
            View::Orbit => {
                let (_, yaw, _) = facing(audience(0));
                let (yaw, pitch) = (yaw + 28f64.to_radians(), -14f64.to_radians());
                let lit = middle_of(pictures.lit_m());
                let fov_deg = fov_deg.map_or(ORBIT_FOV_DEG, |wide_deg| upright_deg(wide_deg, size));
                let distance = orbit_distance(size, lit, yaw, pitch, fov_deg, pictures.lit_m());
                let eye = lit - ahead(yaw, pitch) * distance;
                Self::new(size, eye.with_z(eye.z.max(1.0)), yaw, pitch, fov_deg.to_radians())
            }
            View::Top | View::Side => {
                let fence = show.environment.geofence.iter().flat_map(|f| f.polygon_m.iter().copied());
                let corners = fence.chain([low.truncate(), high.truncate()]);
                let (from, to) = corners.fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
                let aspect = size.width() as f64 / size.height() as f64;
                let middle = (0.5 * (from + to)).extend(centre.z);
                let half_tan = math::tan(0.5 * PLAN_FOV_DEG.to_radians());
                let fov = PLAN_FOV_DEG.to_radians();
                if view == View::Top {
                    let extent = 1.1 * (to.y - from.y).max((to.x - from.x) / aspect).max(20.0);
                    let eye = middle + DVec3::Z * (0.5 * extent / half_tan + 0.5 * (high.z - low.z));
                    Self::new(size, eye, 0.0, -0.5 * std::f64::consts::PI, fov)
                } else {
                    let extent = 1.25 * (high.z - low.z).max((to.y - from.y) / aspect).max(20.0);
                    let eye = middle + DVec3::X * (0.5 * extent / half_tan + 0.5 * (to.x - from.x));
                    Self::new(size, eye, -0.5 * std::f64::consts::PI, 0.0, fov)
                }
            }
        })
    }
}

/// The vertical field of view of a picture that is so wide, degrees.
fn upright_deg(wide_deg: f64, size: FrameSize) -> f64 {
    let half = math::tan(0.5 * wide_deg.to_radians()) * size.height() as f64 / size.width() as f64;
    2.0 * math::atan2(half, 1.0).to_degrees()
}

fn direction(look: DVec3) -> (f64, f64) {
    (math::atan2(look.x, look.y), math::atan2(look.z, math::hypot(look.x, look.y)))
}

fn ahead(yaw: f64, pitch: f64) -> DVec3 {
    let ((sy, cy), (sp, cp)) = (math::sin_cos(yaw), math::sin_cos(pitch));
    DVec3::new(sy * cp, cy * cp, sp)
}

fn middle_of(points_m: &[DVec3]) -> DVec3 {
    let (low, high) =
        points_m.iter().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)));
    if low.is_finite() { 0.5 * (low + high) } else { DVec3::ZERO }
}

/// The vertical field of view, degrees, in which all points in front of the camera are, with a margin; 48 if there are none.
fn framing(size: FrameSize, eye: DVec3, yaw: f64, pitch: f64, points_m: &[DVec3]) -> f64 {
    let probe = Camera::new(size, eye, yaw, pitch, 1.0);
    let (width, height) = (size.width() as f64, size.height() as f64);
    let reach = points_m.iter().filter_map(|&p| probe.project(p)).map(|(x, y, _)| {
        let across = (x - 0.5 * width).abs() / (0.5 * width);
        let upright = (y - 0.5 * height).abs() / (0.5 * height);
        across.max(upright)
    });
    let Some(reach) = reach.reduce(f64::max) else { return 48.0 };
    // A picture shows where it stands, unless it would become small by that.
    let horizon = 1.05 * math::tan(pitch.abs().min(1.2)) * probe.focal_px() / (0.5 * height);
    let framed = MARGIN * reach;
    let framed = if horizon <= HORIZON * framed { framed.max(horizon) } else { framed };
    let half = math::atan2(framed * 0.5 * height, probe.focal_px());
    (2.0 * half).to_degrees().clamp(4.0, WIDEST_DEG)
}

/// How far from `centre` a camera sees all points, metres.
fn orbit_distance(size: FrameSize, centre: DVec3, yaw: f64, pitch: f64, fov_deg: f64, points_m: &[DVec3]) -> f64 {
    let forward = ahead(yaw, pitch);
    let right = DVec3::new(math::sin_cos(yaw).1, -math::sin_cos(yaw).0, 0.0);
    let up = right.cross(forward);
    let half = math::tan(0.5 * fov_deg.to_radians()) / MARGIN;
    let half_across = half * size.width() as f64 / size.height() as f64;
    let needed = points_m.iter().map(|&p| {
        let v = p - centre;
        (v.dot(right).abs() / half_across).max(v.dot(up).abs() / half) - v.dot(forward)
    });
    needed.fold(8.0, f64::max)
}
