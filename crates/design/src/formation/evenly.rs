//! Even spreads over a terrain, for one size and one spacing.

use std::cell::OnceCell;

use kapok_show::DVec3;

use super::point::{MAX_COUNT, SourcePoint, least_distance_m};
use super::relax::{self, Ground, Site};

/// A source at one size and one spacing.
pub(super) trait Sampler {
    /// Exactly `count` points, all pairs at least the spacing apart, if the sampler finds them.
    fn attempt(&self, count: usize) -> Option<Vec<SourcePoint>>;
    /// About how many will fit.
    fn guess(&self) -> usize;
    /// What of the source is missing or otherwise than its author may think.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
    /// Will [`attempt`](Self::attempt) succeed? May be quicker than to try.
    fn holds(&self, count: usize) -> bool {
        self.attempt(count).is_some()
    }
}

/// Relaxation is not tried where the spacing asked for is more than this share of the mean distance.
const RELAXABLE: f64 = 0.9;
/// No packing can be so dense that the spacing is more than this many mean distances.
pub const IMPOSSIBLE: f64 = 1.25;

/// Something that points are spread over by relaxation.
pub(super) trait Terrain {
    /// The ground prepared for points about so far apart.
    fn ground(&self, distance_m: f64) -> Box<dyn Ground + '_>;
    /// Mean distance that a count of points will have, metres.
    fn distance_for(&self, count: usize) -> f64;
    /// Exactly `count` points in equal steps along lines, where the terrain has only lines.
    fn row(&self, _count: usize) -> Option<Vec<Site>> {
        None
    }
    /// What of the source is missing or otherwise than its author may think.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
    /// Colours and parameters of the points found; `None` if one is not on the terrain.
    fn points(&self, sites: &[Site]) -> Option<Vec<SourcePoint>>;
}

/// Even spreads over a terrain: relaxation as long as there is room, packing where it becomes tight.
pub(super) struct Evenly<T> {
    terrain: T,
    spacing_m: f64,
    seed: u64,
    packed: OnceCell<Vec<Site>>,
}

impl<T: Terrain> Evenly<T> {
    pub fn new(terrain: T, spacing_m: f64, seed: u64) -> Self {
        Self { terrain, spacing_m, seed, packed: OnceCell::new() }
    }

    /// The row along the lines, pushed apart where it comes too close to itself.
    fn row(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let mut sites = self.terrain.row(count)?;
        let positions: Vec<DVec3> = sites.iter().map(|site| site.position_m).collect();
        if least_distance_m(&positions) < self.spacing_m {
            let ground = self.terrain.ground(self.spacing_m);
            for site in &mut sites {
                site.pinned = false;
            }
            if !relax::push_apart(ground.as_ref(), &mut sites, self.spacing_m) {
                return None;
            }
        }
        self.terrain.points(&sites)
    }

    fn packed(&self) -> &[Site] {
        self.packed.get_or_init(|| {
            let ground = self.terrain.ground(self.spacing_m);
            relax::pack(ground.as_ref(), self.spacing_m, MAX_COUNT + 1)
        })
    }
}

impl<T: Terrain> Sampler for Evenly<T> {
    fn attempt(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let distance_m = self.terrain.distance_for(count);
        if self.spacing_m > IMPOSSIBLE * distance_m {
            return None;
        }
        if let Some(points) = self.row(count) {
            return Some(points);
        }
        if self.spacing_m <= RELAXABLE * distance_m {
            let ground = self.terrain.ground(distance_m);
            let sites = relax::spread(ground.as_ref(), count, self.spacing_m, self.seed);
            if let Some(points) = sites.and_then(|sites| self.terrain.points(&sites)) {
                return Some(points);
            }
        }
        if self.packed().len() < count {
            return None;
        }
        let ground = self.terrain.ground(self.spacing_m);
        self.terrain.points(&relax::thin_out(ground.as_ref(), self.packed(), count, self.spacing_m))
    }

    fn guess(&self) -> usize {
        self.packed().len()
    }

    fn warnings(&self) -> Vec<String> {
        self.terrain.warnings()
    }

    fn holds(&self, count: usize) -> bool {
        self.spacing_m <= IMPOSSIBLE * self.terrain.distance_for(count)
            && (self.packed().len() >= count || self.attempt(count).is_some())
    }
}
