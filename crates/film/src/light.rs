//! The lights: from vehicles to spots on the picture, and from spots to sums of light. The model stands in the crate docs.

use std::ops::Range;

use kapok_show::{DVec3, Rgb, Show, math};
use schemars::JsonSchema;
use serde::Serialize;

use crate::camera::Camera;
use crate::colour::Tones;
use crate::mood::{Palette, haze};

/// The numbers of the model of lights in the crate docs. The viewer's stage draws by the same.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Optics {
    /// Share of full power below which a light is out.
    pub dark: f64,
    /// Least σ of a core, pixels: what a pixel itself blurs.
    pub core_least_px: f64,
    /// σ of a core as a share of the spacing of the lights.
    pub core_of_spacing: f64,
    /// σ of a core is at most this share of the vehicle's diameter, if that is resolved.
    pub core_of_diameter: f64,
    /// Radius of the glow: so many σ of the core, and a share of the spacing.
    pub glow_of_core: f64,
    /// The share of the spacing.
    pub glow_of_spacing: f64,
    /// The glow ends at so many of its radii.
    pub glow_reach: f64,
    /// No spot reaches farther than this share of the picture's height.
    pub largest_of_height: f64,
    /// Radiance of full light in the middle of the core.
    pub core_radiance: f64,
    /// Radiance of full light in the middle of the glow.
    pub glow_radiance: f64,
    /// The middle of a light is overexposed to the eye: so much of its colour is white there.
    pub white_of_core: f64,
    /// Mean radiance of an area of lights at full power is at most this: beyond, lights merge and are taken back.
    pub area_radiance: f64,
    /// Radiance of the body of a vehicle whose light is out, at night.
    pub glimmer: f64,
    /// Share of its light that a mirror image keeps.
    pub mirror_share: f64,
    /// σ of a mirror image across: so many σ of the core, and a share of the spacing.
    pub mirror_of_core: f64,
    /// The share of the spacing.
    pub mirror_of_spacing: f64,
    /// A mirror image is so many times as high as wide.
    pub mirror_height: f64,
    /// Share of the mean light of all that the ground throws back.
    pub spill: f64,
}

/// See [`Optics`].
pub const OPTICS: Optics = Optics {
    dark: 0.02,
    core_least_px: 0.70,
    core_of_spacing: 0.12,
    core_of_diameter: 0.60,
    glow_of_core: 1.6,
    glow_of_spacing: 0.13,
    glow_reach: 3.0,
    largest_of_height: 0.12,
    core_radiance: 2.8,
    glow_radiance: 0.45,
    white_of_core: 0.10,
    area_radiance: 1.5,
    glimmer: 0.030,
    mirror_share: 0.55,
    mirror_of_core: 1.3,
    mirror_of_spacing: 0.05,
    mirror_height: 5.0,
    spill: 0.035,
};

/// Is a lamp of this colour on?
pub fn is_lit(Rgb { r, g, b }: Rgb) -> bool {
    f64::from(r.max(g).max(b)) >= 255.0 * OPTICS.dark
}

const FALL_STEPS: usize = 1024;
const FALL_END: f32 = 8.0;

/// e^−u as a table.
pub struct Fall(Vec<f32>);

impl Fall {
    pub fn new() -> Self {
        let at = |i: usize| math::exp(-(i as f64 + 0.5) / FALL_STEPS as f64 * f64::from(FALL_END)) as f32;
        Self((0..FALL_STEPS).map(at).collect())
    }

    #[inline]
    fn at(&self, u: f32) -> f32 {
        self.0.get((u * (FALL_STEPS as f32 / FALL_END)) as usize).copied().unwrap_or(0.0)
    }
}

/// A light on the picture: I(r) = core · e^(−r²/2σ²) + glow · (1 + r²/a²)⁻² · (1 − r²/R²)².
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    x: f32,
    y: f32,
    depth_m: f32,
    reach: f32,
    core: [f32; 3],
    glow: [f32; 3],
    /// 1 / 2σ².
    core_fall: f32,
    /// 1 / a².
    glow_fall: f32,
    /// How far the body darkens what is behind it, and 1 / 2σ² of that.
    body: f32,
    body_fall: f32,
}

