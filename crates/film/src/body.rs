//! Solid bodies: upright prisms that hide what is behind them.

use kapok_motion::polygon::contains;
use kapok_show::{DVec2, DVec3, Environment, KeepOutShape, LandmarkShape, math};

use crate::camera::Camera;
use crate::tower;

/// Corners of a cylinder.
const ROUND: usize = 64;

/// What the walls of a body look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Walls {
    /// Facades with windows; the number tells one building from the next.
    City(f64),
    /// A volume that is kept out of.
    Dark,
    /// The core of a lattice tower, so high.
    Core(f64),
}

/// An upright prism.
#[derive(Clone, Debug)]
pub struct Body {
    outline: Vec<DVec2>,
    bottom_m: f64,
    top_m: f64,
    pub walls: Walls,
}

/// Where a ray meets a body.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// Depth along the view axis, metres.
    pub depth_m: f64,
    /// Outwards, length 1.
    pub normal: DVec3,
    /// Number of the wall, distance along it, height above the foot; metres.
    pub wall: (usize, f64, f64),
}

/// Columns and rows of pixels, ends not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub x: (usize, usize),
    pub y: (usize, usize),
}

impl Body {
    /// What stands around a show, as it is seen by this eye.
    ///
    /// A keep-out in which a landmark stands is drawn as that landmark; one in which the eye is, or which lies over an
    /// audience, is a rule and no body.
    pub fn all(environment: &Environment, eye_m: DVec3) -> Vec<Self> {
        let mut bodies = Vec::new();
        for (k, landmark) in environment.landmarks.iter().enumerate() {
            match landmark.shape {
                LandmarkShape::Block { size_m } => {
                    let (x, y) = (0.5 * size_m.x, 0.5 * size_m.y);
                    let corners = [(-x, -y), (x, -y), (x, y), (-x, y)];
                    let outline = corners.map(|(x, y)| landmark.centre_m + DVec2::new(x, y)).to_vec();
                    bodies.push(Self { outline, bottom_m: 0.0, top_m: size_m.z, walls: Walls::City(k as f64) });
                }
                LandmarkShape::HyperboloidTower { top_radii_m, body_height_m, .. } => {
                    let outline = ellipse(landmark.centre_m, tower::CORE * top_radii_m, 20);
                    let walls = Walls::Core(body_height_m);
                    bodies.push(Self { outline, bottom_m: 0.0, top_m: 0.985 * body_height_m, walls });
                }
            }
        }
        for volume in &environment.keep_outs {
            let (outline, bottom_m, top_m) = match &volume.shape {
                KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                    (ellipse(*centre_m, DVec2::splat(*radius_m), ROUND), *bottom_m, *top_m)
                }
                KeepOutShape::Prism { polygon_m, bottom_m, top_m } => (polygon_m.clone(), *bottom_m, *top_m),
            };
            let holds = |p: DVec2| contains(&outline, p);
            let is_landmark = environment.landmarks.iter().any(|l| holds(l.centre_m));
            let middle = |polygon: &[DVec2]| polygon.iter().copied().sum::<DVec2>() / polygon.len().max(1) as f64;
            let is_over_audience = environment.audience_areas().any(|a| holds(middle(&a.polygon_m)));
            if is_landmark || is_over_audience || holds(eye_m.truncate()) || top_m <= 0.0 {
                continue;
            }
            bodies.push(Self { outline, bottom_m: bottom_m.max(0.0), top_m, walls: Walls::Dark });
        }
        bodies.retain(|b| b.outline.len() >= 3 && b.top_m > b.bottom_m && b.outline.iter().all(|p| p.is_finite()));
        bodies
    }

    /// Height of its lower end, metres.
    pub const fn bottom_m(&self) -> f64 {
        self.bottom_m
    }

    /// The first point of the ray from `eye` (length 1 along the view axis) on the body.
    pub fn hit(&self, eye: DVec3, ray: DVec3) -> Option<Hit> {
        let mut best: Option<Hit> = None;
        let mut nearer = |hit: Hit| {
            if hit.depth_m > 1e-6 && best.is_none_or(|b| hit.depth_m < b.depth_m) {
                best = Some(hit);
            }
        };
        let (e, d) = (eye.truncate(), ray.truncate());
        for (wall, (&p, &q)) in self.outline.iter().zip(self.outline.iter().cycle().skip(1)).enumerate() {
            let side = q - p;
            let across = d.perp_dot(side);
            if across == 0.0 {
                continue;
            }
            let depth_m = (p - e).perp_dot(side) / across;
            let u = (p - e).perp_dot(d) / across;
            let z = eye.z + depth_m * ray.z;
            if (0.0..1.0).contains(&u) && z >= self.bottom_m && z <= self.top_m {
                let length = side.length();
                // Away from the ray, whatever the orientation of the outline.
                let normal = DVec2::new(side.y, -side.x) / length;
                let normal = if normal.dot(d) > 0.0 { -normal } else { normal };
                nearer(Hit { depth_m, normal: normal.extend(0.0), wall: (wall, u * length, z) });
            }
        }
        let lid = if eye.z > self.top_m {
            Some((self.top_m, DVec3::Z))
        } else if eye.z < self.bottom_m {
            Some((self.bottom_m, -DVec3::Z))
        } else {
            None
        };
        if let Some((z, normal)) = lid
            && ray.z != 0.0
        {
            let depth_m = (z - eye.z) / ray.z;
            let at = e + d * depth_m;
            if depth_m > 0.0 && contains(&self.outline, at) {
                nearer(Hit { depth_m, normal, wall: (self.outline.len(), at.x, at.y) });
            }
        }
        best
    }

    /// The pixels that it may cover.
    pub fn window(&self, camera: &Camera) -> Option<Window> {
        let (width, height) = (camera.size().width() as f64, camera.size().height() as f64);
        let mut low = DVec2::INFINITY;
        let mut high = DVec2::NEG_INFINITY;
        for p in &self.outline {
            for z in [self.bottom_m, self.top_m] {
                // If a part is behind the camera, any pixel may see the rest.
                let (x, y) = camera.project(p.extend(z)).map_or((f64::NAN, f64::NAN), |(x, y, _)| (x, y));
                if x.is_nan() {
                    return Some(Window { x: (0, width as usize), y: (0, height as usize) });
                }
                low = low.min(DVec2::new(x, y));
                high = high.max(DVec2::new(x, y));
            }
        }
        let pixels = |low: f64, high: f64, size: f64| {
            ((low - 1.0).clamp(0.0, size) as usize, (high + 2.0).clamp(0.0, size) as usize)
        };
        let (x, y) = (pixels(low.x, high.x, width), pixels(low.y, high.y, height));
        (x.0 < x.1 && y.0 < y.1).then_some(Window { x, y })
    }
}

