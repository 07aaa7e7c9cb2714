//! Will a picture be read? The dots, as grouping sees them, against the sharp source.
//!
//! An eye does not fuse lights that are metres apart: it groups them. Grouping is stood in for by a blur of half the typical
//! distance of neighbours: `d(p) = Σ exp(−|p − p_k|² / 2σ²)`, σ = s/2. The source is blurred by a fixed share of its height
//! (of a line, for text), so that a coarse set of dots is held against what it should show, and not against its own
//! coarseness. The score is the normalised correlation of both over the picture and a margin:
//! `Σ (d − d̄)(q − q̄) / √(Σ (d − d̄)² · Σ (q − q̄)²)`, 1 for the source itself, 0 for dots anywhere. The source of single strokes is
//! their lines, drawn by a pen as wide as the row of dots looks.

use kapok_show::{DVec2, math};

use super::Picture;
use super::raster::Raster;
use super::shape::Stack;
use crate::formation::point::SourcePoint;

/// Blur of the dots, in typical distances of neighbours.
const DOT_BLUR: f64 = 0.5;
/// Width of the lines that single strokes are held against, in typical distances of neighbours.
const PEN: f64 = 1.2;
/// Blur of the source, in heights of a line.
const SOURCE_BLUR: f64 = 1.0 / 60.0;
/// Pixels in the height of a line.
const FINENESS: f64 = 60.0;
/// Most pixels.
const MOST_PIXELS: f64 = 1e6;
/// Margin that is compared, too, in heights of a line.
const MARGIN: f64 = 0.1;
/// Gaussians end this many σ out.
const REACH: f64 = 3.5;

/// Correlation of these dots with the picture, 0 to 1; 0 where nothing can be compared.
pub(in crate::formation) fn score(picture: &Picture, points: &[SourcePoint]) -> f64 {
    let places: Vec<DVec2> = points.iter().map(|p| DVec2::new(p.position_m.x, p.position_m.z)).collect();
    let typical_m = typical_distance_m(&places);
    // Lines are held against lines as wide as the row of dots looks, as far as letters are drawn so wide.
    let drawn = picture.strokes.as_ref().and_then(|strokes| Stack::new(&strokes.drawn(PEN * typical_m)));
    let stack = drawn.as_ref().unwrap_or(&picture.stack);
    let extent = stack.max - stack.min;
    let line_m = extent.y.min(extent.x) / picture.lines as f64;
    let margin_m = MARGIN * line_m;
    let box_m2 = (extent.x + 2.0 * margin_m) * (extent.y + 2.0 * margin_m);
    let pixel_m = (line_m / FINENESS).max((box_m2 / MOST_PIXELS).sqrt());
    let raster = Raster::new(stack, pixel_m, margin_m);
    let source: Vec<f64> = raster.shining.iter().map(|&share| f64::from(share)).collect();
    let source = blurred(&source, raster.width, SOURCE_BLUR * line_m / pixel_m);
    let dots = splatted(&raster, &places, DOT_BLUR * typical_m);
    correlation(&source, &dots)
}

/// Median distance to the nearest neighbour, metres; a metre for a single dot.
fn typical_distance_m(places: &[DVec2]) -> f64 {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].x.total_cmp(&places[b].x));
    let nearest = |k: usize| {
        let p = places[order[k]];
        let mut least_m = f64::INFINITY;
        for other in order[k + 1..].iter().map(|&i| places[i]) {
            if other.x - p.x >= least_m {
                break;
            }
            least_m = least_m.min(p.distance(other));
        }
        for other in order[..k].iter().rev().map(|&i| places[i]) {
            if p.x - other.x >= least_m {
                break;
            }
            least_m = least_m.min(p.distance(other));
        }
        least_m
    };
    let mut all: Vec<f64> = (0..order.len()).map(nearest).filter(|d| d.is_finite() && *d > 0.0).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(1.0)
}

