use kapok_motion::Metric;
use kapok_motion::PositionGrid;
use kapok_show::{DVec3, Storyboard};

use super::scene_motion::first_places;
use crate::airspace::{Airspace, Surroundings};
use crate::conflict::spacing_conflict;
use crate::outcome::{FormationName, Infeasibility, PlaceName};
use crate::staging::Layers;

/// The pads and the places above them, metres, on the grid.
pub struct PadFormations {
    /// On the ground.
    pub pads: Vec<DVec3>,
    /// Of vehicles that stay there.
    pub spares: Vec<DVec3>,
    /// End of the rise, and its layers.
    pub takeoff: Vec<DVec3>,
    pub takeoff_layers: Layers,
    /// Start of the descent, and its layers.
    pub landing: Vec<DVec3>,
    pub landing_layers: Layers,
}

impl PadFormations {
    /// Of the storyboard's pads.
    pub fn new(storyboard: &Storyboard, grid: &PositionGrid) -> Self {
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

    /// What is wrong with places on the ground, above it and in the scenes.
    pub fn check(
        &self,
        storyboard: &Storyboard,
        grid: &PositionGrid,
        around: &Surroundings<'_>,
    ) -> Option<Infeasibility> {
        let limits = &storyboard.limits;
        let airspace = Airspace::of(limits, *around);
        let places = |points: &[DVec3], place: &dyn Fn(usize) -> PlaceName| {
            let refused = points.iter().enumerate().find_map(|(i, &p)| airspace.refuse_place(|| place(i), p));
            refused.map(Infeasibility::from)
        };
        let apart = |metric: Metric, points: &[DVec3], needed_m: f64, formation: &FormationName| {
            spacing_conflict(metric, points, grid, needed_m, formation).map(Infeasibility::from)
        };
        let standing: Vec<DVec3> = self.pads.iter().chain(&self.spares).copied().collect();
        // On the ground the plain distance counts.
        apart(Metric::PLAIN, &standing, limits.ground_separation_m, &FormationName::Pads)
            .or_else(|| apart(Metric::from(limits), &self.takeoff, limits.min_separation_m, &FormationName::Takeoff))
            .or_else(|| places(&self.takeoff, &PlaceName::AbovePadAtTakeoff))
            .or_else(|| places(&self.landing, &PlaceName::AbovePadAtLanding))
            .or_else(|| {
                storyboard.scenes.iter().find_map(|scene| {
                    let points: Vec<DVec3> = first_places(scene, grid).iter().map(|j| grid.snap(j.position)).collect();
                    places(&points, &|place| PlaceName::Scene { scene: scene.name.clone(), place })
                })
            })
    }
}