/// The image of a light in moving water: higher than wide.
#[derive(Clone, Copy, Debug)]
pub struct Streak {
    x: f32,
    y: f32,
    reach: [f32; 2],
    colour: [f32; 3],
    fall: [f32; 2],
    phase: f32,
}

/// The mean light of all, as of one lamp in their middle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spill {
    at_m: DVec3,
    light: [f32; 3],
}

/// All lights at an instant, in the order of the vehicles.
#[derive(Default)]
pub struct Lights {
    pub spots: Vec<Spot>,
    pub streaks: Vec<Streak>,
    pub spill: Spill,
}

/// What the lights of a film have in common.
pub struct Lamps<'a> {
    pub show: &'a Show,
    pub camera: &'a Camera,
    pub palette: &'a Palette,
    pub tones: &'a Tones,
    pub spacing_m: f64,
    pub has_lights: bool,
    /// Is there anything that mirrors?
    pub mirrors: bool,
}

impl Lamps<'_> {
    /// The lights at an instant.
    pub fn at(&self, t_ms: f64) -> Lights {
        let mut lights = Lights::default();
        let (mut weight, mut sum, mut middle) = (1e-6, [0.0f64; 3], DVec3::ZERO);
        for (i, vehicle) in self.show.vehicles.iter().enumerate() {
            let at_m = vehicle.trajectory.sample(t_ms).position_m;
            let (lamp, lit) = if self.has_lights {
                let colour = vehicle.lights.sample(t_ms);
                (self.tones.lamp(colour), is_lit(colour))
            } else {
                ([1.0; 3], true)
            };
            if lit {
                let bright = f64::from(lamp[0] + lamp[1] + lamp[2]);
                weight += bright;
                middle += bright * at_m;
                (0..3).for_each(|k| sum[k] += f64::from(lamp[k]));
            }
            // Nothing is seen through the ground.
            if at_m.z < -0.5 && self.camera.eye_m().z > 0.0 {
                continue;
            }
            self.add(&mut lights, at_m, lit.then_some(lamp), i, t_ms);
        }
        let count = self.show.vehicles.len().max(1) as f64;
        let strength = self.palette.spill;
        lights.spill = Spill { at_m: middle / weight, light: sum.map(|s| (strength * s / count) as f32) };
        lights
    }

    fn add(&self, lights: &mut Lights, at_m: DVec3, lamp: Option<[f32; 3]>, index: usize, t_ms: f64) {
        let Some((x, y, depth_m)) = self.camera.project(at_m) else { return };
        let focal_px = self.camera.focal_px();
        let largest = OPTICS.largest_of_height * self.camera.size().height() as f64;
        let spacing_px = self.spacing_m * focal_px / depth_m;
        let diameter_px = self.show.profile.diameter_m.clamp(0.02, 5.0) * focal_px / depth_m;
        let own = (OPTICS.core_of_spacing * spacing_px).min(OPTICS.core_of_diameter * diameter_px);
        let sigma = (OPTICS.core_least_px * OPTICS.core_least_px + own * own).sqrt().min(largest / 6.0);
        let glow = (OPTICS.glow_of_core * sigma + OPTICS.glow_of_spacing * spacing_px).min(largest / OPTICS.glow_reach);
        let reach = OPTICS.glow_reach * glow;
        let (width, height) = (self.camera.size().width() as f64, self.camera.size().height() as f64);
        let clear = 1.0 - haze(depth_m);
        let body_sigma = (0.25 * diameter_px).max(0.5);
        // A body smaller than a pixel darkens it by its share.
        let body = (self.palette.body * ((0.5 * diameter_px) * (0.5 * diameter_px)).min(1.0) * clear) as f32;
        let mut spot = Spot {
            x: x as f32,
            y: y as f32,
            depth_m: depth_m as f32,
            reach: reach as f32,
            core: [0.0; 3],
            glow: [0.0; 3],
            core_fall: (0.5 / (sigma * sigma)) as f32,
            glow_fall: (1.0 / (glow * glow)) as f32,
            body,
            body_fall: (0.5 / (body_sigma * body_sigma)) as f32,
        };
        let is_inside = |y: f64, reach_y: f64| x > -reach && x < width + reach && y > -reach_y && y < height + reach_y;
        let Some(lamp) = lamp else {
            spot.core =
                [0.75, 0.85, 1.0].map(|c| (OPTICS.glimmer * clear * c) as f32 * f32::from(self.palette.body == 0.0));
            spot.reach = (4.0 * sigma.max(body_sigma)) as f32;
            if is_inside(y, reach) {
                lights.spots.push(spot);
            }
            return;
        };
        let energy = 2.0 * std::f64::consts::PI * sigma * sigma * OPTICS.core_radiance
            + 0.7 * std::f64::consts::PI * glow * glow * OPTICS.glow_radiance;
        let taken_back = (OPTICS.area_radiance * spacing_px * spacing_px / energy).min(1.0);
        let strength = clear * taken_back;
        let white = lamp[0].max(lamp[1]).max(lamp[2]);
        spot.core =
            lamp.map(|c| (OPTICS.core_radiance * strength) as f32 * (c + (white - c) * OPTICS.white_of_core as f32));
        spot.glow = lamp.map(|c| (OPTICS.glow_radiance * strength) as f32 * c);
        if is_inside(y, reach) {
            lights.spots.push(spot);
        }
        if !self.mirrors || at_m.z <= 0.0 {
            return;
        }
        let Some((x, y, _)) = self.camera.project(DVec3::new(at_m.x, at_m.y, -at_m.z)) else { return };
        let across = (OPTICS.mirror_of_core * sigma + OPTICS.mirror_of_spacing * spacing_px).min(largest / 16.0);
        let along = OPTICS.mirror_height * across;
        let peak = OPTICS.mirror_share * strength * energy / (2.0 * std::f64::consts::PI * across * along);
        let streak = Streak {
            x: x as f32,
            y: y as f32,
            reach: [(3.0 * across + 2.0) as f32, (3.0 * along) as f32],
            colour: lamp.map(|c| (peak * f64::from(c)) as f32),
            fall: [(0.5 / (across * across)) as f32, (0.5 / (along * along)) as f32],
            // Waves move the image; each light has a phase of its own.
            phase: ((index as f64 * 0.618 + t_ms / 2300.0).fract() * 2.0 * std::f64::consts::PI) as f32,
        };
        if is_inside(y, 3.0 * along) {
            lights.streaks.push(streak);
        }
    }
}

