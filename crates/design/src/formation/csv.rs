//! Point lists.

use kapok_motion::spatial::BucketGrid;
use kapok_show::DVec3;

use super::error::FormationError;
use super::evenly::Sampler;
use super::point::{MAX_COUNT, MAX_SIZE_M, SourcePoint};
use super::relax::{Site, eliminate};
use crate::points::{ListedPoint, PointListUse, read_points};

/// What the file of a formation may hold.
const LIST_USE: PointListUse = PointListUse { is_flat: false, has_gaps: true, farthest_m: MAX_SIZE_M, most: MAX_COUNT };

/// Reads the points of a formation: [`read_points`] with z, up to [`MAX_COUNT`] points, up to 10,000 m.
///
/// # Errors
/// [`FormationError::BadCsv`] with line and column.
///
/// # Example
/// ```
/// use kapok_design::formation::parse_points_csv;
///
/// let points = parse_points_csv(b"x,y,z\n0,0,10\n2.5,0,10\n")?;
/// assert_eq!(points[1].position_m.x, 2.5);
/// # Ok::<(), kapok_design::formation::FormationError>(())
/// ```
pub fn parse_points_csv(bytes: &[u8]) -> Result<Vec<ListedPoint>, FormationError> {
    read_points(bytes, &LIST_USE).map_err(|error| FormationError::BadCsv {
        line: error.line,
        column: error.field,
        why: error.why,
    })
}

/// Longest side of the box around the points, metres.
pub(super) fn longest_side(points: &[ListedPoint]) -> f64 {
    let (min, max) = bounds(points);
    (max - min).max_element()
}

fn bounds(points: &[ListedPoint]) -> (DVec3, DVec3) {
    let first = points.first().map_or(DVec3::ZERO, |p| p.position_m);
    points.iter().fold((first, first), |(min, max), p| (min.min(p.position_m), max.max(p.position_m)))
}

pub(super) fn check(points: &[ListedPoint]) -> Result<(), FormationError> {
    if points.len() > MAX_COUNT {
        return Err(FormationError::TooComplex { what: "points of the list", found: points.len(), max: MAX_COUNT });
    }
    if points.is_empty() {
        return Err(FormationError::EmptyPicture { why: "the list has no points" });
    }
    match points.iter().find(|p| !p.position_m.is_finite()) {
        Some(p) => Err(FormationError::BadSetting {
            field: "points",
            value: p.position_m.element_sum(),
            why: "give finite coordinates",
        }),
        None => Ok(()),
    }
}

/// Takes points of the list.
pub(super) struct Listed {
    points: Vec<ListedPoint>,
    spacing_m: f64,
    /// Indices of points that are far enough from all earlier ones of them.
    apart: Vec<usize>,
}

pub(super) fn sampler(points: &[ListedPoint], spacing_m: f64) -> Listed {
    let (min, max) = bounds(points);
    let centre = 0.5 * (min + max);
    let points: Vec<ListedPoint> =
        points.iter().map(|p| ListedPoint { position_m: p.position_m - centre, colour: p.colour }).collect();
    let positions: Vec<DVec3> = points.iter().map(|p| p.position_m).collect();
    let grid = BucketGrid::new(&positions, spacing_m);
    let mut taken = vec![false; points.len()];
    for i in 0..points.len() {
        let mut free = true;
        grid.near(positions[i], spacing_m, |j| free &= !taken[j] || positions[i].distance(positions[j]) >= spacing_m);
        taken[i] = free;
    }
    let apart = (0..points.len()).filter(|&i| taken[i]).collect();
    Listed { points, spacing_m, apart }
}

impl Sampler for Listed {
    fn attempt(&self, count: usize) -> Option<Vec<SourcePoint>> {
        if self.apart.len() < count {
            return None;
        }
        let sites: Vec<Site> = self
            .apart
            .iter()
            .map(|&i| Site { position_m: self.points[i].position_m, region: i as u32, pinned: false })
            .collect();
        let chosen = eliminate(&sites, count, self.spacing_m);
        let (min, max) = bounds(&self.points);
        let extent = max - min;
        let share =
            |value: f64, low: f64, side: f64| if side > 0.0 { ((value - low) / side).clamp(0.0, 1.0) } else { 0.5 };
        Some(
            chosen
                .iter()
                .map(|site| SourcePoint {
                    position_m: site.position_m,
                    colour: self.points[site.region as usize].colour,
                    u: share(site.position_m.x, min.x, extent.x),
                    v: share(site.position_m.z, min.z, extent.z),
                    group: 0,
                })
                .collect(),
        )
    }

    fn guess(&self) -> usize {
        self.apart.len()
    }
}
