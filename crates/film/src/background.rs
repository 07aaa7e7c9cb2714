//! Sky, land and bodies as one camera sees them, drawn once: each pixel follows its ray to what it meets first. Pixels at an
//! edge follow nine.

use kapok_show::{DVec2, DVec3, Environment, math};
use rayon::prelude::*;

use crate::body::{Body, Hit, Walls, Window};
use crate::camera::Camera;
use crate::colour::{Tones, threshold};
use crate::land::Land;
use crate::mood::{Display, Palette, haze, mixed, noise, smoothstep};
use crate::tower;

const STARS: usize = 1500;
const STAR_SEED: u32 = 2017_0211;
/// Rays to a side of a pixel at an edge.
const FINE: usize = 3;
/// Share of the tower's light in calm water.
const TOWER_IN_WATER: f64 = 0.34;

/// What is behind the lights.
pub struct Background {
    /// What each pixel shines without the lights.
    pub radiance: Vec<[f32; 3]>,
    /// Depth of the body at each pixel, metres; infinite where there is none.
    pub depth_m: Vec<f32>,
    /// How well each pixel mirrors lights, 0 to 255.
    pub mirror: Vec<u8>,
    /// Is it ground, which catches the mean light?
    pub is_ground: Vec<bool>,
    /// The pixels as displayed when no light is on.
    pub rgb: Vec<u8>,
}

/// What a ray meets.
#[derive(Clone, Copy)]
struct Look {
    display: Display,
    depth_m: f64,
    mirror: f64,
    is_ground: bool,
    /// Two pixels with different numbers have an edge between them.
    part: u32,
}

struct Set<'a> {
    camera: &'a Camera,
    palette: &'a Palette,
    land: Land,
    bodies: Vec<(Body, Window)>,
}

impl Background {
    /// Draws what stands around a show.
    ///
    /// # Complexity
    /// A ray for each pixel against the bodies whose box it meets. The same on any number of threads.
    pub fn new(environment: &Environment, camera: &Camera, palette: &Palette, tones: &Tones) -> Self {
        let all = Body::all(environment, camera.eye_m());
        let bodies = all.into_iter().filter_map(|body| body.window(camera).map(|window| (body, window))).collect();
        let set = Set { camera, palette, land: Land::of(environment), bodies };
        let (width, height) = (camera.size().width(), camera.size().height());
        let rows: Vec<Vec<Look>> = (0..height).into_par_iter().map(|y| set.row(y)).collect();
        let mut display: Vec<Display> = (0..height)
            .into_par_iter()
            .flat_map_iter(|y| {
                let (rows, set) = (&rows, &set);
                (0..width).map(move |x| if is_edge(rows, x, y) { set.fine(x, y) } else { rows[y][x].display })
            })
            .collect();
        stars(camera, palette, &rows, &mut display);
        for landmark in &environment.landmarks {
            for line in tower::lines(&landmark.shape, landmark.centre_m) {
                line.draw(camera, |x, y, depth_m, colour, alpha| {
                    if depth_m <= rows[y][x].depth_m {
                        blend(&mut display[y * width + x], colour, alpha, line.solid);
                    }
                });
                line.mirrored(TOWER_IN_WATER).draw(camera, |x, y, _, colour, alpha| {
                    blend(&mut display[y * width + x], colour, alpha * rows[y][x].mirror, line.solid);
                });
            }
        }
        let looks = || rows.iter().flatten();
        let radiance: Vec<[f32; 3]> = display.iter().map(|d| d.map(|v| tones.radiance(v as f32))).collect();
        let rgb = radiance.iter().enumerate().flat_map(|(i, r)| {
            let dither = threshold(i % width, i / width);
            r.map(|v| (tones.level(v) + dither) as u8)
        });
        Self {
            rgb: rgb.collect(),
            depth_m: looks().map(|l| l.depth_m as f32).collect(),
            mirror: looks().map(|l| (255.0 * l.mirror) as u8).collect(),
            is_ground: looks().map(|l| l.is_ground).collect(),
            radiance,
        }
    }
}

fn is_edge(rows: &[Vec<Look>], x: usize, y: usize) -> bool {
    let part = rows[y][x].part;
    let differs = |x: usize, y: usize| rows.get(y).and_then(|row| row.get(x)).is_some_and(|look| look.part != part);
    differs(x.wrapping_sub(1), y) || differs(x + 1, y) || differs(x, y.wrapping_sub(1)) || differs(x, y + 1)
}

