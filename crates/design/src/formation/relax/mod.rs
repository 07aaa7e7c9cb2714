//! Spreads points evenly over anything that is given as many small masses: pictures, petals, filaments.
//!
//! The points (sites) descend the energy of a centroidal Voronoi tessellation: every mass belongs to the nearest site
//! of its region, every site moves to the centroid of its masses and from there to the nearest place where a point may
//! stand. Mass may lie outside of the places (a margin around a picture): it presses the outer sites onto the edge.
//!
//! # Source
//! Du, Faber, Gunzburger: Centroidal Voronoi tessellations, SIAM Review 41 (1999), constrained as in section 5.

mod eliminate;
mod ground;
mod lloyd;
mod pack;
mod repair;
mod seed;

use ground::mean_distance;
/// Rounds of relaxation: more do not change the picture.
fn rounds(count: usize) -> usize {
    if count <= 3_000 { 60 } else { 36 }
}

/// Least distance that is aimed at, as a share of the mean distance: above it, points no longer find room.
const LOOSENING: f64 = 0.81;
/// `count` points spread evenly, all pairs at least `spacing_m` apart; `None` if relaxation does not get there.
pub fn spread(ground: &dyn Ground, count: usize, spacing_m: f64, seed: u64) -> Option<Vec<Site>> {
    let mut sites = seed::seed(ground, count, seed)?;
    let distance_m = mean_distance(ground.masses(), count);
    seed::pin(ground.pins(), &mut sites, distance_m.max(spacing_m));
    lloyd::relax(ground, &mut sites, rounds(count));
    // Wherever there is room, points come to stand well apart; it does not matter whether all of them do.
    repair::loosen(ground, &mut sites, (LOOSENING * distance_m).max(spacing_m));
    repair::repair(ground, &mut sites, spacing_m).then_some(sites)
}

/// Pushes apart sites closer than `spacing_m`, each within its region. True if in the end none are.
pub fn push_apart(ground: &dyn Ground, sites: &mut [Site], spacing_m: f64) -> bool {
    repair::repair(ground, sites, spacing_m)
}

/// As many points as can be packed at `spacing_m`, without regard to looks.
pub fn pack(ground: &dyn Ground, spacing_m: f64, most: usize) -> Vec<Site> {
    pack::pack(ground, spacing_m, most)
}

/// `count` of the packed points, evened out without giving up the spacing they have.
pub fn thin_out(ground: &dyn Ground, packed: &[Site], count: usize, spacing_m: f64) -> Vec<Site> {
    let mut sites = eliminate(packed, count, spacing_m);
    lloyd::relax_guarded(ground, &mut sites, spacing_m, 12);
    sites
}

pub use eliminate::eliminate;
pub use ground::{Ground, Mass, Site};
