use kapok_show::{DVec2, DVec3, math};
use rayon::prelude::*;

use super::art::Art;
use super::boundary::{Boundary, Hit};
use super::corners::corners;
use super::distance::nearest_seeds;
use super::raster::{NIGHT, Raster};
use super::regions::Regions;
use super::shape::Stack;
use super::text::TextStyle;
use crate::formation::relax::{Ground, Mass};

/// Area of a point's cell in the best packing, as a share of the squared distance: √3/2.
const HEX: f64 = 0.866_025_403_784_438_6;
/// Strokes narrower than this many distances get one row of points along their middle.
const SINGLE_ROW: f64 = 0.8;
/// The margin of mass around the picture, in distances: half a distance puts the outer row right onto the edge, a
/// little more presses it there.
const MARGIN: f64 = 0.55;
/// Points stand this far inside of the edge, in distances.
const INSET: f64 = 0.04;
/// Deeper places are looked for this many half widths around a middle ...
const FORK_REACH: f64 = 1.5;
/// ... and it is a fork of a blunt end if it is narrower than this share of what is found there.
const SLENDER: f64 = 0.6;
/// Pixels per distance.
const FINENESS: f64 = 8.0;
/// Most pixels of a picture.
const MOST_PIXELS: f64 = 6e6;
/// Parts smaller than this share of a point's cell do not claim a point of their own beside a neighbour.
const LEAST_REGION: f64 = 0.12;

/// How a picture is covered.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldSettings {
    /// Weight of the margin: above 1 the edges get more than their even share of the points.
    margin_weight: f64,
}

impl Default for FieldSettings {
    fn default() -> Self {
        Self { margin_weight: 1.0 }
    }
}

impl FieldSettings {
    pub fn of_text(style: TextStyle) -> Self {
        Self { margin_weight: if style == TextStyle::Both { 2.5 } else { 1.0 } }
    }
}

/// Does anything of the picture shine, as far as can be seen at all?
pub(super) fn shines(stack: &Stack) -> bool {
    let raster = Raster::new(stack, (stack.max - stack.min).max_element() / 400.0, 0.0);
    raster.labels.iter().any(|l| *l != NIGHT)
}

/// A picture prepared for points that are about `distance_m` apart.
pub(super) struct Field<'a> {
    stack: &'a Stack,
    boundary: Boundary,
    raster: Raster,
    regions: Regions,
    /// Part of a stroke too narrow for two rows.
    thin: Vec<bool>,
    settings: FieldSettings,
    distance_m: f64,
    /// Distance of each pixel to the border of its region, in pixels.
    depth: Vec<f32>,
    masses: Vec<Mass>,
    pins: Vec<(DVec3, u32)>,
}

/// Distance that `count` points evenly spread over the picture and half a distance around will have.
pub(super) fn distance_for(stack: &Stack, count: usize) -> f64 {
    let extent = stack.max - stack.min;
    let longest_m = extent.max_element();
    let raster = Raster::new(stack, longest_m / 400.0, 0.3 * longest_m);
    let pixel_m2 = raster.pixel_m * raster.pixel_m;
    let shining: f64 = raster.shining.iter().map(|&s| f64::from(s)).sum::<f64>() * pixel_m2;
    let mut around: Vec<f64> = nearest_seeds(raster.width, raster.height, |i| raster.labels[i] != NIGHT)
        .into_iter()
        .map(|(squared, _)| squared.sqrt() * raster.pixel_m)
        .filter(|d| *d > 0.0)
        .collect();
    around.sort_by(f64::total_cmp);
    let (mut low, mut high) = (0.0, 4.0 * longest_m);
    for _ in 0..60 {
        let distance_m = 0.5 * (low + high);
        let margin = around.partition_point(|d| *d <= MARGIN * distance_m) as f64 * pixel_m2;
        if shining + margin > HEX * distance_m * distance_m * count as f64 {
            low = distance_m;
        } else {
            high = distance_m;
        }
    }
    0.5 * (low + high)
}

impl<'a> Field<'a> {
    pub fn new(art: &Art, stack: &'a Stack, settings: FieldSettings, distance_m: f64) -> Self {
        let extent = stack.max - stack.min;
        let margin_m = (MARGIN + 0.1) * distance_m;
        let box_m2 = (extent.x + 2.0 * margin_m) * (extent.y + 2.0 * margin_m);
        let pixel_m = (distance_m / FINENESS).min(extent.max_element() / 24.0).max((box_m2 / MOST_PIXELS).sqrt());
        let raster = Raster::new(stack, pixel_m, margin_m);
        let regions = Regions::new(&raster, LEAST_REGION * distance_m * distance_m);
        let depth = depths(&raster, &regions);
        let thin = thin_parts(&raster, &regions, &depth, 0.5 * SINGLE_ROW * distance_m);
        let boundary = Boundary::new(art, stack, (0.2 * distance_m).min(pixel_m * 4.0), 0.5 * distance_m);
        let mut field =
            Self { stack, boundary, raster, regions, thin, settings, distance_m, depth, masses: vec![], pins: vec![] };
        field.masses = field.make_masses();
        field.pins = field.find_pins(art);
        field
    }

