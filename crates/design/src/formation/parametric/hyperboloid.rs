use std::f64::consts::TAU;

use kapok_show::DVec3;
use kapok_show::math::{acos, atan2, sin_cos};

use super::figure::{Figure, equal_parts, plain};
use crate::formation::point::SourcePoint;
use crate::formation::relax::{Ground, Mass, Site, push_apart};

/// Distance of neighbouring strands of a family, in distances along a strand, when the count of strands is left open.
const STRAND_GAP: f64 = 2.2;

/// A lattice tower on a hyperboloid of one sheet.
pub(super) struct Tower {
    pub base_radius_m: f64,
    pub waist_radius_m: f64,
    pub top_radius_m: f64,
    pub height_m: f64,
    pub strands: u32,
    pub rings: u32,
    pub spacing_m: f64,
}

/// A line of the lattice, from its lower to its upper end or around.
enum Line {
    Strand { from: DVec3, to: DVec3 },
    Ring { radius_m: f64, z_m: f64 },
}

/// All lines; the points slide along them where they come too close at crossings.
struct Lattice {
    lines: Vec<Line>,
}

impl Ground for Lattice {
    fn masses(&self) -> &[Mass] {
        &[]
    }

    fn regions(&self) -> usize {
        self.lines.len()
    }

    fn pins(&self) -> &[(DVec3, u32)] {
        &[]
    }

    fn settle(&self, near_m: DVec3, region: u32) -> Option<DVec3> {
        match self.lines.get(region as usize)? {
            Line::Strand { from, to } => {
                let along = *to - *from;
                let t = ((near_m - *from).dot(along) / along.length_squared()).clamp(0.0, 1.0);
                Some(*from + along * t)
            }
            Line::Ring { radius_m, z_m } => {
                let flat = DVec3::new(near_m.x, near_m.y, 0.0).try_normalize()?;
                Some(flat * *radius_m + DVec3::Z * *z_m)
            }
        }
    }
}

impl Tower {
    /// Angles from the waist down to the foot and up to the top along a strand: cos α = waist / radius.
    fn angles(&self) -> (f64, f64) {
        let angle = |radius_m: f64| acos((self.waist_radius_m / radius_m).clamp(-1.0, 1.0));
        (angle(self.base_radius_m), angle(self.top_radius_m))
    }

    /// Radius at a height above the foot: strands are straight, so r² is quadratic in z.
    fn radius(&self, z_m: f64) -> f64 {
        let root = |r: f64| (r * r - self.waist_radius_m * self.waist_radius_m).max(0.0).sqrt();
        let (down, up) = (root(self.base_radius_m), root(self.top_radius_m));
        // Offset along the strand from the waist, seen from above.
        let offset = (z_m / self.height_m) * (down + up) - down;
        (self.waist_radius_m * self.waist_radius_m + offset * offset).sqrt()
    }

    fn strand(&self, turn: f64, way: f64) -> Line {
        let (down, up) = self.angles();
        let end = |radius_m: f64, angle: f64, z_m: f64| {
            let (sin, cos) = sin_cos(turn * TAU + way * angle);
            DVec3::new(radius_m * cos, radius_m * sin, z_m)
        };
        Line::Strand {
            from: end(self.base_radius_m, -down, -0.5 * self.height_m),
            to: end(self.top_radius_m, up, 0.5 * self.height_m),
        }
    }

