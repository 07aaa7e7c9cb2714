//! A kapok flower in three dimensions: its surfaces and lines in parameters, and points spread over them.

mod chart;
mod flower;

use std::f64::consts::TAU;

use kapok_show::DVec3;
use kapok_show::math::{atan2, sin_cos};

use super::evenly::Terrain;
use super::point::SourcePoint;
use super::relax::{Ground, Mass, Site};
use chart::Chart;
pub(super) use flower::Blossom;
use flower::Part;

/// Masses per distance.
const FINENESS: f64 = 7.0;
/// Margin beyond the edges of petals and the tips of stamens, in distances: it presses points onto the edge.
const MARGIN: f64 = 0.5;
/// Steps of the integrals for area and length.
const STEPS: usize = 64;

/// A flower that stands in the formation frame.
pub(super) struct Flower {
    blossom: Blossom,
    parts: Vec<Part>,
    charts: Vec<Chart>,
    /// Middle of its box in the tilted frame.
    centre: DVec3,
    /// Area of all surfaces, m², and length that counts per distance of the points, m.
    area_m2: f64,
    length_m: f64,
}

impl Flower {
    pub fn new(blossom: Blossom) -> Self {
        let parts = blossom.parts();
        let charts = parts.iter().map(|&p| Chart::new(p.is_surface(), |a, b| blossom.place(p, a, b))).collect();
        let mut flower = Self { blossom, parts, charts, centre: DVec3::ZERO, area_m2: 0.0, length_m: 0.0 };
        let mut min = DVec3::splat(f64::INFINITY);
        let mut max = DVec3::splat(f64::NEG_INFINITY);
        for part in flower.parts.clone() {
            for i in 0..STEPS {
                let (a, next) = (i as f64 / STEPS as f64, (i + 1) as f64 / STEPS as f64);
                let at = |a: f64, b: f64| flower.blossom.place(part, a, b);
                let step = |b: f64| at(a, b).distance(at(next, b));
                match part {
                    Part::Petal(_) => flower.length_m += MARGIN * (step(-1.0) + step(1.0)),
                    Part::Stamen(_) => flower.length_m += step(0.0),
                    Part::Calyx => {}
                }
                for j in 0..=STEPS {
                    let b = 2.0 * j as f64 / STEPS as f64 - 1.0;
                    if part.is_surface() && j < STEPS {
                        let across = at(a, b + 2.0 / STEPS as f64) - at(a, b);
                        flower.area_m2 += (at(next, b) - at(a, b)).cross(across).length();
                    }
                    let p = flower.tilt(at(next, b));
                    min = min.min(p);
                    max = max.max(p);
                }
            }
        }
        flower.centre = 0.5 * (min + max);
        flower
    }

    /// Leans the axis towards the audience (−y).
    fn tilt(&self, p: DVec3) -> DVec3 {
        let (s, c) = sin_cos(self.blossom.tilt_rad);
        DVec3::new(p.x, p.y * c - p.z * s, p.y * s + p.z * c)
    }

    /// From the flower's own frame to the formation frame.
    fn stand(&self, p: DVec3) -> DVec3 {
        self.tilt(p) - self.centre
    }

    /// From the formation frame to the flower's own.
    fn lie(&self, p: DVec3) -> DVec3 {
        let q = p + self.centre;
        let (s, c) = sin_cos(self.blossom.tilt_rad);
        DVec3::new(q.x, q.y * c + q.z * s, -q.y * s + q.z * c)
    }

    /// Part and parameters of the place nearest to a point of the formation frame.
    fn parameters(&self, near_m: DVec3, region: u32) -> Option<(Part, f64, f64)> {
        let (part, chart) = (*self.parts.get(region as usize)?, self.charts.get(region as usize)?);
        let (a, b) = chart.nearest(self.lie(near_m), part.is_surface(), |a, b| self.blossom.place(part, a, b));
        Some((part, a, b))
    }

