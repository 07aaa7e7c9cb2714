//! Spreads points evenly over anything that is given as many small masses: pictures, petals, filaments.
//!
//! The points (sites) descend the energy of a centroidal Voronoi tessellation: every mass belongs to the nearest site
//! of its region, every site moves to the centroid of its masses and from there to the nearest place where a point may
//! stand. Mass may lie outside of the places (a margin around a picture): it presses the outer sites onto the edge.
//!
//! # Source
//! Du, Faber, Gunzburger: Centroidal Voronoi tessellations, SIAM Review 41 (1999), constrained as in section 5.

mod eliminate;
mod lloyd;
mod pack;
mod repair;
mod seed;

use kapok_show::DVec3;

/// A small part of what shall be covered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mass {
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
pub(super) struct Site {
    /// Where it is.
    pub position_m: DVec3,
    /// The region it covers.
    pub region: u32,
    /// It stands on a corner and does not move.
    pub pinned: bool,
}

/// What shall be covered.
pub(super) trait Ground: Sync {
    /// All masses.
    fn masses(&self) -> &[Mass];
    /// Number of regions.
    fn regions(&self) -> usize;
    /// Places that shall have a point, the most important first, with their regions: sharp corners.
    fn pins(&self) -> &[(DVec3, u32)];
    /// The legal place nearest to `near_m` in the region, if it can be told without looking at the masses.
    fn settle(&self, near_m: DVec3, region: u32) -> Option<DVec3>;
}

/// Rounds of relaxation: more do not change the picture.
fn rounds(count: usize) -> usize {
    if count <= 3_000 { 60 } else { 36 }
}

/// Least distance that is aimed at, as a share of the mean distance: above it, points no longer find room.
const LOOSENING: f64 = 0.81;
/// Area of a point's cell in the best packing, as a share of the squared distance: √3/2.
const HEX: f64 = 0.866_025_403_784_438_6;

/// Distance of neighbours if `count` cells share all the weight, metres.
fn mean_distance(masses: &[Mass], count: usize) -> f64 {
    (masses.iter().map(|m| m.weight).sum::<f64>() / (HEX * count as f64)).sqrt()
}

/// `count` points spread evenly, all pairs at least `spacing_m` apart; `None` if relaxation does not get there.
pub(super) fn spread(ground: &dyn Ground, count: usize, spacing_m: f64, seed: u64) -> Option<Vec<Site>> {
    let mut sites = seed::seed(ground, count, seed)?;
    let distance_m = mean_distance(ground.masses(), count);
    seed::pin(ground.pins(), &mut sites, distance_m.max(spacing_m));
    lloyd::relax(ground, &mut sites, rounds(count));
    // Wherever there is room, points come to stand well apart; it does not matter whether all of them do.
    repair::loosen(ground, &mut sites, (LOOSENING * distance_m).max(spacing_m));
    repair::repair(ground, &mut sites, spacing_m).then_some(sites)
}

/// Pushes apart sites closer than `spacing_m`, each within its region. True if in the end none are.
pub(super) fn push_apart(ground: &dyn Ground, sites: &mut [Site], spacing_m: f64) -> bool {
    repair::repair(ground, sites, spacing_m)
}

/// As many points as can be packed at `spacing_m`, without regard to looks.
pub(super) fn pack(ground: &dyn Ground, spacing_m: f64, most: usize) -> Vec<Site> {
    pack::pack(ground, spacing_m, most)
}

/// `count` of the packed points, evened out without giving up the spacing they have.
pub(super) fn thin_out(ground: &dyn Ground, packed: &[Site], count: usize, spacing_m: f64) -> Vec<Site> {
    let mut sites = eliminate(packed, count, spacing_m);
    lloyd::relax_guarded(ground, &mut sites, spacing_m, 12);
    sites
}

pub(super) use eliminate::eliminate;
