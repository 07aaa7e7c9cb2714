//! A lattice tower from its parameters: straight columns between two ellipses that are turned against each other, rings
//! through the columns, a mast. Soft running colours, dim enough to stay behind the show.

use kapok_show::{DVec2, DVec3, LandmarkShape, math};

use crate::line::Line;

/// Radii of the dark core, as a share of the top's.
pub const CORE: f64 = 0.30;

const PIECES: u32 = 16;
const MAST_PIECES: u32 = 10;
const STOPS: [[f64; 4]; 4] =
    [[0.0, 0.16, 0.30, 0.95], [0.35, 0.42, 0.26, 0.98], [0.62, 0.86, 0.28, 0.82], [1.0, 1.0, 0.46, 0.40]];

/// Colour of the lights at a share of the height.
pub fn gradient(share: f64) -> [f64; 3] {
    let next = STOPS.iter().position(|stop| stop[0] >= share).unwrap_or(STOPS.len() - 1).max(1);
    let (a, b) = (STOPS[next - 1], STOPS[next]);
    let u = ((share - a[0]) / (b[0] - a[0])).clamp(0.0, 1.0);
    std::array::from_fn(|k| a[k + 1] + u * (b[k + 1] - a[k + 1]))
}

/// The lines of a tower; none of another landmark.
pub fn lines(shape: &LandmarkShape, centre_m: DVec2) -> Vec<Line> {
    let LandmarkShape::HyperboloidTower {
        base_radii_m,
        top_radii_m,
        twist_deg,
        body_height_m,
        total_height_m,
        columns,
        rings,
    } = *shape
    else {
        return Vec::new();
    };
    // More than are told apart are not drawn.
    let (columns, rings) = (columns.min(200), rings.min(200));
    let (ts, tc) = math::sin_cos(twist_deg.to_radians());
    let point = |column: f64, share: f64| {
        let (s, c) = math::sin_cos(2.0 * std::f64::consts::PI * column);
        let foot = base_radii_m * DVec2::new(c, s);
        let flat = top_radii_m * DVec2::new(c, s);
        let head = DVec2::new(tc * flat.x - ts * flat.y, ts * flat.x + tc * flat.y);
        (centre_m + foot + share * (head - foot)).extend(share * body_height_m)
    };
    let mut lines = Vec::new();
    let mut line = |a: DVec3, b: DVec3, shares: (f64, f64), alpha: f64, width_m: f64, solid: f64| {
        lines.push(Line { ends_m: [a, b], colours: [gradient(shares.0), gradient(shares.1)], alpha, width_m, solid });
    };
    let round = columns.clamp(24, 48);
    for ring in 1..=rings {
        let share = f64::from(ring) / f64::from(rings);
        // The waist shines most: there the lattice is closest.
        let waist = (share - 0.62) / 0.22;
        let alpha = 0.13 + 0.2 * math::exp(-waist * waist) + if ring == rings { 0.4 } else { 0.0 };
        for i in 0..round {
            let at = |i: u32| point(f64::from(i) / f64::from(round), share);
            line(at(i), at(i + 1), (share, share), alpha, 0.7, 0.25);
        }
    }
    for column in 0..columns {
        let column = f64::from(column) / f64::from(columns);
        for k in 0..PIECES {
            let (a, b) = (f64::from(k) / f64::from(PIECES), f64::from(k + 1) / f64::from(PIECES));
            line(point(column, a), point(column, b), (a, b), 0.40, 1.9, 0.8);
        }
    }
    let mast = |share: f64| centre_m.extend(body_height_m + share * (total_height_m - body_height_m));
    let paler = |share: f64| [1.0, 0.52 + 0.2 * share, 0.46 + 0.3 * share];
    for k in 0..MAST_PIECES {
        let (a, b) = (f64::from(k) / f64::from(MAST_PIECES), f64::from(k + 1) / f64::from(MAST_PIECES));
        let (ends_m, colours) = ([mast(a), mast(b)], [paler(a), paler(b)]);
        lines.push(Line { ends_m, colours, alpha: 0.6 - 0.15 * (a + b), width_m: 2.2, solid: 0.7 });
    }
    lines
}
