use kapok_show::DVec2;
use rayon::prelude::*;

use super::shape::Stack;

/// Samples per pixel side.
const FINE: usize = 4;
/// Label of a pixel without light.
pub(super) const NIGHT: u32 = u32::MAX;

/// What is seen, pixel by pixel, with a margin of night around.
pub(super) struct Raster {
    pub width: usize,
    pub height: usize,
    pub pixel_m: f64,
    /// Lower left corner of pixel 0.
    pub corner: DVec2,
    /// The sheet that most of the shining part of the pixel shows; `NIGHT` if nothing in it shines.
    pub labels: Vec<u32>,
    /// Share of the pixel that shines, 0 to 1.
    pub shining: Vec<f32>,
    /// A place in the pixel where the label is seen.
    pub spots: Vec<DVec2>,
}

impl Raster {
    pub fn new(stack: &Stack, pixel_m: f64, margin_m: f64) -> Self {
        let extent = stack.max - stack.min;
        let border = (margin_m / pixel_m).ceil() + 1.0;
        let width = ((extent.x / pixel_m).ceil() + 2.0 * border) as usize;
        let height = ((extent.y / pixel_m).ceil() + 2.0 * border) as usize;
        let centre = 0.5 * (stack.min + stack.max);
        let corner = centre - 0.5 * pixel_m * DVec2::new(width as f64, height as f64);
        let rows: Vec<Vec<(u32, f32, DVec2)>> = (0..height)
            .into_par_iter()
            .map(|y| {
                let fine_rows: Vec<Vec<(u32, f64)>> = (0..FINE)
                    .map(|k| fine_row(stack, corner, pixel_m, width, corner.y + fine_centre(y, k, pixel_m)))
                    .collect();
                (0..width).map(|x| summary(&fine_rows, x, |k| corner.y + fine_centre(y, k, pixel_m))).collect()
            })
            .collect();
        let mut raster = Self {
            width,
            height,
            pixel_m,
            corner,
            labels: Vec::with_capacity(width * height),
            shining: Vec::with_capacity(width * height),
            spots: Vec::with_capacity(width * height),
        };
        for (label, shining, spot) in rows.into_iter().flatten() {
            raster.labels.push(label);
            raster.shining.push(shining);
            raster.spots.push(spot);
        }
        raster
    }

    pub fn centre(&self, index: usize) -> DVec2 {
        let (x, y) = (index % self.width, index / self.width);
        self.corner + self.pixel_m * DVec2::new(x as f64 + 0.5, y as f64 + 0.5)
    }

    /// The pixel a place is in; the nearest one for places beyond the edge.
    pub fn index(&self, p: DVec2) -> usize {
        let c = (p - self.corner) / self.pixel_m;
        let x = (c.x.max(0.0) as usize).min(self.width - 1);
        let y = (c.y.max(0.0) as usize).min(self.height - 1);
        y * self.width + x
    }
}

fn fine_centre(pixel: usize, k: usize, pixel_m: f64) -> f64 {
    (pixel as f64 + (k as f64 + 0.5) / FINE as f64) * pixel_m
}

/// Sheet seen and a place where it is seen, for each sample of a row.
fn fine_row(stack: &Stack, corner: DVec2, pixel_m: f64, width: usize, y: f64) -> Vec<(u32, f64)> {
    let fine_m = pixel_m / FINE as f64;
    let samples = width * FINE;
    let mut row = vec![(NIGHT, 0.0); samples];
    for (label, sheet) in stack.sheets.iter().enumerate() {
        if !sheet.reaches(y) {
            continue;
        }
        for (from, to) in sheet.row(y) {
            let (a, b) = ((from - corner.x) / fine_m, (to - corner.x) / fine_m);
            let first = (a - 0.5).ceil().max(0.0) as usize;
            let after = ((b - 0.5).ceil().max(0.0) as usize).min(samples);
            let mut paint = |sample: usize, x: f64| {
                if let Some(shines) = stack.shines(label, DVec2::new(x, y)) {
                    row[sample] = if shines { (label as u32, x) } else { (NIGHT, x) };
                }
            };
            if first < after {
                for sample in first..after {
                    paint(sample, corner.x + (sample as f64 + 0.5) * fine_m);
                }
            } else {
                // Thinner than a sample: it counts nevertheless, or hairlines would vanish.
                paint((0.5 * (a + b)).clamp(0.0, samples as f64 - 1.0) as usize, 0.5 * (from + to));
            }
        }
    }
    row
}

/// Label of most of the shining samples of a pixel, the shining share, and the sample of that label that is nearest to
/// the middle.
fn summary(fine_rows: &[Vec<(u32, f64)>], x: usize, y_of: impl Fn(usize) -> f64) -> (u32, f32, DVec2) {
    let mut counts: [(u32, u32); FINE * FINE] = [(NIGHT, 0); FINE * FINE];
    let mut shining = 0;
    for row in fine_rows {
        for &(label, _) in &row[x * FINE..(x + 1) * FINE] {
            if label != NIGHT
                && let Some(entry) = counts.iter_mut().find(|(l, n)| *l == label || *n == 0)
            {
                *entry = (label, entry.1 + 1);
                shining += 1;
            }
        }
    }
    let Some(&(label, _)) = counts.iter().filter(|(_, n)| *n > 0).max_by_key(|(label, n)| (*n, *label)) else {
        return (NIGHT, 0.0, DVec2::ZERO);
    };
    let middle = 0.5 * (FINE as f64 - 1.0);
    let mut best = (f64::INFINITY, DVec2::ZERO);
    for (k, row) in fine_rows.iter().enumerate() {
        for (j, &(l, at)) in row[x * FINE..(x + 1) * FINE].iter().enumerate() {
            let off = DVec2::new(j as f64 - middle, k as f64 - middle).length_squared();
            if l == label && off < best.0 {
                best = (off, DVec2::new(at, y_of(k)));
            }
        }
    }
    (label, shining as f32 / (FINE * FINE) as f32, best.1)
}