fn blend(pixel: &mut Display, colour: Display, alpha: f64, solid: f64) {
    for k in 0..3 {
        pixel[k] = colour[k] * alpha + pixel[k] * (1.0 - alpha * solid);
    }
}

impl Set<'_> {
    fn row(&self, y: usize) -> Vec<Look> {
        let near: Vec<usize> =
            (0..self.bodies.len()).filter(|&k| (self.bodies[k].1.y.0..self.bodies[k].1.y.1).contains(&y)).collect();
        (0..self.camera.size().width()).map(|x| self.look(x as f64 + 0.5, y as f64 + 0.5, &near)).collect()
    }

    /// The mean of several rays through a pixel.
    fn fine(&self, x: usize, y: usize) -> Display {
        let all: Vec<usize> = (0..self.bodies.len()).collect();
        let mut sum = [0.0; 3];
        for k in 0..FINE * FINE {
            let at = |k: usize| (k as f64 + 0.5) / FINE as f64;
            let look = self.look(x as f64 + at(k % FINE), y as f64 + at(k / FINE), &all);
            for (sum, value) in sum.iter_mut().zip(look.display) {
                *sum += value;
            }
        }
        sum.map(|v| v / (FINE * FINE) as f64)
    }

    fn look(&self, x: f64, y: f64, near: &[usize]) -> Look {
        let (eye, ray) = (self.camera.eye_m(), self.camera.ray(x, y));
        let mut first: Option<(usize, Hit)> = None;
        for &k in near {
            let (body, window) = &self.bodies[k];
            if !(window.x.0..window.x.1).contains(&(x as usize)) {
                continue;
            }
            if let Some(hit) = body.hit(eye, ray)
                && first.is_none_or(|(_, b)| hit.depth_m < b.depth_m)
            {
                first = Some((k, hit));
            }
        }
        let ground_m = if ray.z < 0.0 { -eye.z / ray.z } else { f64::INFINITY };
        match first {
            Some((k, hit)) if hit.depth_m < ground_m => {
                let display = self.wall(&self.bodies[k].0, ray, &hit);
                let part = 10_000 + (k * 64 + hit.wall.0 % 64) as u32;
                Look { display, depth_m: hit.depth_m, mirror: 0.0, is_ground: false, part }
            }
            _ if ground_m < 60_000.0 => {
                let next = |x: f64, y: f64| {
                    let ray = self.camera.ray(x, y);
                    if ray.z < 0.0 { ray.truncate() * (-eye.z / ray.z) } else { DVec2::INFINITY }
                };
                let here = ray.truncate() * ground_m;
                let footprint = (next(x + 1.0, y) - here).abs() + (next(x, y + 1.0) - here).abs();
                let surface = self.land.surface(self.palette, eye, ray, ground_m, footprint);
                Look {
                    display: surface.display,
                    depth_m: f64::INFINITY,
                    mirror: surface.mirror,
                    is_ground: true,
                    part: 1 + surface.region as u32,
                }
            }
            _ => {
                let display = self.palette.sky(ray.normalize());
                Look { display, depth_m: f64::INFINITY, mirror: 0.0, is_ground: false, part: 0 }
            }
        }
    }

    /// How a wall or a roof looks.
    fn wall(&self, body: &Body, ray: DVec3, hit: &Hit) -> Display {
        let palette = self.palette;
        let (side, along_m, z) = hit.wall;
        let distance_m = hit.depth_m * ray.length();
        let unit = ray.normalize();
        let is_flat = hit.normal.z != 0.0;
        let shade =
            1.0 + palette.relief * (-0.25 + 0.25 * hit.normal.x.abs() - 0.15 * hit.normal.y + 0.25 * hit.normal.z);
        let foot = if is_flat { 0.0 } else { math::exp(-z / 14.0) };
        let mut colour: Display = std::array::from_fn(|k| palette.facade[k] * shade + palette.foot[k] * foot);
        match body.walls {
            Walls::City(number) if !is_flat && palette.windows > 0.0 => {
                let seed = number + side as f64 / 4.0;
                let footprint_m = distance_m / self.camera.focal_px() / hit.normal.dot(unit).abs().max(0.1);
                let windows = windows(along_m, z, seed, footprint_m);
                for k in 0..3 {
                    colour[k] += palette.windows * windows[k];
                }
            }
            Walls::Core(height_m) if !is_flat => {
                let share = z / height_m;
                let floors = if (share * 88.0).fract() < 0.5 { 0.75 } else { 1.0 };
                colour = mixed([0.030, 0.034, 0.075], [0.075, 0.040, 0.075], share).map(|v| v * floors);
            }
            Walls::Dark => {
                // A landmark is lit from its foot and by the glow of the horizon behind the audience.
                let height = if is_flat { 0.0 } else { (z - body.bottom_m()) / 40.0 };
                let glow = 0.030 * (1.0 - smoothstep(0.0, 1.0, height)) + 0.012;
                let side = 0.6 + 0.4 * hit.normal.x;
                for (k, tint) in [1.0, 0.82, 0.70].into_iter().enumerate() {
                    colour[k] += palette.relief * glow * tint * side;
                }
            }
            Walls::City(_) | Walls::Core(_) => {}
        }
        let far = self.palette.sky(DVec3::new(unit.x, unit.y, unit.z.max(0.0)));
        mixed(colour, far, haze(distance_m))
    }
}