fn ellipse(centre: DVec2, radii: DVec2, corners: usize) -> Vec<DVec2> {
    let at = |k: usize| {
        let (s, c) = math::sin_cos(2.0 * std::f64::consts::PI * k as f64 / corners as f64);
        centre + radii * DVec2::new(c, s)
    };
    (0..corners).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube() -> Body {
        let corners = [(-1.0, 9.0), (1.0, 9.0), (1.0, 11.0), (-1.0, 11.0)];
        let outline = corners.map(|(x, y)| DVec2::new(x, y)).to_vec();
        Body { outline, bottom_m: 2.0, top_m: 4.0, walls: Walls::Dark }
    }

    #[test]
    fn a_ray_meets_wall_top_bottom_or_nothing() {
        let body = cube();
        let depth = |eye: DVec3, ray: DVec3| body.hit(eye, ray).map(|h| (h.depth_m, h.normal));
        let front = DVec3::new(0.0, 0.0, 3.0);
        assert_eq!(depth(front, DVec3::Y), Some((9.0, -DVec3::Y)));
        assert_eq!(depth(front.with_z(5.0), DVec3::Y), None, "over it");
        assert_eq!(depth(DVec3::new(0.0, 10.0, 9.0), -DVec3::Z), Some((5.0, DVec3::Z)));
        assert_eq!(depth(DVec3::new(0.0, 10.0, 0.0), DVec3::Z), Some((2.0, -DVec3::Z)), "from below");
        assert_eq!(depth(front, -DVec3::Y), None, "behind the eye");
        assert_eq!(depth(front.with_x(1.5), DVec3::Y), None, "beside it");
    }
}