    /// Points along a strand and on the rings together: strands per family, points per strand, points on rings.
    fn shares(&self, count: usize) -> (usize, usize, usize) {
        let heights = 64_u32;
        let around = (0..=heights).map(|k| self.radius(self.height_m * f64::from(k) / f64::from(heights))).sum::<f64>()
            / f64::from(heights + 1)
            * TAU;
        let Line::Strand { from, to } = self.strand(0.0, 1.0) else { return (1, 0, count) };
        let strand_m = from.distance(to);
        let rings_m = around * f64::from(self.rings);
        let strands = if self.strands > 0 {
            self.strands as usize
        } else {
            // Solve strands + rings = count for the distance, twice around.
            let mut distance_m = (2.0 * around * strand_m / (STRAND_GAP * count as f64)).sqrt();
            for _ in 0..20 {
                let lattice = 2.0 * around * strand_m / (STRAND_GAP * distance_m * distance_m) + rings_m / distance_m;
                distance_m *= (lattice / count as f64).sqrt();
            }
            ((around / (STRAND_GAP * distance_m)).round() as usize).max(3)
        };
        let strands = strands.min(count / 2);
        if strands == 0 {
            return (0, 0, count);
        }
        let distance_m = (2.0 * strands as f64 * strand_m + rings_m) / count as f64;
        let on_rings = if self.rings == 0 { 0 } else { (rings_m / distance_m) as usize };
        let per_strand = (count.saturating_sub(on_rings) / (2 * strands)).max(1);
        (strands, per_strand, count - 2 * strands * per_strand)
    }
}

impl Figure for Tower {
    fn points(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let (strands, per_strand, rest) = self.shares(count);
        let mut lattice = Lattice { lines: Vec::new() };
        let mut sites = Vec::with_capacity(count);
        // Without rings the rest goes to the strands, one more on some.
        let extra = if self.rings == 0 { equal_parts(rest, (2 * strands).max(1)) } else { vec![0; 2 * strands] };
        for (family, way) in [1.0, -1.0].into_iter().enumerate() {
            for k in 0..strands {
                let region = lattice.lines.len();
                let line = self.strand(k as f64 / strands as f64, way);
                let Line::Strand { from, to } = line else { continue };
                let points = per_strand + extra[region];
                // The families take turns, so that crossings are free more often.
                let shift = if family == 0 { 0.25 } else { 0.75 };
                for i in 0..points {
                    let t = (i as f64 + shift) / points as f64;
                    sites.push(Site { position_m: from + (to - from) * t, region: region as u32, pinned: false });
                }
                lattice.lines.push(line);
            }
        }
        if sites.len() < count {
            self.add_rings(&mut lattice, &mut sites, per_strand, count);
        }
        if sites.len() != count || !push_apart(&lattice, &mut sites, self.spacing_m) {
            return None;
        }
        let point = |site: &Site| {
            let p = site.position_m;
            let turn = atan2(p.y, p.x) / TAU;
            plain(p, turn - turn.floor(), p.z / self.height_m + 0.5, site.region as usize)
        };
        Some(sites.iter().map(point).collect())
    }
}

impl Tower {
    /// Rings at heights between the points of the strands; each its share of the rest by its length.
    fn add_rings(&self, lattice: &mut Lattice, sites: &mut Vec<Site>, per_strand: usize, count: usize) {
        let rings = self.rings.max(1) as usize;
        let rest = count - sites.len();
        let height = |ring: usize| {
            let share = if rings > 1 { ring as f64 / (rings - 1) as f64 } else { 0.5 };
            let step = per_strand.max(1) as f64;
            if step >= rings as f64 { (share * step).round() / step } else { share }
        };
        let radii: Vec<f64> = (0..rings).map(|k| self.radius(height(k) * self.height_m)).collect();
        let whole: f64 = radii.iter().sum();
        let (mut sum, mut before) = (0.0, 0);
        for (ring, radius_m) in radii.iter().enumerate() {
            sum += radius_m;
            let after = if ring + 1 == rings { rest } else { (sum / whole * rest as f64).round() as usize };
            let points = after - before;
            before = after;
            let (region, z_m) = (lattice.lines.len() as u32, (height(ring) - 0.5) * self.height_m);
            for k in 0..points {
                let (sin, cos) = sin_cos((k as f64 + 0.5) / points as f64 * TAU);
                sites.push(Site { position_m: DVec3::new(cos * radius_m, sin * radius_m, z_m), region, pinned: false });
            }
            lattice.lines.push(Line::Ring { radius_m: *radius_m, z_m });
        }
    }
}
