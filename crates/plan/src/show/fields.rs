use kapok_show::{DVec3, Storyboard};

use super::course::first_places;
use super::layers::Layers;
use crate::environment::{Room, Surroundings};
use crate::infeasible::{FormationName, Infeasibility, Place};
use crate::transition::too_close;
use kapok_motion::Metric;
use kapok_motion::PositionGrid;

/// The pads and the places above them, metres, on the grid.
pub(super) struct Fields {
    /// On the ground.
    pub(super) pads: Vec<DVec3>,
    /// Of vehicles that stay there.
    pub(super) spares: Vec<DVec3>,
    /// End of the rise, and its layers.
    pub(super) takeoff: Vec<DVec3>,
    pub(super) takeoff_layers: Layers,
    /// Start of the descent, and its layers.
    pub(super) landing: Vec<DVec3>,
    pub(super) landing_layers: Layers,
}

impl Fields {
    pub(super) fn new(storyboard: &Storyboard, grid: &PositionGrid) -> Self {
        let snapped = |points: &[DVec3]| points.iter().map(|&p| grid.snap(p)).collect();
        let (pads, spares): (Vec<DVec3>, Vec<DVec3>) =
            (snapped(&storyboard.fleet.pads_m), snapped(&storyboard.fleet.spare_pads_m));
        let limits = &storyboard.limits;
        let (takeoff, landing) = (&storyboard.takeoff, &storyboard.landing);
        let takeoff_layers = Layers::new(&pads, takeoff.altitude_m, takeoff.layer_spacing_m, limits);
        let landing_layers = Layers::new(&pads, landing.altitude_m, landing.layer_spacing_m, limits);
        let above = |altitude_m: f64, layers: &Layers| {
            // The same rise for all of a layer, so that rising changes no distance.
            let rise_m = |pad: usize| grid.snap(DVec3::Z * (altitude_m + layers.above_m(pad)));
            pads.iter().enumerate().map(|(k, &p)| grid.snap(p + rise_m(k))).collect()
        };
        Self {
            takeoff: above(takeoff.altitude_m, &takeoff_layers),
            landing: above(landing.altitude_m, &landing_layers),
            takeoff_layers,
            landing_layers,
            pads,
            spares,
        }
    }

    pub(super) fn check(
        &self,
        storyboard: &Storyboard,
        grid: &PositionGrid,
        around: &Surroundings<'_>,
    ) -> Option<Infeasibility> {
        let limits = &storyboard.limits;
        let metric = Metric { downwash_scale: limits.downwash_scale };
        // On the ground the plain distance counts.
        let plain = Metric::PLAIN;
        let room = Room::of(limits, *around);
        let places = |points: &[DVec3], place: &dyn Fn(usize) -> Place| {
            points.iter().enumerate().find_map(|(i, &p)| room.refuse_place(|| place(i), p))
        };
        let standing: Vec<DVec3> = self.pads.iter().chain(&self.spares).copied().collect();
        too_close(plain, &standing, grid, limits.ground_separation_m, &FormationName::Pads)
            .or_else(|| too_close(metric, &self.takeoff, grid, limits.min_separation_m, &FormationName::Takeoff))
            .or_else(|| places(&self.takeoff, &Place::AbovePadAtTakeoff))
            .or_else(|| places(&self.landing, &Place::AbovePadAtLanding))
            .or_else(|| {
                storyboard.scenes.iter().find_map(|scene| {
                    let points: Vec<DVec3> = first_places(scene, grid).iter().map(|j| grid.snap(j.position)).collect();
                    places(&points, &|place| Place::Scene { scene: scene.name.clone(), place })
                })
            })
    }
}
