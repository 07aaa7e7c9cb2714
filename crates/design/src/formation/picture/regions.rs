use std::collections::BTreeMap;

use super::raster::{NIGHT, Raster};

/// Connected parts of one label; parts too small to hold a point of their own join the neighbour they touch most.
pub(super) struct Regions {
    /// Region of each pixel, `NIGHT` where nothing shines.
    pub of_pixel: Vec<u32>,
    pub count: usize,
}

impl Regions {
    pub fn new(raster: &Raster, least_area_m2: f64) -> Self {
        let (of_pixel, areas) = components(raster);
        let pixel_m2 = raster.pixel_m * raster.pixel_m;
        let small: Vec<bool> = areas.iter().map(|a| a * pixel_m2 < least_area_m2).collect();
        let mut borders: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let mut touch = |a: u32, b: u32| {
            if a != b && a != NIGHT && b != NIGHT {
                *borders.entry((a, b)).or_default() += 1;
                *borders.entry((b, a)).or_default() += 1;
            }
        };
        for (i, &region) in of_pixel.iter().enumerate() {
            if i % raster.width + 1 < raster.width {
                touch(region, of_pixel[i + 1]);
            }
            if i + raster.width < of_pixel.len() {
                touch(region, of_pixel[i + raster.width]);
            }
        }
        let mut joins: Vec<(usize, u32)> = (0..areas.len()).map(|r| (0, r as u32)).collect();
        for (&(a, b), &length) in &borders {
            if small[a as usize] && !small[b as usize] && length > joins[a as usize].0 {
                joins[a as usize] = (length, b);
            }
        }
        let mut names = vec![NIGHT; areas.len()];
        let mut count = 0;
        for (region, &(_, host)) in joins.iter().enumerate() {
            if host as usize == region {
                names[region] = count;
                count += 1;
            }
        }
        let name = |r: u32| if r == NIGHT { NIGHT } else { names[joins[r as usize].1 as usize] };
        Self { of_pixel: of_pixel.into_iter().map(name).collect(), count: count as usize }
    }
}

/// Parts connected over sides and corners, and their shining areas in pixels.
fn components(raster: &Raster) -> (Vec<u32>, Vec<f64>) {
    let (width, height) = (raster.width, raster.height);
    let mut of_pixel = vec![NIGHT; raster.labels.len()];
    let mut areas = Vec::new();
    let mut stack = Vec::new();
    for start in 0..raster.labels.len() {
        if raster.labels[start] == NIGHT || of_pixel[start] != NIGHT {
            continue;
        }
        let region = areas.len() as u32;
        areas.push(0.0);
        of_pixel[start] = region;
        stack.push(start);
        while let Some(i) = stack.pop() {
            areas[region as usize] += f64::from(raster.shining[i]);
            let (x, y) = (i % width, i / width);
            for ny in y.saturating_sub(1)..=(y + 1).min(height - 1) {
                for nx in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                    let n = ny * width + nx;
                    if of_pixel[n] == NIGHT && raster.labels[n] == raster.labels[start] {
                        of_pixel[n] = region;
                        stack.push(n);
                    }
                }
            }
        }
    }
    (of_pixel, areas)
}