    fn masses(&self, distance_m: f64) -> Vec<Mass> {
        let mut masses = Vec::new();
        let pitch_m = distance_m / FINENESS;
        for (region, &part) in self.parts.iter().enumerate() {
            let at = |a: f64, b: f64| self.blossom.place(part, a, b);
            let middle = if part == Part::Calyx { 1.0 } else { 0.0 };
            let length_m: f64 = (0..STEPS)
                .map(|i| at(i as f64 / STEPS as f64, middle).distance(at((i + 1) as f64 / STEPS as f64, middle)))
                .sum();
            let rows = (length_m / pitch_m).ceil().clamp(2.0, 4_096.0) as usize;
            let mut add = |a: f64, b: f64, position: DVec3, weight: f64| {
                let place_m = self.stand(at(a.clamp(0.0, 1.0), b.clamp(-1.0, 1.0)));
                masses.push(Mass { position_m: self.stand(position), weight, region: region as u32, place_m });
            };
            for i in 0..rows {
                let a = (i as f64 + 0.5) / rows as f64;
                let half = 0.5 / rows as f64;
                let along = at(a + half, 0.0) - at(a - half, 0.0);
                if !part.is_surface() {
                    add(a, 0.0, at(a, 0.0), along.length() * distance_m);
                    continue;
                }
                let row_m: f64 = (0..16)
                    .map(|j| at(a, f64::from(j) / 8.0 - 1.0).distance(at(a, f64::from(j + 1) / 8.0 - 1.0)))
                    .sum();
                let columns = (row_m / pitch_m).ceil().clamp(1.0, 4_096.0) as usize;
                let step = 2.0 / columns as f64;
                for j in 0..columns {
                    let b = (j as f64 + 0.5) * step - 1.0;
                    let across = at(a, b + 0.5 * step) - at(a, b - 0.5 * step);
                    let along = at(a + half, b) - at(a - half, b);
                    add(a, b, at(a, b), along.cross(across).length());
                }
                if let Part::Petal(_) = part {
                    for side in [-1.0, 1.0] {
                        let edge = at(a, side);
                        let outwards = (edge - at(a, side * (1.0 - 0.5 * step))).normalize_or_zero();
                        let beyond = (MARGIN * FINENESS).ceil();
                        let along_m = (at(a + half, side) - at(a - half, side)).length();
                        for k in 0..beyond as usize {
                            let out_m = (k as f64 + 0.5) / beyond * MARGIN * distance_m;
                            add(a, side, edge + outwards * out_m, along_m * MARGIN * distance_m / beyond);
                        }
                    }
                }
            }
            if let Part::Stamen(_) = part {
                let tip = at(1.0, 0.0);
                let onwards = (tip - at(0.97, 0.0)).normalize_or_zero();
                add(1.0, 0.0, tip + onwards * (0.5 * MARGIN * distance_m), MARGIN * distance_m * distance_m);
            }
        }
        masses
    }
}

/// The flower prepared for points about a distance apart.
struct Cover<'a> {
    flower: &'a Flower,
    masses: Vec<Mass>,
}

impl Ground for Cover<'_> {
    fn masses(&self) -> &[Mass] {
        &self.masses
    }

    fn regions(&self) -> usize {
        self.flower.parts.len()
    }

    fn pins(&self) -> &[(DVec3, u32)] {
        &[]
    }

    fn settle(&self, near_m: DVec3, region: u32) -> Option<DVec3> {
        let (part, a, b) = self.flower.parameters(near_m, region)?;
        Some(self.flower.stand(self.flower.blossom.place(part, a, b)))
    }
}

impl Terrain for Flower {
    fn ground(&self, distance_m: f64) -> Box<dyn Ground + '_> {
        Box::new(Cover { flower: self, masses: self.masses(distance_m) })
    }

    fn distance_for(&self, count: usize) -> f64 {
        // area + length · d = √3/2 · count · d²
        let cells = 0.866 * count as f64;
        (self.length_m + (self.length_m * self.length_m + 4.0 * cells * self.area_m2).sqrt()) / (2.0 * cells)
    }

    fn points(&self, sites: &[Site]) -> Option<Vec<SourcePoint>> {
        let point = |site: &Site| {
            let (part, a, b) = self.parameters(site.position_m, site.region)?;
            let own = self.lie(site.position_m);
            let turn = atan2(own.y, own.x) / TAU;
            Some(SourcePoint {
                position_m: site.position_m,
                colour: Some(part.colour(a, b)),
                u: (turn - turn.floor()).clamp(0.0, 1.0),
                v: a,
                group: self.blossom.group(part),
            })
        };
        sites.iter().map(point).collect()
    }
}
