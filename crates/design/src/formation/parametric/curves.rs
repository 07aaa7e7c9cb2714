use std::f64::consts::TAU;

use kapok_show::DVec3;
use kapok_show::math::sin_cos;

use super::figure::{Figure, equal_parts, plain, share};
use crate::formation::point::SourcePoint;

pub(super) struct Grid {
    pub columns: u32,
    pub rows: u32,
    pub layers: u32,
    pub pitch_m: f64,
    pub upright: bool,
}

impl Figure for Grid {
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let [columns, rows, layers] = [self.columns, self.rows, self.layers].map(|n| n as usize);
        if columns * rows * layers < count {
            return None;
        }
        let middle = DVec3::new(columns as f64 - 1.0, rows as f64 - 1.0, layers as f64 - 1.0) * 0.5;
        let point = |i: usize| {
            let (column, row, layer) = (i % columns, i / columns % rows, i / (columns * rows));
            let at = (DVec3::new(column as f64, row as f64, layer as f64) - middle) * self.pitch_m;
            let position = if self.upright { DVec3::new(at.x, at.z, at.y) } else { at };
            plain(position, share(column, columns), share(row, rows), layer)
        };
        Some((0..count).map(point).collect())
    }
}

pub(super) struct Line {
    pub length_m: f64,
}

impl Figure for Line {
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let at = |u: f64| DVec3::new((u - 0.5) * self.length_m, 0.0, 0.0);
        Some((0..count).map(|k| plain(at(share(k, count)), share(k, count), 0.0, 0)).collect())
    }
}

pub(super) struct Circle {
    pub radius_m: f64,
}

impl Figure for Circle {
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let point = |k: usize| {
            let u = k as f64 / count as f64;
            let (sin, cos) = sin_cos(u * TAU);
            plain(DVec3::new(cos, 0.0, sin) * self.radius_m, u, 0.5 + 0.5 * sin, 0)
        };
        Some((0..count).map(point).collect())
    }
}

pub(super) struct Helix {
    pub radius_m: f64,
    pub height_m: f64,
    pub turns: f64,
    pub strands: u32,
}

impl Figure for Helix {
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let strands = (self.strands as usize).min(count);
        let mut points = Vec::with_capacity(count);
        for (strand, part) in equal_parts(count, strands).into_iter().enumerate() {
            for k in 0..part {
                // Arc length grows evenly with height.
                let t = share(k, part);
                let (sin, cos) = sin_cos((strand as f64 / strands as f64 + t * self.turns) * TAU);
                let ring = DVec3::new(cos, sin, 0.0) * self.radius_m;
                points.push(plain(ring + DVec3::Z * ((t - 0.5) * self.height_m), t, t, strand));
            }
        }
        Some(points)
    }
}