/// Sum of a Gaussian at each dot.
fn splatted(raster: &Raster, places: &[DVec2], sigma_m: f64) -> Vec<f64> {
    let mut sums = vec![0.0; raster.width * raster.height];
    let (sigma, reach) = (sigma_m / raster.pixel_m, REACH * sigma_m / raster.pixel_m);
    let bell = |off: f64| math::exp(-0.5 * (off / sigma) * (off / sigma));
    for place in places {
        let at = (*place - raster.corner) / raster.pixel_m - DVec2::splat(0.5);
        let span = |middle: f64, end: usize| {
            let low = (middle - reach).ceil().clamp(0.0, end as f64) as usize;
            low..((middle + reach).floor() + 1.0).clamp(low as f64, end as f64) as usize
        };
        let columns = span(at.x, raster.width);
        let row: Vec<f64> = columns.clone().map(|x| bell(x as f64 - at.x)).collect();
        for y in span(at.y, raster.height) {
            let weight = bell(y as f64 - at.y);
            let line = &mut sums[y * raster.width..][columns.clone()];
            line.iter_mut().zip(&row).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    sums
}

/// Convolution with a Gaussian of this many pixels, night outside.
fn blurred(image: &[f64], width: usize, sigma: f64) -> Vec<f64> {
    let reach = (REACH * sigma).ceil() as usize;
    let bell: Vec<f64> = (0..=reach).map(|k| math::exp(-0.5 * (k as f64 / sigma) * (k as f64 / sigma))).collect();
    let total = bell[0] + 2.0 * bell[1..].iter().sum::<f64>();
    let height = image.len() / width;
    let pass = |image: &[f64], step: usize, count: usize, at: &dyn Fn(usize) -> usize| -> Vec<f64> {
        (0..image.len())
            .map(|i| {
                let k = at(i);
                let mut sum = bell[0] * image[i];
                for (off, weight) in bell.iter().enumerate().skip(1) {
                    let before = if k >= off { image[i - off * step] } else { 0.0 };
                    let after = if k + off < count { image[i + off * step] } else { 0.0 };
                    sum += weight * (before + after);
                }
                sum / total
            })
            .collect()
    };
    let rows = pass(image, 1, width, &|i| i % width);
    pass(&rows, width, height, &|i| i / width)
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    let found = ab / (aa * bb).sqrt();
    if found.is_finite() { found.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blur_keeps_the_sum_and_spreads_by_its_width() {
        let (width, height, sigma) = (41, 31, 2.5);
        let mut image = vec![0.0; width * height];
        image[15 * width + 20] = 1.0;
        let out = blurred(&image, width, sigma);
        assert!((out.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let spread: f64 = out.iter().enumerate().map(|(i, v)| v * ((i % width) as f64 - 20.0).powi(2)).sum();
        assert!((spread.sqrt() - sigma).abs() < 0.02, "{spread}");
        let down: f64 = out.iter().enumerate().map(|(i, v)| v * ((i / width) as f64 - 15.0).powi(2)).sum();
        assert!((down - spread).abs() < 1e-9);
    }

    #[test]
    fn correlation_is_that_of_the_textbook() {
        let a = [1.0, 2.0, 3.0, 4.0];
        assert!((correlation(&a, &[3.0, 5.0, 7.0, 9.0]) - 1.0).abs() < 1e-12);
        assert!(correlation(&a, &[4.0, 3.0, 2.0, 1.0]) == 0.0, "the opposite is not read");
        assert!(correlation(&a, &[5.0; 4]) == 0.0);
        assert!((correlation(&a, &[1.0, 3.0, 2.0, 4.0]) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn typical_distances_are_medians_of_nearest_neighbours() {
        let grid: Vec<DVec2> = (0..100).map(|k| DVec2::new(f64::from(k % 10) * 3.0, f64::from(k / 10) * 2.0)).collect();
        assert!((typical_distance_m(&grid) - 2.0).abs() < 1e-12);
        assert!((typical_distance_m(&[DVec2::ZERO]) - 1.0).abs() < 1e-12);
    }
}