/// A rectangle of the picture in which light is summed up, each channel for itself.
pub struct Tile {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    pub sum: [Vec<f32>; 3],
    /// How much of what is behind is seen.
    pub through: Vec<f32>,
}

impl Tile {
    pub fn new(x: usize, y: usize, width: usize, height: usize) -> Self {
        let sum = || vec![0.0; width * height];
        Self { x, y, width, height, sum: [sum(), sum(), sum()], through: vec![1.0; width * height] }
    }

    /// Rows of the tile within a distance of a point.
    fn rows(&self, y: f32, reach: f32) -> Range<usize> {
        span(y, reach, self.y, self.height)
    }

    /// Columns of the tile within a distance of a point, as places in its sums and in a picture so wide.
    fn columns(&self, x: f32, reach: f32, y: usize, picture_width: usize) -> (Range<usize>, Range<usize>) {
        let columns = span(x, reach, self.x, self.width);
        let own = (y - self.y) * self.width;
        let own = own + columns.start - self.x..own + columns.end - self.x;
        (own, y * picture_width + columns.start..y * picture_width + columns.end)
    }

    /// Adds a spot where no body is in front of it. `depth_m` is that of bodies, for a picture so wide.
    pub fn add_spot(&mut self, spot: &Spot, depth_m: &[f32], picture_width: usize, fall: &Fall) {
        let square = spot.reach * spot.reach;
        let window = 1.0 / square;
        let near = (FALL_END / spot.core_fall.min(if spot.body > 0.0 { spot.body_fall } else { f32::MAX }))
            .sqrt()
            .min(spot.reach);
        for y in self.rows(spot.y, spot.reach) {
            let dy = y as f32 + 0.5 - spot.y;
            let chord = (square - dy * dy).max(0.0).sqrt();
            let (own, seen) = self.columns(spot.x, chord, y, picture_width);
            let first = seen.start - y * picture_width;
            let depth_m = &depth_m[seen];
            let [red, green, blue] = &mut self.sum;
            let sums = red[own.clone()].iter_mut().zip(&mut green[own.clone()]).zip(&mut blue[own]);
            for (k, ((r, (g, b)), depth_m)) in sums.map(|((r, g), b)| (r, (g, b))).zip(depth_m).enumerate() {
                let dx = (first + k) as f32 + 0.5 - spot.x;
                let r2 = dx * dx + dy * dy;
                let edge = (1.0 - r2 * window).max(0.0);
                let wide = 1.0 + r2 * spot.glow_fall;
                let share = edge * edge / (wide * wide);
                let share = if *depth_m < spot.depth_m { 0.0 } else { share };
                *r += spot.glow[0] * share;
                *g += spot.glow[1] * share;
                *b += spot.glow[2] * share;
            }
        }
        for y in self.rows(spot.y, near) {
            let dy = y as f32 + 0.5 - spot.y;
            let (own, seen) = self.columns(spot.x, near, y, picture_width);
            let first = seen.start - y * picture_width;
            for (k, (i, depth_m)) in own.zip(&depth_m[seen]).enumerate() {
                if *depth_m < spot.depth_m {
                    continue;
                }
                let dx = (first + k) as f32 + 0.5 - spot.x;
                let r2 = dx * dx + dy * dy;
                let core = fall.at(r2 * spot.core_fall);
                for (sum, core_light) in self.sum.iter_mut().zip(spot.core) {
                    sum[i] += core_light * core;
                }
                if spot.body > 0.0 {
                    self.through[i] *= 1.0 - spot.body * fall.at(r2 * spot.body_fall);
                }
            }
        }
    }

