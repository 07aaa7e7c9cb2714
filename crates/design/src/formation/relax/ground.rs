//! What is covered, and the points that cover it.

use kapok_show::DVec3;

/// A small part of what shall be covered.
#[derive(Clone, Copy, Debug)]
pub struct Mass {
    /// Where it is.
    pub position_m: DVec3,
    /// How much it weighs: area for surfaces, any common unit.
    pub weight: f64,
    /// Index into [`Cover::regions`]: only sites of this region care for it.
    pub region: u32,
    /// Where a point that is drawn here may stand.
    pub place_m: DVec3,
}

/// A point on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Where it is.
    pub position_m: DVec3,
    /// The region it covers.
    pub region: u32,
    /// It stands on a corner and does not move.
    pub pinned: bool,
}

/// What shall be covered.
pub trait Ground: Sync {
    /// All masses.
    fn masses(&self) -> &[Mass];
    /// Number of regions.
    fn regions(&self) -> usize;
    /// Places that shall have a point, the most important first, with their regions: sharp corners.
    fn pins(&self) -> &[(DVec3, u32)];
    /// The legal place nearest to `near_m` in the region, if it can be told without looking at the masses.
    fn settle(&self, near_m: DVec3, region: u32) -> Option<DVec3>;
}

/// Area of a point's cell in the best packing, as a share of the squared distance: √3/2.
const HEX: f64 = 0.866_025_403_784_438_6;

/// Distance of neighbours if `count` cells share all the weight, metres.
pub fn mean_distance(masses: &[Mass], count: usize) -> f64 {
    (masses.iter().map(|m| m.weight).sum::<f64>() / (HEX * count as f64)).sqrt()
}