fn windows(along_m: f64, z: f64, seed: f64, footprint_m: f64) -> Display {
    const MEAN: Display = [0.80 * 0.034, 0.62 * 0.034, 0.42 * 0.034];
    let (u, v) = (along_m / 3.6, z / 3.4);
    let (column, row) = (u.floor(), v.floor());
    let (fu, fv) = (u - column, v - row);
    let is_pane = (0.22..0.80).contains(&fu) && (0.25..0.72).contains(&fv);
    let chance = noise(column + seed * 91.7, row + seed * 91.7);
    let second = (chance * 57.3).fract();
    let lit = if is_pane && chance > 0.80 { 0.35 + 0.65 * second } else { 0.0 };
    let tint = if (chance * 913.1).fract() < 0.72 { [0.95, 0.68, 0.38] } else { [0.62, 0.72, 0.90] };
    // Windows smaller than a pixel melt into their mean, or they would flicker.
    mixed(tint.map(|v| v * lit), MEAN, smoothstep(0.35, 1.1, footprint_m / 3.4))
}

fn stars(camera: &Camera, palette: &Palette, rows: &[Vec<Look>], display: &mut [Display]) {
    if palette.stars == 0.0 {
        return;
    }
    let mut random = Random(STAR_SEED);
    let (width, height) = (camera.size().width(), camera.size().height());
    let radius = 0.75 * (height as f64 / 720.0).clamp(0.8, 3.0);
    for _ in 0..STARS {
        let z = 0.02 + 0.98 * random.next();
        let (s, c) = math::sin_cos(2.0 * std::f64::consts::PI * random.next());
        let r = (1.0 - z * z).sqrt();
        let (bright, warm) = (random.next().powi(5), random.next());
        let Some((x, y, _)) = camera.project(camera.eye_m() + 9000.0 * DVec3::new(r * c, r * s, z)) else { continue };
        let high = smoothstep(0.03, 0.40, z);
        let tint = mixed([0.72, 0.80, 1.0], [1.0, 0.90, 0.78], warm);
        let light = palette.stars * (0.20 + 0.80 * bright) * high;
        let size = radius * (1.0 + bright);
        let range = |at: f64, most: usize| {
            let end = |v: f64| v.clamp(0.0, most as f64) as usize;
            end((at - 2.0 * size).floor())..end((at + 2.0 * size).ceil())
        };
        for py in range(y, height) {
            for px in range(x, width) {
                let (dx, dy) = (px as f64 + 0.5 - x, py as f64 + 0.5 - y);
                let fall = math::exp(-(dx * dx + dy * dy) / (size * size));
                if rows[py][px].part == 0 {
                    for k in 0..3 {
                        display[py * width + px][k] += tint[k] * light * fall;
                    }
                }
            }
        }
    }
}

/// Numbers from 0 to 1 that look random: the same stars in every picture.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut t = (self.0 ^ (self.0 >> 15)).wrapping_mul(1 | self.0);
        t = t.wrapping_add((t ^ (t >> 7)).wrapping_mul(0x3d | t)) ^ t;
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }
}