    fn make_masses(&self) -> Vec<Mass> {
        let raster = &self.raster;
        let around = nearest_seeds(raster.width, raster.height, |i| raster.labels[i] != NIGHT);
        let reach = (MARGIN * self.distance_m / raster.pixel_m) * (MARGIN * self.distance_m / raster.pixel_m);
        let pixel_m2 = raster.pixel_m * raster.pixel_m;
        (0..raster.labels.len())
            .into_par_iter()
            .filter_map(|i| {
                let (squared, nearest) = around[i];
                if squared > reach {
                    return None;
                }
                let home = nearest as usize;
                let region = self.regions.of_pixel[home];
                let from = if home == i { raster.spots[i] } else { raster.centre(i) };
                let place = self
                    .place(from, region)
                    .or_else(|| self.place(raster.spots[home], region))
                    .or_else(|| self.stack.top(raster.spots[home]).is_some().then_some((raster.spots[home], 0.0)))?;
                let (place, half_width_m) = place;
                // One row gets the weight of a strip one distance wide, whatever the stroke's width.
                let thinned =
                    if self.thin[home] { self.distance_m / (self.distance_m + 2.0 * half_width_m) } else { 1.0 };
                let factor = if home == i { thinned } else { thinned * self.settings.margin_weight };
                let position = if home == i { raster.spots[i] } else { raster.centre(i) };
                Some(Mass { position_m: up(position), weight: pixel_m2 * factor, region, place_m: up(place) })
            })
            .collect()
    }

    /// Where a point drawn to `p` may stand, and the half width of the stroke there (0 where it is not thin).
    fn place(&self, p: DVec2, region: u32) -> Option<(DVec2, f64)> {
        let inset_m = INSET * self.distance_m;
        let pixel = self.raster.index(p);
        if self.stack.top(p).is_some() {
            if self.regions.of_pixel[pixel] != region {
                return None;
            }
            if self.thin[pixel] {
                let hit = self.boundary.nearest(p, self.distance_m, false)?;
                let inward = if hit.distance_m > 1e-6 * self.distance_m {
                    (p - hit.at) / hit.distance_m
                } else {
                    hit.piece.inward
                };
                let (middle, half_width_m) = self.middle(&hit, inward, region);
                // In a tangle of strokes the middle may be hidden.
                return Some((if self.stack.top(middle).is_some() { middle } else { p }, half_width_m));
            }
            let Some(hit) = self.boundary.nearest(p, inset_m, true) else { return Some((p, 0.0)) };
            let inward = if hit.distance_m > 0.1 * inset_m { (p - hit.at) / hit.distance_m } else { hit.piece.inward };
            return self.inside(&hit, inward, inset_m).map(|p| (p, 0.0));
        }
        let hit = self.boundary.nearest(p, 1.5 * self.distance_m, true)?;
        let inward =
            if hit.distance_m > 1e-6 * self.distance_m { (hit.at - p) / hit.distance_m } else { hit.piece.inward };
        let just_inside = self.raster.index(hit.at + inward * (0.75 * self.raster.pixel_m));
        let edge = self.raster.index(hit.at);
        if self.regions.of_pixel[just_inside] != region && self.regions.of_pixel[edge] != region {
            return None;
        }
        if self.thin[just_inside] || self.thin[edge] {
            let (place, half_width_m) = self.middle(&hit, inward, region);
            return self.stack.top(place).is_some().then_some((place, half_width_m));
        }
        self.inside(&hit, inward, inset_m).map(|p| (p, 0.0))
    }

    fn inside(&self, hit: &Hit, inward: DVec2, inset_m: f64) -> Option<DVec2> {
        [inward, hit.piece.inward].iter().map(|n| hit.at + *n * inset_m).find(|q| self.stack.top(*q).is_some())
    }

    /// Middle of a thin stroke near an edge. The middle line of a blunt end forks into its corners; the forks are left
    /// for the deeper place they come from, while the middle of a slender tip goes on to its end.
    fn middle(&self, hit: &Hit, inward: DVec2, region: u32) -> (DVec2, f64) {
        let (mut place, mut half_width_m) = self.ridge(hit, inward);
        for _ in 0..3 {
            let reach = (FORK_REACH * half_width_m / self.raster.pixel_m).ceil();
            let Some((pixel, depth)) = self.deepest(place, reach as usize, region) else { break };
            if half_width_m >= SLENDER * depth * self.raster.pixel_m {
                break;
            }
            let from = self.raster.spots[pixel];
            let Some(next) = self.boundary.nearest(from, self.distance_m, false) else { break };
            if next.distance_m < 1e-6 * self.distance_m {
                break;
            }
            (place, half_width_m) = self.ridge(&next, (from - next.at) / next.distance_m);
        }
        (place, half_width_m)
    }

