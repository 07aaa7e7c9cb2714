//! Lines that shine: as wide as they are in metres, at least a pixel, with soft edges.

use kapok_show::DVec3;

use crate::camera::Camera;
use crate::mood::{Display, mix, smoothstep};

/// A straight line in the site frame.
#[derive(Clone, Debug)]
pub struct Line {
    pub ends_m: [DVec3; 2],
    /// At each end, as displayed.
    pub colours: [Display; 2],
    pub alpha: f64,
    pub width_m: f64,
    /// 1 covers what is behind, 0 only adds light.
    pub solid: f64,
}

impl Line {
    /// The same line upside down, fainter: its image in calm water.
    pub fn mirrored(&self, share: f64) -> Self {
        let flip = |p: DVec3| DVec3::new(p.x, p.y, -p.z);
        Self { ends_m: self.ends_m.map(flip), alpha: share * self.alpha, ..self.clone() }
    }

    /// Calls `paint` for every pixel of the line: column, row, depth in metres, colour, and alpha.
    pub fn draw(&self, camera: &Camera, mut paint: impl FnMut(usize, usize, f64, Display, f64)) {
        let Some((a, b)) = camera.clipped(self.ends_m[0], self.ends_m[1]) else { return };
        let (Some(a), Some(b)) = (camera.project(a), camera.project(b)) else { return };
        let (width, height) = (camera.size().width(), camera.size().height());
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt();
        if length < 1e-6 {
            return;
        }
        let px = self.width_m * camera.focal_px() / (0.5 * (a.2 + b.2));
        // Thinner than a pixel is drawn fainter, not thinner.
        let alpha = self.alpha * px.clamp(0.35, 1.0);
        let half = 0.5 * px.max(1.0);
        let reach = half + 1.0;
        let rows = span(a.1.min(b.1) - reach, a.1.max(b.1) + reach, height);
        for y in rows {
            // Columns of the row where the line may be: those of its part between this row and the reach.
            let columns = if dy.abs() < 1e-9 {
                (a.0.min(b.0), a.0.max(b.0))
            } else {
                let at = |y: f64| a.0 + dx * ((y - a.1) / dy).clamp(0.0, 1.0);
                let (p, q) = (at(y as f64 - reach), at(y as f64 + 1.0 + reach));
                (p.min(q), p.max(q))
            };
            for x in span(columns.0 - reach, columns.1 + reach, width) {
                let (px, py) = (x as f64 + 0.5 - a.0, y as f64 + 0.5 - a.1);
                let u = (px * dx + py * dy) / (length * length);
                if !(0.0..1.0).contains(&u) {
                    continue;
                }
                let off = (px * dy - py * dx).abs() / length;
                let cover = 1.0 - smoothstep(half - 0.7, half + 0.7, off);
                if cover > 0.0 {
                    let depth_m = 1.0 / mix(1.0 / a.2, 1.0 / b.2, u);
                    let colour = std::array::from_fn(|k| mix(self.colours[0][k], self.colours[1][k], u));
                    paint(x, y, depth_m, colour, alpha * cover);
                }
            }
        }
    }
}

fn span(low: f64, high: f64, size: usize) -> std::ops::Range<usize> {
    let at = |v: f64| v.floor().clamp(0.0, size as f64) as usize;
    at(low)..at(high + 1.0)
}
