//! The ground and what lies flat on it: waters, roads, audience areas.

use kapok_motion::polygon::contains;
use kapok_show::{DVec2, DVec3, Environment, math};

use crate::mood::{Display, Palette, haze, mixed, noise, smoothstep};

/// Pitch of the survey grid, metres; every fifth line is stronger.
const GRID_M: f64 = 10.0;
/// The same in a hall.
const HALL_GRID_M: f64 = 1.0;
/// Added where a road runs, as displayed.
pub const ROAD: Display = [0.022, 0.024, 0.028];
/// Added where an audience is.
pub const AUDIENCE: Display = [0.034, 0.026, 0.014];

/// What lies on the ground at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    Land,
    Water,
    Road,
    Audience,
}

struct Region {
    polygon_m: Vec<DVec2>,
    low: DVec2,
    high: DVec2,
    cover: Cover,
}

/// All that lies flat.
pub struct Land {
    /// What is found first lies on top.
    regions: Vec<Region>,
    grid_m: f64,
}

/// How the ground looks at a point.
pub struct Surface {
    pub display: Display,
    /// How well it mirrors, 0 to 1.
    pub mirror: f64,
    /// Number of what lies there; 0 for bare land.
    pub region: usize,
}

impl Land {
    pub fn of(environment: &Environment) -> Self {
        let roads = environment.roads.iter().map(|r| (&r.polygon_m, Cover::Road));
        let audiences = environment.audiences.iter().map(|a| (&a.polygon_m, Cover::Audience));
        let waters = environment.waters.iter().map(|w| (&w.polygon_m, Cover::Water));
        let region = |(polygon_m, cover): (&Vec<DVec2>, Cover)| {
            let bounds = |f: fn(DVec2, DVec2) -> DVec2| polygon_m.iter().copied().reduce(f).unwrap_or(DVec2::NAN);
            Region { polygon_m: polygon_m.clone(), low: bounds(DVec2::min), high: bounds(DVec2::max), cover }
        };
        let regions = audiences.chain(roads).chain(waters).filter(|(p, _)| p.len() >= 3).map(region).collect();
        Self { regions, grid_m: if environment.indoor { HALL_GRID_M } else { GRID_M } }
    }

    fn region(&self, at: DVec2) -> Option<(usize, Cover)> {
        let holds = |r: &Region| at.cmpge(r.low).all() && at.cmple(r.high).all() && contains(&r.polygon_m, at);
        self.regions.iter().position(holds).map(|k| (k + 1, self.regions[k].cover))
    }

    /// The ground where a ray meets it: at depth `depth_m` of `ray` from `eye`; `footprint` is the extent of a pixel there
    /// along x and y.
    pub fn surface(&self, palette: &Palette, eye: DVec3, ray: DVec3, depth_m: f64, footprint: DVec2) -> Surface {
        let at = (eye + ray * depth_m).truncate();
        let unit = ray.normalize();
        let distance_m = depth_m * ray.length();
        let region = self.region(at);
        let cover = region.map_or(Cover::Land, |r| r.1);
        let flat = DVec3::new(unit.x, unit.y, 0.0);
        let grazing = (1.0 - (-unit.z).clamp(0.0, 1.0)).powi(4);
        let (colour, mirror, thin) = match cover {
            Cover::Water => {
                let calm = 1.0 / (1.0 + distance_m / 160.0);
                let tilt = unit.z.abs() + 0.025 + 0.030 * swell(at) * calm;
                let mirrored = palette.sky(DVec3::new(unit.x, unit.y, tilt).normalize()).map(|v| 0.85 * v);
                (mixed(palette.water, mirrored, 0.12 + 0.80 * grazing), 0.30 + 0.70 * grazing, 0.8)
            }
            _ => (
                self.dry(palette, at, footprint, cover),
                if palette.polished { 0.10 + 0.5 * grazing } else { 0.0 },
                1.0,
            ),
        };
        let display = mixed(colour, palette.sky(flat), thin * haze(distance_m));
        Surface { display, mirror, region: region.map_or(0, |r| r.0) }
    }

    /// Land, roads, areas.
    fn dry(&self, palette: &Palette, at: DVec2, footprint: DVec2, cover: Cover) -> Display {
        let from_site_m = at.length();
        let near = 1.0 - smoothstep(120.0, 420.0, from_site_m);
        let grid = near * (0.38 * lines(at, footprint, self.grid_m) + 0.62 * lines(at, footprint, 5.0 * self.grid_m));
        // Street light over the land beyond the site, in large soft patches.
        let cell = (at / 90.0).floor();
        let street = smoothstep(250.0, 1200.0, from_site_m) * (0.35 + 0.65 * noise(cell.x, cell.y));
        let tint = match cover {
            Cover::Road => ROAD,
            Cover::Audience => AUDIENCE,
            Cover::Land | Cover::Water => [0.0; 3],
        };
        std::array::from_fn(|k| {
            let base = palette.ground_far[k] + (palette.ground_near[k] - palette.ground_far[k]) * near;
            (base + palette.grid[k] * grid + palette.street[k] * street + tint[k]).max(0.0)
        })
    }
}

/// Lines of the survey grid, faded out where they are closer than pixels.
fn lines(at: DVec2, footprint: DVec2, pitch_m: f64) -> f64 {
    let line = |at: f64, footprint: f64| {
        let (cell, width) = (at / pitch_m, (footprint / pitch_m).max(1e-5));
        let near = ((cell - 0.5) - (cell - 0.5).floor() - 0.5).abs() / width;
        (1.0 - near.min(1.0)) * (1.0 - smoothstep(0.10, 0.45, width))
    };
    line(at.x, footprint.x).max(line(at.y, footprint.y))
}

fn swell(p: DVec2) -> f64 {
    math::sin(p.x * 0.11)
        + math::sin(p.y * 0.23 + p.x * 0.07)
        + 0.6 * math::sin(p.x * 0.31 - p.y * 0.47)
        + 0.5 * math::sin(p.y * 1.1 + p.x * 0.6)
}