    /// Adds an image in the water, in the measure in which each pixel mirrors.
    pub fn add_streak(&mut self, streak: &Streak, mirror: &[u8], picture_width: usize, fall: &Fall) {
        for y in self.rows(streak.y, streak.reach[1]) {
            let dy = y as f32 + 0.5 - streak.y;
            let down = fall.at(dy * dy * streak.fall[1]);
            let wobble = triangle(dy * 0.11 + streak.phase) * 1.4;
            let (own, seen) = self.columns(streak.x, streak.reach[0], y, picture_width);
            let first = seen.start - y * picture_width;
            for (k, (i, share)) in own.zip(&mirror[seen]).enumerate() {
                if *share > 0 {
                    let dx = (first + k) as f32 + 0.5 - streak.x + wobble;
                    let light = down * fall.at(dx * dx * streak.fall[0]) * f32::from(*share) / 255.0;
                    for (sum, colour) in self.sum.iter_mut().zip(streak.colour) {
                        sum[i] += colour * light;
                    }
                }
            }
        }
    }
}

/// Pixels within a distance of a place, of `size` pixels from `from` on.
fn span(at: f32, reach: f32, from: usize, size: usize) -> Range<usize> {
    let end = |v: f32| (v.max(from as f32) as usize).min(from + size);
    let start = end((at - reach).floor());
    start..end((at + reach).ceil() + 1.0).max(start)
}

/// A wave between −1 and 1 of period 2, without a transcendental function for each row.
fn triangle(v: f32) -> f32 {
    let u = v * 0.5;
    4.0 * (u - (u + 0.5).floor()).abs() - 1.0
}

impl Spill {
    /// Does any ground see it?
    pub fn is_seen(&self) -> bool {
        self.light.iter().any(|&l| l > 1e-4)
    }

    /// Light that the ground throws back where a ray from `eye` meets it.
    #[inline]
    pub fn on_ground(&self, eye: DVec3, ray: DVec3) -> [f32; 3] {
        let at = eye + ray * (-eye.z / ray.z);
        let height = self.at_m.z.max(1.0);
        let share = height * height / (self.at_m.distance_squared(at) + 1.0);
        let share = OPTICS.spill * share * share.sqrt();
        self.light.map(|l| l * share as f32)
    }
}

impl Spot {
    /// Where it is, and how far it reaches: pixels.
    pub const fn extent(&self) -> ([f32; 2], [f32; 2]) {
        ([self.x, self.y], [self.reach; 2])
    }
}

impl Streak {
    /// As [`Spot::extent`].
    pub const fn extent(&self) -> ([f32; 2], [f32; 2]) {
        ([self.x, self.y], self.reach)
    }
}