    /// The deepest pixel of a region within so many pixels around a place, and its depth in pixels.
    fn deepest(&self, p: DVec2, reach: usize, region: u32) -> Option<(usize, f64)> {
        let (width, height) = (self.raster.width, self.raster.height);
        let (x, y) = (self.raster.index(p) % width, self.raster.index(p) / width);
        let mut best: Option<(usize, f64)> = None;
        for ny in y.saturating_sub(reach)..=(y + reach).min(height - 1) {
            for nx in x.saturating_sub(reach)..=(x + reach).min(width - 1) {
                let n = ny * width + nx;
                let depth = f64::from(self.depth[n]);
                if self.regions.of_pixel[n] == region && self.thin[n] && best.is_none_or(|b| depth > b.1) {
                    best = Some((n, depth));
                }
            }
        }
        best
    }

    /// Sharp corners of the picture against the night, the sharpest first; not those of thin strokes.
    fn find_pins(&self, art: &Art) -> Vec<(DVec3, u32)> {
        let arm_m = 0.35 * self.distance_m;
        let mut pins: Vec<(f64, DVec2, u32)> = Vec::new();
        for contour in art.layers.iter().flat_map(|l| &l.outline.contours) {
            for corner in corners(contour, arm_m) {
                let sin = math::sin((0.5 * corner.opening_rad).max(0.1));
                let place = corner.at + corner.bisector * (INSET * self.distance_m / sin).min(0.25 * self.distance_m);
                // Middle of the disc that fits into the corner and is too wide for a thin stroke.
                let deep = corner.at + corner.bisector * (0.5 * SINGLE_ROW * self.distance_m / sin);
                let beyond = corner.at - corner.bisector * (0.15 * self.distance_m);
                let (near, deep) = (self.raster.index(place), self.raster.index(deep));
                let region = self.regions.of_pixel[deep];
                if region != NIGHT
                    && self.regions.of_pixel[near] == region
                    && !self.thin[deep]
                    && self.stack.top(place).is_some()
                    && self.stack.top(beyond).is_none()
                {
                    pins.push((corner.opening_rad, place, region));
                }
            }
        }
        pins.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.x.total_cmp(&b.1.x)).then(a.1.y.total_cmp(&b.1.y)));
        pins.into_iter().map(|(_, place, region)| (up(place), region)).collect()
    }

    /// Middle of a thin stroke: the farthest place along the inward normal that still has `hit` as its nearest edge.
    fn ridge(&self, hit: &Hit, inward: DVec2) -> (DVec2, f64) {
        let (mut low, mut high) = (0.0, 0.6 * SINGLE_ROW * self.distance_m);
        let slack_m = 1e-3 * self.distance_m;
        for _ in 0..9 {
            let t = 0.5 * (low + high);
            let free = self.boundary.nearest(hit.at + inward * t, 0.98 * t - slack_m, false).is_none();
            if free {
                low = t;
            } else {
                high = t;
            }
        }
        let t = low.max(slack_m);
        (hit.at + inward * t, t)
    }
}

impl Ground for Field<'_> {
    fn masses(&self) -> &[Mass] {
        &self.masses
    }

    fn regions(&self) -> usize {
        self.regions.count
    }

    fn pins(&self) -> &[(DVec3, u32)] {
        &self.pins
    }

    fn settle(&self, near_m: DVec3, region: u32) -> Option<DVec3> {
        self.place(DVec2::new(near_m.x, near_m.z), region).map(|(place, _)| up(place))
    }
}

/// The picture's plane in the formation's frame.
fn up(p: DVec2) -> DVec3 {
    DVec3::new(p.x, 0.0, p.y)
}

/// Distance of every pixel to the nearest border of its region, in pixels; 0 where nothing shines.
fn depths(raster: &Raster, regions: &Regions) -> Vec<f32> {
    let (width, height) = (raster.width, raster.height);
    let region = &regions.of_pixel;
    let at_border = |i: usize| {
        let (x, y) = (i % width, i / width);
        (x > 0 && region[i - 1] != region[i])
            || (x + 1 < width && region[i + 1] != region[i])
            || (y > 0 && region[i - width] != region[i])
            || (y + 1 < height && region[i + width] != region[i])
    };
    let seeds = nearest_seeds(width, height, at_border);
    (0..region.len()).map(|i| if region[i] == NIGHT { 0.0 } else { seeds[i].0.sqrt() as f32 + 0.5 }).collect()
}

/// Pixels that no disc of the given radius within their region covers: thin strokes, and the tips of corners.
fn thin_parts(raster: &Raster, regions: &Regions, depth: &[f32], radius_m: f64) -> Vec<bool> {
    let radius = radius_m / raster.pixel_m;
    let shines = |i: usize| regions.of_pixel[i] != NIGHT;
    let from_deep = nearest_seeds(raster.width, raster.height, |i| shines(i) && f64::from(depth[i]) >= radius);
    (0..depth.len()).map(|i| shines(i) && from_deep[i].0.sqrt() > radius + 0.7).collect()
}
